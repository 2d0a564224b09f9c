"""Flip averaging for photos: keypoints averaged with those found in the mirrored photo, as there is no next frame."""

from dataclasses import replace

import numpy as np

from edge.records import KEYPOINTS, Detection, Floats

_OTHER_SIDE = {"left": "right", "right": "left"}
MIRRORED = [KEYPOINTS.index("_".join(_OTHER_SIDE.get(word, word) for word in name.split("_"))) for name in KEYPOINTS]
"""[17] position in KEYPOINTS of each keypoint's counterpart on the other side of the body."""

SAME_PERSON = 0.03
"""Largest median distance of the keypoints of one person in both pictures, in heights of the person."""


def steadied(person: Detection, mirrored: list[Detection], width: int) -> Detection:
    """Return the person with the mean of the keypoints [17, 2] of both pictures; unchanged without a counterpart.

    `mirrored` are the people found in the mirrored picture; `width` is the picture's, in pixels.
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
