"""`spotter booth backup` and `restore`: a site's folder with all its keys and the booth's store, in one sealed file."""

import io
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from edge import __version__, config
from edge.appliance.machine import Machine
from edge.appliance.sealed_file import SealedReader, SealedWriter
from edge.config import BoothConfig
from edge.errors import ProvisionError
from edge.site.site import Site
from edge.store.copy import copy_store, sqlite_file

SITE, STORE, ABOUT = "site", "store.sqlite", "about.json"
"""Names in the archive: the folder of the site's files, the store, and what the backup is of."""
MOST_BYTES = 2**36
"""Largest file that is restored."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is of; the first file in it."""

    site: str
    folder: str
    """Where the site's folder was: its settings name it."""
    version: str
    made_at: int
    """Seconds since 1970."""
    has_store: bool


def backup(site: Site, file: Path, passphrase: bytes, machine: Machine) -> About:
    """Write a backup of a site and its booth's store; an existing file is replaced only by a complete one.

    The store is copied as it is at one moment, while the booth runs; of PostgreSQL there is no copy (pg_dump makes
    one). Raises ProvisionError, StoreError or ConfigError.
    """
    store = _store(site, machine)
    with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=f".{file.name}.") as work:
        copy = Path(work) / STORE
        if store is not None:
            copy_store(store, copy)
        about = About(
            site=site.name,
            folder=str(site.folder),
            version=__version__,
            made_at=int(time.time()),
            has_store=copy.exists(),
        )
        made = Path(work) / "backup"
        _write(made, site.folder, copy if copy.exists() else None, about, passphrase)
        made.replace(file)
    return about


def _store(site: Site, machine: Machine) -> Path | None:
    """Return the store of the installed booth, if it is this site's, else of the one that runs from the folder."""
    try:
        for yaml in (machine.etc / "booth/booth.yaml", site.folder / "booth/booth.yaml"):
            if yaml.exists() and (settings := config.load(yaml, BoothConfig)).site == site.name:
                store = sqlite_file(settings.store)
                return store if store is not None and store.exists() else None
    except OSError as err:
        raise ProvisionError(f"{err.filename}: cannot be read ({err.strerror}); run it with sudo") from err
    return None


def _write(made: Path, folder: Path, store: Path | None, about: About, passphrase: bytes) -> None:
    made.touch(mode=0o600)
    with made.open("wb") as plain:
        sealed = SealedWriter(plain, passphrase)
        with tarfile.open(fileobj=sealed, mode="w|") as archive:  # type: ignore[call-overload]  # it only writes
            content = msgspec.json.encode(about)
            first = tarfile.TarInfo(ABOUT)
            first.size = len(content)
            archive.addfile(first, io.BytesIO(content))
            for path in _files(folder):
                archive.add(path, f"{SITE}/{path.relative_to(folder)}", recursive=False)
            if store is not None:
                archive.add(store, STORE, recursive=False)
        sealed.close()


def _files(folder: Path) -> Iterator[Path]:
    """Yield the site's files, but not the broker's state and the store, which is copied on its own."""
    for path in sorted(folder.rglob("*")):
        is_state = path.name.startswith("booth.sqlite") or (folder / "broker/data") in path.parents
        if path.is_file() and not path.is_symlink() and not is_state:
            yield path


def restore(file: Path, folder: Path, passphrase: bytes) -> About:
    """Make the site's folder again from a backup; the store lies in it as booth/booth.sqlite.

    `spotter booth install FOLDER` takes it to its place. Raises ProvisionError, and leaves nothing behind, unless
    `folder` is new or empty and the whole backup is whole.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProvisionError(f"{folder}: exists already; give a new folder")
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as work:
        made = Path(work) / SITE
        made.mkdir(mode=0o700)
        about = _read(file, made, passphrase)
        _move_paths(made, about.folder, str(folder))
        if folder.exists():
            folder.rmdir()
        shutil.move(made, folder)
    Site(folder)  # raises if it is none
    return about


def _read(file: Path, made: Path, passphrase: bytes) -> About:
    try:
        with file.open("rb") as sealed:
            reader = SealedReader(sealed, passphrase, file)
            with tarfile.open(fileobj=reader, mode="r|") as archive:  # type: ignore[call-overload]  # it only reads
                about = None
                for member in archive:
                    content = archive.extractfile(member)
                    if content is None or member.size > MOST_BYTES:
                        raise ProvisionError(
                            f"{file}: expected files only, found {member.name!r}; nothing was restored"
                        )
                    if about is None:
                        about = msgspec.json.decode(content.read(), type=About)
                    else:
                        _put(made / _place(member.name, file), content)
            while reader.read(2**20):
                pass  # to the end, so that a cut-off backup is noticed
    except (OSError, tarfile.TarError, msgspec.MsgspecError) as err:
        raise ProvisionError(f"{file}: cannot be restored ({err}); nothing was") from err
    if about is None:
        raise ProvisionError(f"{file}: the backup is empty; nothing was restored")
    return about


def _put(path: Path, content: IO[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    with path.open("wb") as target:
        shutil.copyfileobj(content, target)


def _place(name: str, file: Path) -> Path:
    """Return where a file of the archive goes, inside the site's folder; raises ProvisionError for any other place."""
    parts = PurePosixPath(name).parts
    if name == STORE:
        return Path("booth/booth.sqlite")
    if len(parts) < 2 or parts[0] != SITE or ".." in parts:
        raise ProvisionError(f"{file}: expected files of a site, found {name!r}; nothing was restored")
    return Path(*parts[1:])


def _move_paths(made: Path, old: str, new: str) -> None:
    """Let settings that name files of the old folder name those of the new one."""
    for path in [*made.rglob("*.yaml"), *made.rglob("*.conf")]:
        text = path.read_text(encoding="utf-8")
        if f"{old}/" in text:
            path.write_text(text.replace(f"{old}/", f"{new}/"), encoding="utf-8")
