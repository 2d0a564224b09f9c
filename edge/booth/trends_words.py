"""Shares, dates and rows as the table, the sheet and the page say them; pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from edge.booth.trends import LESS, MORE, MORE_THAN_CHANCE, Row, code

UNKNOWN = "–"  # noqa: RUF001  an en dash is what stands for no number
LITTLE = 0.25
"""A share that is withheld and may be as large as this is unknown."""
MARKS = {MORE: "▲", LESS: "▼", MORE_THAN_CHANCE: "▲"}


def percent(share: float | None) -> str:
    """Return a share as text; unknown is a dash, and what is not zero is never `0 %`.

    >>> percent(0.004), percent(0.126), percent(0.00001), percent(0.0)
    ('0.4 %', '13 %', 'under 0.1 %', '0 %')
    """
    if share is None:
        return UNKNOWN
    if share < 0.001:
        return "under 0.1 %" if share else "0 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def now_text(row: Row) -> str:
    """Return the share of a row with its interval; what was withheld is `under` the interval's end."""
    return _known(row.share_now, row.high, f" ({interval(row)})")


def usual_text(row: Row) -> str:
    """Return the share that a row is compared with."""
    return _known(row.share_usual, row.usual_high, "")


def _known(share: float | None, high: float, more: str) -> str:
    if share is None:
        return UNKNOWN if high >= LITTLE else f"under {percent(high)}"
    return f"{percent(share)}{more}"


def interval(row: Row) -> str:
    """Return the interval of a row's share, in percent."""
    digits = 1 if row.high < 0.1 else 0
    return f"{100 * row.low:.{digits}f}-{100 * row.high:.{digits}f}"


def merged(lists: Sequence[Iterable[Row]]) -> list[str]:
    """Return the codes of several sorted lists of rows, by the best place that each has in any of them."""
    best: dict[str, tuple[bool, int]] = {}
    for rows in lists:
        for place, row in enumerate(rows):
            key = (not row.is_sure, place)
            best[code(row)] = min(best.get(code(row), key), key)
    return sorted(best, key=lambda word: (best[word], word))


def day_name(at: float) -> str:
    """Return a date as `21 Sep`.

    >>> day_name(0.0)
    '1 Jan'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%-d %b")
