"""Palettes, colour words and colour moments of garment pixels, and an estimate of the light."""

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.palette import AB_CELLS, AB_WIDTH, CELLS, L_CELLS, names
from edge.records import Detection, Floats, Pixels
from edge.vocabulary import COLOURS

TINT_FREE = float(np.log(1.2))
"""Tint, as the log of a channel's ratio to the mean, that is left as it is: walls and pavements are not grey either."""
TINT_MOST = 2.0
"""Largest factor by which a tint is taken off a channel."""
MIDDLE, EXPOSURE = 0.45, 0.6
"""Brightness (0..1) that the median of a picture is brought towards, and the exponent of that correction (1 would be
all the way). It is partial, since a white wall is brighter than a dark one in the same light."""
EXPOSURE_LEAST, EXPOSURE_MOST = 0.6, 2.0
"""Range of the ratio to MIDDLE that is corrected."""
LEVEL, LEVEL_EXPOSURE = 0.7, 0.6
"""Brightness (0..1) that the background is brought towards for what is counted, and the exponent of that correction."""
DIM = 0.08
"""Median brightness (0..1) of a picture below which no colour is named."""

CAST_SHARE, CAST_OFF, CAST_MOST = 0.35, 0.7, 10.0
"""Darkest share of the garments that the cast of dark colours is the median of; part of it that is taken off; its
largest length in a* and b*."""
CAST_LEAST, CAST_MEMORY = 10, 2000
"""Garments that must have been seen before a cast is known, and the newest ones that are remembered for it: of about 50
people."""
CAST_L, CAST_FADES_L = 15.0, 30.0
"""L* up to which the cast is taken off in full, and the rise of L* over which it fades."""
COLOUR_MOMENTS = 5
"""Number of moments: mean L*, a*, b*, spread of L*, spread of chroma."""
_BYTES = np.arange(256, dtype=np.uint8)[:, None]
_SHARES = np.arange(256, dtype=np.float32) / np.float32(255)
_SIXTH = _SHARES**6
"""[256] the brightness (0..1) of each byte, and its sixth power: a picture has many more pixels than that."""


def palette(lab: Floats) -> Floats:
    """[CELLS] share of the CIELAB pixels [n, 3] in each cell of the grid (edge/palette.py); all 0 for no pixels.

    >>> int(palette(np.array([[0.0, 0.0, 0.0]], np.float32)).argmax()) == 4 * AB_CELLS + 4
    True
    """
    if len(lab) == 0:
        return np.zeros(CELLS, np.float32)
    light, a, b = lab.T.copy()
    cell = _within(light * (L_CELLS / 100.0), L_CELLS - 1)
    for side in (a, b):
        cell = cell * AB_CELLS + _within(np.rint(side / AB_WIDTH) + AB_CELLS // 2, AB_CELLS - 1)
    counts = np.bincount(cell, minlength=CELLS)
    return (counts / len(lab)).astype(np.float32)


def _within(values: Floats, most: int) -> NDArray[np.intp]:
    """[n] whole numbers 0..most: np.clip, which costs as much for these few values as all the rest."""
    return np.asarray(np.minimum(np.maximum(values, 0), most).astype(np.intp))


def moments(lab: Floats) -> Floats:
    """[5] mean L*, a*, b*, spread of L*, spread of chroma, of CIELAB pixels [n, 3]; NaN for no pixels."""
    if len(lab) == 0:
        return np.full(COLOUR_MOMENTS, np.nan, np.float32)
    mean, spread = (each.ravel() for each in cv2.meanStdDev(lab[None]))
    return np.array([*mean, spread[0], np.hypot(spread[1], spread[2])], np.float32)


def to_lab(pixels: Pixels, gains: Floats) -> Floats:
    """Convert [h, w, 3] RGB bytes to CIELAB (D65) after multiplying each channel by its gain [3]."""
    return np.asarray(cv2.cvtColor(cv2.LUT(pixels, _balanced(gains.tobytes())), cv2.COLOR_RGB2LAB), np.float32)


@lru_cache(8)
def _balanced(gains: bytes) -> Floats:
    """[1, 256, 3] each byte times the gain of each channel, `gains` [3] float32; a light lasts for many views."""
    factors = np.asarray(np.frombuffer(gains, np.float32) / np.float32(255), np.float32)
    return np.asarray(np.minimum(_BYTES * factors, 1)[None], np.float32)


class Light(NamedTuple):
    """What is known of a camera's light at one time."""

    gains: Floats
    """[3] factor per channel for naming colours: takes off a strong tint and brings the exposure towards MIDDLE."""
    cast: Floats | None = None
    """[2] a*, b* that black clothes show under these gains; None if not known."""
    is_dim: bool = False
    """True if it is too dark to name colours."""
    full: Floats | None = None
    """[3] factor per channel for what is counted; None before the first picture."""

    @property
    def counted(self) -> Floats:
        """[3] factor per channel for what is counted: takes off the whole tint, also that of walls.

        A name must be right in this light, a count must be alike in others.
        """
        return self.gains if self.full is None else self.full


def word_shares(lab: Floats, cast: Floats | None) -> Floats:
    """[colours] share of the CIELAB pixels [n, 3] with each colour name; all 0 for no pixels.

    `cast` [2] is what is taken off dark colours; None if it is not known.
    """
    return shares(words(lab, cast))


def words(lab: Floats, cast: Floats | None) -> NDArray[np.intp]:
    """[n] position in COLOURS of the name of each CIELAB pixel [n, 3]; `cast` as in `word_shares`."""
    return names(lab if cast is None else without_cast(lab, cast), is_cast_known=cast is not None)


def shares(named: NDArray[np.intp]) -> Floats:
    """[colours] share of each colour name among pixels [n] named by `words`; all 0 for no pixels."""
    return (np.bincount(named, minlength=len(COLOURS)) / max(len(named), 1)).astype(np.float32)


def without_cast(lab: Floats, cast: Floats) -> Floats:
    """Take part of the cast [2] off the dark ones of CIELAB pixels [n, 3]."""
    part = CAST_OFF * np.minimum(np.maximum(1 - (lab[:, :1] - CAST_L) / CAST_FADES_L, 0), 1)
    without = lab.copy()
    without[:, 1:] -= part * cast
    return without


class Illumination:
    """A camera's light: slow running estimates of its colour and brightness, and of the cast in dark colours.

    Colour: shades of grey (Finlayson and Trezzi 2004, Minkowski norm 6) outside every person's box, and only the part
    of the tint beyond TINT_FREE. Cast: haze, lens and sensor colour black clothes; their median tells by how much.
    """

    def __init__(self, settle_s: float = 30.0) -> None:
        """`settle_s` is the time constant of the running estimates, in seconds."""
        self._settle_s = settle_s
        self._colour: Floats | None = None
        self._middle = 1.0
        self._is_balanced = False
        self._measured_at = 0.0
        self._worn = np.zeros((CAST_MEMORY, 3), np.float32)
        """Mean L*, a*, b* of the garments of single views, in a ring."""
        self._seen = 0
        self._light: Light | None = None
        """The light as it is known now; None if it has to be worked out again."""

    def update(
        self, small: Pixels, people: list[Detection], scale: float, at: float, *, is_balanced: bool = False
    ) -> None:
        """Update the estimates from one picture, at most once a second; `at` is its time in UTC seconds.

        `small` is RGB [h, w, 3]; `scale` is pixels of the frame (the unit of the boxes) per pixel of `small`;
        `is_balanced` says that the camera has balanced its colours itself (Frame.is_balanced).
        """
        if self._colour is not None and 0 <= at - self._measured_at < 1.0:
            return
        background = np.ones(small.shape[:2], np.uint8)
        for person in people:
            _blank(background, person, scale)
        few = small[::4, ::4]
        pixels = few[background[::4, ::4] > 0]
        if len(pixels) < 100:
            return
        red, green, blue = np.moveaxis(_SHARES.take(few), -1, 0)
        colour, middle = _SIXTH.take(pixels).mean(axis=0) ** (1 / 6), float(np.median((red + green + blue) / 3))
        is_first = self._colour is None
        weight = 1.0 if is_first else 1 - np.exp(-max(at - self._measured_at, 0) / self._settle_s)
        known = colour if self._colour is None else self._colour
        self._colour = (known + np.float32(weight) * (colour - known)).astype(np.float32)
        self._middle += weight * (middle - self._middle)
        self._is_balanced = is_balanced
        self._measured_at = at
        self._light = None

    def remember(self, colour: Floats) -> None:
        """Remember the mean colours of one view's garments, without whose they are: `colour` is of an Appearance."""
        means = colour.reshape(-1, COLOUR_MOMENTS)[:, :3]
        self._light = None
        for each in self._as_named(means[~np.isnan(means[:, 0])]):
            self._worn[self._seen % CAST_MEMORY] = each
            self._seen += 1

    def _as_named(self, lab: Floats) -> Floats:
        """Convert CIELAB colours [n, 3] from the light of what is counted to that of names."""
        if self._colour is None or not len(lab):
            return lab
        colours = cv2.cvtColor(np.ascontiguousarray(lab[None]), cv2.COLOR_LAB2RGB) * (self._gains / self._full)
        return np.asarray(cv2.cvtColor(np.clip(colours, 0, 1).astype(np.float32), cv2.COLOR_RGB2LAB)[0], np.float32)

    @property
    def light(self) -> Light:
        """What is known of the light now."""
        if self._light is None:
            full = None if self._colour is None else self._full
            self._light = Light(self._gains, self._cast, is_dim=self._middle < DIM, full=full)
        return self._light

    @property
    def _full(self) -> Floats:
        if self._colour is None:
            return np.ones(3, np.float32)
        mean = max(float(self._colour.mean()), 1e-3)
        tint = np.clip(mean / np.maximum(self._colour, 1e-3), 0.6, 1.7)
        return np.asarray(np.clip(tint * (LEVEL / mean) ** LEVEL_EXPOSURE, 0.4, 2.5), np.float32)

    @property
    def _gains(self) -> Floats:
        if self._colour is None:
            return np.ones(3, np.float32)
        exposure = np.clip(MIDDLE / max(self._middle, 1e-3), EXPOSURE_LEAST, EXPOSURE_MOST) ** EXPOSURE
        if self._is_balanced:
            return np.full(3, exposure, np.float32)
        tint = np.log(np.maximum(self._colour.mean(), 1e-3) / np.maximum(self._colour, 1e-3))
        beyond = np.exp(np.sign(tint) * np.maximum(np.abs(tint) - TINT_FREE, 0))
        return np.asarray(exposure * np.clip(beyond, 1 / TINT_MOST, TINT_MOST), np.float32)

    @property
    def _cast(self) -> Floats | None:
        """[2] median a*, b* of the darkest garments; None until CAST_LEAST were seen."""
        if self._seen < CAST_LEAST:
            return None
        worn = self._worn[: self._seen]
        count = round(CAST_SHARE * len(worn))
        darkest = worn[np.argpartition(worn[:, 0], count)[:count]]
        cast = _median(np.ascontiguousarray(darkest[:, 1:].T))
        return np.asarray(cast * min(1.0, CAST_MOST / max(float(np.hypot(*cast)), 1e-6)), np.float32)


def _median(rows: Floats) -> Floats:
    """[n] median of each row [n, values]: np.median in a fraction of its time."""
    middle = rows.shape[1] // 2
    low, high = np.partition(rows, (middle - 1, middle), axis=1).T[middle - 1 : middle + 1]
    return np.asarray((low + high) / 2 if rows.shape[1] % 2 == 0 else high, np.float32)


def _blank(background: Pixels, person: Detection, scale: float) -> None:
    """Remove a person's box, widened for hair, arms and shoes, from the background mask, in place."""
    x1, y1, x2, y2 = (value / scale for value in person.box)
    dx, dy = 0.25 * (x2 - x1) + 2, 0.15 * (y2 - y1) + 2
    cv2.rectangle(background, (int(x1 - dx), int(y1 - dy)), (int(x2 + dx), int(y2 + dy)), 0, -1)
