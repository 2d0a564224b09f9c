"""systemctl's output as the trial reads it, and the orders that systemctl gets."""

import os
from pathlib import Path

import pytest

from edge.errors import ProvisionError
from edge.release.systemd import SystemdService

SYSTEMCTL = """#!/bin/sh
echo "$@" >>"$LOG"
case "$1" in
show) cat "$ANSWER" ;;
start) [ "$2" != spotter-update.timer ] || [ ! -e "$LOG.full" ] || { echo "Unit not found." >&2; exit 5; } ;;
esac
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin/systemctl"
    program.parent.mkdir()
    program.write_text(SYSTEMCTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setenv("ANSWER", str(tmp_path / "answer"))
    return tmp_path / "log"


LIMITS = "TimeoutStartUSec=1min 30s\nWatchdogUSec=2min\n"


def answer(log: Path, active: str, run: str = "9f0c", status: str = "") -> None:
    log.with_name("answer").write_text(f"ActiveState={active}\nStatusText={status}\nInvocationID={run}\n{LIMITS}")


@pytest.mark.parametrize(
    ("active", "is_running"),
    [("active", True), ("activating", True), ("deactivating", True), ("inactive", False), ("failed", False)],
)
def test_a_reading(log: Path, active: str, *, is_running: bool) -> None:
    answer(log, active, status="ok, 12 frames, broker connected")
    assert SystemdService().read() == (is_running, "9f0c", "ok, 12 frames, broker connected", 90.0, 120.0)


def test_what_runs_is_stopped_and_what_does_not_keeps_its_start_to_come(log: Path) -> None:
    answer(log, "inactive", run="")
    SystemdService().stop()
    assert "stop" not in log.read_text()
    answer(log, "activating")
    SystemdService().stop()
    assert log.read_text().splitlines()[-1] == "stop spotter-node.service"


def test_a_kill_waits_for_nobody_and_nobody_starts_it_again(log: Path) -> None:
    answer(log, "active")
    SystemdService().kill()
    assert log.read_text().splitlines()[1:] == [
        "stop --no-block spotter-node.service",
        "kill --signal=KILL spotter-node.service",
        "stop spotter-node.service",
    ]


def test_a_start_does_not_wait_for_what_starts(log: Path) -> None:
    SystemdService().start()
    assert log.read_text() == "start --no-block spotter-node.service\n"


def test_a_missing_guard_is_said(log: Path) -> None:
    SystemdService().guard()
    SystemdService().unguard()
    assert log.read_text() == "start spotter-update.timer\nstop spotter-update.timer\n"
    log.with_name("log.full").touch()
    with pytest.raises(ProvisionError, match=r"systemctl start spotter-update\.timer: Unit not found\."):
        SystemdService().guard()


def test_no_systemd_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProvisionError, match="systemctl show"):
        SystemdService().read()
