"""Write files and folders that are complete or absent, readable by their owner alone."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from edge import atomic_file
from edge.errors import ProvisionError

PRIVATE = 0o600
"""File mode: only the owner may read and write."""


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder with these files (`a/b` goes into a sub-folder), replacing an existing one.

    Raises ProvisionError, and leaves nothing behind, if it cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as err:
        raise _unwritable(folder, err) from err
    try:
        for name, data in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            atomic_file.write(made / name, data, mode=PRIVATE)
        _replace(made, folder)
    except OSError as err:
        raise _unwritable(folder, err) from err
    finally:
        shutil.rmtree(made, ignore_errors=True)


def write_file(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file completely or not at all; raises ProvisionError."""
    try:
        atomic_file.write(path, data, mode=mode)
    except OSError as err:
        raise _unwritable(path, err) from err


def read(path: Path) -> bytes:
    """Return the file's contents; raises ProvisionError."""
    try:
        return path.read_bytes()
    except OSError as err:
        raise ProvisionError(
            f"{path}: cannot be read ({err.strerror}); check that it exists and that this user may read it"
        ) from err


def _replace(made: Path, folder: Path) -> None:
    """Move `made` to `folder`. A folder that is not empty is renamed first, as it cannot be renamed over."""
    if folder.is_dir() and any(folder.iterdir()):
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.old."))
        folder.rename(aside)
        made.rename(folder)
        shutil.rmtree(aside)
    else:
        made.rename(folder)


def _unwritable(path: Path, err: OSError) -> ProvisionError:
    return ProvisionError(
        f"{path}: cannot be written ({err.strerror}); check the folder, its permissions and free space"
    )
