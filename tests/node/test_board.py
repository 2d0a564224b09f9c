"""Readings of the board, from a folder like /sys and from programs like the firmware's."""

from pathlib import Path

import pytest

from edge.node.board import SystemBoard
from tests.fakes import FakeClock


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the only folder in which programs are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install(folder: Path, name: str, answer: str, *, code: int = 0) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{answer}'\nexit {code}\n")
    program.chmod(0o755)


def sensor(root: Path, number: int, name: str, **files: str) -> None:
    folder = root / f"sys/class/hwmon/hwmon{number}"
    folder.mkdir(parents=True)
    for file, text in {"name": name, **files}.items():
        (folder / file).write_text(text + "\n")


def test_this_machine_is_read(tmp_path: Path) -> None:
    found = SystemBoard(tmp_path, FakeClock()).read()
    assert found.memory_mb > 10
    assert found.memory_free_mb > 0
    assert found.disk_free_mb > 0


def test_a_board_without_sensors_says_so(tmp_path: Path, programs: Path) -> None:
    found = SystemBoard(tmp_path, FakeClock(), root=tmp_path).read()
    assert (found.is_throttled, found.is_undervolted, found.is_clock_set) == (None, None, None)


@pytest.mark.parametrize(("alarm", "expected"), [("1", True), ("0", False)])
def test_the_kernels_voltage_sensor(tmp_path: Path, programs: Path, alarm: str, *, expected: bool) -> None:
    sensor(tmp_path, 0, "cpu_thermal", temp1_input="48312")
    sensor(tmp_path, 1, "rpi_volt", in0_lcrit_alarm=alarm)
    assert SystemBoard(tmp_path, FakeClock(), root=tmp_path).read().is_undervolted is expected


@pytest.mark.parametrize(
    ("bits", "is_throttled", "is_undervolted"),
    [
        ("0x0", False, False),
        ("0x50005", True, True),
        ("0x1", False, True),
        ("0x8", True, False),
        ("0x50000", False, False),
    ],
)
def test_the_firmwares_flags(
    tmp_path: Path, programs: Path, bits: str, *, is_throttled: bool, is_undervolted: bool
) -> None:
    install(programs, "vcgencmd", f"throttled={bits}")
    found = SystemBoard(tmp_path, FakeClock(), root=tmp_path).read()
    assert (found.is_throttled, found.is_undervolted) == (is_throttled, is_undervolted)


@pytest.mark.parametrize(("answer", "code"), [("VCHI initialization failed", 255), ("error=1", 0), ("", 0)])
def test_firmware_that_does_not_answer_is_no_alarm(tmp_path: Path, programs: Path, answer: str, code: int) -> None:
    install(programs, "vcgencmd", answer, code=code)
    found = SystemBoard(tmp_path, FakeClock(), root=tmp_path).read()
    assert (found.is_throttled, found.is_undervolted) == (None, None)


def test_whether_a_time_server_keeps_the_clock(tmp_path: Path, programs: Path) -> None:
    clock = FakeClock()
    board = SystemBoard(tmp_path, clock, root=tmp_path)
    install(programs, "timedatectl", "no")
    assert board.read().is_clock_set is False
    install(programs, "timedatectl", "yes")
    assert board.read().is_clock_set is False, "not asked at every heartbeat"
    clock.sleep(61)
    assert board.read().is_clock_set is True
    install(programs, "timedatectl", "no")
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    (tmp_path / "run/systemd/timesync/synchronized").touch()
    clock.sleep(61)
    assert board.read().is_clock_set is True
    assert SystemBoard(tmp_path, clock, root=tmp_path, has_time_server=False).read().is_clock_set is None
