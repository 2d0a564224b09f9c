"""Problems that other programs of this node leave for its heartbeat: the card's first boot, the update."""

from pathlib import Path

from edge.places import SAID
from edge.problems import Problem

FOLDER = Path("/") / SAID
CODES = {"card.txt": "card-failed", "update.txt": "update-failed"}
"""Files, and the code that the heartbeat gives for each. Their text stays on the node."""


def system_notices(said: Path = FOLDER) -> list[Problem]:
    """Return a problem for each of CODES' files in folder `said`."""
    return [Problem(code) for name, code in CODES.items() if (said / name).is_file() and (said / name).stat().st_size]
