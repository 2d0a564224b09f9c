"""Files that survive a power cut: all of the old or all of the new. Standard library only: it runs on bare nodes."""

import os
import shutil
from pathlib import Path


def write(path: Path, data: bytes, *, mode: int = 0o644, owner: str = "") -> None:
    """Puts `data` there for good, for `owner` (empty: who writes it) alone to change."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.chmod(mode)
    if owner:
        shutil.chown(new, owner, owner)
    new.replace(path)
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
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
