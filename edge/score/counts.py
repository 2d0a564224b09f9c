"""The numbers in a baseline: sums of whole numbers only, so that merging is exact. No single sighting is kept."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge import baseline_shapes
from edge.baseline_shapes import shapes
from edge.palette import CELLS
from edge.recipe import Recipe
from edge.records import Counts, Floats
from edge.score.calibration import BINS
from edge.score.channels import CHANNELS

SHARE_UNIT = baseline_shapes.SHARE_UNIT
VALUE_UNIT = 64
"""Moments are summed in whole 1/64ths; 10 million sightings of |x| < 128 stay below 2**63."""

assert (CELLS, len(CHANNELS), BINS) == (baseline_shapes.CELLS, baseline_shapes.CHANNELS, baseline_shapes.BINS)

MOMENTS = ("colour", "kinds", "texture", "composition")
"""The feature vectors whose mean and covariance are kept."""
LIMITS = {"colour": 128.0, "kinds": 1.0, "texture": 16.0, "composition": 8.0}
"""Values are clipped to plus or minus these limits, so that the weight of one sighting is bounded."""


class BaselineCounts(NamedTuple):
    """All counts of a baseline; every array is int64."""

    sightings: Counts
    """[1] number of sightings"""
    palettes: Counts
    """[regions, cells] in SHARE_UNITs"""
    patterns: Counts
    """[regions, kinds] in SHARE_UNITs"""
    garments: Counts
    """[kinds] in SHARE_UNITs"""
    pairs: Counts
    """[colours of the upper, colours of the lower] in SHARE_UNITs"""
    withheld: Counts
    """[rows of palettes, of patterns, of garments, of pairs] in SHARE_UNITs: what each row lacks since it was rounded
    (coarse.py); all 0 where the counting is done"""
    colour_n: Counts
    """[1] number of vectors in the sums; so for every `_n`"""
    colour_sum: Counts
    """[values] in VALUE_UNITs"""
    colour_products: Counts
    """[values, values] in VALUE_UNIT squares"""
    kinds_n: Counts
    kinds_sum: Counts
    kinds_products: Counts
    texture_n: Counts
    texture_sum: Counts
    texture_products: Counts
    composition_n: Counts
    composition_sum: Counts
    composition_products: Counts
    channels: Counts
    """[channels, BINS] past values of each channel"""
    groups: Counts
    """[facets, BINS] past values of each facet"""
    bands: Counts
    """[BANDS, BINS] past joined scores of each band of people who were seen equally well (bands.py)"""
    joint: Counts
    """[contexts, BINS] past joined scores, compared within their band (`fair_bits`); row 0 holds all sightings"""

    def moments(self, name: str) -> tuple[Counts, Counts, Counts]:
        """Return n [1], sum [values] and sum of products [values, values] of one of MOMENTS."""
        return getattr(self, f"{name}_n"), getattr(self, f"{name}_sum"), getattr(self, f"{name}_products")


def empty(recipe: Recipe) -> BaselineCounts:
    """Return counts that are all zero."""
    return BaselineCounts(**{name: np.zeros(shape, np.int64) for name, shape in shapes(recipe).items()})


def rows_of(counts: BaselineCounts, name: str) -> Counts:
    """Return one of SHARES as [rows, kinds]; the shares of one sighting in a row sum to 1 at most."""
    array: Counts = getattr(counts, name)
    return array.reshape(len(array) if name in ("palettes", "patterns") else 1, -1)


def withheld_of(counts: BaselineCounts) -> dict[str, NDArray[np.float64]]:
    """Return `withheld` in sightings, [rows] for each of SHARES."""
    ends = np.cumsum([len(rows_of(counts, name)) for name in baseline_shapes.SHARES])
    parts = np.split(counts.withheld / SHARE_UNIT, ends[:-1])
    return dict(zip(baseline_shapes.SHARES, parts, strict=True))


def add_shares(total: Counts, shares: Floats) -> None:
    """Add `shares` [..., kinds] to `total` (same shape), in place. A row sums to 1, or is all 0 if it was not seen."""
    total += np.rint(shares * SHARE_UNIT).astype(np.int64)


def add_moments(counts: BaselineCounts, name: str, vector: Floats) -> None:
    """Add a vector [values] to one of MOMENTS, in place; one with NaN is left out, as it would bias the covariance."""
    n, total, products = counts.moments(name)
    if not np.isnan(vector).any():
        fixed = fixed_point(name, vector)
        n += 1
        total += fixed
        products += np.outer(fixed, fixed)


def fixed_point(name: str, vector: Floats) -> Counts:
    """[values] a vector of one of MOMENTS, without NaN, in whole VALUE_UNITs and within its limits."""
    return np.rint(np.clip(vector, -LIMITS[name], LIMITS[name]) * VALUE_UNIT).astype(np.int64)


def values(moments: tuple[Counts, Counts, Counts]) -> tuple[int, NDArray[np.float64], NDArray[np.float64]]:
    """Convert `BaselineCounts.moments` to n, sum [values] and products [values, values] in the features' units."""
    n, total, products = moments
    return int(n[0]), total / VALUE_UNIT, products / VALUE_UNIT**2
