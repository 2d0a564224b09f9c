"""Trends: counts of colours, patterns and garments over a quarter of an hour, never of one person."""

from collections import Counter
from typing import NamedTuple

from edge.limits import WINDOW_S
from edge.records import Appearance
from edge.score.features import pattern_word
from edge.vocabulary import COLOURS, GARMENTS, REGIONS

COLOURED, PATTERNED = 3, 2
"""Number of regions, the first of REGIONS, that are counted by main colour and by main pattern."""


class ClosedWindow(NamedTuple):
    """The counts of one window that is over."""

    start: int
    """UTC seconds."""
    sightings: int
    counts: Counter[str]
    """Number of sightings for each code such as `colour:upper:orange`."""


class TrendWindow:
    """Owner of the open window's counts."""

    def __init__(self) -> None:
        self._start = 0
        self._sightings = 0
        self._counts = Counter[str]()

    def add(self, appearance: Appearance, at: float) -> ClosedWindow | None:
        """Count one sighting of UTC second `at`; returns the window before if it is over. Late sightings count too."""
        closed = self.close(at)
        if not self._sightings:
            self._start = max(self._start, int(at // WINDOW_S) * WINDOW_S)
        self._sightings += 1
        self._counts.update(words(appearance))
        return closed

    def close(self, now: float) -> ClosedWindow | None:
        """Close the open window if it is over and has sightings, and return it; else None. `now` is UTC seconds."""
        if not self._sightings or now < self._start + WINDOW_S:
            return None
        closed = ClosedWindow(self._start, self._sightings, self._counts)
        self._sightings, self._counts = 0, Counter()
        return closed


def words(appearance: Appearance) -> list[str]:
    """Return the codes of the main colour and pattern of each region that was seen, of the main colours of upper over
    lower, and of the garment arrangement.
    """
    main = {
        region: COLOURS[int(shares.argmax())]
        for region, shares in zip(REGIONS[:COLOURED], appearance.words, strict=False)
        if shares.any()
    }
    found = [f"colour:{region}:{colour}" for region, colour in main.items()]
    if "upper" in main and "lower" in main:
        found.append(f"combination:{main['upper']}-over-{main['lower']}")
    for region, kinds in zip(REGIONS[:PATTERNED], appearance.patterns, strict=False):
        if word := pattern_word(kinds, is_close=appearance.looked_again > 0):
            found.append(f"pattern:{region}:{word}")
    if appearance.garments.any():
        found.append(f"garment:{GARMENTS[int(appearance.garments.argmax())]}")
    return found
