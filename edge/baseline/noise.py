"""Add calibrated noise to a baseline before giving it away, so that it does not reveal whether a sighting was counted.

Discrete Gaussian noise on every count and sum (OpenDP), with the privacy loss shared evenly among them. Histograms of
past values are left out: each later sighting was binned by counts that an earlier one had changed, so one sighting may
move any number of them. The user of the baseline calibrates it with sightings of their own.
"""

import math
from typing import NamedTuple

import numpy as np

from edge.errors import BaselineError
from edge.palette import CELLS
from edge.records import Counts
from edge.score.baseline import Baseline
from edge.score.coarse import is_coarse
from edge.score.counts import LIMITS, MOMENTS, SHARE_UNIT, VALUE_UNIT, BaselineCounts, empty

DELTA = 1e-6
"""Probability that the stated epsilon does not hold."""
SHARES = ("palettes", "patterns", "garments", "pairs")
"""Counts of shares (edge/score/counts.py), each a block of its own."""
LEFT_OUT = ("channels", "groups", "bands", "joint")
"""Histograms of past values: no bound holds for them, and they are all 0 in what is given away."""
STATED = frozenset(
    (
        "sightings",
        *SHARES,
        *(f"{name}_{part}" for name in MOMENTS for part in ("n", "sum", "products")),
        *LEFT_OUT,
        "withheld",
    )
)
"""Arrays of a baseline whose sensitivity is stated here; `noised` refuses a baseline with any other. `withheld` is
all 0, as rounded counts are refused."""
LEAST_VARIANCE = 1e-3
"""Smallest variance of any direction after noise, as a share of the largest."""


class Part(NamedTuple):
    """A block of counts that shares one noise scale."""

    values: Counts
    """The counts, shape [n]."""
    sensitivity: float
    """Largest L2 change that one sighting can cause."""


def noised(baseline: Baseline, epsilon: float) -> Baseline:
    """Return the baseline with (epsilon, DELTA)-differential privacy for each sighting, which its file states.

    It has no histograms of past values, so it reports `warming_up` until it has learnt `min_sightings` and a few more.
    Raises BaselineError without OpenDP, if epsilon is not positive, for rounded counts (a site's frozen baseline), or
    for an array without a stated sensitivity.
    """
    if not epsilon > 0:
        raise BaselineError(f"epsilon: expected a positive number, found {epsilon:g}; 1 hides well, 10 hides little")
    if is_coarse(baseline.counts):
        raise BaselineError(
            "these counts come from a site's nodes and are rounded, so one sighting can change each by several people, "
            "and no noise hides that well; add noise to a file of spotter learn"
        )
    blocks = blocks_of(baseline.counts)
    each = rho(epsilon) / len(blocks)
    fresh = {name: _gaussian(part, math.sqrt(1 / (2 * each)) * part.sensitivity) for name, part in blocks.items()}
    stated = f"epsilon {epsilon:g}, delta {DELTA:g}"
    return Baseline(baseline.recipe, counts=_counts(fresh, empty(baseline.recipe)), noise=(*baseline.noise, stated))


def rho(epsilon: float) -> float:
    """Return the zero-concentrated privacy loss that (epsilon, DELTA) allows.

    Bun and Steinke 2016, "Concentrated Differential Privacy", proposition 1.3: epsilon = rho + 2 sqrt(rho ln(1/delta)).

    >>> round(rho(8.0), 3)
    0.91
    """
    log = math.log(1 / DELTA)
    return (math.sqrt(log + epsilon) - math.sqrt(log)) ** 2


def blocks_of(counts: BaselineCounts) -> dict[str, Part]:
    """Return the blocks by name. Sensitivities allow for rounding: half a unit in each cell of a share.

    Raises BaselineError if `counts` has an array that is not STATED.
    """
    if unknown := sorted(set(counts._fields) - STATED):
        raise BaselineError(
            f"{', '.join(unknown)}: no sensitivity is stated, so no noise can hide a sighting in them; add them to "
            "edge/baseline/noise.py, in a block or in LEFT_OUT"
        )
    numbers = [counts.sightings[0], *(counts.moments(name)[0][0] for name in MOMENTS)]
    blocks = {"counts": Part(np.array(numbers), math.sqrt(len(numbers)))}
    for name in SHARES:
        array = getattr(counts, name)
        rows = len(array) if name in ("palettes", "patterns") else 1  # of these, each row is a share of its own
        blocks[name] = Part(array.ravel(), (SHARE_UNIT + CELLS / 2) * math.sqrt(rows))
    for name in MOMENTS:
        _, total, products = counts.moments(name)
        longest = LIMITS[name] * VALUE_UNIT * math.sqrt(len(total))
        blocks[f"{name}_sum"] = Part(total, longest)
        blocks[f"{name}_products"] = Part(products[np.triu_indices(len(total))], longest**2)
    return blocks


def _gaussian(part: Part, scale: float) -> Counts:
    try:
        import opendp.prelude as dp  # noqa: PLC0415  an extra, and a compiled one
    except ImportError as err:
        raise BaselineError("noise needs OpenDP: pip install 'exception-spotter[privacy]'") from err
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T=float)
    return np.array(dp.m.make_gaussian(*space, scale=scale)(part.values.tolist()), np.int64)


def _counts(fresh: dict[str, Counts], nothing: BaselineCounts) -> BaselineCounts:
    """Fill counts that are all 0. Repairs what noise makes impossible: counts below 0 and invalid covariances."""
    changes = {"sightings": np.maximum(fresh["counts"][:1], 0)}
    for name in SHARES:
        changes[name] = np.maximum(fresh[name], 0).reshape(getattr(nothing, name).shape)
    for count, name in zip(fresh["counts"][1:], MOMENTS, strict=True):
        total = fresh[f"{name}_sum"]
        n = np.maximum(count, 1)
        changes[f"{name}_n"] = np.array([n])
        changes[f"{name}_sum"] = total
        changes[f"{name}_products"] = _products(int(n), total, fresh[f"{name}_products"])
    return nothing._replace(**changes)


def _products(n: int, total: Counts, upper: Counts) -> Counts:
    """Return sums of products, shape [values, values], whose covariance has LEAST_VARIANCE in every direction.

    `total` has shape [values], `upper` holds the upper triangle row by row.
    """
    square = np.zeros((len(total), len(total)))
    square[np.triu_indices(len(total))] = upper
    square = np.triu(square) + np.triu(square, 1).T
    mean = total / n
    sizes, turn = np.linalg.eigh(square / n - np.outer(mean, mean))
    covariance = (turn * np.maximum(sizes, LEAST_VARIANCE * max(float(sizes.max()), 1.0))) @ turn.T
    return np.asarray(np.rint((covariance + np.outer(mean, mean)) * n), np.int64)
