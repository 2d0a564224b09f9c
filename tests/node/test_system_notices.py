"""The messages of the node's other programs reach the heartbeat."""

from pathlib import Path

import msgspec
import pytest

from edge import wire
from edge.card import first_boot
from edge.node.system_notices import FOLDER, LONGEST, system_notices
from edge.release import update


@pytest.mark.parametrize("problem", [first_boot.PROBLEM, update.PROBLEM])
def test_they_write_where_the_node_reads(problem: Path) -> None:
    assert Path("/") / problem.parent == FOLDER
    assert problem.suffix == ".txt"


def test_nothing_said_is_nothing(tmp_path: Path) -> None:
    assert system_notices(tmp_path / "none") == []
    (tmp_path / "empty.txt").touch()
    (tmp_path / "other.json").write_text("{}")
    assert system_notices(tmp_path) == []


def test_a_sentence_fits_the_wire_however_long(tmp_path: Path) -> None:
    (tmp_path / "card.txt").write_bytes(b"The card was\nnot taken up: \xff" + b"x" * 5000)
    (tmp_path / "update.txt").write_text("The update failed.\n")
    said, other = system_notices(tmp_path)
    assert said.startswith("The card was not taken up: ")
    assert len(said) == LONGEST
    assert msgspec.convert(said, wire.Sentence) == said
    assert other == "The update failed."
