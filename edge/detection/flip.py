"""A person of a photo, seen a second time in the mirror: what a still picture has instead of a next frame."""

from dataclasses import replace

import numpy as np

from edge.records import KEYPOINTS, Detection, Floats

_OTHER_SIDE = {"left": "right", "right": "left"}
MIRRORED = [KEYPOINTS.index("_".join(_OTHER_SIDE.get(word, word) for word in name.split("_"))) for name in KEYPOINTS]
"""Keypoints with left and right exchanged."""

SAME_PERSON = 0.03
"""Median distance of keypoints in heights of the person, up to which a mirrored detection is of that person."""


def steadied(person: Detection, mirrored: list[Detection], width: int) -> Detection:
    """The person with each keypoint halfway to where the mirrored picture has it; unchanged if it has nobody there.

    `mirrored` are the people in the same picture with left and right exchanged, `width` pixels wide.
    """
    height = max(person.box[3] - person.box[1], 1.0)
    seen = [_back(other.keypoints, width) for other in mirrored]
    away = [float(np.median(np.hypot(*(points - person.keypoints).T))) / height for points in seen]
    if not away or min(away) > SAME_PERSON:
        return person
    points: Floats = (person.keypoints + seen[int(np.argmin(away))]) / np.float32(2)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return replace(person, keypoints=points, box=(float(left), float(top), float(right), float(bottom)))


def _back(keypoints: Floats, width: int) -> Floats:
    points = keypoints[MIRRORED].copy()
    points[:, 0] = width - 1 - points[:, 0]
    return points
