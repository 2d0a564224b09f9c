"""What other programs of this node have to say in its heartbeat: the card's, the update's."""

from pathlib import Path

NOTICES = Path("/run/spotter")
"""One sentence a file, `*.txt`; gone with the next boot."""
LONGEST = 200
"""Characters; wire.Sentence takes no more."""


def read_notices(folder: Path = NOTICES) -> tuple[str, ...]:
    """The sentences that are there; a file that cannot be read says nothing."""
    return tuple(sentence for path in sorted(folder.glob("*.txt")) if (sentence := _first_line(path)))


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0][:LONGEST]
    except (OSError, UnicodeDecodeError):
        return ""
