"""How each garment looks: area, colours with their tone, pattern, and the cut of what is worn below the hips."""

import numpy as np
from numpy.typing import NDArray

from edge.appearance.crop import HIPS, SHOULDERS, Crop
from edge.records import CLASSES, WORN, Floats, Pixels
from edge.vocabulary import COLOURS

CUT = ("dress below", "bare shins", "split")
"""Values of `Worn.cut`, each 0..1.

`dress below`: share of a dress in the cloth below the hips. `bare shins`: share of skin on the shins. `split`: share of
the rows in the lower half of that cloth that show two legs, not one piece.
"""
STEP = 2
"""Every second row and column is looked at for areas and the cut."""
EVERY = 3
"""Every third pixel of a region's sample tells the colours of its garments."""
LEAST_ROWS = 4
"""Rows of cloth below the hips from which the cut is told."""
_POSITIONS = [CLASSES.index(name) for name in WORN]
_ROW = np.full(len(CLASSES), len(WORN), np.intp)
_ROW[_POSITIONS] = np.arange(len(WORN))
_LOWER, _DRESS = CLASSES.index("lower"), CLASSES.index("dress")


class Shades:
    """Adds up the colours of garments over the regions of one view; a dress is in two of them."""

    def __init__(self) -> None:
        self._sums = np.zeros((len(WORN) + 1, len(COLOURS), 3), np.float32)

    def add(self, classes: Pixels, named: NDArray[np.intp], lab: Floats, area: int) -> None:
        """Add a region of `area` pixels by a sample of them: their classes [n], colour names [n] and CIELAB [n, 3]."""
        classes, named, lab = classes[::EVERY], named[::EVERY], lab[::EVERY]
        cells = _ROW[classes] * len(COLOURS) + named
        values = (np.ones(len(lab), np.float32), lab[:, 0], np.hypot(lab[:, 1], lab[:, 2]))
        sums = [np.bincount(cells, value, (len(WORN) + 1) * len(COLOURS)) for value in values]
        self._sums += np.stack(sums, axis=-1).reshape(self._sums.shape).astype(np.float32) * (area / max(len(lab), 1))

    @property
    def found(self) -> Floats:
        """[garments, colours, 3] as in Worn."""
        sums = self._sums[:-1]
        return np.asarray(sums / np.maximum(sums[..., :1].sum(axis=1, keepdims=True), 1e-9), np.float32)


def areas(crop: Crop, classes: Pixels) -> Floats:
    """[garments] area of each garment in torso lengths squared; `classes` [h, w] are positions in CLASSES."""
    counts = np.bincount(classes[::STEP, ::STEP].ravel(), minlength=len(CLASSES))[_POSITIONS]
    return np.asarray(counts * (STEP / crop.length) ** 2, np.float32)


def cut(crop: Crop, classes: Pixels, bare_shins: float) -> Floats:
    """[3] values of CUT; NaN where too little cloth is seen below the hips. `bare_shins` is NaN for unseen shins."""
    top, bottom = crop.points[SHOULDERS].mean(axis=0), crop.points[HIPS].mean(axis=0)
    axis = (bottom - top) / np.float32(max(float((bottom - top) @ (bottom - top)), 1.0))
    few = classes[::STEP, ::STEP]
    y, x = (np.arange(size, dtype=np.float32) * STEP for size in few.shape)
    is_below = (x - top[0]) * axis[0] + ((y - top[1]) * axis[1])[:, None] > 1
    is_cloth = is_below & ((few == _LOWER) | (few == _DRESS))
    rows = is_cloth[is_cloth.any(axis=1)]
    if len(rows) < LEAST_ROWS:
        return np.array([np.nan, bare_shins, np.nan], np.float32)
    dress = float((few[is_cloth] == _DRESS).mean())
    return np.array([dress, bare_shins, _split(rows[len(rows) // 2 :])], np.float32)


def _split(rows: NDArray[np.bool_]) -> float:
    """Share of `rows` [n, w] whose flags form two runs or more."""
    begins = np.diff(rows.astype(np.int8), axis=1, prepend=0) == 1
    return float((begins.sum(axis=1) >= 2).mean())
