"""Sentences that other programs of this node leave for its heartbeat: the card's first boot, the update."""

from pathlib import Path

from edge.places import SAID

FOLDER = Path("/") / SAID
LONGEST = 200
"""Most characters of one sentence in a heartbeat."""


def system_notices(said: Path = FOLDER) -> list[str]:
    """Return the sentences in the text files of folder `said`; an empty list if there are none."""
    return [sentence for path in sorted(said.glob("*.txt")) if (sentence := _read(path))]


def _read(path: Path) -> str:
    try:
        return " ".join(path.read_text(encoding="utf-8", errors="replace").split())[:LONGEST]
    except OSError:
        return ""
