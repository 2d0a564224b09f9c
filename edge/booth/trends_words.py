"""Shares, dates and verdicts as the table, the sheet and the page say them, in each language; pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from edge.booth.page.text import Text
from edge.booth.trends import AS_USUAL, BY_CHANCE, LESS, MORE, MORE_THAN_CHANCE, TOO_FEW, Row, code

UNKNOWN = "–"  # noqa: RUF001  an en dash is what stands for no number
LITTLE = 0.25
"""A share that is withheld and may be as large as this is unknown."""
LEAST = 0.001
"""Smallest share that is given as a number."""
MARKS = {MORE: "▲", LESS: "▼", MORE_THAN_CHANCE: "▲"}
VERDICTS = {
    MORE: "more",
    LESS: "less",
    AS_USUAL: "usual",
    MORE_THAN_CHANCE: "more-chance",
    BY_CHANCE: "chance",
    TOO_FEW: "too-few",
}


def share(text: Text, part: float, low: float | None = None, high: float | None = None) -> str:
    r"""Return a percentage, with its interval if one is given; what is not zero is never `0 %`.

    >>> share(Text("en"), 0.126, 0.08, 0.171).replace("\N{EN DASH}", "-"), share(Text("en"), 0.004)
    ('13 % (8-17)', '0.4 %')
    >>> share(Text("en"), 0.0004), share(Text("en"), 0.0)
    ('under 0.1 %', '0 %')
    """
    if 0 < part < LEAST and low is None:
        return text("under", share=text("share", n=100 * LEAST))
    if low is None or high is None:
        return text("share", n=_percent(part, part))
    return text("share-range", n=_percent(part, part), low=_percent(low, high), high=_percent(high, high))


def _percent(part: float, largest: float) -> float:
    """Return a share in per cent, with one digit behind the point if the largest beside it is small."""
    return round(100 * part, 1) if largest < 0.1 else round(100 * part)


def now_text(row: Row, text: Text) -> str:
    """Return the share of a row with its interval; what was withheld is `under` the interval's end."""
    return _known(row.share_now, row.high, text, row.low)


def usual_text(row: Row, text: Text) -> str:
    """Return the share that a row is compared with."""
    return _known(row.share_usual, row.usual_high, text)


def _known(part: float | None, high: float, text: Text, low: float | None = None) -> str:
    if part is None:
        return UNKNOWN if high >= LITTLE else text("under", share=share(text, high))
    return share(text, part) if low is None else share(text, part, low, high)


def verdict(row: Row, text: Text) -> str:
    """Return what is sure about a row, in words."""
    return text(f"verdict-{VERDICTS[row.verdict]}")


def merged(lists: Sequence[Iterable[Row]]) -> list[str]:
    """Return the codes of several sorted lists of rows, by the best place that each has in any of them."""
    best: dict[str, tuple[bool, int]] = {}
    for rows in lists:
        for place, row in enumerate(rows):
            key = (not row.is_sure, place)
            best[code(row)] = min(best.get(code(row), key), key)
    return sorted(best, key=lambda word: (best[word], word))


def day_name(at: float, text: Text) -> str:
    """Return a date as `21 Sep`.

    >>> day_name(0.0, Text("en")), day_name(0.0, Text("de"))
    ('1 Jan', '1. Jan.')
    """
    date = datetime.fromtimestamp(at, UTC)
    return text("day", day=date.day, month=text(f"month-{date.month}"))
