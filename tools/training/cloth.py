"""Real cloth laid onto garments: a swatch at the scale of clothes, often in other colours."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.training.drape import Bytes, Plane, Rng, dress, faintest, own_colour, some_unit
from tools.training.plain import worn
from tools.training.swatches import Swatch

FEWEST, MOST = 1.0, 2.0
"""Range of distances from one element of a pattern to the next, in units as in prints.py."""
REPEATS, WIDEST = 4, 0.6
"""A garment's longer side shows at least REPEATS elements; none is wider than WIDEST of its shorter side."""
FAINT, BOLD = 18.0, 80.0
"""Range of CIE76 colour differences between the parts of a pattern."""
RAISED = 4.0
"""Highest factor on a swatch's contrast: what cannot be seen in it is not made up."""
ORIGINAL = 0.3
"""Chance that a swatch keeps its own colours."""
SAMPLED = 40
"""Rows and columns of a tile on which its contrast is measured."""
RANGE = (4.0, 97.0)
"""Lowest and highest L* that cloth can have."""


def lay(
    pixels: Bytes,
    mask: NDArray[np.bool_],
    swatch: Swatch,
    height: float,
    rng: Rng,
    *,
    finest: float = 0.0,
    is_patterned: bool = False,
) -> None:
    """Replace the garment under `mask` [h, w] by the swatch's cloth in place; its folds and its light stay.

    `pixels` is [h, w, 3] RGB, `height` the person's in pixels (patterns are as large as on real clothes, their unit no
    finer than `finest` pixels). `is_patterned` says whether the garment is patterned already.
    """

    def draw(x: Plane, y: Plane, own: Bytes) -> Plane:
        if swatch.kind == "plain":
            tile = _sized(swatch.tile, max(x.shape) * float(rng.uniform(0.6, 1.5)) / max(swatch.tile.shape))
            drawn = _spread(_plain_dyed(tile, own, rng), x, y, rng)
            worn(drawn, x, y, rng)
            return drawn
        unit = some_unit(height, finest, rng)
        period = min(unit * float(rng.uniform(FEWEST, MOST)), max(x.shape) / REPEATS, min(x.shape) * WIDEST)
        tile = _sized(swatch.tile, period / swatch.period)
        dyed = _dyed(tile, own, faintest(FAINT, unit, finest), rng)
        return _spread(dyed, *_hung(x, y, swatch.kind, rng), rng)

    dress(pixels, mask, draw, rng, is_patterned=is_patterned)


def _sized(tile: Bytes, zoom: float) -> Plane:
    """Return [h, w, 3] CIELAB at another size, each pixel the mean of the area that it covers."""
    size = [max(round(side * zoom), 2) for side in tile.shape[1::-1]]
    way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    return np.asarray(
        cv2.cvtColor(cv2.resize(tile, size, interpolation=way).astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    )


def _hung(x: Plane, y: Plane, kind: str, rng: Rng) -> tuple[Plane, Plane]:
    """Turn the positions as the cloth hangs: stripes run across more often than down; some cloth is cut aslant."""
    if kind == "striped" and rng.random() < 0.55:
        x, y = y, x
    if kind in ("striped", "checked") and rng.random() < 0.1:
        half = np.float32(np.sqrt(0.5))
        x, y = (x + y) * half, (y - x) * half
    return x, y


def _spread(tile: Plane, x: Plane, y: Plane, rng: Rng) -> Plane:
    """Return [h, w, 3]: the tile repeated both ways from a random start."""
    tall, wide = tile.shape[:2]
    whole = cv2.copyMakeBorder(tile, 0, 1, 0, 1, cv2.BORDER_WRAP)
    across = np.mod(x + np.float32(rng.uniform(0, wide)), np.float32(wide))
    down = np.mod(y + np.float32(rng.uniform(0, tall)), np.float32(tall))
    return np.asarray(cv2.remap(whole, across, down, cv2.INTER_LINEAR), np.float32)


def _dyed(tile: Plane, own: Bytes, least: float, rng: Rng) -> Plane:
    """Return the tile in other colours: another ground, hues turned, light and dark swapped, more or less contrast."""
    middle = np.median(_sample(tile), axis=(0, 1)).astype(np.float32)
    apart = tile - middle
    contrast = float(np.percentile(np.linalg.norm(_sample(apart), axis=2), 98)) + 1e-3
    if rng.random() < ORIGINAL:
        return _in_range(middle, apart * np.float32(min(max(least / contrast, 1), RAISED)))
    wanted = float(np.exp(rng.uniform(np.log(least), np.log(BOLD))))
    apart = apart * np.float32(min(wanted / contrast, RAISED))
    apart[..., 0] *= rng.choice([-1, 1], p=[0.35, 0.65])
    turn = float(rng.uniform(0, 2 * np.pi))
    apart[..., 1:] = apart[..., 1:] @ _turn(turn) * np.float32(rng.uniform(0.3, 1.5))
    return _in_range(_ground(own, rng), apart)


def _plain_dyed(tile: Plane, own: Bytes, rng: Rng) -> Plane:
    """Return plain cloth in some colour, its weave and folds as they are or fainter."""
    apart = tile - np.median(_sample(tile), axis=(0, 1)).astype(np.float32)
    return _in_range(_ground(own, rng), apart * np.float32(rng.uniform(0.3, 1.0)))


def _sample(tile: Plane) -> Plane:
    """Return a subsample of the tile that is large enough for statistics."""
    return tile[:: max(len(tile) // SAMPLED, 1), :: max(tile.shape[1] // SAMPLED, 1)]


def _ground(own: Bytes, rng: Rng) -> Plane:
    """Return the garment's own colour or a random one: [3] CIELAB."""
    if rng.random() < 0.4:
        return own_colour(own)
    return np.asarray([rng.uniform(8, 95), *rng.normal(0, 18, 2)], np.float32)


def _turn(angle: float) -> Plane:
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)


def _in_range(middle: Plane, apart: NDArray[np.floating[Any]]) -> Plane:
    """Add ground and differences, the ground moved so that neither end of the lightness is clipped."""
    low, high = np.percentile(_sample(apart)[..., 0], (2, 98))
    room = RANGE[0] - low, RANGE[1] - high
    lightness = np.clip(middle[0], *room) if room[0] < room[1] else (room[0] + room[1]) / 2
    lab = apart + np.array([lightness, middle[1], middle[2]], np.float32)
    lab[..., 0] = np.clip(lab[..., 0], 2, 99)
    return np.asarray(lab, np.float32)
