"""Add calibrated noise to a baseline before giving it away, so that it does not reveal whether a sighting was counted.

Discrete Gaussian noise on every count and sum (OpenDP), with the privacy loss shared evenly among them.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.errors import BaselineError
from edge.palette import CELLS
from edge.records import Counts
from edge.score.baseline import Baseline
from edge.score.calibration import BINS
from edge.score.channels import CHANNELS
from edge.score.counts import LIMITS, MOMENTS, SHARE_UNIT, VALUE_UNIT, BaselineCounts
from edge.vocabulary import FACETS

DELTA = 1e-6
"""Probability that the stated epsilon does not hold."""
COARSE = 16
"""Histogram bins of past scores that share one noise value; the noise would swamp finer bins."""
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

    Raises BaselineError without OpenDP, or if epsilon is not positive.
    """
    if not epsilon > 0:
        raise BaselineError(f"epsilon: expected a positive number, found {epsilon:g}; 1 hides well, 10 hides little")
    blocks = _blocks(baseline.counts)
    each = rho(epsilon) / len(blocks)
    fresh = {name: _gaussian(part, math.sqrt(1 / (2 * each)) * part.sensitivity) for name, part in blocks.items()}
    stated = f"epsilon {epsilon:g}, delta {DELTA:g}"
    return Baseline(baseline.recipe, counts=_counts(fresh, baseline.counts), noise=(*baseline.noise, stated))


def rho(epsilon: float) -> float:
    """Return the zero-concentrated privacy loss that (epsilon, DELTA) allows.

    Bun and Steinke 2016, "Concentrated Differential Privacy", proposition 1.3: epsilon = rho + 2 sqrt(rho ln(1/delta)).

    >>> round(rho(8.0), 3)
    0.91
    """
    log = math.log(1 / DELTA)
    return (math.sqrt(log + epsilon) - math.sqrt(log)) ** 2


def _blocks(counts: BaselineCounts) -> dict[str, Part]:
    """Return the blocks by name. Sensitivities allow for rounding: half a unit in each cell of a share."""
    row = SHARE_UNIT + CELLS / 2
    rows = len(counts.palettes)
    blocks = {
        "counts": Part(np.array([counts.sightings[0], *(counts.moments(n)[0][0] for n in MOMENTS)]), math.sqrt(5)),
        "palettes": Part(counts.palettes.ravel(), row * math.sqrt(rows)),
        "patterns": Part(counts.patterns.ravel(), row * math.sqrt(rows)),
        "garments": Part(counts.garments, row),
        "pairs": Part(counts.pairs.ravel(), row),
        "channels": Part(_coarse(counts.channels), math.sqrt(len(CHANNELS))),
        "groups": Part(_coarse(counts.groups), math.sqrt(len(FACETS))),
        "joint": Part(_coarse(counts.joint), math.sqrt(2)),
    }
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


def _counts(fresh: dict[str, Counts], old: BaselineCounts) -> BaselineCounts:
    """Repair what noise makes impossible, without the true values: counts below 0 and invalid covariances."""
    changes = {"sightings": np.maximum(fresh["counts"][:1], 0)}
    for name in ("palettes", "patterns", "garments", "pairs"):
        changes[name] = np.maximum(fresh[name], 0).reshape(getattr(old, name).shape)
    for name in ("channels", "groups", "joint"):
        changes[name] = _fine(np.maximum(fresh[name], 0), getattr(old, name).shape)
    for count, name in zip(fresh["counts"][1:], MOMENTS, strict=True):
        total = fresh[f"{name}_sum"]
        n = np.maximum(count, 1)
        changes[f"{name}_n"] = np.array([n])
        changes[f"{name}_sum"] = total
        changes[f"{name}_products"] = _products(int(n), total, fresh[f"{name}_products"])
    return old._replace(**changes)


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


def _coarse(histograms: Counts) -> Counts:
    """Sum groups of COARSE bins; shape [..., BINS] becomes flat."""
    return np.asarray(histograms.reshape(-1, BINS // COARSE, COARSE).sum(axis=2).ravel(), np.int64)


def _fine(coarse: Counts, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Spread each count evenly over its COARSE bins; the remainder goes to the lower ones, the less unusual."""
    each, left = np.divmod(coarse.reshape(-1, BINS // COARSE, 1), COARSE)
    return np.asarray((each + (np.arange(COARSE) < left)).reshape(shape), np.int64)
