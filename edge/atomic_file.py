"""Files that survive a power cut: all of the old or all of the new. Standard library only: it runs on bare nodes."""

import contextlib
import os
import shutil
from pathlib import Path


def write(path: Path, data: bytes, *, mode: int | None = None, owner: str = "") -> None:
    """Puts `data` there for good, for `owner` (empty: who writes it) alone to change; `mode` None: as the umask says.

    Raises OSError, and leaves what was there before and nothing beside it.
    """
    new = path.with_name(path.name + ".new")
    try:
        new.unlink(missing_ok=True)  # a power cut's leftover, or a link that somebody laid there
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            new.chmod(mode)
        if owner:
            shutil.chown(new, owner, owner)
        new.replace(path)
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
    sync_folder(path.parent)


def point(link: Path, target: str) -> None:
    """`link` is a symbolic link to `target`; whoever follows it meets the old one or the new one."""
    new = link.with_name(link.name + ".new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)
    sync_folder(link.parent)


def wipe(path: Path) -> None:
    """Overwritten, then deleted. A flash card may keep a copy in spare cells all the same."""
    if not path.is_file():
        return
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """What was made, renamed and deleted in it lasts; where a network's file system cannot say so, nothing is done."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
