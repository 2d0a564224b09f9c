"""The messages of the node's other programs reach the heartbeat."""

from pathlib import Path

import pytest

from edge.card import first_boot
from edge.node.system_notices import CODES, FOLDER, system_notices
from edge.release import update
from edge.wire import Problem


@pytest.mark.parametrize("problem", [first_boot.PROBLEM, update.PROBLEM])
def test_they_write_where_the_node_reads(problem: Path) -> None:
    assert Path("/") / problem.parent == FOLDER
    assert problem.name in CODES


def test_nothing_said_is_nothing(tmp_path: Path) -> None:
    assert system_notices(tmp_path / "none") == []
    (tmp_path / "empty.txt").touch()
    (tmp_path / "other.json").write_text("{}")
    assert system_notices(tmp_path) == []


def test_their_text_never_leaves_the_node(tmp_path: Path) -> None:
    (tmp_path / "card.txt").write_bytes(b"\x1b[2J a tall man \xff" + b"x" * 5000)
    (tmp_path / "update.txt").write_text("The update failed.\n")
    assert system_notices(tmp_path) == [Problem("card-failed"), Problem("update-failed")]
