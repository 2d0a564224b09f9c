"""Save and load a baseline: one file, versioned, checksummed, written atomically, of constant size."""

import math
from pathlib import Path

import numpy as np

from edge import atomic_file
from edge.baseline_codec import Counted, pack, unpack
from edge.baseline_shapes import MOST, shapes
from edge.errors import BaselineError
from edge.recipe import Recipe
from edge.score.baseline import Baseline
from edge.score.counts import MOMENTS, BaselineCounts, values
from edge.score.sources import Sources, sums_of

TOLERANCE = 1e-6
"""A covariance's smallest eigenvalue may be negative by this share of the largest, because of rounding."""


def counted(baseline: Baseline) -> Counted:
    """Return the content of a baseline file."""
    return Counted(
        recipe=baseline.recipe,
        epoch=baseline.epoch,
        period=baseline.period,
        noise=baseline.noise,
        sources={name: baseline.sources[name].astype("<i8").tobytes() for name in sorted(baseline.sources)},
        arrays={name: array.astype("<i8").tobytes() for name, array in baseline.counts._asdict().items()},
    )


def from_counted(content: Counted, where: str, *, min_sightings: int = 100) -> Baseline:
    """The inverse of `counted`; raises BaselineError naming `where` if the arrays are not those of the recipe."""
    try:
        counts = _counts(content)
        sources = _sources(content, counts)
    except ValueError as err:
        raise BaselineError(f"{where}: cannot be read ({err}); was it made by newer software?") from err
    return Baseline(
        content.recipe,
        min_sightings=min_sightings,
        counts=counts,
        noise=content.noise,
        epoch=content.epoch,
        period=content.period,
        sources=sources,
    )


def to_bytes(baseline: Baseline) -> bytes:
    """Equal bytes for equal counts."""
    return pack(counted(baseline))


def from_bytes(content: bytes, where: str, *, min_sightings: int = 100) -> Baseline:
    """The inverse of `to_bytes`; raises BaselineError naming `where` for anything else."""
    return from_counted(unpack(content, where), where, min_sightings=min_sightings)


def _counts(content: Counted) -> BaselineCounts:
    wanted = shapes(content.recipe)
    if set(content.arrays) != set(wanted):
        raise ValueError(f"expected arrays {', '.join(wanted)}")
    found = {}
    for name, shape in wanted.items():
        array = np.frombuffer(content.arrays[name], "<i8").astype(np.int64)
        if min(shape) < 1 or array.size != math.prod(shape):
            raise ValueError(f"expected {name} of shape {shape}, found {array.size} numbers")
        found[name] = array.reshape(shape)
    counts = BaselineCounts(**found)
    _check_counted(counts)
    return counts


def _sources(content: Counted, counts: BaselineCounts) -> Sources:
    size = sums_of(counts).size
    found = {name: np.frombuffer(array, "<i8").astype(np.int64) for name, array in content.sources.items()}
    for name, sums in found.items():
        if sums.size != size or not 0 <= sums[0] <= MOST or np.abs(sums).max() > MOST:
            raise ValueError(f"expected source {name} as {size} sums, found {sums.size} numbers, or some beyond {MOST}")
    return found


def _check_counted(counts: BaselineCounts) -> None:
    """Raise ValueError for numbers that no counting can give: negative counts, or moments without a covariance."""
    if any(array.min() < -MOST or array.max() > MOST for array in counts):
        raise ValueError(f"expected no number beyond {MOST}")
    if any((array < 0).any() for name, array in counts._asdict().items() if not name.endswith(("_sum", "_products"))):
        raise ValueError("expected counts, found negative ones")
    for name in MOMENTS:
        n, total, products = values(counts.moments(name))
        spread = products - np.outer(total, total) / max(n, 1)
        least, largest = np.linalg.eigvalsh(spread)[[0, -1]]
        if (products != products.T).any() or (not n and products.any()) or least < -TOLERANCE * max(n, largest):
            raise ValueError(f"expected the moments of {name} to have a covariance")


def save(baseline: Baseline, path: Path) -> None:
    """Write beside `path`, then rename over it; raises BaselineError when the disk is full or read-only."""
    write(to_bytes(baseline), path)


def write(content: bytes, path: Path) -> None:
    """Write a baseline's bytes beside `path`, then rename; raises BaselineError if the disk is full or read-only."""
    try:
        atomic_file.write(path, content)
    except OSError as err:
        raise BaselineError(f"{path}: cannot be written ({err}); free space or choose another place") from err


def load(path: Path, *, min_sightings: int = 100, recipe: Recipe | None = None) -> Baseline:
    """Load a baseline; raises BaselineError if it is missing, damaged, of another version, or not of `recipe`."""
    try:
        content = path.read_bytes()
    except OSError as err:
        raise BaselineError(f"{path}: cannot be read ({err}); make one: spotter learn photos/ --out {path}") from err
    baseline = from_bytes(content, str(path), min_sightings=min_sightings)
    if recipe is not None and baseline.recipe != recipe:
        raise BaselineError(
            f"{path}: was learnt with another recipe ({baseline.recipe.differences(recipe)}); "
            "use the software and model it was learnt with, or learn a new baseline"
        )
    return baseline


def baseline_id(baseline: Baseline) -> str:
    """Return the baseline's id: 12 hex digits of a hash of counts, recipe, noise and sources."""
    return counted(baseline).id
