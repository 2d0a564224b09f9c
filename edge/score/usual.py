"""Compute what is usual, in bits, from the counts of a baseline; every channel compares with it."""

import numpy as np
from numpy.typing import NDArray

from edge.limits import FLOOR
from edge.palette import AB_CELLS, L_CELLS
from edge.recipe import Recipe
from edge.score import nuisance, surprisal
from edge.score.channels import BLOCKS, Usual
from edge.score.counts import SHARE_UNIT, BaselineCounts, rows_of, values, withheld_of
from edge.score.features import positions

GRID = (L_CELLS, AB_CELLS, AB_CELLS)
"""Number of palette cells along L*, a* and b*."""

Weights = NDArray[np.float64]


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
    shares = {name: _given_back(rows_of(counts, name) / SHARE_UNIT, rest) for name, rest in withheld_of(counts).items()}
    return Usual(
        built_at,
        surprisal.cell_bits(*shares["palettes"], GRID),
        surprisal.bits_of(*shares["patterns"]),
        surprisal.bits_of(*shares["garments"])[0],
        surprisal.bits_of(*shares["pairs"])[0],
        gaussians,
    )


def _given_back(counts: Weights, withheld: Weights) -> tuple[Weights, Weights]:
    """Give withheld sightings [rows] back to the cells of `counts` [rows, kinds]; returns both, in sightings.

    A cell that shows lacks FLOOR / 2 on average, as it was rounded down. The rest is of cells that do not show; it is
    returned, and counts as a part of the uniform prior.
    """
    shows = counts > 0
    each = np.minimum(FLOOR / 2, withheld / np.maximum(shows.sum(axis=1), 1))
    return counts + shows * each[:, None], withheld - shows.sum(axis=1) * each
