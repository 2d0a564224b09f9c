"""What a board's owner sends us."""

import platform
from pathlib import Path

import msgspec

from edge.node.board_report import MODEL, BoardReport, board_name, report


def test_a_report_says_what_the_board_is_and_does_and_not_where() -> None:
    found = report(people=(1,), frames=18)
    content = msgspec.json.encode(found)
    assert msgspec.json.decode(content, type=BoardReport) == found
    assert found.costs[0].fps.keys() >= {"1"}
    assert found.cores >= 1
    assert found.after.memory_mb > 0
    assert platform.node().encode() not in content, "the name of the machine says whose it is"


def test_the_name_is_the_kernels(tmp_path: Path) -> None:
    (tmp_path / MODEL).parent.mkdir(parents=True)
    (tmp_path / MODEL).write_text("Raspberry Pi 4 Model B Rev 1.4\0")
    assert board_name(tmp_path) == "Raspberry Pi 4 Model B Rev 1.4"
    assert board_name(tmp_path / "elsewhere")
