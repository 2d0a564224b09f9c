"""A site's folder makes a machine a booth; a second time brings changes and keeps what is there."""

import shutil
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from edge import config
from edge.appliance import software
from edge.appliance.install import install
from edge.appliance.machine import Machine
from edge.cli import main
from edge.config import BoothConfig
from edge.errors import ProvisionError
from edge.site.site import Site
from edge.store.store import SqlStore
from tests.appliance.machines import FolderMachine, release
from tests.site.fixtures import first_site, site
from tests.store.stores import counted, put

__all__ = ["first_site", "site"]


@pytest.fixture
def machine(tmp_path: Path) -> FolderMachine:
    """A machine with systemd, where this checkout's release is complete already."""
    made = FolderMachine(tmp_path / "machine", has_systemd=True)
    release(made, software.release_id(software.source()))
    return made


def test_everything_is_in_its_place(site: Site, machine: FolderMachine) -> None:
    said = install(site, machine, opens_page=True)
    assert said == [f"page: https://{site.settings.booth[0]}:8080/"]
    settings = config.load(machine.etc / "booth/booth.yaml", BoothConfig)
    assert settings.store == "sqlite:////var/lib/spotter/booth.sqlite"
    assert settings.page_host == "0.0.0.0"
    named = [settings.broker.tls, settings.page, settings.baseline_key, settings.outbox_key]
    assert str(site.folder) not in str(named)
    for name in ("booth.pem", "booth.key", "baseline.key", "outbox.key", "page.password", "page.key", "metrics.token"):
        assert stat.S_IMODE((machine.etc / "booth" / name).stat().st_mode) == 0o600
    assert not (machine.etc / "booth/ca.key").exists(), "the authority's key stays in the site's folder"
    broker = (machine.root / "etc/mosquitto/conf.d/spotter.conf").read_text()
    assert "cafile /etc/spotter/broker/ca.pem" in broker
    assert "persistence_location" not in broker
    assert machine.current.resolve().name == software.release_id(software.source())
    assert {path.name for path in machine.units.iterdir()} >= {"spotter-booth.service", "spotter-firewall.service"}
    assert machine.asked("systemctl", "enable", "spotter-booth.service")
    assert machine.asked("systemctl", "restart", "mosquitto.service")
    assert machine.asked("chown", "spotter:", str(machine.etc / "booth"))
    assert machine.asked("chown", "mosquitto:", str(machine.etc / "broker"))


def test_a_second_time_brings_changes_and_keeps_what_was_edited_by_hand(
    site: Site, machine: FolderMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    install(site, machine)
    first = (machine.etc / "booth/booth.yaml").read_text()
    install(site, machine)
    assert (machine.etc / "booth/booth.yaml").read_text() == first
    assert not (machine.etc / "booth/booth.yaml.old").exists()
    (machine.etc / "booth/booth.yaml").write_text(first + "retention_h: 2\n")
    (site.folder / "broker/acl").write_text("# new rules\n")
    install(site, machine)
    assert (machine.etc / "broker/acl").read_text() == "# new rules\n"
    assert "retention_h: 2" in (machine.etc / "booth/booth.yaml.old").read_text()
    assert "kept as booth.yaml.old" in capsys.readouterr().err


def test_a_restored_store_is_taken_over_once(site: Site, machine: FolderMachine) -> None:
    with closing(SqlStore(f"sqlite:///{site.folder}/booth/booth.sqlite", site.name)) as store:
        put(store, 1)
        traffic = counted(store, "traffic")
    assert "taken over" in install(site, machine)[0]
    with closing(SqlStore(f"sqlite:///{machine.store}", site.name, is_made=False)) as store:
        assert counted(store, "traffic") == traffic
        put(store, 2)
    assert "left alone" in install(site, machine)[0]
    with closing(SqlStore(f"sqlite:///{machine.store}", site.name, is_made=False)) as store:
        assert counted(store, "traffic") != traffic


def test_missing_programs_are_installed_or_named(site: Site, machine: FolderMachine) -> None:
    machine.missing = {"nft"}
    with pytest.raises(ProvisionError, match="sudo apt install nftables"):
        install(site, machine, may_fetch=False)
    assert not machine.etc.exists()
    install(site, machine)
    assert machine.asked("apt-get", "nftables")


def test_without_systemd_nothing_is_started(site: Site, machine: FolderMachine) -> None:
    shutil.rmtree(machine.root / "run")
    install(site, machine)
    assert machine.asked("systemctl", "enable")
    assert not machine.asked("systemctl", "restart")


def test_the_firewall_lets_cameras_and_laptops_in_and_nobody_else(site: Site, machine: FolderMachine) -> None:
    install(site, machine)
    closed = (machine.etc / "booth.nft").read_text()
    assert f"dport {{ {site.settings.port} }}" in closed, "the page is on loopback"
    install(site, machine, opens_page=True)
    rules = machine.etc / "booth.nft"
    assert "8080" in rules.read_text()
    assert "policy drop" in rules.read_text()
    if shutil.which("nft") is None:
        pytest.skip("no nft")
    done = subprocess.run(["nft", "--check", "-f", rules], capture_output=True, text=True, check=False)
    if "Operation not permitted" in done.stderr:
        pytest.skip("nft may not look at the kernel's tables here")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_that_fails_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(ProvisionError, match="cannot access"):
        Machine(tmp_path).run("ls", tmp_path / "missing")
    with pytest.raises(ProvisionError, match="could not be run"):
        Machine(tmp_path).run(tmp_path / "missing")


def test_the_same_files_are_the_same_release(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "edge").mkdir(parents=True)
        (tmp_path / name / "edge/a.py").write_text("a = 1\n")
        (tmp_path / name / "pyproject.toml").write_text("")
        (tmp_path / name / "edge/__pycache__").mkdir()
        (tmp_path / name / "edge/__pycache__/a.pyc").write_text(name)
    one, two = tmp_path / "one", tmp_path / "two"
    assert software.release_id(one) == software.release_id(two)
    (two / "edge/a.py").write_text("a = 2\n")
    assert software.release_id(one) != software.release_id(two)


def test_only_root_may_install(site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    for verb in (["install", str(site.folder)], ["upgrade"], ["rollback"]):
        assert main(["booth", *verb]) == 2
        assert "run it with sudo" in capsys.readouterr().err
