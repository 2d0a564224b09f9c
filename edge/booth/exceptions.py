"""What people alerted wore more than chance, by week: their reasons against the clothes of everybody; pure.

A reason is counted only for those who were alerted for it, at most four each, so a share among the people alerted is
at least as high as shown. Days with fewer than FLOOR alerts are left out, and counts under FLOOR are ranges.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from edge.booth.binomial import binomial
from edge.booth.trend_windows import Range, Window, pooled
from edge.booth.trends import (
    BY_CHANCE,
    ENOUGH_BEFORE,
    MORE_THAN_CHANCE,
    TOO_FEW,
    Row,
    corrected,
    ordered,
    parts,
    row_of,
)
from edge.interval import wilson
from edge.limits import FLOOR
from edge.store.store import ALERTS, DAY_S, Cell
from edge.vocabulary import GARMENTS, PATTERNS

WEEK_S = 7 * DAY_S
MONDAY_S = 4 * DAY_S
"""1970 began on a Thursday; its first Monday was this much later."""
COUNTED = {"colour": ("upper", "lower", "shoes"), "pattern": ("upper", "lower")}
"""Regions in which nodes count what everybody wears (score/trend_window.py)."""


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """The exceptions of one week."""

    start: int
    """Monday 00:00 UTC, in seconds since 1970."""
    alerted: int
    """People alerted on days with FLOOR alerts or more."""
    sightings: int
    """Sightings of everybody that they are compared with."""
    rows: list[Row]
    """One for each reason that FLOOR people or more had on one day."""


def week_of(at: float) -> int:
    """Return the start of the week, Monday 00:00 UTC, of a time; both in seconds since 1970.

    >>> week_of(4 * 86_400 + 5), week_of(4 * 86_400 - 1)
    (345600, -259200)
    """
    return int((at - MONDAY_S) // WEEK_S) * WEEK_S + MONDAY_S


def by_week(flagged: Iterable[Cell], everybody: Sequence[Window], first: float, last: float) -> list[Week]:
    """Return the weeks from that of `first` to that of `last`, the oldest first; weeks without alerts are empty.

    `flagged` are cells of the kind `exception`, `everybody` windows of the same site; times in seconds since 1970.
    """
    days: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for cell in flagged:
        if cell.n >= FLOOR:
            days[cell.window][cell.words] = cell.n
    starts = range(week_of(first), week_of(last) + 1, WEEK_S)
    return [_week(start, days, [w for w in everybody if start <= w.start < start + WEEK_S]) for start in starts]


def _week(start: int, days: dict[int, dict[str, int]], everybody: Sequence[Window]) -> Week:
    known = [counts for day, counts in days.items() if start <= day < start + WEEK_S and ALERTS in counts]
    words = sorted({word for counts in known for word in counts} - {ALERTS})
    rows = [_row(word, known, everybody) for word in words]
    return Week(
        start=start,
        alerted=sum(counts[ALERTS] for counts in known),
        sightings=sum(window.sightings for window in everybody),
        rows=ordered(corrected(rows, BY_CHANCE)),
    )


def _row(word: str, days: Sequence[dict[str, int]], everybody: Sequence[Window]) -> Row:
    share = Range(
        sum(day.get(word, 0) for day in days),
        sum(day.get(word, min(FLOOR - 1, day[ALERTS])) for day in days),
        sum(day[ALERTS] for day in days),
    )
    worn = pooled(word, everybody)
    if not is_counted(word) or worn.n < ENOUGH_BEFORE:
        return row_of(word, share, Range(0.0, 1.0, 0), None, TOO_FEW, is_known=False)
    usual = Range(wilson(worn.low, worn.n)[0], wilson(worn.high, worn.n)[1], worn.n)
    is_more = share.low / share.n > usual.high
    p = binomial(int(share.low), int(share.n), usual.high) if is_more else 1.0
    return row_of(word, share, usual, p, MORE_THAN_CHANCE if is_more else BY_CHANCE, is_known=worn.low > 0)


def is_counted(word: str) -> bool:
    """Return whether nodes count how many people wear this, so that chance is known.

    >>> is_counted("colour:shoes:red"), is_counted("garment:large-bag"), is_counted("pattern:upper:patterned")
    (True, False, False)
    """
    found = parts(word)
    if found["facet"] == "garment":
        return found["value"] in GARMENTS
    if found["facet"] == "pattern" and found["value"] not in PATTERNS:
        return False
    return found["facet"] == "combination" or found["where"] in COUNTED[found["facet"]]
