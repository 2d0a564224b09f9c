"""Which arrays the counts of a baseline have, and which numbers they can hold; no numpy, so that the booth can check.

`score/counts.py` says what the arrays mean.
"""

import math
from array import array
from collections.abc import Sequence

from edge.baseline_codec import Counted
from edge.errors import BaselineError
from edge.limits import BATCH, FLOOR, MOST_IN_WINDOW, MOST_SIGHTINGS, WINDOW_S
from edge.recipe import Recipe
from edge.vocabulary import COLOURS, CONTEXTS, FACETS, GARMENTS, PATTERNS, REGIONS

CELLS, CHANNELS, BINS, BANDS = 486, 18, 640, 8
"""Cells of the palette (palette.py), channels (score/channels.py), bins of a histogram (score/calibration.py), bands
(score/bands.py)."""
SHARE_UNIT = 1024
"""Shares are counted in whole 1/1024ths of a sighting."""
MOST = 2**53
"""Largest number allowed: a thousand such numbers can be added in 64 bits."""
HISTOGRAMS = ("channels", "groups", "bands", "joint")
SHARES = ("palettes", "patterns", "garments", "pairs")


def shapes(recipe: Recipe) -> dict[str, tuple[int, ...]]:
    """Return the shape of each field of BaselineCounts."""
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
        "withheld": (2 * len(REGIONS) + 2,),
        "channels": (CHANNELS, BINS),
        "groups": (len(FACETS), BINS),
        "bands": (BANDS, BINS),
        "joint": (len(CONTEXTS), BINS),
    }
    for name, size in sizes.items():
        found |= {f"{name}_n": (1,), f"{name}_sum": (size,), f"{name}_products": (size, size)}
    return found


def check(counted: Counted, where: str) -> None:
    """Raise BaselineError, naming `where`, for arrays that may not leave a node.

    They are not those of the recipe, or no camera can count them, or they tell of few people (score/coarse.py).
    """
    wanted, n = shapes(counted.recipe), counted.sightings
    if counted.arrays.keys() != wanted.keys():
        odd = ", ".join(sorted(counted.arrays.keys() ^ wanted.keys()))
        raise BaselineError(f"{where}: expected the arrays of recipe {counted.recipe.id}, found too many or few: {odd}")
    if n > MOST_SIGHTINGS or n > _windows(counted) * MOST_IN_WINDOW:
        raise BaselineError(f"{where}: expected as many sightings as a camera can have in its time, found {n}")
    for name, shape in wanted.items():
        numbers = array("q", counted.arrays[name])
        if min(shape) < 1 or len(numbers) != math.prod(shape):
            raise BaselineError(f"{where}: expected {name} of shape {shape}, found {len(numbers)} numbers")
        if not _is_possible(name, numbers, shape[-1], n):
            raise BaselineError(f"{where}: expected {name} that {n} sightings can have, found other numbers")
        if not _is_coarse(name, numbers):
            raise BaselineError(
                f"{where}: expected {name} in steps of {FLOOR} people, found numbers that tell of fewer"
            )


def _windows(counted: Counted) -> int:
    """Return in how many 15-minute windows it was counted; a day's if it is not known."""
    first, last = counted.period or (0, 86_400)
    return max(last - first, 0) // WINDOW_S + 1


def _is_possible(name: str, numbers: Sequence[int], row: int, n: int) -> bool:
    if name.endswith(("_sum", "_products")):
        return min(numbers) >= -MOST and max(numbers) <= MOST
    if min(numbers) < 0:
        return False
    if name in HISTOGRAMS:
        return all(sum(numbers[at : at + row]) <= n for at in range(0, len(numbers), row))
    most = n * (SHARE_UNIT + row) if name in SHARES else n  # each share is rounded
    if name == "withheld":
        return max(numbers) <= n * (SHARE_UNIT + CELLS)
    return sum(numbers[:row]) <= most * (row if name == "pairs" else 1) and max(numbers) <= most


def _is_coarse(name: str, numbers: Sequence[int]) -> bool:
    if name in HISTOGRAMS:
        return all(number % FLOOR == 0 for number in numbers)
    if name in (*SHARES, "withheld"):
        return all(number % (FLOOR * SHARE_UNIT) == 0 for number in numbers)
    return not name.endswith("_n") or numbers[0] == 0 or numbers[0] >= BATCH
