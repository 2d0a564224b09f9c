"""Classes around one person to regions of the outfit: by garment, not by box."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.appearance.body_parts import Quad, warp
from edge.appearance.colour import to_lab
from edge.appearance.crop import HIPS, SHOULDERS, Crop
from edge.records import CLASSES, Floats, Pixels

Mask = NDArray[np.bool_]

MIN_GARMENT = 0.06
"""Torso lengths squared that a region must cover to be described: a shoe does, a belt does not."""
MIN_SHOWN = 0.2
"""A torso or pair of thighs with a smaller share of garment pixels gives no texture."""
SAMPLED_PX = 3000
"""Garment pixels that are enough for a palette; of more, every second or third is taken."""

_SKIN, _UPPER, _OUTER, _LOWER, _DRESS, _SHOES, _BAG = (
    CLASSES.index(name) for name in ("skin", "upper", "outer", "lower", "dress", "shoes", "bag")
)


class Patch(NamedTuple):
    """Cloth sampled straight, in canonical size."""

    lab: Floats
    """[h, w, 3] CIELAB under neutral light: L* 0..100, a* and b* about -100..100."""
    is_garment: Mask
    """[h, w]"""


def masks(crop: Crop, classes: Pixels) -> dict[str, Mask]:
    """[h, w] where the upper and the lower garments, the shoes and what is carried are, of those that show enough.

    A dress is upper down to the hips and lower from there.
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
    """[h, w] nearer to the shoulders than the line between the hips, along the torso."""
    top, bottom = crop.points[SHOULDERS].mean(axis=0), crop.points[HIPS].mean(axis=0)
    axis = (bottom - top) / np.float32(max(float((bottom - top) @ (bottom - top)), 1.0))
    x, y = np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32)
    return np.asarray((x - top[0]) * axis[0] + ((y - top[1]) * axis[1])[:, None] <= 1)


def cloth(crop: Crop, mask: Mask, gains: Floats) -> Floats:
    """[n, 3] CIELAB of the pixels of a region, at most about SAMPLED_PX of them, evenly."""
    step = 2 if np.count_nonzero(mask) >= 4 * SAMPLED_PX else 1
    pixels = crop.pixels[::step, ::step][mask[::step, ::step]]
    sample = np.asarray(pixels[None, :: max(len(pixels) // SAMPLED_PX, 1)], np.uint8)
    return np.asarray(to_lab(sample, gains)[0], np.float32)


def patches(crop: Crop, regions: dict[str, Mask], quads: dict[str, list[Quad]], gains: Floats) -> dict[str, Patch]:
    """The torso of the upper and the thighs of the lower garment, of those that show enough of it."""
    pairs = {"upper": quads["torso"], "lower": quads["thighs"]}
    found = {name: _patch(crop, regions[name], pairs[name], gains) for name in pairs if name in regions and pairs[name]}
    return {name: patch for name, patch in found.items() if patch.is_garment.mean() >= MIN_SHOWN}


def _patch(crop: Crop, mask: Mask, quads: list[Quad], gains: Floats) -> Patch:
    lab = [to_lab(np.asarray(warp(crop.pixels, quad), np.uint8), gains) for quad in quads]
    is_garment = [warp(mask.view(np.uint8), quad, is_smooth=False) > 0 for quad in quads]
    return Patch(np.hstack(lab), np.hstack(is_garment))


def legs(parts: dict[str, list[Quad]], classes: Pixels) -> dict[str, dict[str, float]]:
    """Of `thighs` and `shins` where they are seen: how much is bare `skin`, and how much hangs down as `upper`."""
    found = {}
    for name, quads in parts.items():
        if name == "torso" or not quads:
            continue
        seen = np.concatenate([warp(classes, quad, is_smooth=False).ravel() for quad in quads])
        seen = seen[seen != 0]
        if len(seen):
            found[name] = {
                "skin": float((seen == _SKIN).mean()),
                "upper": float(((seen == _UPPER) | (seen == _OUTER)).mean()),
            }
    return found
