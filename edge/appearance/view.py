"""One person in one frame to an Appearance, if the view is good enough; and the average of a sighting's best."""

import cv2
import numpy as np

from edge.appearance import colour, pattern
from edge.appearance.region import BELIEVED, Patch, cut, torso_length
from edge.config import AppearanceSection
from edge.palette import CELLS
from edge.records import Appearance, Detection, Floats, Pixels
from edge.vocabulary import GARMENTS, PATTERNS, REGIONS

BODY = {"upper": 0.5, "lower": 0.3, "shins": 0.2}
"""Share of the dressed body each region stands for, in completeness and in `whole`."""

TEXTURES = 2 * pattern.TEXTURE

SHARP_GRADIENT = 25.0
"""Grey levels per pixel that the strongest edges of a sharp person reach; half of it is blurred to uselessness."""

BARE_SKIN = 0.4
"""A leg region with this share of skin is bare."""

ALIKE = 0.55
"""Shared palette from which two regions are of one colour."""

_TORSO = [5, 6, 11, 12]
_SPREAD = 0.7
"""Torso width by length from which a view is frontal enough to count in full."""


def geometry(
    detection: Detection, others: list[Detection], size: tuple[int, int], settings: AppearanceSection
) -> float:
    """0..1 from keypoints alone: height, torso surely seen, inside the picture, not behind somebody nearer.

    0 where the view must not count; `size` is the frame's (height, width).
    """
    believed = detection.keypoints[detection.confidences >= BELIEVED]
    torso = detection.keypoints[_TORSO]
    height = max(float(np.ptp(believed[:, 1])), 2.6 * torso_length(detection)) if len(believed) else 0.0
    x, y = torso.T
    is_inside = x.min() >= 0 and y.min() >= 0 and x.max() < size[1] and y.max() < size[0]
    if height < settings.min_height_px or detection.confidences[_TORSO].min() < BELIEVED or not is_inside:
        return 0.0
    tall = min(1.0, height / (2 * settings.min_height_px))
    sure = float(detection.confidences[_TORSO].mean())
    width = float(np.ptp(x)) / torso_length(detection)
    return tall * sure * min(1.0, 0.5 + 0.5 * width / _SPREAD) * (1 - _hidden(detection, others))


def _hidden(detection: Detection, others: list[Detection]) -> float:
    """Share of the torso's box behind the boxes of people whose feet are lower in the picture, thus nearer."""
    torso = detection.keypoints[_TORSO]
    (x1, y1), (x2, y2) = torso.min(axis=0), torso.max(axis=0)
    worst = 0.0
    for other in others:
        if other is not detection and other.box[3] > detection.box[3]:
            width = min(x2, other.box[2]) - max(x1, other.box[0])
            height = min(y2, other.box[3]) - max(y1, other.box[1])
            if width > 0 and height > 0:
                worst = max(worst, float(width * height) / max(float((x2 - x1) * (y2 - y1)), 1.0))
    return worst


def describe(pixels: Pixels, detection: Detection, gains: Floats, geometric: float) -> Appearance | None:
    """How this person is dressed, or None where the torso shows too little garment."""
    patches = cut(pixels, detection, gains)
    if "upper" not in patches:
        return None
    palettes = np.zeros((len(REGIONS), CELLS), np.float32)
    patterns = np.zeros((len(REGIONS), len(PATTERNS)), np.float32)
    moments = np.full((len(BODY), colour.COLOUR_MOMENTS), np.nan, np.float32)
    textures = np.full((2, pattern.TEXTURE), np.nan, np.float32)
    for row, name in enumerate(BODY):
        if name in patches and patches[name].is_garment.any():
            garment = patches[name].lab[patches[name].is_garment]
            palettes[row], moments[row] = colour.palette(garment), colour.moments(garment)
            if name != "shins":
                patterns[row], textures[row] = pattern.describe(patches[name])
    weights = np.array([share if palettes[row].any() else 0.0 for row, share in enumerate(BODY.values())])
    palettes[-1] = weights @ palettes[:-1] / weights.sum()
    patterns[-1] = weights[:2] @ patterns[:2] / weights[:2].sum()
    quality = geometric * _sharpness(patches["upper"]) * float(weights.sum())
    garments = _arrangement(patches, palettes)
    return Appearance(palettes, patterns, garments, moments.ravel(), textures.ravel(), quality)


def _sharpness(patch: Patch) -> float:
    """0..1 from the strongest edges inside the patch; plain cloth has at least seams, arms and folds."""
    light = patch.lab[..., 0] * 2.55
    dx, dy = cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.25)
    strongest = float(np.percentile(np.hypot(dx, dy), 98))
    return float(np.clip(0.4 + 0.6 * strongest / SHARP_GRADIENT, 0, 1))


def _arrangement(patches: dict[str, Patch], palettes: Floats) -> Floats:
    """[kinds] one-hot in GARMENTS; all 0 where thighs or shins were not seen."""
    shares = np.zeros(len(GARMENTS), np.float32)
    if "lower" not in patches or "shins" not in patches:
        return shares
    is_bare = patches["shins"].skin >= BARE_SKIN
    is_one = _alike(palettes[0], palettes[1])
    if is_one and not is_bare and not _alike(palettes[1], palettes[2]):
        word = "long-upper"
    elif is_one:
        word = "one-colour-bare" if is_bare else "one-colour-covered"
    elif patches["lower"].skin >= BARE_SKIN:
        word = "bare-legs"
    else:
        word = "bare-shins" if is_bare else "covered-legs"
    shares[GARMENTS.index(word)] = 1
    return shares


def _alike(one: Floats, other: Floats) -> bool:
    return float(np.minimum(one, other).sum()) >= ALIKE


class Views:
    """The best views of one track so far; forgets all others at once."""

    def __init__(self, best: int) -> None:
        self._best = best
        self._views: list[Appearance] = []
        self._geometric: list[float] = []

    def __len__(self) -> int:
        return len(self._views)

    def is_wanted(self, geometric: float) -> bool:
        """Whether a view is worth describing, by its geometry alone: there is room, or one that was seen worse."""
        return len(self._views) < self._best or geometric > min(self._geometric)

    def add(self, view: Appearance, geometric: float) -> None:
        """Keep it in place of the one with the worst geometry, if there is no room."""
        if len(self._views) == self._best:
            worst = self._geometric.index(min(self._geometric))
            del self._views[worst], self._geometric[worst]
        self._views.append(view)
        self._geometric.append(geometric)

    def mean(self) -> Appearance | None:
        """The average of the best views, weighted by quality; None without any."""
        if not self._views:
            return None
        weights = np.array([view.quality for view in self._views], np.float32)
        return Appearance(
            _mean([view.palettes for view in self._views], weights),
            _mean([view.patterns for view in self._views], weights),
            _mean([view.garments for view in self._views], weights),
            _mean_known([view.colour for view in self._views], weights),
            _mean_known([view.texture for view in self._views], weights),
            float(weights.mean()),
            len(self._views),
        )


def _mean(shares: list[Floats], weights: Floats) -> Floats:
    """Mean of share vectors along the last axis, views that did not see a row left out of it."""
    stacked = np.stack(shares)
    seen = (stacked.sum(axis=-1, keepdims=True) > 0) * weights.reshape(-1, *(1,) * (stacked.ndim - 1))
    return np.asarray((stacked * seen).sum(axis=0) / np.maximum(seen.sum(axis=0), 1e-9), np.float32)


def _mean_known(values: list[Floats], weights: Floats) -> Floats:
    """Mean of vectors, NaN where no view knows the value."""
    stacked = np.stack(values)
    known = ~np.isnan(stacked) * weights[:, None]
    total = known.sum(axis=0)
    mean = np.nan_to_num(stacked * known).sum(axis=0) / np.maximum(total, 1e-9)
    return np.asarray(np.where(total > 0, mean, np.nan), np.float32)
