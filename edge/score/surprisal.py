"""Counts and moments to bits and distances, one channel at a time. Pure."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.records import Floats

PRIOR = 1.0
"""Sightings' worth of uniform prior in every histogram: unseen is rare, never impossible."""

SPREAD = (0.25, 0.5, 0.25)
"""Kernel over neighbouring CIELAB cells: a colour on a cell's border must not fall between two counts."""


class Gaussian(NamedTuple):
    """A shrunk normal model of one feature vector."""

    mean: NDArray[np.float64]
    inverse: NDArray[np.float64]
    """Of the shrunk covariance."""


def cell_bits(counts: NDArray[np.float64], grid: tuple[int, int, int]) -> Floats:
    """[regions, cells] bits of seeing each palette cell, from counts in sightings."""
    blurred = counts.reshape(len(counts), *grid)
    for axis in (1, 2, 3):
        blurred = _blur(blurred, axis)
    return bits_of(blurred.reshape(len(counts), -1))


def bits_of(counts: NDArray[np.float64]) -> Floats:
    """-log2 of the smoothed shares along the last axis; `counts` in sightings.

    >>> bits_of(np.array([3.0, 0.0]))
    array([0.19264507, 3.        ], dtype=float32)
    """
    cells = counts.shape[-1]
    total = counts.sum(axis=-1, keepdims=True)
    return np.asarray(-np.log2((counts + PRIOR / cells) / (total + PRIOR)), np.float32)


def _blur(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Convolve one axis with SPREAD; what would leave at the ends stays there."""
    ahead = np.concatenate([values.take(range(1, values.shape[axis]), axis), values.take([-1], axis)], axis)
    behind = np.concatenate([values.take([0], axis), values.take(range(values.shape[axis] - 1), axis)], axis)
    return SPREAD[0] * behind + SPREAD[1] * values + SPREAD[2] * ahead


def palette_bits(palettes: Floats, bits: Floats, weights: Floats) -> float:
    """Root mean square of the cells' bits over each region's palette, weighted over the regions that were seen.

    The square makes a rare minority colour count: an orange scarf on black is not averaged away.
    """
    seen = palettes.sum(axis=1) > 0
    if not seen.any():
        return 0.0
    each = mean_square_bits(palettes, bits)
    return float((weights * each)[seen].sum() / weights[seen].sum())


def mean_square_bits(shares: Floats, bits: Floats) -> Floats:
    """[rows] root mean square of the bits of soft choices [rows, kinds]: a rare kind on a part of a garment counts."""
    return np.asarray(np.sqrt((shares * bits**2).sum(axis=1)), np.float32)


def share_bits(shares: Floats, bits: Floats) -> float:
    """Expected bits of one soft choice, e.g. 70 % striped and 30 % plain; 0 if it was not seen."""
    return float((shares * bits).sum())


def gaussian(
    n: int, total: NDArray[np.float64], products: NDArray[np.float64], nuisance: NDArray[np.float64] | float = 0.0
) -> Gaussian | None:
    """Mean and inverse of the OAS-shrunk covariance from additive moments; None with too few for any.

    `nuisance` is added to the covariance: what a person's features vary by without any change of clothes.

    Oracle Approximating Shrinkage, Chen, Wiesel, Eldar and Hero 2010, IEEE TSP 58(10), eq. 23: it needs n, sum x and
    sum xx' alone, so it merges; Ledoit-Wolf needs each person's own terms and does not. Scales differ by channel, so
    the features are standardised first.
    """
    size = len(total)
    if n < 3:
        return None
    mean = total / n
    covariance = products / n - np.outer(mean, mean) + nuisance
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-6))
    correlation = covariance / np.outer(scale, scale)
    trace, squares = np.trace(correlation), (correlation**2).sum()
    numerator = (1 - 2 / size) * squares + trace**2
    denominator = (n + 1 - 2 / size) * (squares - trace**2 / size)
    shrink = 1.0 if denominator <= 0 else min(1.0, numerator / denominator)
    shrunk = (1 - shrink) * correlation + shrink * np.eye(size) * trace / size
    return Gaussian(mean, np.linalg.inv(shrunk * np.outer(scale, scale) + 1e-9 * np.eye(size)))


def distance(vector: Floats, model: Gaussian | None) -> float:
    """Mahalanobis distance per square root of dimension (1 is ordinary); 0 without a model.

    Values that were not seen (NaN) are taken at the mean: they neither add nor remove surprise.
    """
    if model is None:
        return 0.0
    known = ~np.isnan(vector)
    if not known.any():
        return 0.0
    away = np.where(known, vector - model.mean, 0.0)
    return float(np.sqrt(max(float(away @ model.inverse @ away), 0.0) / known.sum()))
