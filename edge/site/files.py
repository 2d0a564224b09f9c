"""Files that appear all at once or not at all, for their owner's eyes only."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from edge import atomic_file
from edge.errors import ProvisionError

PRIVATE = 0o600


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """A new folder with these files (`a/b` in a folder of its own); replaces one that is there.

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
    """All of it or nothing; raises ProvisionError."""
    try:
        atomic_file.write(path, data, mode=mode)
    except OSError as err:
        raise _unwritable(path, err) from err


def read(path: Path) -> bytes:
    """Raises ProvisionError."""
    try:
        return path.read_bytes()
    except OSError as err:
        raise ProvisionError(f"{path}: cannot be read ({err.strerror}); is it there, and this user's?") from err


def _replace(made: Path, folder: Path) -> None:
    """A folder with something in it cannot be renamed over: it steps aside first."""
    if folder.is_dir() and any(folder.iterdir()):
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.old."))
        folder.rename(aside)
        made.rename(folder)
        shutil.rmtree(aside)
    else:
        made.rename(folder)


def _unwritable(path: Path, err: OSError) -> ProvisionError:
    return ProvisionError(f"{path}: cannot be written ({err.strerror}); check folder, permissions and free space")
