"""Pairs found boxes with known boxes, and classifies the unpaired ones: pure functions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from edge.records import Detection
from tools.evaluation.clips.truth import Box

MIN_IOU = 0.3
"""Intersection over union from which a found box is that of a known person."""
HALF = 0.5
"""Share of a box inside another box from which it belongs there."""
ON_REGION = 0.25
"""Intersection over union with an ignored region from which a box belongs to the region."""

SECOND, ASKEW, ON_NOBODY = "second skeleton", "askew or on two", "on nobody"
ON_PERSON, IGNORED = "on a person", "ignored"

Table = NDArray[np.float64]
Boxes = Sequence[Box] | Table


def body_box(detection: Detection) -> Box:
    """Grow the keypoints' box to a body's, since the top of the head, the feet and clothes lie outside the keypoints.

    It grows by 6 % of the height above and 8 % below, to 115 % of the width and at least 34 % of the height.
    """
    x1, y1, x2, y2 = detection.box
    height, middle = y2 - y1, (x1 + x2) / 2
    half = max((x2 - x1) / 2 * 1.15, 0.17 * height)
    return middle - half, y1 - 0.06 * height, middle + half, y2 + 0.08 * height


def shared(one: Boxes, other: Boxes) -> tuple[Table, Table, Table]:
    """Return the areas of intersection [n, m], of the first boxes [n, 1] and of the second [1, m]."""
    a, b = (np.asarray(boxes, float).reshape(-1, 4) for boxes in (one, other))
    width = np.minimum(a[:, None, 2], b[None, :, 2]) - np.maximum(a[:, None, 0], b[None, :, 0])
    height = np.minimum(a[:, None, 3], b[None, :, 3]) - np.maximum(a[:, None, 1], b[None, :, 1])
    areas = [(boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]) for boxes in (a, b)]
    return np.clip(width, 0, None) * np.clip(height, 0, None), areas[0][:, None], areas[1][None, :]


def iou(one: Boxes, other: Boxes) -> Table:
    """Return [n, m] intersection over union.

    >>> iou([(0, 0, 2, 2)], [(1, 0, 3, 2)]).round(3).tolist()
    [[0.333]]
    """
    inter, first, second = shared(one, other)
    table: Table = inter / np.maximum(first + second - inter, 1e-9)
    return table


def matched(known: Boxes, found: Boxes) -> dict[int, int]:
    """Return {position in found: position in known}, each >= MIN_IOU and used once, overlaps largest in sum."""
    if not len(known) or not len(found):
        return {}
    table = iou(known, found)
    rows, columns = linear_sum_assignment(np.where(table >= MIN_IOU, table, 0), maximize=True)
    return {int(j): int(i) for i, j in zip(rows, columns, strict=True) if table[i, j] >= MIN_IOU}


def ignored(boxes: Boxes, regions: Boxes) -> NDArray[np.bool_]:
    """Return [n]: True where a box lies half inside an ignored region, or on one."""
    if not len(boxes) or not len(regions):
        return np.zeros(len(boxes), bool)
    inside = shared(boxes, regions)[0] / shared(boxes, regions)[1] >= HALF
    return np.asarray((inside | (iou(boxes, regions) >= ON_REGION)).any(axis=1))


def fault(box: Box, known: Boxes) -> str:
    """Classify a box that was paired with no person: SECOND, ASKEW or ON_NOBODY."""
    if not len(known):
        return ON_NOBODY
    if iou([box], known).max() >= MIN_IOU:
        return SECOND
    inter, own, theirs = shared([box], known)
    return ASKEW if max((inter / own).max(), (inter / theirs).max()) >= HALF else ON_NOBODY
