"""Write files so that a power cut leaves the old or the new one, whole. Standard library only: runs on bare nodes."""

import contextlib
import os
import shutil
from pathlib import Path


def write(path: Path, data: bytes, *, mode: int | None = None, owner: str = "") -> None:
    """Replace the file by `data`, flushed to disk, with `mode` (None: by the umask) and `owner` (empty: this user).

    Raises OSError, and then leaves the old file and no temporary one.
    """
    new = path.with_name(path.name + ".new")
    try:
        new.unlink(missing_ok=True)  # left by a power cut, or a link placed there on purpose
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
    """Make `link` a symbolic link to `target` in one step: readers see the old target or the new one."""
    new = link.with_name(link.name + ".new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)
    sync_folder(link.parent)


def wipe(path: Path) -> None:
    """Overwrite the file with zeros, then delete it. A flash card may still keep a copy in spare cells."""
    if not path.is_file():
        return
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's new, renamed and deleted entries to disk; does nothing on file systems that cannot."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
