"""What a baseline remembers: sums of whole numbers only, so that merging is exact; it keeps nobody."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.palette import CELLS
from edge.recipe import Recipe
from edge.records import Counts, Floats
from edge.score.calibration import BINS
from edge.score.channels import CHANNELS
from edge.vocabulary import COLOURS, CONTEXTS, FACETS, GARMENTS, PATTERNS, REGIONS

SHARE_UNIT = 1024
"""Shares are counted in whole 1/1024ths of a sighting."""
VALUE_UNIT = 64
"""Moments are summed in whole 1/64ths; 10 million sightings of |x| < 128 stay below 2**63."""

MOMENTS = ("colour", "kinds", "texture", "composition")
"""The vectors whose mean and covariance are kept."""
LIMITS = {"colour": 128.0, "kinds": 1.0, "texture": 16.0, "composition": 8.0}
"""No value counts beyond: so no single sighting can weigh without bound."""


class BaselineCounts(NamedTuple):
    """Everything a baseline remembers, int64 throughout."""

    sightings: Counts
    """[1]"""
    palettes: Counts
    """[regions, cells] in SHARE_UNITs"""
    patterns: Counts
    """[regions, kinds] in SHARE_UNITs"""
    garments: Counts
    """[kinds] in SHARE_UNITs"""
    pairs: Counts
    """[colours of the upper, colours of the lower] in SHARE_UNITs"""
    colour_n: Counts
    """[1], as every `_n`: vectors in the sums"""
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
    """[facets, BINS] past values of each facet's channels together"""
    joint: Counts
    """[contexts, BINS] past joined scores, of everybody in row 0"""

    def moments(self, name: str) -> tuple[Counts, Counts, Counts]:
        """n, sum and sum of products of one of MOMENTS."""
        return getattr(self, f"{name}_n"), getattr(self, f"{name}_sum"), getattr(self, f"{name}_products")


def shapes(recipe: Recipe) -> dict[str, tuple[int, ...]]:
    """Shape of each field of BaselineCounts."""
    sizes = {
        "colour": recipe.colour_moments + recipe.colour_words,
        "kinds": recipe.kind_moments,
        "texture": recipe.textures,
        "composition": recipe.composition,
    }
    found: dict[str, tuple[int, ...]] = {
        "sightings": (1,),
        "palettes": (len(REGIONS), CELLS),
        "patterns": (len(REGIONS), len(PATTERNS)),
        "garments": (len(GARMENTS),),
        "pairs": (len(COLOURS), len(COLOURS)),
        "channels": (len(CHANNELS), BINS),
        "groups": (len(FACETS), BINS),
        "joint": (len(CONTEXTS), BINS),
    }
    for name, size in sizes.items():
        found |= {f"{name}_n": (1,), f"{name}_sum": (size,), f"{name}_products": (size, size)}
    return found


def empty(recipe: Recipe) -> BaselineCounts:
    """Zeros: added to other counts they change nothing."""
    return BaselineCounts(**{name: np.zeros(shape, np.int64) for name, shape in shapes(recipe).items()})


def add_shares(total: Counts, shares: Floats) -> None:
    """Add what sums to 1 (or is all 0: not seen)."""
    total += np.rint(shares * SHARE_UNIT).astype(np.int64)


def add_moments(counts: BaselineCounts, name: str, vector: Floats) -> None:
    """Add one complete vector to one of MOMENTS; one with unseen values would bend the covariance and is left out."""
    n, total, products = counts.moments(name)
    if not np.isnan(vector).any():
        fixed = np.rint(np.clip(vector, -LIMITS[name], LIMITS[name]) * VALUE_UNIT).astype(np.int64)
        n += 1
        total += fixed
        products += np.outer(fixed, fixed)


def values(moments: tuple[Counts, Counts, Counts]) -> tuple[int, NDArray[np.float64], NDArray[np.float64]]:
    """n, sum and sum of products in the vector's own units."""
    n, total, products = moments
    return int(n[0]), total / VALUE_UNIT, products / VALUE_UNIT**2
