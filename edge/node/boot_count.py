"""The number of starts of the node with this state folder."""

import contextlib
from pathlib import Path

from edge import atomic_file

NAME = "boots"


def count(state: Path) -> int | None:
    """Add one to the number of starts and return it: 1 without a readable file, None if it cannot be written."""
    path = state / NAME
    boots = 1
    with contextlib.suppress(OSError, ValueError):
        boots = int(path.read_bytes()) + 1
    try:
        atomic_file.write(path, f"{boots}\n".encode())
    except OSError:
        return None
    return boots
