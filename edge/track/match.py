"""Assign detections to tracks: similarity of poses and a greedy one-to-one choice. Pure.

Association runs twice, as in ByteTrack (Zhang et al., ECCV 2022): sure detections first, then the unsure ones for the
tracks that are left. Similarity is that of keypoints, since the detector gives poses.
"""

import numpy as np
from numpy.typing import NDArray

from edge.records import Floats

KAPPA = 0.15
"""Tolerated keypoint error, in body heights. COCO's constants (0.025-0.107 of the square root of the area, keypoint
evaluation of cocodataset.org) are for labels of one picture; this also covers the movement between two frames."""

MIN_COMMON = 3
"""Keypoints that both poses must show to be compared by keypoints; with fewer, their boxes are compared."""

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels."""


def keypoint_similarity(
    one: Floats, one_believed: NDArray[np.bool_], other: Floats, other_believed: NDArray[np.bool_], tolerance_px: float
) -> float | None:
    """Object keypoint similarity (0..1) over the keypoints both poses show; None with fewer than MIN_COMMON.

    Poses are [17, 2] in pixels; `one_believed` and `other_believed` [17] mark the keypoints to use.

    >>> pose = np.zeros((17, 2), np.float32)
    >>> seen = np.ones(17, bool)
    >>> keypoint_similarity(pose, seen, pose, seen, 10.0)
    1.0
    """
    common = one_believed & other_believed
    if common.sum() < MIN_COMMON:
        return None
    squared = ((one[common] - other[common]) ** 2).sum(axis=1)
    return float(np.exp(-squared / (2 * tolerance_px**2)).mean())


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes.

    >>> overlap((0, 0, 2, 2), (1, 0, 3, 2))
    0.3333333333333333
    """
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return width * height / (area - width * height)


def match(similarity: Floats, threshold: float) -> list[tuple[int, int]]:
    """Match tracks and detections: pairs (row, column), best first, each row and column at most once.

    `similarity` is [tracks, detections], 0..1; pairs below `threshold` are left out.

    >>> match(np.array([[0.9, 0.8], [0.8, 0.1]], np.float32), 0.2)
    [(0, 0)]
    """
    left = similarity.copy()
    pairs: list[tuple[int, int]] = []
    while left.size and (best := float(left.max())) >= threshold:
        row, column = divmod(int(left.argmax()), left.shape[1])
        pairs.append((row, column))
        left[row, :] = -1
        left[:, column] = -1
        assert best >= 0
    return pairs
