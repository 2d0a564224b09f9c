"""Garment pixels to a palette of CIELAB cells and colour moments, and the light they are seen in."""

import cv2
import numpy as np

from edge.palette import AB_CELLS, AB_WIDTH, CELLS, L_CELLS
from edge.records import Detection, Floats, Pixels

LEVEL, EXPOSURE = 0.7, 0.6
"""The background's light (of 1) that colours are compared under, and how far towards it they are brought.

Not all the way: a white wall is no brighter light than a dark one. On held-out street photos .6 halves the shift that
dimming to .55 brings to the palettes' ranks (from .10 to .05) and leaves what they find as it was.
"""
COLOUR_MOMENTS = 5
"""Mean L*, a*, b*, spread of L*, spread of chroma."""


def palette(lab: Floats) -> Floats:
    """[CELLS] share of pixels [n, 3] in each cell; all 0 for no pixels.

    >>> int(palette(np.array([[0.0, 0.0, 0.0]], np.float32)).argmax()) == 4 * AB_CELLS + 4
    True
    """
    if len(lab) == 0:
        return np.zeros(CELLS, np.float32)
    light = np.clip(lab[:, 0] * (L_CELLS / 100.0), 0, L_CELLS - 1).astype(np.intp)
    a, b = (np.clip(np.rint(lab[:, i] / AB_WIDTH) + AB_CELLS // 2, 0, AB_CELLS - 1).astype(np.intp) for i in (1, 2))
    counts = np.bincount((light * AB_CELLS + a) * AB_CELLS + b, minlength=CELLS)
    return (counts / len(lab)).astype(np.float32)


def moments(lab: Floats) -> Floats:
    """[5] mean L*, a*, b*, spread of L*, spread of chroma, of pixels [n, 3]; NaN for no pixels."""
    if len(lab) == 0:
        return np.full(COLOUR_MOMENTS, np.nan, np.float32)
    mean, spread = (each.ravel() for each in cv2.meanStdDev(lab[None]))
    return np.array([*mean, spread[0], np.hypot(spread[1], spread[2])], np.float32)


def to_lab(pixels: Pixels, gains: Floats) -> Floats:
    """[h, w, 3] RGB bytes to CIELAB (D65) after multiplying each channel by its gain."""
    balanced = np.clip(pixels.astype(np.float32) * (gains / np.float32(255)), 0, 1)
    return np.asarray(cv2.cvtColor(balanced, cv2.COLOR_RGB2LAB), np.float32)


class Illumination:
    """The light of one camera and how much of it: a slow running estimate from background pixels, never from clothes.

    Shades of grey (Finlayson and Trezzi 2004, Minkowski norm 6) outside every person's box.
    """

    def __init__(self, settle_s: float = 30.0) -> None:
        self._settle_s = settle_s
        self._light: Floats | None = None
        self._measured_at = 0.0

    def update(self, small: Pixels, people: list[Detection], scale: float, at: float) -> None:
        """Take in one picture; `scale` is frame pixels (of the boxes) per pixel of `small`."""
        if self._light is not None and 0 <= at - self._measured_at < 1.0:
            return
        background = np.ones(small.shape[:2], np.uint8)
        for person in people:
            _blank(background, person, scale)
        pixels = small[::4, ::4][background[::4, ::4] > 0].astype(np.float32)
        if len(pixels) < 100:
            return
        light = ((pixels / 255.0) ** 6).mean(axis=0) ** (1 / 6)
        weight = 1.0 if self._light is None else 1 - np.exp(-max(at - self._measured_at, 0) / self._settle_s)
        known = light if self._light is None else self._light
        self._light = (known + np.float32(weight) * (light - known)).astype(np.float32)
        self._measured_at = at

    @property
    def gains(self) -> Floats:
        """[3] factor per channel that turns the light neutral, and nearer to LEVEL."""
        if self._light is None:
            return np.ones(3, np.float32)
        mean = max(float(self._light.mean()), 1e-3)
        tint = np.clip(mean / np.maximum(self._light, 1e-3), 0.6, 1.7)
        return np.asarray(np.clip(tint * (LEVEL / mean) ** EXPOSURE, 0.4, 2.5), np.float32)


def _blank(background: Pixels, person: Detection, scale: float) -> None:
    """Take a person's box, widened by a quarter for hair, arms and shoes, out of the background."""
    x1, y1, x2, y2 = (value / scale for value in person.box)
    dx, dy = 0.25 * (x2 - x1) + 2, 0.15 * (y2 - y1) + 2
    cv2.rectangle(background, (int(x1 - dx), int(y1 - dy)), (int(x2 + dx), int(y2 + dy)), 0, -1)
