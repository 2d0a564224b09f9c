"""How often the node was started on this state folder."""

import contextlib
from pathlib import Path

NAME = "boots"


def count(state: Path) -> int | None:
    """One more than last time; 1 where that is not known, None where it cannot be written."""
    path = state / NAME
    boots = 1
    with contextlib.suppress(OSError, ValueError):
        boots = int(path.read_bytes()) + 1
    part = path.with_name(NAME + ".part")
    try:
        part.write_text(f"{boots}\n", encoding="ascii")
        part.replace(path)
    except OSError:
        return None
    return boots
