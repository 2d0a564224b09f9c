"""Where a baseline comes from: sums of the features of each camera, beside the sum of all. Additive; pure.

A source is named `place/camera`. It is one vector of whole numbers: sightings, then for each of MOMENTS the number of
vectors and their sum, as in BaselineCounts. It tells whether a camera is one of those that a baseline was learnt with,
and how unlike its cameras are.
"""

import re
from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge.limits import BATCH
from edge.records import Appearance, Counts
from edge.score.counts import MOMENTS, VALUE_UNIT, BaselineCounts, fixed_point, values
from edge.score.features import vectors

Sources = dict[str, Counts]
"""Sums [1 + sum over MOMENTS of (1 + values)] by `place/camera`."""

OTHER = "other"
"""Camera that stands for all those of a place that saw fewer people than may be told apart."""


LEAST_PART = 0.1
"""Least variance of a feature, as a part of the mean variance of its vector."""


class Unlike(msgspec.Struct, frozen=True):
    """How one source differs from the others together."""

    source: str
    sightings: int
    spreads: float | None
    """How far its people are from those of the others, by `spreads`; None without others."""


def source_name(place: str, camera: str) -> str:
    """Return `place/camera` in the characters that names may have.

    >>> source_name("Soho", "clips/North door.mp4")
    'soho/north-door'
    """
    stem = camera.rsplit("/", 1)[-1].rsplit(".", 1)[0] or camera
    return f"{_slug(place)}/{_slug(stem)}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:32] or "unnamed"


def sums_of(counts: BaselineCounts) -> Counts:
    """Return the sums of all sightings of a baseline."""
    parts = [counts.sightings]
    for name in MOMENTS:
        n, total, _ = counts.moments(name)
        parts += [n, total]
    return np.concatenate(parts)


def sums_of_one(seen: Appearance) -> Counts:
    """Return the sums of a single sighting."""
    parts = [np.ones(1, np.int64)]
    for name, vector in vectors(seen).items():
        is_whole = not np.isnan(vector).any()
        parts += [np.array([is_whole], np.int64), fixed_point(name, np.nan_to_num(vector)) * is_whole]
    return np.concatenate(parts)


def added(one: Mapping[str, Counts], other: Mapping[str, Counts]) -> Sources:
    """Add the sums of two baselines, camera by camera; exactly commutative and associative."""
    found = dict(one)
    for name, sums in other.items():
        found[name] = found[name] + sums if name in found else sums
    return found


def grouped(sources: Mapping[str, Counts]) -> Sources:
    """Add up cameras with fewer than BATCH sightings as `place/other`, so that no sum describes a few people.

    If these are too few together, the place's next smaller camera joins them.
    """
    found: Sources = {}
    for place in sorted({name.split("/")[0] for name in sources}):
        mine = {name: one for name, one in sources.items() if name.split("/")[0] == place}
        other = f"{place}/{OTHER}"
        ranked = sorted(mine.keys() - {other}, key=lambda name: (int(mine[name][0]), name))
        while ranked and (int(mine[ranked[0]][0]) < BATCH or (other in mine and int(mine[other][0]) < BATCH)):
            mine = added(mine, {other: mine.pop(ranked.pop(0))})
        found |= mine
    return found


def unlike(sources: Mapping[str, Counts], counts: BaselineCounts) -> list[Unlike]:
    """Compare each source with the others together; most sightings first."""
    total = np.sum(list(sources.values()), axis=0)
    found = [Unlike(name, int(one[0]), spreads(one, total - one, counts)) for name, one in sources.items()]
    return sorted(found, key=lambda one: (-one.sightings, one.source))


def spreads(one: Counts, others: Counts, counts: BaselineCounts) -> float | None:
    """Return how far apart the means of two sums are, in standard deviations of `counts` (root mean square over all
    features), without what chance alone adds; None if one is of nobody.
    """
    if one[0] < 1 or others[0] < 1:
        return None
    squares = [
        (mine - theirs) ** 2 / _variance(counts, name)
        for name, mine, theirs in zip(MOMENTS, _means(one, counts), _means(others, counts), strict=True)
    ]
    chance = 1 / int(one[0]) + 1 / int(others[0])
    return float(np.sqrt(max(float(np.concatenate(squares).mean()) - chance, 0.0)))


def _means(sums: Counts, counts: BaselineCounts) -> Iterable[NDArray[np.float64]]:
    at = 1
    for name in MOMENTS:
        size = counts.moments(name)[1].size
        yield sums[at + 1 : at + 1 + size] / (VALUE_UNIT * max(int(sums[at]), 1))
        at += 1 + size


def _variance(counts: BaselineCounts, name: str) -> NDArray[np.float64]:
    """[values] variances of one of MOMENTS; that of a feature that hardly anybody shows is a part of the mean one."""
    n, total, products = values(counts.moments(name))
    found = np.diag(products) / max(n, 1) - (total / max(n, 1)) ** 2
    return np.maximum(found, max(LEAST_PART * float(found.mean()), 1e-6))
