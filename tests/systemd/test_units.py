"""Units that systemd understands: `systemd-analyze verify` exits 0 on unknown keys, so any stderr is a failure."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "systemd").glob("spotter-*.*"))
EXPOSURE = {
    "spotter-node.service": 1.6,  # 1.5 with PrivateTmp=, which would keep temporary files on the card
    "spotter-booth.service": 1.5,
    "spotter-worker@.service": 1.5,
    "spotter-first-boot.service": 2.0,
    "spotter-update.service": 1.6,
    "spotter-pull.service": 2.5,
    "spotter-stick@.service": 2.1,
    "spotter-firewall.service": 2.0,
}
"""Highest exposure that `systemd-analyze security` may give, of 10."""
BOOTH = "192.168.50.1"


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here (apt install systemd)")
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


def runnable(unit: Path, folder: Path) -> Path:
    """Return the unit with a program and a user that exist on this machine, and the booth's address in it."""
    text = re.sub(r"/opt/spotter/(current|back)/venv/bin/spotter", "/bin/true", unit.read_text())
    text = text.replace("User=spotter\n", "User=daemon\n").replace("\nGroup=spotter\n", "\nGroup=daemon\n")
    text = text.replace("mosquitto.service", "local-fs.target").replace("/usr/sbin/nft", "/bin/true")
    if unit.name == "spotter-node.service":
        drop_in = (ROOT / "firmware-config/booth.conf").read_text().replace("@ALLOWED@", BOOTH)
        text = text.replace("\n[Install]", drop_in + "\n[Install]")
    copy = folder / unit.name
    copy.write_text(text)
    return copy


def settings(unit: str) -> dict[str, list[str]]:
    pairs = [
        line.partition("=") for line in (ROOT / "systemd" / unit).read_text().splitlines() if re.match(r"\w+=", line)
    ]
    found: dict[str, list[str]] = {}
    for key, _, value in pairs:
        found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    assert analyze("verify", runnable(unit, tmp_path)).stderr == ""


def test_a_misspelt_key_would_be_noticed(tmp_path: Path) -> None:
    copy = runnable(ROOT / "systemd/spotter-node.service", tmp_path)
    copy.write_text(copy.read_text().replace("Restart=always", "Restrat=always"))
    assert "Restrat" in analyze("verify", copy).stderr


@pytest.mark.parametrize("unit", EXPOSURE)
def test_what_an_intruder_could_reach_is_little(unit: str, tmp_path: Path) -> None:
    done = analyze("security", "--offline=true", "--no-pager", runnable(ROOT / "systemd" / unit, tmp_path))
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert exposure is not None, done.stderr
    assert float(exposure[1]) <= EXPOSURE[unit]


def test_a_node_keeps_frames_in_memory_and_the_runtimes_fast_path() -> None:
    node = settings("spotter-node.service")
    assert node["LimitCORE"] == node["MemorySwapMax"] == ["0"]
    assert node["ProcSubset"] == ["all"]
    assert node["IPAddressDeny"] == ["any"]
    assert node["IPAddressAllow"] == ["localhost"]
    assert (node["Type"], node["WatchdogSec"]) == (["notify"], ["30"])


def test_a_node_has_no_place_to_write_but_its_state() -> None:
    """Temporary folders are in memory, its own, and gone with it."""
    node = settings("spotter-node.service")
    assert node["ProtectSystem"] == ["strict"]
    assert node["StateDirectory"] == ["spotter"]
    assert not {"ReadWritePaths", "BindPaths", "CacheDirectory", "LogsDirectory", "RuntimeDirectory"} & node.keys()
    in_memory = " ".join(node["TemporaryFileSystem"])
    assert all(f"{place}:mode=1777,size=" in in_memory for place in ("/tmp", "/var/tmp", "/dev/shm"))
    assert "PrivateTmp" not in node, "it would keep them on the card"


def test_a_rollback_can_move_baselines_back_and_give_orders() -> None:
    """With mounts of their own, a file could not be renamed from /opt/spotter/aside to /var/lib/spotter."""
    update = settings("spotter-update.service")
    assert update["ProtectSystem"] == ["full"]
    assert not {"ReadWritePaths", "BindPaths", "StateDirectory", "TemporaryFileSystem"} & update.keys()
    assert set(update["CapabilityBoundingSet"][0].split()) == {"CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SYS_ADMIN"}
    assert update["RestrictAddressFamilies"] == ["AF_UNIX"], "systemctl needs it"


def test_every_service_has_a_limit() -> None:
    assert EXPOSURE.keys() == {unit.name for unit in UNITS if unit.suffix == ".service"}
    assert max(EXPOSURE.values()) <= 2.5


def test_there_are_units() -> None:
    assert {unit.name for unit in UNITS} == {
        "spotter-node.service",
        "spotter-booth.service",
        "spotter-firewall.service",
        "spotter-first-boot.service",
        "spotter-worker@.service",
        "spotter-update.service",
        "spotter-update.timer",
        "spotter-pull.path",
        "spotter-pull.service",
        "spotter-stick@.service",
    }
