"""How well each person of a frame is seen, by keypoints alone: all people at once, as each alone would cost as much."""

import math
from typing import NamedTuple

import numpy as np

from edge.appearance.crop import AT, torso_length
from edge.config import AppearanceSection
from edge.records import Detection, Floats

ARM = 0.3
"""Room for arms and sleeves beside the torso's keypoints, in torso lengths."""
TALL_PX = 180.0
"""Height of a person, in pixels that both the frame and the model's input have, from which it counts in full."""
_SPREAD = 0.7
"""Ratio of torso width to length from which a view is frontal enough to count in full."""
_TORSO = [AT[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]


class View(NamedTuple):
    """One person in one frame."""

    length: float
    """Torso length in pixels of the frame, at least 1."""
    height: float
    """Body height in pixels of the frame, from the highest to the lowest sure keypoint, or by the torso if that is
    more; 0 without a sure keypoint."""
    is_whole: bool
    """True if the person owns all four keypoints of the torso: no other person has claimed one."""
    is_usable: bool
    """True if the torso is sure and inside the picture."""
    factors: tuple[float, float, float, float]
    """0..1: how sure the torso is, how frontal, how far from the sides of the picture, and how little is hidden."""

    def quality(self, settings: AppearanceSection, scale: float) -> float:
        """Quality (0..1) of the view; 0: it must not be used, for example because the picture's edge cuts the torso.

        `scale` is pixels of the frame per pixel of the model's input.
        """
        is_large = self.height >= settings.min_height_px and self.height >= settings.min_seen_px * scale
        if not is_large or not self.is_usable:
            return 0.0
        return math.prod(self.factors, start=math.sqrt(min(1.0, self.height / max(scale, 1.0) / TALL_PX)))


def views(people: list[Detection], others: list[Detection], size: tuple[int, ...]) -> list[View]:
    """Return the views of `people`; `others` are all people of the frame, `size` is its (height, width)."""
    if not people:
        return []
    points = np.array([person.keypoints for person in people])
    sure = np.array([person.confidences for person in people])
    believed = sure >= np.array([[person.threshold] for person in people], np.float32)
    torso, confidence = points.take(_TORSO, axis=1), sure.take(_TORSO, axis=1)
    low, high = torso.min(axis=1), torso.max(axis=1)
    is_inside = (low >= 0).all(axis=1) & (high < np.array(size[1::-1])).all(axis=1)
    is_usable = np.asarray(believed.take(_TORSO, axis=1).all(axis=1) & is_inside, bool).tolist()
    shown = np.where(believed, points[..., 1], np.nan)
    tall = (np.fmax.reduce(shown, axis=1) - np.fmin.reduce(shown, axis=1)).tolist()
    lengths, is_whole = _torso_lengths(torso).tolist(), np.asarray((confidence > 0).all(axis=1), bool).tolist()
    certain, hidden = confidence.mean(axis=1).tolist(), _hidden(people, others, low, high)
    found = []
    for i, (left, right, width) in enumerate(np.stack([low[:, 0], high[:, 0], (high - low)[:, 0]], axis=1).tolist()):
        wide = min(1.0, 0.5 + 0.5 * width / lengths[i] / _SPREAD)
        beside = min(1.0, 0.5 + 0.5 * min(left, size[1] - right) / (ARM * lengths[i]))
        height = 0.0 if math.isnan(tall[i]) else max(tall[i], 2.6 * lengths[i])
        found.append(View(lengths[i], height, is_whole[i], is_usable[i], (certain[i], wide, beside, 1 - hidden[i])))
    return found


def body_height(person: Detection) -> float:
    """Body height in pixels of the frame, as in View."""
    shown = person.keypoints[:, 1][person.believed]
    return max(float(shown.max() - shown.min()), 2.6 * torso_length(person)) if len(shown) else 0.0


def _torso_lengths(torso: Floats) -> Floats:
    """[n] torso lengths in pixels, of shoulders and hips [n, 4, 2]; see crop.torso_length."""
    axis = (torso[:, 2] + torso[:, 3]) / 2 - (torso[:, 0] + torso[:, 1]) / 2
    return np.asarray(np.maximum(np.hypot(axis[:, 0], axis[:, 1]), 1), np.float32)


def _hidden(people: list[Detection], others: list[Detection], low: Floats, high: Floats) -> list[float]:
    """Largest share (0..1) of each torso's box behind the box of a nearer person (feet lower in the picture).

    The boxes of the torsos are from `low` [n, 2] to `high` [n, 2].
    """
    if not others:
        return [0.0] * len(people)
    boxes = np.array([other.box for other in others], np.float32)
    feet = np.array([[person.box[3]] for person in people], np.float32)
    both = np.minimum(high[:, None], boxes[:, 2:]) - np.maximum(low[:, None], boxes[:, :2])
    area = np.where((both > 0).all(axis=2) & (boxes[:, 3] > feet), both[..., 0] * both[..., 1], 0).max(axis=1)
    step = high - low
    return [
        each / max(torso, 1.0) for each, torso in zip(area.tolist(), (step[:, 0] * step[:, 1]).tolist(), strict=True)
    ]
