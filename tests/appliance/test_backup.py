"""A backup of one machine, restored on another: keys, settings and counts are the same; anything less is refused."""

import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from edge import config
from edge.appliance.backup import backup, restore
from edge.appliance.sealed_file import SealedWriter
from edge.cli import main
from edge.config import BoothConfig
from edge.errors import ProvisionError
from edge.site.site import Site
from edge.store.store import SqlStore
from tests.appliance.machines import FolderMachine
from tests.site.fixtures import first_site, site
from tests.store.stores import counted, put

__all__ = ["first_site", "site"]
SECRET = b"correct horse"


@pytest.fixture
def machine(tmp_path: Path) -> FolderMachine:
    """A machine on which no booth is installed: the booth runs from the site's folder."""
    return FolderMachine(tmp_path / "machine")


def settings_of(one: Site) -> BoothConfig:
    return config.load(one.folder / "booth" / "booth.yaml", BoothConfig)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "booth.sqlite" not in path.name
    }


def test_one_machine_becomes_another(site: Site, machine: FolderMachine, tmp_path: Path) -> None:
    with closing(SqlStore(settings_of(site).store, site.name)) as store:
        put(store, 1, 2, 3)
        traffic = counted(store, "traffic")
        about = backup(site, tmp_path / "soho.backup", SECRET, machine)
    assert about.has_store
    restore(tmp_path / "soho.backup", tmp_path / "elsewhere" / "soho", SECRET)
    other = Site(tmp_path / "elsewhere" / "soho")
    old, new = files(site.folder), files(other.folder)
    assert set(old) == set(new)
    assert "ca.key" in new
    moved = {name for name in old if old[name] != new[name]}
    assert moved == {"booth/booth.yaml", "broker/mosquitto.conf"}, "they name their folder, and so the new one"
    assert all(str(site.folder).encode() not in new[name] for name in moved)
    with closing(SqlStore(settings_of(other).store, other.name, is_made=False)) as store:
        assert counted(store, "traffic") == traffic
    assert {path.stat().st_mode & 0o077 for path in other.folder.rglob("*") if path.is_file()} == {0}
    assert (tmp_path / "soho.backup").stat().st_mode & 0o077 == 0


def test_no_key_can_be_read_in_the_file(site: Site, machine: FolderMachine, tmp_path: Path) -> None:
    about = backup(site, tmp_path / "soho.backup", SECRET, machine)
    assert not about.has_store
    content = (tmp_path / "soho.backup").read_bytes()
    for secret in ("ca.key", "booth/booth.key", "booth/outbox.key", "release.key"):
        assert (site.folder / secret).read_bytes()[40:80] not in content


def test_a_wrong_passphrase_or_a_cut_file_restores_nothing(site: Site, machine: FolderMachine, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    backup(site, whole, SECRET, machine)
    cut.write_bytes(whole.read_bytes()[:-20])
    for file, secret in ((whole, b"another one"), (cut, SECRET), (tmp_path / "missing", SECRET)):
        with pytest.raises(ProvisionError):
            restore(file, tmp_path / "new", secret)
        assert not (tmp_path / "new").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_existing_folder_is_never_written_over(site: Site, machine: FolderMachine, tmp_path: Path) -> None:
    backup(site, tmp_path / "soho.backup", SECRET, machine)
    before = files(site.folder)
    with pytest.raises(ProvisionError, match="exists already"):
        restore(tmp_path / "soho.backup", site.folder, SECRET)
    assert files(site.folder) == before


@pytest.mark.parametrize("name", ["../outside", "site/../../outside", "/outside", "other/file"])
def test_a_backup_that_writes_elsewhere_is_refused(
    site: Site, machine: FolderMachine, tmp_path: Path, name: str
) -> None:
    """Somebody who knows the passphrase must not be able to write outside the folder either."""
    evil, about = tmp_path / "evil", tmp_path / "about"
    about.write_text('{"site":"soho","folder":"/x","version":"1","made_at":1,"has_store":false}')
    with evil.open("wb") as plain:
        sealed = SealedWriter(plain, SECRET)
        with tarfile.open(fileobj=sealed, mode="w|") as archive:  # type: ignore[call-overload]
            archive.add(about, "about.json")
            archive.add(about, name)
        sealed.close()
    with pytest.raises(ProvisionError, match="expected files of a site"):
        restore(evil, tmp_path / "new" / "soho", SECRET)
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "new" / "outside").exists()


def test_the_store_of_the_installed_booth_is_taken(site: Site, machine: FolderMachine, tmp_path: Path) -> None:
    installed = machine.etc / "booth" / "booth.yaml"
    installed.parent.mkdir(parents=True)
    machine.state.mkdir(parents=True)
    installed.write_text(f"site: {site.name}\nstore: sqlite:///{machine.store}\n")
    with closing(SqlStore(f"sqlite:///{machine.store}", site.name)) as store:
        put(store, 7)
        traffic = counted(store, "traffic")
    assert backup(site, tmp_path / "soho.backup", SECRET, machine).has_store
    restore(tmp_path / "soho.backup", tmp_path / "new", SECRET)
    with closing(SqlStore(f"sqlite:///{tmp_path}/new/booth/booth.sqlite", site.name, is_made=False)) as store:
        assert counted(store, "traffic") == traffic


def test_the_commands_say_what_they_did(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret, short, file = tmp_path / "secret", tmp_path / "short", tmp_path / "soho.backup"
    secret.write_text("correct horse\n")
    short.write_text("horse\n")
    made = ["booth", "backup", str(file), "--site-dir", str(site.folder), "--passphrase-file"]
    assert main([*made, str(short)]) == 2
    assert "expected at least 8" in capsys.readouterr().err
    assert main(made[:-1]) == 2
    assert "--passphrase-file" in capsys.readouterr().err
    assert main([*made, str(secret)]) == 0
    assert "without a store" in capsys.readouterr().out
    back = ["booth", "restore", str(file), "--site-dir", str(tmp_path / "new"), "--passphrase-file", str(secret)]
    assert main(back) == 0
    assert "next: sudo .venv/bin/spotter booth install" in capsys.readouterr().out
