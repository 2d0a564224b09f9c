"""How often the node was started on this state folder."""

import contextlib
from pathlib import Path

from edge import atomic_file

NAME = "boots"


def count(state: Path) -> int | None:
    """One more than last time; 1 where that is not known, None where it cannot be written."""
    path = state / NAME
    boots = 1
    with contextlib.suppress(OSError, ValueError):
        boots = int(path.read_bytes()) + 1
    try:
        atomic_file.write(path, f"{boots}\n".encode())
    except OSError:
        return None
    return boots
