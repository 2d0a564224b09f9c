"""First boot's complaint reaches the heartbeat."""

from pathlib import Path

import msgspec

from edge import wire
from edge.node.card import LONGEST, SAID, complaint
from edge.provision.first_boot import PROBLEM


def test_first_boot_writes_where_the_node_reads() -> None:
    assert Path("/") / PROBLEM == SAID


def test_no_complaint_is_none(tmp_path: Path) -> None:
    assert complaint(tmp_path / "card.txt") == ""


def test_a_complaint_fits_the_wire_however_long(tmp_path: Path) -> None:
    (tmp_path / "card.txt").write_bytes(b"The card was\nnot taken up: \xff" + b"x" * 5000)
    said = complaint(tmp_path / "card.txt")
    assert said.startswith("The card was not taken up: ")
    assert len(said) == LONGEST
    assert msgspec.convert(said, wire.Sentence) == said
