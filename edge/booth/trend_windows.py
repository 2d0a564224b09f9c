"""Counts of clothes by window and node, and the range of a share of which small counts are withheld; pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from edge.limits import FLOOR, MOST_IN_WINDOW
from edge.store.store import SIGHTINGS, Cell


class Range(NamedTuple):
    """The lowest and highest count that a word can have, and the number of sightings."""

    low: float
    high: float
    n: float

    def plus(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high, self.n + other.n)


NONE = Range(0.0, 0.0, 0.0)


class Window(NamedTuple):
    """What one node counted in one window."""

    start: int
    """Seconds since 1970."""
    node: str
    sightings: int
    counts: dict[str, int]
    """By code; a node withholds counts under FLOOR."""
    left: dict[str, int]
    """Of each colour of the upper and of the lower: the people whose combination was not sent."""

    def range_of(self, word: str) -> Range:
        """Return the range of one word.

        A combination that is missing can have as many people as both of its colours have left, as nodes withhold some
        of FLOOR and more too (message/combinations.py) and older ones send none.
        """
        if word in self.counts:
            return Range(self.counts[word], self.counts[word], self.sightings)
        most = min(FLOOR - 1, self.sightings)
        facet, _, pair = word.partition(":")
        if facet == "combination":
            most = min(self.left.get(colour, most) for colour in _colours(pair))
        return Range(0, most, self.sightings)


def windows(cells: Iterable[Cell]) -> list[Window]:
    """Return the windows of cells of the kind `worn`; those with counts that no camera can have are left out."""
    found: defaultdict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for cell in cells:
        found[cell.window, cell.node][cell.words] = cell.n
    return [
        Window(start, node, counts.pop(SIGHTINGS), counts, _left(counts))
        for (start, node), counts in found.items()
        if 0 < max(counts.values()) <= counts.get(SIGHTINGS, 0) <= MOST_IN_WINDOW
    ]


def words_of(some: Iterable[Window]) -> set[str]:
    """Return every word that was sent in these windows."""
    return {word for window in some for word in window.counts}


def pooled(word: str, some: Iterable[Window]) -> Range:
    """Return the range of a word over all windows together."""
    total = NONE
    for window in some:
        total = total.plus(window.range_of(word))
    return total


def grouped(word: str, some: Sequence[Window], key: Callable[[Window], Any]) -> dict[Any, Range]:
    """Return the range of a word in each group of windows, such as each hour of the day."""
    found: defaultdict[Any, Range] = defaultdict(lambda: NONE)
    for window in some:
        found[key(window)] = found[key(window)].plus(window.range_of(word))
    return dict(found)


def _colours(pair: str) -> tuple[str, str]:
    upper, _, lower = pair.partition("-over-")
    return f"colour:upper:{upper}", f"colour:lower:{lower}"


def _left(counts: dict[str, int]) -> dict[str, int]:
    """Return each colour's count without the people whose combination is known."""
    left = {word: n for word, n in counts.items() if word.startswith(("colour:upper:", "colour:lower:"))}
    for word, n in counts.items():
        facet, _, pair = word.partition(":")
        for colour in _colours(pair) if facet == "combination" else ():
            if colour in left:
                left[colour] = max(left[colour] - n, 0)
    return left
