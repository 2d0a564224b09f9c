"""Compute what is usual, in bits, from the counts of a baseline; every channel compares with it."""

import numpy as np

from edge.palette import AB_CELLS, L_CELLS
from edge.recipe import Recipe
from edge.score import nuisance, surprisal
from edge.score.channels import BLOCKS, Usual
from edge.score.counts import SHARE_UNIT, BaselineCounts, values
from edge.score.features import positions

GRID = (L_CELLS, AB_CELLS, AB_CELLS)
"""Number of palette cells along L*, a* and b*."""


def build_usual(counts: BaselineCounts, recipe: Recipe, built_at: int) -> Usual:
    """Compute what is usual; raises BaselineError if the recipe names a nuisance covariance that is missing.

    `built_at` is the number of sightings after which it is computed.
    """
    shipped = nuisance.of_recipe(recipe.model, recipe.nuisance)
    gaussians = {}
    for name, region in BLOCKS:
        n, total, products = values(counts.moments(name))
        extra = np.zeros_like(products) if shipped is None else nuisance.WEIGHT * shipped.of(name)
        at = positions(name, len(total), region)
        square = np.ix_(at, at)
        gaussians[name, region] = surprisal.gaussian(n, total[at], products[square], extra[square])
    return Usual(
        built_at,
        surprisal.cell_bits(counts.palettes / SHARE_UNIT, GRID),
        surprisal.bits_of(counts.patterns / SHARE_UNIT),
        surprisal.bits_of(counts.garments / SHARE_UNIT),
        surprisal.bits_of(counts.pairs.ravel() / SHARE_UNIT),
        gaussians,
    )
