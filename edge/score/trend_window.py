"""What is worn, in words and counted over a quarter of an hour: for trends, never about one person."""

from collections import Counter
from typing import NamedTuple

from edge.limits import WINDOW_S
from edge.records import Appearance
from edge.score.features import COLOUR_OF_CELL
from edge.vocabulary import COLOURS, GARMENTS, PATTERNS, REGIONS

COLOURED, PATTERNED = 3, 2
"""The first so many of REGIONS are counted by their main colour, by their main pattern."""


class ClosedWindow(NamedTuple):
    """One closed window."""

    start: int
    """Seconds since 1970."""
    sightings: int
    counts: Counter[str]
    """By words such as `colour:upper:orange`."""


class TrendWindow:
    """Owner of the open window's counts."""

    def __init__(self) -> None:
        self._start = 0
        self._sightings = 0
        self._counts = Counter[str]()

    def add(self, appearance: Appearance, at: float) -> ClosedWindow | None:
        """Count one sighting; returns the window before, if this is the first of a new one. A late one counts here."""
        closed = self.close(at)
        if not self._sightings:
            self._start = max(self._start, int(at // WINDOW_S) * WINDOW_S)
        self._sightings += 1
        self._counts.update(words(appearance))
        return closed

    def close(self, now: float) -> ClosedWindow | None:
        """The open window, if it is over and anything was counted in it."""
        if not self._sightings or now < self._start + WINDOW_S:
            return None
        closed = ClosedWindow(self._start, self._sightings, self._counts)
        self._sightings, self._counts = 0, Counter()
        return closed


def words(appearance: Appearance) -> list[str]:
    """The main colour and pattern of each region that was seen, and how the garments are arranged."""
    found = []
    for region, palette in zip(REGIONS[:COLOURED], appearance.palettes, strict=False):
        if palette.any():
            found.append(f"colour:{region}:{COLOURS[int((palette @ COLOUR_OF_CELL).argmax())]}")
    for region, kinds in zip(REGIONS[:PATTERNED], appearance.patterns, strict=False):
        if kinds.any():
            found.append(f"pattern:{region}:{PATTERNS[int(kinds.argmax())]}")
    if appearance.garments.any():
        found.append(f"garment:{GARMENTS[int(appearance.garments.argmax())]}")
    return found
