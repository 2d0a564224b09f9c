"""Palettes of CIELAB cells and colour moments of garment pixels, and an estimate of the light."""

import cv2
import numpy as np

from edge.palette import AB_CELLS, AB_WIDTH, CELLS, L_CELLS
from edge.records import Detection, Floats, Pixels

LEVEL, EXPOSURE = 0.7, 0.6
"""Brightness (0..1) the background is brought towards, and the exponent of that correction (1 would be all the way).

It is partial, since a white wall is brighter than a dark one in the same light. On held-out street photos .6 halves the
shift of the palettes' ranks under light dimmed to .55 (from .10 to .05) and does not change what they find.
"""
COLOUR_MOMENTS = 5
"""Number of moments: mean L*, a*, b*, spread of L*, spread of chroma."""


def palette(lab: Floats) -> Floats:
    """[CELLS] share of the CIELAB pixels [n, 3] in each cell of the grid (edge/palette.py); all 0 for no pixels.

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
    """[5] mean L*, a*, b*, spread of L*, spread of chroma, of CIELAB pixels [n, 3]; NaN for no pixels."""
    if len(lab) == 0:
        return np.full(COLOUR_MOMENTS, np.nan, np.float32)
    mean, spread = (each.ravel() for each in cv2.meanStdDev(lab[None]))
    return np.array([*mean, spread[0], np.hypot(spread[1], spread[2])], np.float32)


def to_lab(pixels: Pixels, gains: Floats) -> Floats:
    """Convert [h, w, 3] RGB bytes to CIELAB (D65) after multiplying each channel by its gain [3]."""
    balanced = np.clip(pixels.astype(np.float32) * (gains / np.float32(255)), 0, 1)
    return np.asarray(cv2.cvtColor(balanced, cv2.COLOR_RGB2LAB), np.float32)


class Illumination:
    """Colour and brightness of a camera's light: a slow running estimate from background pixels, never from clothes.

    Method: shades of grey (Finlayson and Trezzi 2004, Minkowski norm 6) outside every person's box.
    """

    def __init__(self, settle_s: float = 30.0) -> None:
        """`settle_s` is the time constant of the running estimate, in seconds."""
        self._settle_s = settle_s
        self._light: Floats | None = None
        self._measured_at = 0.0

    def update(self, small: Pixels, people: list[Detection], scale: float, at: float) -> None:
        """Update the estimate from one picture, at most once a second; `at` is its time in UTC seconds.

        `small` is RGB [h, w, 3]; `scale` is pixels of the frame (the unit of the boxes) per pixel of `small`.
        """
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
        """[3] factor per channel that makes the light neutral and brings it towards LEVEL."""
        if self._light is None:
            return np.ones(3, np.float32)
        mean = max(float(self._light.mean()), 1e-3)
        tint = np.clip(mean / np.maximum(self._light, 1e-3), 0.6, 1.7)
        return np.asarray(np.clip(tint * (LEVEL / mean) ** EXPOSURE, 0.4, 2.5), np.float32)


def _blank(background: Pixels, person: Detection, scale: float) -> None:
    """Remove a person's box, widened for hair, arms and shoes, from the background mask, in place."""
    x1, y1, x2, y2 = (value / scale for value in person.box)
    dx, dy = 0.25 * (x2 - x1) + 2, 0.15 * (y2 - y1) + 2
    cv2.rectangle(background, (int(x1 - dx), int(y1 - dy)), (int(x2 + dx), int(y2 + dy)), 0, -1)
