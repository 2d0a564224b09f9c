"""What other programs of this node have to say in its heartbeat: first boot of the card, the update of itself."""

from pathlib import Path

from edge.places import SAID

FOLDER = Path("/") / SAID
LONGEST = 200
"""Characters of a sentence on the wire."""


def system_notices(said: Path = FOLDER) -> list[str]:
    """Their sentences; none where all is well."""
    return [sentence for path in sorted(said.glob("*.txt")) if (sentence := _read(path))]


def _read(path: Path) -> str:
    try:
        return " ".join(path.read_text(encoding="utf-8", errors="replace").split())[:LONGEST]
    except OSError:
        return ""
