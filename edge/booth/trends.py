"""Compute trends from stored counts: clothing now against clothing at another time, and how alerts ended; pure.

A word's share now is tested against the share expected from earlier windows, as GeoStyle does (Mall et al. 2019,
"GeoStyle: Discovering Fashion Trends and Events", ICCV): a binomial test against a fitted trend and season.
Nodes withhold counts below FLOOR, so every share is known only as a range; a verdict holds at both ends of it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import linear_regression
from typing import NamedTuple

import msgspec

from edge.booth.binomial import binomial
from edge.booth.trend_windows import Range, Window, grouped, pooled, windows, words_of
from edge.interval import wilson
from edge.store.store import DAY_S, GREET_S, GREET_TIMED, Cell

ENOUGH_NOW, ENOUGH_BEFORE = 30, 100
"""Sightings needed for a verdict, now and before."""
SIGNIFICANT = 0.05
"""Significance level for all words of one table together (Holm 1979)."""
SEASON_WEIGHT = 100.0
"""Weight of the whole day's share in the share of each hour, in sightings."""
TREND_DAYS = 7
"""Days needed to fit a trend."""
TOO_FEW = "too few to say"
MORE, LESS, AS_USUAL = "more than usual", "less than usual", "as usual"
MORE_THAN_CHANCE, BY_CHANCE = "more than chance", "as by chance"
"""Verdicts; the last two are of exceptions.py."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One colour, pattern, garment or combination: its share now, and the share to compare it with.

    For `spotter trends` and the page these are the shares among everybody now and usually; for the exceptions the
    shares among the people alerted and among everybody (exceptions.py).
    """

    facet: str
    value: str
    where: str
    """The region, or empty."""
    share_now: float | None
    """None if every count now was withheld."""
    low: float
    high: float
    """95 % interval of `share_now`, for any value that the withheld counts can have."""
    share_usual: float | None
    """Share expected at these hours of the day, from earlier windows; None if there are none or all were withheld."""
    usual_low: float = 0.0
    usual_high: float = 1.0
    """Range of `share_usual`: from 0 to 1 if nothing is known."""
    n: int
    """Sightings behind `share_now`."""
    p: float | None = None
    """P-value of a difference this large, before correction; None with too few sightings."""
    verdict: str
    """What is sure after correction; `too few to say` if nothing can be."""

    @property
    def is_sure(self) -> bool:
        """Whether the two shares differ."""
        return self.verdict in (MORE, LESS, MORE_THAN_CHANCE)

    @property
    def change(self) -> float:
        """How far the shares are apart at the least, as Cohen's h (Cohen 1988); 0 if their ranges meet.

        It orders rows by how large and how sure a change is with one number: a large change of few people has a wide
        interval, so little of it is left.
        """
        if self.low > self.usual_high:
            return _angle(self.low) - _angle(self.usual_high)
        return min(_angle(self.high) - _angle(self.usual_low), 0.0)


def _angle(share: float) -> float:
    return 2 * math.asin(math.sqrt(min(max(share, 0.0), 1.0)))


def code(row: Row) -> str:
    """Return the code that a row counts, such as `colour:upper:orange`."""
    return ":".join(filter(None, (row.facet, row.where, row.value)))


def parts(word: str) -> dict[str, str]:
    """Return the fields of a row that a code has.

    >>> parts("colour:upper:orange"), parts("garment:dress")
    ({'facet': 'colour', 'where': 'upper', 'value': 'orange'}, {'facet': 'garment', 'where': '', 'value': 'dress'})
    """
    facet, *where, value = word.split(":")
    return {"facet": facet, "where": where[0] if where else "", "value": value}


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """Number of alerts by outcome."""

    claimed: int = 0
    greeted: int = 0
    not_found: int = 0
    not_unusual: int = 0
    declined: int = 0
    precision: float | None = None
    """Share of the people found that staff thought unusual; None while nobody was found."""
    low: float | None = None
    high: float | None = None
    """95 % interval of `precision`."""
    greet_s: float | None = None
    """Mean seconds from being seen to being greeted."""


class Expected(NamedTuple):
    """What to compare with: windows, and whether a trend over their days goes on until now."""

    before: list[Window]
    is_drifting: bool = False


def trends(cells: Sequence[Cell], since: float, until: float = math.inf) -> list[Row]:
    """Compare windows from `since` (UTC seconds) on with all those before: one row a word.

    Windows that begin after `until` are left out, as are windows with counts that no camera can have.
    """
    found = windows(cells)
    before = [window for window in found if window.start < since]
    return compare([window for window in found if since <= window.start <= until], Expected(before, is_drifting=True))


def compare(now: Sequence[Window], expected: Expected) -> list[Row]:
    """Compare windows with others: one row a word, the surest and largest change first, unknown ones last."""
    if not now:
        return []
    words = words_of(now) | words_of(expected.before)
    return ordered(corrected([_row(word, now, expected) for word in sorted(words)], AS_USUAL))


def ordered(rows: Iterable[Row]) -> list[Row]:
    """Sort rows: sure changes by `change`, then others by p-value, then what is too few to say."""
    return sorted(
        rows,
        key=lambda row: (
            not row.is_sure,
            row.verdict == TOO_FEW,
            -abs(row.change),
            1.0 if row.p is None else row.p,
            code(row),
        ),
    )


def outcomes(cells: Sequence[Cell]) -> Outcomes:
    """Sum the outcomes over all days given."""
    count: defaultdict[str, int] = defaultdict(int)
    for cell in cells:
        count[cell.words] += cell.n
    right = count["greeted"] + count["declined"]
    found = right + count["not_unusual"]
    low, high = wilson(right, found) if found else (None, None)
    return Outcomes(
        **{name: count[name] for name in ("claimed", "greeted", "not_found", "not_unusual", "declined")},
        precision=right / found if found else None,
        low=low,
        high=high,
        greet_s=count[GREET_S] / count[GREET_TIMED] if count[GREET_TIMED] else None,
    )


def _row(word: str, now: Sequence[Window], expected: Expected) -> Row:
    share, usual = pooled(word, now), _expected(word, now, expected)
    p, verdict = None, TOO_FEW
    if share.n >= ENOUGH_NOW and usual.n >= ENOUGH_BEFORE:
        more = binomial(int(share.low), int(share.n), usual.high)
        less = binomial(int(share.high), int(share.n), usual.low)
        is_more, is_less = share.low / share.n > usual.high, share.high / share.n < usual.low
        p = more if is_more else less if is_less else 1.0
        verdict = MORE if is_more else LESS if is_less else AS_USUAL
    return row_of(word, share, usual, p, verdict, is_known=pooled(word, expected.before).low > 0)


def row_of(word: str, share: Range, usual: Range, p: float | None, verdict: str, *, is_known: bool) -> Row:
    """Return a row; `share` holds counts, `usual` shares; `is_known`: a count of it was sent for `usual`."""
    return Row(
        **parts(word),
        share_now=(share.low + share.high) / 2 / share.n if share.low else None,
        low=wilson(share.low, share.n)[0],
        high=wilson(share.high, share.n)[1],
        share_usual=(usual.low + usual.high) / 2 if is_known else None,
        usual_low=usual.low,
        usual_high=usual.high,
        n=int(share.n),
        p=p,
        verdict=verdict,
    )


def corrected(rows: list[Row], otherwise: str) -> list[Row]:
    """Apply Holm's step-down correction, since some of many words differ by chance; these get `otherwise`."""
    ordered = sorted((row for row in rows if row.p is not None), key=lambda row: row.p or 0.0)
    is_out, sure = False, set[int]()
    for i, row in enumerate(ordered):
        is_out = is_out or (row.p or 0.0) > SIGNIFICANT / (len(ordered) - i)
        if not is_out:
            sure.add(id(row))
    return [
        row if row.p is None or id(row) in sure else msgspec.structs.replace(row, verdict=otherwise) for row in rows
    ]


def _expected(word: str, now: Sequence[Window], expected: Expected) -> Range:
    """Return the range of the share expected now from earlier windows, widened by one standard error.

    `n` is the number of sightings in the earlier windows.
    """
    before = expected.before
    if not before:
        return Range(0.0, 1.0, 0)
    season = grouped(word, before, _hour)
    whole = Range(*map(sum, zip(*season.values(), strict=True)))
    weights: defaultdict[int, int] = defaultdict(int)
    for window in now:
        weights[_hour(window)] += window.sightings
    behind = sum(season[hour].n + SEASON_WEIGHT if hour in season else whole.n for hour in weights)
    drifts = _drifts(word, now, before) if expected.is_drifting else (0.0, 0.0)
    ends = []
    for end, side in ((0, -1), (1, 1)):
        usual = whole[end] / whole.n
        by_hour = {h: (s[end] + SEASON_WEIGHT * usual) / (s.n + SEASON_WEIGHT) for h, s in season.items()}
        seasonal = sum(n * by_hour.get(hour, usual) for hour, n in weights.items()) / sum(weights.values())
        likely = min(max(seasonal + drifts[end], 0.0), 1.0)
        error = math.sqrt(likely * (1 - likely) / behind)
        ends.append(min(max(likely + side * error, 0.0), 1.0))
    return Range(ends[0], ends[1], whole.n)


def _drifts(word: str, now: Sequence[Window], before: Sequence[Window]) -> tuple[float, float]:
    """Return how far a straight line fitted to the daily shares lies above their mean today, for both ends."""
    days = grouped(word, before, lambda window: window.start // DAY_S)
    if len(days) < TREND_DAYS:
        return 0.0, 0.0
    today = sum(window.start / DAY_S for window in now) / len(now)
    ahead = today - sum(days) / len(days)
    low, high = (linear_regression(list(days), [d[end] / d.n for d in days.values()]).slope * ahead for end in (0, 1))
    return low, high


def _hour(window: Window) -> int:
    return window.start // 3600 % 24
