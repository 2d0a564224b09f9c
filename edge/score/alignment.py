"""Align a baseline of other cameras with one camera: what is usual there, as this camera would see it. Pure.

Light and lens move the features of everybody in a camera. The shift is estimated from the mean of the camera's own
sightings, as a random effect (Henderson 1975, "Best Linear Unbiased Estimation and Prediction", Biometrics 31): its
prior covariance is that of the nuisance file, so it goes far where light and lens can move a feature, and nowhere where
clothes alone can. The covariance is aligned in the same directions (CORAL: Sun, Feng and Saenko 2016, "Return of
Frustratingly Easy Domain Adaptation"), shrunk towards the baseline's while the camera has seen few people.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.palette import AB_CELLS, AB_WIDTH, L_CELLS
from edge.recipe import Recipe
from edge.score import nuisance
from edge.score.counts import MOMENTS, VALUE_UNIT, BaselineCounts, values

LEAST_VARIANCE = 1e-3
"""Part of what light and lens do to a feature that is added to its variance: a garment that nobody wears has none."""
STEADY = 2.0
"""Weight of the baseline's covariance, in sightings per dimension, against the camera's own in the shrunk estimate."""
CELL_SIZE = np.array([100 / L_CELLS, AB_WIDTH, AB_WIDTH])
"""Size of a palette cell in L*, a* and b*."""

Matrix = NDArray[np.float64]


class Model(NamedTuple):
    """Mean and covariance of one feature vector among a baseline's people."""

    mean: Matrix
    """[values]"""
    covariance: Matrix
    """[values, values]"""


def model_of(counts: BaselineCounts, name: str) -> Model:
    """Return mean and covariance of one of MOMENTS; zeros without vectors."""
    n, total, products = values(counts.moments(name))
    mean = total / max(n, 1)
    return Model(mean, products / max(n, 1) - np.outer(mean, mean))


def aligned_model(shared: Model, own: Model, n: int, movable: Matrix) -> Model:
    """Return the baseline's model of a feature vector as the camera would see its people.

    `own` is the model of the camera's `n` sightings, `movable` [values, values] the covariance of what light and lens
    do between cameras. In coordinates where the baseline's covariance is 1 and `movable` is diagonal (l), the mean goes
    the part l / (l + 1 / n) of the way to the camera's, the covariance the part l / (l + 1).
    """
    ridge = LEAST_VARIANCE * np.maximum(np.diag(movable), 1.0 / VALUE_UNIT)
    root = np.linalg.cholesky(shared.covariance + np.diag(ridge))
    white = np.linalg.inv(root)
    reach, turn = np.linalg.eigh(white @ movable @ white.T)
    reach = np.maximum(reach, 0.0)
    there, back = turn.T @ white, root @ turn
    moved = back @ (n * reach / (n * reach + 1) * (there @ (own.mean - shared.mean)))
    weight = n / (n + STEADY * len(reach))
    spread = weight * (there @ own.covariance @ there.T) + (1 - weight) * np.eye(len(reach))
    part = np.sqrt(reach / (reach + 1))
    recoloured = part[:, None] * spread * part + np.diag(1 - part**2)
    return Model(shared.mean + moved, back @ recoloured @ back.T)


def aligned(shared: BaselineCounts, own: BaselineCounts, recipe: Recipe) -> BaselineCounts:
    """Return the counts of a baseline as a camera with the counts `own` would see its people.

    Only palettes and MOMENTS change; with no nuisance covariance in the recipe nothing does.
    """
    shipped = nuisance.of_recipe(recipe.model, recipe.nuisance)
    changes: dict[str, NDArray[np.int64]] = {}
    if shipped is None:
        return shared
    shift = np.zeros(recipe.colour_moments)
    for name in MOMENTS:
        n, seen = int(shared.moments(name)[0][0]), int(own.moments(name)[0][0])
        if n < 3 or seen < 3:
            continue
        before = model_of(shared, name)
        after = aligned_model(before, model_of(own, name), seen, nuisance.WEIGHT * shipped.of(name))
        changes |= _moments(name, n, after)
        if name == "colour":
            shift = (after.mean - before.mean)[: recipe.colour_moments]
    return shared._replace(palettes=_moved(shared.palettes, shift), **changes)


def _moments(name: str, n: int, model: Model) -> dict[str, NDArray[np.int64]]:
    """Return the sums that `n` vectors of a model have, in the units of BaselineCounts."""
    products = n * (model.covariance + np.outer(model.mean, model.mean))
    return {
        f"{name}_sum": np.rint(n * model.mean * VALUE_UNIT).astype(np.int64),
        f"{name}_products": np.rint((products + products.T) / 2 * VALUE_UNIT**2).astype(np.int64),
    }


def _moved(palettes: NDArray[np.int64], shift: Matrix) -> NDArray[np.int64]:
    """Move the counts of upper and lower [regions, cells] by the shift of their mean colours, in CIELAB units.

    `shift` [2 * moments] holds the change of the colour moments of upper and lower, L*, a* and b* first.
    """
    found = palettes.astype(np.float64)
    for row, change in enumerate(shift.reshape(2, -1)[:, :3]):
        grid = found[row].reshape(L_CELLS, AB_CELLS, AB_CELLS)
        for axis, cells in enumerate(change / CELL_SIZE):
            grid = _slide(grid, axis, float(cells))
        found[row] = grid.ravel()
    return np.rint(found).astype(np.int64)


def _slide(grid: Matrix, axis: int, cells: float) -> Matrix:
    """Move the content of a grid along one axis by a fraction of cells; what would leave it stays in the last cell."""
    size = grid.shape[axis]
    places = np.clip(np.arange(size) + cells, 0, size - 1)
    low = np.floor(places).astype(np.intp)
    high = np.minimum(low + 1, size - 1)
    matrix = np.zeros((size, size))
    np.add.at(matrix, (low, np.arange(size)), 1 - (places - low))
    np.add.at(matrix, (high, np.arange(size)), places - low)
    return np.moveaxis(np.tensordot(matrix, grid, axes=(1, axis)), 0, axis)
