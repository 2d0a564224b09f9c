"""Units that systemd understands: `systemd-analyze verify` exits 0 on unknown keys, so any stderr is a failure."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[2] / "systemd").glob("*.service"))


def verify(unit: Path) -> str:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here (apt install systemd)")
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    return done.stderr


def runnable(unit: Path, folder: Path) -> Path:
    """The same unit with a program and a user that exist on this machine."""
    text = unit.read_text().replace("/opt/spotter/venv/bin/spotter", "/bin/true").replace("User=spotter", "User=root")
    copy = folder / unit.name
    copy.write_text(text.replace("mosquitto.service", "local-fs.target"))
    return copy


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    assert verify(runnable(unit, tmp_path)) == ""


def test_a_misspelt_key_would_be_noticed(tmp_path: Path) -> None:
    copy = runnable(UNITS[0], tmp_path)
    copy.write_text(copy.read_text().replace("Restart=always", "Restrat=always"))
    assert "Restrat" in verify(copy)


def test_there_are_units() -> None:
    assert {unit.name for unit in UNITS} == {"spotter-node.service", "spotter-booth.service", "spotter-worker@.service"}
