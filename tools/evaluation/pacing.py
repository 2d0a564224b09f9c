"""Measures on simulated days how well the booth keeps its budget of alerts and spends it on the rarest people.

Two comparisons run on the same days: one threshold for the whole day, set for steady traffic and uniform p-values; and
the best choice in hindsight, the rarest of each clock hour. Neither is possible in the street: the first knows the
day's traffic beforehand, the second knows who is still to come.
"""

import argparse
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.booth.pace import HOUR_S, Budget, Pacer

RATES = (120, 400, 1200)
"""People per hour, the day's mean."""
CALIBRATED_ON, FEW = 2000, 100
"""Number of calibrating sightings, usual and few: p-values come in steps of 1 / (this + 1)."""
TRAIN_S, TRAINS, BY_TRAIN = 120.0, 4.0, 0.6
"""Length of a burst in seconds; bursts per hour, at random; share of the people who come in one."""
LULL_S, RUSH_S = 1200.0, 300.0
"""Once an hour nobody comes for LULL_S seconds; all those people come within the next RUSH_S seconds."""
AGED = 2.0
"""Drift: at the end of the day p = u ** AGED, from u uniform. One person in ten then has a p-value up to .01."""
TARGET_COUNT, TARGET_BITS = 0.15, 0.9
COUNT, DAYS, BITS = "alerts, % of the budget", "days within 15 %, %", "bits, % of hindsight's"
SHARES = {COUNT, DAYS, BITS}

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Day(NamedTuple):
    """Everyone who comes by on one day, in order."""

    at: Floats
    """[n] seconds from opening."""
    p: Floats
    """[n] p-values."""
    hours: int


def pacing(args: argparse.Namespace) -> dict[str, Any]:
    """Return means over the days (fewest and most: those of the worst day), one value per rate."""
    found: dict[str, dict[str, Any]] = {name: {} for name in CHOICES}
    missed = []
    for pattern in PATTERNS:
        for rate in RATES:
            days = [make_day(pattern, rate, args.hours, seed) for seed in range(args.seeds)]
            for name, choose in CHOICES.items():
                figures = judge(days, [choose(day, args.per_hour, rate) for day in days], args.per_hour)
                for figure, value in figures.items():
                    found[name].setdefault(f"{figure}, {pattern}", []).append(_whole(figure, value))
                if name == PACED:
                    missed += [f"{pattern} at {rate}: {figure}" for figure in missed_targets(figures)]
    at = " / ".join(str(rate) for rate in RATES)
    paced = {"people an hour": at, **found.pop(PACED), "targets missed": missed or "none"}
    return {"model": PACED, **paced, "beside": found}


def make_day(pattern: str, rate: float, hours: int, seed: int) -> Day:
    """Make one day; the same arguments give the same day."""
    rng = np.random.default_rng([seed, round(rate), list(PATTERNS).index(pattern)])
    at = np.sort(PATTERNS[pattern](rng, rng.poisson(rate * hours), hours * HOUR_S))
    share = at / (hours * HOUR_S)
    u = rng.uniform(size=len(at)) ** (1 + (AGED - 1) * share if pattern == "drift" else 1)
    steps = 1 + (FEW if pattern == "coarse" else CALIBRATED_ON)
    return Day(at, np.maximum(np.ceil(u * steps), 1) / steps, hours)


def judge(days: list[Day], alerted: list[Bools], per_hour: float) -> dict[str, float]:
    """Return the figures of several days; each of `alerted` is [n]."""
    each = [_judge_day(day, chosen, per_hour) for day, chosen in zip(days, alerted, strict=True)]
    of = {name: np.array([one[name] for one in each]) for name in each[0]}
    return {
        COUNT: float(of["total"].mean()),
        DAYS: float((np.abs(of["total"] - 1) <= TARGET_COUNT).mean()),
        BITS: float(of["bits"].mean()),
        "fewest in an hour": int(of["fewest"].min()),
        "most in an hour": int(of["most"].max()),
        "most in 10 minutes": int(of["ten"].max()),
        "longest gap, minutes": float(of["gap"].mean()),
    }


def missed_targets(figures: Mapping[str, float]) -> list[str]:
    """Return the names of figures that miss their target."""
    missed = [COUNT] if abs(figures[COUNT] - 1) > TARGET_COUNT else []
    return missed + ([BITS] if not figures[BITS] >= TARGET_BITS else [])


def paced(day: Day, per_hour: float, _rate: float) -> Bools:
    """Return the booth's choice; the booth does not know the traffic beforehand."""
    pacer = Pacer(Budget(per_hour))
    people = zip(day.p.tolist(), day.at.tolist(), strict=True)
    return np.array([pacer.admit(p, at, open_alerts=0) for p, at in people], bool)


def fixed(day: Day, per_hour: float, rate: float) -> Bools:
    """Return who is below the one threshold that fits steady traffic of this rate."""
    return day.p <= per_hour / rate


def hindsight(day: Day, per_hour: float, _rate: float = 0.0) -> Bools:
    """Return the rarest people of each clock hour.

    >>> hindsight(Day(np.array([1.0, 2.0, 4000.0]), np.array([0.2, 0.1, 0.5]), 2), 1)
    array([False,  True,  True])
    """
    chosen = np.zeros(len(day.p), bool)
    for hour in range(day.hours):
        members = np.flatnonzero(day.at // HOUR_S == hour)
        chosen[members[np.argsort(day.p[members], kind="stable")][: round(per_hour)]] = True
    return chosen


def most_within(at: Floats, seconds: float) -> int:
    """Return the largest number of times that lie within any `seconds` of each other.

    >>> most_within(np.array([0.0, 5.0, 9.0, 12.0]), 10.0)
    3
    """
    return int((np.searchsorted(at, at + seconds) - np.arange(len(at))).max(initial=0))


def _whole(figure: str, value: float) -> float:
    """Return the value as the table shows it, shares in percent; NaN stays."""
    shown = 100 * value if figure in SHARES else value
    return shown if np.isnan(shown) else round(shown)


def _judge_day(day: Day, chosen: Bools, per_hour: float) -> dict[str, float]:
    at, end = day.at[chosen], day.hours * HOUR_S
    by_hour = np.bincount((at // HOUR_S).astype(int), minlength=day.hours)
    bits, best = (-np.log2(day.p[who]) for who in (chosen, hindsight(day, per_hour)))
    return {
        "total": len(at) / (per_hour * day.hours),
        "bits": float(bits.mean() / best.mean()) if len(bits) else float("nan"),
        "fewest": by_hour.min(),
        "most": by_hour.max(),
        "ten": most_within(at, 600.0),
        "gap": np.diff(at, prepend=0.0, append=end).max() / 60,
    }


def _steady(rng: np.random.Generator, people: int, end: float) -> Floats:
    return rng.uniform(0, end, people)


def _bursts(rng: np.random.Generator, people: int, end: float) -> Floats:
    """Return arrivals in bursts, on average every quarter of an hour."""
    trains = rng.uniform(0, end - TRAIN_S, max(rng.poisson(TRAINS * end / HOUR_S), 1))
    came = rng.choice(trains, people) + rng.uniform(0, TRAIN_S, people)
    return np.where(rng.uniform(size=people) < BY_TRAIN, came, rng.uniform(0, end, people))


def _lulls(rng: np.random.Generator, people: int, end: float) -> Floats:
    """Return arrivals with nobody for twenty minutes of every hour, and all of them right after."""
    at = rng.uniform(0, end, people)
    begins = np.arange(0, end, HOUR_S) + rng.uniform(0, HOUR_S - LULL_S - RUSH_S, round(end / HOUR_S))
    begin = begins[(at // HOUR_S).astype(int)]
    is_lull = (at >= begin) & (at < begin + LULL_S)
    return np.where(is_lull, begin + LULL_S + rng.uniform(0, RUSH_S, people), at)


def _ramp(rng: np.random.Generator, people: int, end: float) -> Floats:
    """Return arrivals that rise from a fifth of the mean traffic to nine times that."""
    quiet = rng.uniform(size=people) < 0.2
    return np.asarray(end * np.where(quiet, rng.uniform(size=people), np.sqrt(rng.uniform(size=people))))


PATTERNS: dict[str, Callable[[np.random.Generator, int, float], Floats]] = {
    "steady": _steady,
    "bursts": _bursts,
    "lulls": _lulls,
    "ramp": _ramp,
    "drift": _steady,
    "coarse": _steady,
}
PACED = "paced"
CHOICES: dict[str, Callable[[Day, float, float], Bools]] = {
    PACED: paced,
    "fixed threshold": fixed,
    "hindsight": hindsight,
}
