"""Bits of frequencies and distances from means: the formulas of the channels. Pure."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.records import Floats

PRIOR = 1.0
"""Weight of the uniform prior in every histogram, in sightings: what was never seen is rare, not impossible."""

SPREAD = (0.25, 0.5, 0.25)
"""Kernel over neighbouring CIELAB cells, so that a colour on the border of two cells counts in both."""


class Gaussian(NamedTuple):
    """A normal model of one feature vector, with a shrunk covariance."""

    mean: NDArray[np.float64]
    """[values]"""
    inverse: NDArray[np.float64]
    """[values, values] inverse of the shrunk covariance."""


def cell_bits(counts: NDArray[np.float64], withheld: NDArray[np.float64], grid: tuple[int, int, int]) -> Floats:
    """[regions, cells] bits of seeing each palette cell.

    `counts` [regions, cells] are in sightings, `withheld` [regions] as in `bits_of`; `grid` is the number of cells
    along L*, a* and b*.
    """
    blurred = counts.reshape(len(counts), *grid)
    for axis in (1, 2, 3):
        blurred = _blur(blurred, axis)
    return bits_of(blurred.reshape(len(counts), -1), withheld)


def bits_of(counts: NDArray[np.float64], withheld: NDArray[np.float64]) -> Floats:
    """[rows, n] bits: -log2 of the smoothed shares of each row; `counts` [rows, n] are in sightings.

    `withheld` [rows] are sightings that were counted but not told apart (coarse.py), a part of the uniform prior.

    >>> bits_of(np.array([[3.0, 0.0], [3.0, 0.0]]), np.array([0.0, 1.0]))
    array([[0.19264507, 3.        ],
           [0.32192808, 2.321928  ]], dtype=float32)
    """
    cells = counts.shape[-1]
    total, prior = counts.sum(axis=-1, keepdims=True), PRIOR + withheld[:, None]
    return np.asarray(-np.log2((counts + prior / cells) / (total + prior)), np.float32)


def _blur(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Convolve one axis with SPREAD; at the ends, what would leave stays in the last cell."""
    ahead = np.concatenate([values.take(range(1, values.shape[axis]), axis), values.take([-1], axis)], axis)
    behind = np.concatenate([values.take([0], axis), values.take(range(values.shape[axis] - 1), axis)], axis)
    return SPREAD[0] * behind + SPREAD[1] * values + SPREAD[2] * ahead


def palette_bits(palettes: Floats, bits: Floats, weights: Floats) -> float:
    """Root mean square of the cells' bits over each region's palette, averaged over the regions that were seen.

    `palettes` and `bits` are [regions, cells], `weights` is [regions]. Because of the square, a small area of a rare
    colour counts: an orange scarf on black is not averaged away.
    """
    seen = palettes.sum(axis=1) > 0
    if not seen.any():
        return 0.0
    each = mean_square_bits(palettes, bits)
    return float((weights * each)[seen].sum() / weights[seen].sum())


def mean_square_bits(shares: Floats, bits: Floats) -> Floats:
    """[rows] root mean square of the bits of shares [rows, kinds]; a rare kind counts even on a part of a garment."""
    return np.asarray(np.sqrt((shares * bits**2).sum(axis=1)), np.float32)


def share_bits(shares: Floats, bits: Floats) -> float:
    """Expected bits of shares [kinds], for example 70 % striped and 30 % plain; 0 if nothing was seen."""
    return float((shares * bits).sum())


def gaussian(
    n: int, total: NDArray[np.float64], products: NDArray[np.float64], nuisance: NDArray[np.float64] | float = 0.0
) -> Gaussian | None:
    """Normal model from sums: mean and inverse of the OAS-shrunk covariance; None for fewer than 3 vectors.

    `total` [values] is the sum of `n` vectors, `products` [values, values] the sum of their outer products. `nuisance`
    is added to the covariance: the variation of one person's features without any change of clothes.

    Source: Oracle Approximating Shrinkage, Chen, Wiesel, Eldar and Hero 2010, IEEE TSP 58(10), eq. 23. It only needs
    n, sum x and sum xx', so baselines can be merged; Ledoit-Wolf needs the terms of each person. The features are
    standardised first, since their scales differ.
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
    """Mahalanobis distance of `vector` [values], divided by the root of the dimension (1 is ordinary); 0 without model.

    Values that were not seen (NaN) are set to the mean, so they do not change the distance.
    """
    if model is None:
        return 0.0
    known = ~np.isnan(vector)
    if not known.any():
        return 0.0
    away = np.where(known, vector - model.mean, 0.0)
    return float(np.sqrt(max(float(away @ model.inverse @ away), 0.0) / known.sum()))
