"""Classes around one person to the outfit's composition: how much of what is worn, and where it ends."""

import numpy as np

from edge.appearance.crop import ANKLES, HIPS, KNEES, SHOULDERS, Crop
from edge.records import CLASSES, Floats, Pixels
from edge.vocabulary import SILHOUETTES

COMPOSITION = len(SILHOUETTES)
"""Values, in the order of SILHOUETTES: areas first, then hems."""

STEP = 4
"""Every so manieth pixel each way is counted."""
LEVELS, TOP, BOTTOM = 40, -1.0, 4.0
"""Slices across the body, from above the head to below the feet; shoulders are at 0, hips at 1."""
WORN = 0.03
"""Torso lengths squared from which there is a garment whose hem can be looked for."""
HEM = 0.95
"""Share of a garment above its hem: a few wrong cells below it are no hem."""

_AREAS = ("upper", "outer", "lower", "dress", "shoes", "bag")
_HEMS = (("upper", "outer", "dress"), ("lower", "dress"), ("outer",))
_MIDDLES = np.linspace(TOP, BOTTOM, 2 * LEVELS + 1)[1::2]


def silhouette(crop: Crop, classes: Pixels) -> Floats:
    """[COMPOSITION] roots of areas and hems below the shoulders, both in torso lengths; NaN where no leg is seen.

    Head, hair and scarf are no part of it, nor is the skin above the hips: only how much leg is bare.
    """
    if not crop.believed[[*KNEES, *ANKLES]].any():
        return np.full(COMPOSITION, np.nan, np.float32)
    areas = _areas(crop, classes)
    sizes = [areas[CLASSES.index(name)].sum() for name in _AREAS]
    sizes.append(areas[CLASSES.index("skin"), _MIDDLES > 1].sum())
    hems = [_hem(areas[[CLASSES.index(name) for name in names]].sum(axis=0)) for names in _HEMS]
    return np.array([*np.sqrt(sizes), *hems], np.float32)


def _areas(crop: Crop, classes: Pixels) -> Floats:
    """[classes, levels] torso lengths squared of each class in each slice across the body."""
    top, bottom = crop.points[SHOULDERS].mean(axis=0), crop.points[HIPS].mean(axis=0)
    axis = (bottom - top) / np.float32(max(float((bottom - top) @ (bottom - top)), 1.0))
    some = classes[::STEP, ::STEP]
    y, x = (np.arange(size, dtype=np.float32) * STEP for size in some.shape)
    along = (x - top[0]) * axis[0] + ((y - top[1]) * axis[1])[:, None]
    level = np.clip((along - TOP) * (LEVELS / (BOTTOM - TOP)), 0, LEVELS - 1).astype(np.intp)
    counts = np.bincount((some * LEVELS + level).ravel(), minlength=len(CLASSES) * LEVELS)
    return np.asarray(counts.reshape(len(CLASSES), LEVELS) * (STEP / crop.length) ** 2, np.float32)


def _hem(levels: Floats) -> float:
    """How far down a garment reaches; 0 without one."""
    total = float(levels.sum())
    return float(np.interp(HEM, np.cumsum(levels) / total, _MIDDLES)) if total >= WORN else 0.0
