"""Compute trends from stored counts: clothing now against what is usual, and how alerts ended; pure.

A word's share now is tested against the share expected from earlier windows, as GeoStyle does (Mall et al. 2019,
"GeoStyle: Discovering Fashion Trends and Events", ICCV): a binomial test against a fitted trend and season.
Nodes withhold counts below FLOOR, so every share is known only as a range; a verdict holds at both ends of it.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import linear_regression
from typing import NamedTuple

import msgspec

from edge.interval import wilson
from edge.limits import FLOOR, MOST_IN_WINDOW
from edge.store.store import DAY_S, GREET_S, GREET_TIMED, SIGHTINGS, Cell

ENOUGH_NOW, ENOUGH_BEFORE = 30, 100
"""Sightings needed for a verdict, now and before."""
SIGNIFICANT = 0.05
"""Significance level for all words of one table together (Holm 1979)."""
SEASON_WEIGHT = 100.0
"""Weight of the whole day's share in the share of each hour, in sightings."""
TREND_DAYS = 7
"""Days needed to fit a trend."""
PRECISION, TINY, MOST_STEPS = 1e-12, 1e-300, 100_000
"""Where the continued fraction of `beta` ends, what stands for 0 in it, and its most steps."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One colour, pattern or garment: its share now and usually."""

    facet: str
    value: str
    where: str
    """The region, or empty."""
    share_now: float
    share_usual: float
    """Share expected at these hours of the day, from earlier windows."""
    low: float
    high: float
    """95 % interval of `share_now`, for any value that the withheld counts can have."""
    n: int
    """Sightings behind `share_now`."""
    p: float | None = None
    """P-value of a difference this large, before correction; None with too few sightings."""
    verdict: str
    """`more than usual`, `less than usual`, `as usual` or `too few to say`."""


def code(row: Row) -> str:
    """Return the code that a row counts, such as `colour:upper:orange`."""
    return ":".join(filter(None, (row.facet, row.where, row.value)))


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


class _Share(NamedTuple):
    """Lowest and highest count a word can have, and the number of sightings."""

    low: float
    high: float
    n: float


def trends(cells: Sequence[Cell], since: float, until: float = math.inf) -> list[Row]:
    """Compare windows from `since` (UTC seconds) on with those before: one row a word, most significant first.

    Windows that begin after `until` are left out, as are windows with counts that no camera can have.
    """
    found = _windows(cells)
    now = {where: counts for where, counts in found.items() if since <= where[0] <= until}
    before = {where: counts for where, counts in found.items() if where[0] < since}
    rows = [_row(word, now, before) for word in sorted({w for counts in now.values() for w in counts} - {SIGHTINGS})]
    return sorted(_corrected(rows), key=lambda row: (1.0 if row.p is None else row.p, row.facet, row.value))


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


def exceptions(cells: Sequence[Cell]) -> dict[str, int]:
    """Count the words of people who were alerted, commonest first; counts below FLOOR are left out."""
    count: defaultdict[str, int] = defaultdict(int)
    for cell in cells:
        count[cell.words] += cell.n
    return {word: n for word, n in sorted(count.items(), key=lambda pair: (-pair[1], pair[0])) if n >= FLOOR}


def binomial(count: int, n: int, share: float) -> float:
    """Two-sided p-value: twice the smaller tail of the binomial distribution, at most 1.

    >>> round(binomial(8, 10, 0.5), 4), binomial(5, 10, 0.5)
    (0.1094, 1.0)
    """
    share = min(max(share, 1e-9), 1 - 1e-9)
    lower = beta(1 - share, n - count, count + 1) if count < n else 1.0
    upper = beta(share, count, n - count + 1) if count else 1.0
    return min(2 * min(lower, upper), 1.0)


def beta(x: float, a: float, b: float) -> float:
    """Regularized incomplete beta function I_x(a, b), for x between 0 and 1, a and b above 0.

    At least k successes among n have the probability I_p(k, n - k + 1) (DLMF 8.17.5). The continued fraction 8.17.22
    of DLMF is evaluated by Lentz's method (Lentz 1976, Applied Optics 15(3)), which takes about sqrt(max(a, b)) steps.

    >>> round(beta(0.5, 2, 3), 4)
    0.6875
    """
    if x > (a + 1) / (a + b + 2):
        return 1 - beta(1 - x, b, a)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    above, below = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = below
    for m in range(1, MOST_STEPS):
        before = value
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            below, above = 1 / _not_zero(1 + term * below), _not_zero(1 + term / above)
            value *= above * below
        if abs(value - before) <= PRECISION * abs(value):
            break
    return min(math.exp(scale) * value / a, 1.0)


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY


Windows = dict[tuple[int, str], dict[str, int]]
"""Counts by word, for each window and node."""


def _windows(cells: Sequence[Cell]) -> Windows:
    found: Windows = defaultdict(dict)
    for cell in cells:
        found[cell.window, cell.node][cell.words] = cell.n
    return {where: counts for where, counts in found.items() if _is_possible(counts)}


def _is_possible(counts: dict[str, int]) -> bool:
    return 0 < max(counts.values()) <= counts.get(SIGHTINGS, 0) <= MOST_IN_WINDOW


def _row(word: str, now: Windows, before: Windows) -> Row:
    share, usual = _pooled(word, now), _expected(word, now, before)
    facet, *where, value = word.split(":")
    low, high = wilson(share.low, share.n)[0], wilson(share.high, share.n)[1]
    p, verdict = None, "too few to say"
    if share.n >= ENOUGH_NOW and usual.n >= ENOUGH_BEFORE:
        more = binomial(int(share.low), int(share.n), usual.high)
        less = binomial(int(share.high), int(share.n), usual.low)
        is_more, is_less = share.low / share.n > usual.high, share.high / share.n < usual.low
        p = more if is_more else less if is_less else 1.0
        verdict = "more than usual" if is_more else "less than usual" if is_less else "as usual"
    return Row(
        facet=facet,
        value=value,
        where=where[0] if where else "",
        share_now=(share.low + share.high) / 2 / share.n,
        share_usual=(usual.low + usual.high) / 2,
        low=low,
        high=high,
        n=int(share.n),
        p=p,
        verdict=verdict,
    )


def _corrected(rows: list[Row]) -> list[Row]:
    """Apply Holm's step-down correction, since some of many words differ by chance."""
    ordered = sorted((row for row in rows if row.p is not None), key=lambda row: row.p or 0.0)
    is_out, sure = False, set[int]()
    for i, row in enumerate(ordered):
        is_out = is_out or (row.p or 0.0) > SIGNIFICANT / (len(ordered) - i)
        if not is_out:
            sure.add(id(row))
    return [
        row if row.p is None or id(row) in sure else msgspec.structs.replace(row, verdict="as usual") for row in rows
    ]


def _pooled(word: str, windows: Windows) -> _Share:
    low = sum(counts.get(word, 0) for counts in windows.values())
    high = sum(counts.get(word, min(FLOOR - 1, counts[SIGHTINGS])) for counts in windows.values())
    return _Share(low, high, sum(counts[SIGHTINGS] for counts in windows.values()))


def _expected(word: str, now: Windows, before: Windows) -> _Share:
    """Return the range of the share expected now from earlier windows, widened by one standard error.

    `n` is the number of sightings in the earlier windows.
    """
    if not before:
        return _Share(0.0, 0.0, 0)
    whole = _pooled(word, before)
    hours: dict[int, Windows] = defaultdict(dict)
    for (start, node), counts in before.items():
        hours[_hour(start)][start, node] = counts
    season = {hour: _pooled(word, windows) for hour, windows in hours.items()}
    weights: defaultdict[int, int] = defaultdict(int)
    for (start, _), counts in now.items():
        weights[_hour(start)] += counts[SIGHTINGS]
    behind = sum(season[hour].n + SEASON_WEIGHT if hour in season else whole.n for hour in weights)
    ends = []
    for end, side in ((0, -1), (1, 1)):
        usual = whole[end] / whole.n
        by_hour = {h: (s[end] + SEASON_WEIGHT * usual) / (s.n + SEASON_WEIGHT) for h, s in season.items()}
        seasonal = sum(n * by_hour.get(hour, usual) for hour, n in weights.items()) / sum(weights.values())
        expected = min(max(seasonal + _drift(word, now, before, end), 0.0), 1.0)
        error = math.sqrt(expected * (1 - expected) / behind)
        ends.append(min(max(expected + side * error, 0.0), 1.0))
    return _Share(ends[0], ends[1], whole.n)


def _drift(word: str, now: Windows, before: Windows, end: int) -> float:
    """Return how far a straight line fitted to the daily shares lies above their mean today."""
    days: dict[int, Windows] = defaultdict(dict)
    for (start, node), counts in before.items():
        days[start // DAY_S][start, node] = counts
    if len(days) < TREND_DAYS:
        return 0.0
    shares = {day: (pooled := _pooled(word, windows))[end] / pooled.n for day, windows in days.items()}
    line = linear_regression(list(shares), list(shares.values()))
    today = sum(start / DAY_S for start, _ in now) / len(now)
    return line.slope * (today - sum(shares) / len(shares))


def _hour(start: int) -> int:
    return start // 3600 % 24
