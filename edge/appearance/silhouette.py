"""The silhouette of an outfit: the area of each kind of garment, and how far down garments reach."""

from collections.abc import Collection

import numpy as np

from edge.appearance.crop import HIPS, KNEES, SHOULDERS, Crop
from edge.records import CLASSES, Floats, Pixels
from edge.vocabulary import SILHOUETTES

COMPOSITION = len(SILHOUETTES)
"""Number of values, in the order of SILHOUETTES: areas first, then hems."""

STEP = 4
"""Only every fourth pixel of every fourth row is counted."""
LEVELS, TOP, BOTTOM = 40, -1.0, 4.0
"""Slices across the body, from above the head to below the feet; shoulders are at 0, hips at 1."""
HAS_HEM = 0.03
"""Area, in torso lengths squared, from which a garment has a hem."""
NEAR_CUT = 0.1
"""Torso lengths above the knees from which a top's hem may be the end of what shows, if the shins do not."""
HEM = 0.95
"""Share of a garment's area above its hem; less than 1, so that a few wrong cells below do not count."""

_AREAS = ("upper", "outer", "lower", "dress", "shoes", "bag")
_OF_LEGS = ("wide-lower", "dress", "large-shoes", "bare-legs", "long-lower")
"""Values that are unseen where the shins are; hems of tops are unseen if they reach the knees."""
_HEMS = (("upper", "outer", "dress"), ("lower", "dress"), ("outer",))
_SIZED, _HEMMED = [CLASSES.index(name) for name in _AREAS], [[CLASSES.index(name) for name in names] for names in _HEMS]
_SKIN = CLASSES.index("skin")
_BELOW = [SILHOUETTES.index(words) for words in SILHOUETTES if words[1] in _OF_LEGS]
_MIDDLES = np.linspace(TOP, BOTTOM, 2 * LEVELS + 1)[1::2]


def silhouette(crop: Crop, classes: Pixels, legs: Collection[str]) -> Floats:
    """[COMPOSITION] roots of areas, then distances of hems below the shoulders, in torso lengths; NaN for the unseen.

    `classes` [h, w] are positions in CLASSES. Head, hair, scarf and skin above the hips do not count; bare legs do.
    `legs` names the parts, `thighs` and `shins`, that show: a garment that goes on behind the picture's edge or
    another person is unseen, never short.
    """
    if "thighs" not in legs:
        return np.full(COMPOSITION, np.nan, np.float32)
    areas = _areas(crop, classes)
    sizes = [*areas.sum(axis=1)[_SIZED], areas[_SKIN, _MIDDLES > 1].sum()]
    hems = [_hem(areas[classes].sum(axis=0)) for classes in _HEMMED]
    found = np.array([*np.sqrt(sizes), *hems], np.float32)
    if "shins" not in legs:
        found[_BELOW] = np.nan
        tops = found[len(_AREAS) + 1 :]
        tops[tops > _knees(crop) - NEAR_CUT] = np.nan
    return found


def _knees(crop: Crop) -> float:
    """Distance of the upper one of the sure knees below the shoulders, in torso lengths; 0 if neither is sure."""
    top, bottom = crop.points[SHOULDERS].mean(axis=0), crop.points[HIPS].mean(axis=0)
    axis = (bottom - top) / np.float32(max(float((bottom - top) @ (bottom - top)), 1.0))
    return min((float((crop.points[knee] - top) @ axis) for knee in KNEES if crop.believed[knee]), default=0.0)


def _areas(crop: Crop, classes: Pixels) -> Floats:
    """[classes, levels] area of each class in each slice across the body, in torso lengths squared."""
    top, bottom = crop.points[SHOULDERS].mean(axis=0), crop.points[HIPS].mean(axis=0)
    axis = (bottom - top) / np.float32(max(float((bottom - top) @ (bottom - top)), 1.0))
    some = classes[::STEP, ::STEP]
    y, x = (np.arange(size, dtype=np.float32) * STEP for size in some.shape)
    along = (x - top[0]) * axis[0] + ((y - top[1]) * axis[1])[:, None]
    level = np.minimum(np.maximum((along - TOP) * (LEVELS / (BOTTOM - TOP)), 0), LEVELS - 1).astype(np.intp)
    counts = np.bincount((some * LEVELS + level).ravel(), minlength=len(CLASSES) * LEVELS)
    return np.asarray(counts.reshape(len(CLASSES), LEVELS) * (STEP / crop.length) ** 2, np.float32)


def _hem(levels: Floats) -> float:
    """Distance of a garment's hem below the shoulders, in torso lengths; 0 without the garment."""
    total = float(levels.sum())
    return float(np.interp(HEM, np.cumsum(levels) / total, _MIDDLES)) if total >= HAS_HEM else 0.0
