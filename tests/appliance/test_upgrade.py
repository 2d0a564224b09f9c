"""An upgrade changes software and store together, or neither."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge.appliance import software
from edge.appliance.machine import BOOTH
from edge.appliance.upgrade import page_trouble, rollback, upgrade
from edge.config import BoothConfig
from edge.errors import ProvisionError
from edge.store.store import SqlStore
from tests.appliance.machines import FolderMachine, fails, release
from tests.booth.page.pages import locked, serve_page
from tests.brokers import free_port
from tests.store.stores import counted, put

NEW = software.release_id(software.source())


@pytest.fixture
def machine(tmp_path: Path) -> FolderMachine:
    """A machine whose booth runs an older release; this checkout's is built already."""
    made = FolderMachine(tmp_path, has_systemd=True)
    (made.etc / "booth").mkdir(parents=True)
    made.state.mkdir(parents=True)
    (made.etc / "booth/booth.yaml").write_text("site: booth\nstore: sqlite:////var/lib/spotter/booth.sqlite\n")
    with closing(SqlStore(f"sqlite:///{made.store}", "booth")) as store:
        put(store, 1)
    for name in ("booth-0.0.9-old", NEW):
        release(made, name)
    software.switch(made, made.home / "releases/booth-0.0.9-old")
    return made


def traffic(machine: FolderMachine) -> object:
    with closing(SqlStore(f"sqlite:///{machine.store}", "booth", is_made=False)) as store:
        return counted(store, "traffic")


def stores_more(machine: FolderMachine) -> None:
    """Do what a migration does: change the store."""
    with closing(sqlite3.connect(machine.store)) as db:
        db.execute("CREATE TABLE newer (a)")
        db.commit()


def is_newer(machine: FolderMachine) -> bool:
    with closing(sqlite3.connect(machine.store)) as db:
        return bool(db.execute("SELECT name FROM sqlite_master WHERE name = 'newer'").fetchall())


def well() -> str:
    return ""


def test_software_and_store_change_together_and_back(machine: FolderMachine) -> None:
    before = traffic(machine)
    machine.acts["migrate"] = lambda _: stores_more(machine)
    assert upgrade(machine, well) == NEW
    assert machine.current.resolve().name == NEW
    assert machine.asked("runuser", "migrate")
    assert is_newer(machine)
    order = [words[1] for words in machine.ran if words[0] == "systemctl" and BOOTH in words]
    assert order == ["stop", "start"]
    assert rollback(machine) == "booth-0.0.9-old"
    assert machine.current.resolve().name == "booth-0.0.9-old"
    assert not is_newer(machine)
    assert traffic(machine) == before


@pytest.mark.parametrize("fault", ["migrate", "page"])
def test_what_does_not_come_up_is_undone(machine: FolderMachine, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = traffic(machine)
    monkeypatch.setattr("edge.appliance.upgrade.TRIAL_S", 0.1)
    machine.acts["migrate"] = fails if fault == "migrate" else lambda _: stores_more(machine)
    with pytest.raises(ProvisionError, match=r"booth-0.0.9-old runs as before"):
        upgrade(machine, lambda: "it answers 500")
    assert machine.current.resolve().name == "booth-0.0.9-old"
    assert not is_newer(machine)
    assert traffic(machine) == before
    assert machine.ran[-1] == ("systemctl", "start", BOOTH)


def test_the_same_software_is_left_alone(machine: FolderMachine) -> None:
    software.switch(machine, machine.home / "releases" / NEW)
    assert upgrade(machine, well) == NEW
    assert not machine.ran


def test_only_the_release_before_is_kept(machine: FolderMachine) -> None:
    release(machine, "booth-0.0.8-older")
    upgrade(machine, well)
    assert {path.name for path in (machine.home / "releases").iterdir()} == {"booth-0.0.9-old", NEW}


def test_what_cannot_be_upgraded_is_said(machine: FolderMachine, tmp_path: Path) -> None:
    with pytest.raises(ProvisionError, match="no booth is installed here"):
        upgrade(FolderMachine(tmp_path / "empty"), well)
    with pytest.raises(ProvisionError, match="no release to go back to"):
        rollback(machine)
    (machine.etc / "booth/booth.yaml").write_text("site: booth\nstore: postgresql://db/spotter\n")
    with pytest.raises(ProvisionError, match="pg_dump"):
        upgrade(machine, well)
    assert machine.current.resolve().name == "booth-0.0.9-old"


def test_the_page_is_asked_whether_it_is_well(machine: FolderMachine) -> None:
    with serve_page() as served:
        settings = BoothConfig(page_port=int(served.page.url.rsplit(":", 1)[1].strip("/")))
        assert page_trouble(settings, machine) == ""
    assert "refused" in page_trouble(BoothConfig(page_port=free_port()), machine)


def test_nobody_asks_a_page_over_the_network_without_tls(machine: FolderMachine, tmp_path: Path) -> None:
    assert locked(tmp_path)
    (machine.etc / "booth/ca.pem").write_bytes(b"")
    with pytest.raises(Exception, match=r"(?i)certificate|PEM|no start line"):
        page_trouble(BoothConfig(page_host="0.0.0.0", page_port=free_port()), machine)
