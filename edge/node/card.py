"""What first boot left undone of the card, for the heartbeat."""

from pathlib import Path

SAID = Path("/run/spotter/card.txt")
"""Written by edge/provision/first_boot.py; gone with the next boot."""
LONGEST = 200
"""Characters of a sentence on the wire."""


def complaint(said: Path = SAID) -> str:
    """A sentence; empty where the card was taken up, or there is none."""
    try:
        return " ".join(said.read_text(encoding="utf-8", errors="replace").split())[:LONGEST]
    except OSError:
        return ""
