"""Detects a skeleton laid over two people: by the truth, or by its proportions where there is no truth."""

from collections.abc import Iterable

import numpy as np

from edge.appearance.crop import ANKLES, HIPS, KNEES, torso_length
from edge.config import DetectionSection
from edge.records import Detection, Floats
from tools.evaluation.clips.truth import Box

BELIEVED = DetectionSection().keypoint_threshold
"""Keypoint confidence from which a keypoint counts here."""
OWN = 0.25
"""Share of a skeleton's keypoints, on one person and no other, from which the skeleton is on that person."""
WIDE_HIPS, LONG_LEG = 0.9, 2.3
"""Limits in torso lengths. On the street the 95th percentiles of sound skeletons are 0.68 and 1.83."""
OFTEN = 0.25
"""Share of a track's frames from which a fault of the frames is a fault of its sighting."""


def is_often(times: int, frames: int, least: int = 2) -> bool:
    """Return True if something happened in OFTEN of the frames, and at least `least` times.

    >>> is_often(1, 2), is_often(2, 8), is_often(2, 9)
    (False, True, False)
    """
    return times >= max(least, OFTEN * frames)


def spans_two(detection: Detection, people: Iterable[Box]) -> bool:
    """Return True if a quarter of its sure keypoints lie in one person's box alone, and a quarter in another's alone.

    A person hidden behind another therefore does not make the front skeleton count as two people.
    """
    points = detection.keypoints[detection.confidences >= BELIEVED]
    inside = np.array([_inside(points, box) for box in people], bool).reshape(-1, len(points))
    alone = inside & (inside.sum(axis=0) == 1)
    return len(points) > 0 and int((alone.sum(axis=1) >= OWN * len(points)).sum()) > 1


def is_implausible(detection: Detection) -> bool:
    """Return True for hips wider than 0.9 torso lengths, or a leg (hip to knee to ankle) longer than 2.3."""
    torso = torso_length(detection)
    if _length(detection, HIPS) > WIDE_HIPS * torso:
        return True
    legs = zip(HIPS, KNEES, ANKLES, strict=True)
    return any(_length(detection, list(leg)) > LONG_LEG * torso for leg in legs)


def _length(detection: Detection, parts: list[int]) -> float:
    """Return the length in pixels along these keypoints; 0 if one of them is not sure."""
    if (detection.confidences[parts] < BELIEVED).any():
        return 0.0
    return float(np.hypot(*np.diff(detection.keypoints[parts], axis=0).T).sum())


def _inside(points: Floats, box: Box) -> list[bool]:
    x1, y1, x2, y2 = box
    return [bool(x1 <= x <= x2 and y1 <= y <= y2) for x, y in points]
