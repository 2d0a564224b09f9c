"""The regions of the outfit (upper, lower, shoes, carried) as masks, and the cloth in them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.appearance.body_parts import Quad, warp
from edge.appearance.colour import to_lab
from edge.appearance.crop import HIPS, SHOULDERS, Crop
from edge.records import CLASSES, Floats, Pixels

Mask = NDArray[np.bool_]

MIN_GARMENT = 0.06
"""Area, in torso lengths squared, a region must cover to be described: a shoe does, a belt does not."""
MIN_SHOWN = 0.2
"""Smallest share of garment pixels in a torso or pair of thighs from which texture is computed, and of a person's
pixels in thighs or shins from which these are seen at all."""
SAMPLED_PX = 3000
"""Garment pixels that are enough for a palette; larger regions are sampled down to about this many."""

_SKIN, _UPPER, _OUTER, _LOWER, _DRESS, _SHOES, _BAG = (
    CLASSES.index(name) for name in ("skin", "upper", "outer", "lower", "dress", "shoes", "bag")
)


class Patch(NamedTuple):
    """Cloth of a body part, sampled from its quads."""

    lab: Floats
    """[h, w, 3] CIELAB under neutral light: L* 0..100, a* and b* about -100..100."""
    is_garment: Mask
    """[h, w] True for garment pixels."""


def masks(crop: Crop, classes: Pixels) -> dict[str, Mask]:
    """Return the masks [h, w] of `upper`, `lower`, `shoes` and `carried` that are large enough (MIN_GARMENT).

    `classes` [h, w] are positions in CLASSES. A dress is upper above the hips and lower below them.
    """
    is_dress = classes == _DRESS
    above = _above_hips(crop, classes.shape[:2]) if is_dress.any() else is_dress
    found = {
        "upper": (classes == _UPPER) | (classes == _OUTER) | (is_dress & above),
        "lower": (classes == _LOWER) | (is_dress & ~above),
        "shoes": classes == _SHOES,
        "carried": classes == _BAG,
    }
    least = MIN_GARMENT * crop.length**2
    return {name: mask for name, mask in found.items() if np.count_nonzero(mask) >= least}


def _above_hips(crop: Crop, shape: tuple[int, ...]) -> Mask:
    """[h, w] True above the line between the hips, measured along the torso; `shape` is (h, w)."""
    top, bottom = crop.points[SHOULDERS].mean(axis=0), crop.points[HIPS].mean(axis=0)
    axis = (bottom - top) / np.float32(max(float((bottom - top) @ (bottom - top)), 1.0))
    x, y = np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32)
    return np.asarray((x - top[0]) * axis[0] + ((y - top[1]) * axis[1])[:, None] <= 1)


def spots(mask: Mask) -> NDArray[np.intp]:
    """[n] positions in the flattened `mask` [h, w] of a region's pixels, evenly sampled down to about SAMPLED_PX."""
    if np.count_nonzero(mask) < 4 * SAMPLED_PX:
        at = np.flatnonzero(mask)
        return at[:: max(len(at) // SAMPLED_PX, 1)]
    few = mask[::2, ::2]
    at = np.flatnonzero(few)
    y, x = np.divmod(at[:: max(len(at) // SAMPLED_PX, 1)], few.shape[1])
    return np.asarray((y * mask.shape[1] + x) * 2, np.intp)


def cloth(crop: Crop, at: NDArray[np.intp]) -> Pixels:
    """[1, n, 3] RGB of the pixels at the positions `at` [n] (`spots`)."""
    return crop.pixels.reshape(-1, 3).take(at, axis=0)[None]


def patches(crop: Crop, regions: dict[str, Mask], quads: dict[str, list[Quad]], gains: Floats) -> dict[str, Patch]:
    """Return the patches `upper` (from the torso) and `lower` (from the thighs) that show enough garment (MIN_SHOWN).

    `regions` are masks [h, w] from `masks`, `gains` [3] makes the light neutral.
    """
    pairs = {"upper": quads["torso"], "lower": quads["thighs"]}
    found = {name: _patch(crop, regions[name], pairs[name], gains) for name in pairs if name in regions and pairs[name]}
    return {name: patch for name, patch in found.items() if patch.is_garment.mean() >= MIN_SHOWN}


def _patch(crop: Crop, mask: Mask, quads: list[Quad], gains: Floats) -> Patch:
    return Patch(flat(crop, quads, gains), covered(mask, quads))


def flat(crop: Crop, quads: list[Quad], gains: Floats) -> Floats:
    """[h, w, 3] CIELAB of body parts side by side, each sampled from its quad."""
    return np.hstack([to_lab(np.asarray(warp(crop.pixels, quad), np.uint8), gains) for quad in quads])


def covered(mask: Mask, quads: list[Quad]) -> Mask:
    """[h, w] True for the pixels of `flat` that the region `mask` [h, w] covers."""
    return np.hstack([warp(mask.view(np.uint8), quad, is_smooth=False) > 0 for quad in quads])


def legs(parts: dict[str, list[Quad]], classes: Pixels) -> dict[str, dict[str, float]]:
    """Return the shares (0..1) of `skin` and `upper` garment on `thighs` and `shins`, for those that are seen.

    `classes` [h, w] are positions in CLASSES.
    """
    found = {}
    for name, quads in parts.items():
        if name == "torso" or not quads:
            continue
        seen = np.concatenate([warp(classes, quad, is_smooth=False).ravel() for quad in quads])
        whole, seen = len(seen), seen[seen != 0]
        if len(seen) >= MIN_SHOWN * whole:
            found[name] = {
                "skin": float((seen == _SKIN).mean()),
                "upper": float(((seen == _UPPER) | (seen == _OUTER)).mean()),
            }
    return found
