"""Compares people and keypoints of one model with those of the teacher, the upstream PoseNet: pure functions.

PCK@0.2 of the torso is the share of keypoints within a fifth of the torso's length of the teacher's (Yang and Ramanan,
"Articulated Human Detection with Flexible Mixtures of Parts", PAMI 2013, with the torso's length instead of the larger
side of the box).
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from edge.appearance.crop import torso_length
from edge.config import DetectionSection
from edge.detection.second_look import Box, overlap
from edge.records import Detection, Floats

NEAR = 0.2
"""Distance in torso lengths up to which a keypoint agrees."""
SAME_PERSON = 1.0
"""Median keypoint distance in torso lengths up to which two detections are the same person."""
SURE = DetectionSection().keypoint_threshold
"""Teacher's confidence below which a keypoint is not compared."""
SAME_BOX = 0.3
"""Intersection over union from which two boxes are the same person."""

Boxes = Sequence[Box]


def compare(people: list[Detection], teachers: list[Detection]) -> Counter[str]:
    """Return counts of one frame: keypoints `compared` and `near`, `people`, `teachers`, people `matched`."""
    pairs = match(people, teachers)
    counts = Counter(people=len(people), teachers=len(teachers), matched=len(pairs))
    for person, teacher in pairs:
        is_sure = teacher.confidences >= SURE
        counts["compared"] += int(is_sure.sum())
        counts["near"] += int((_apart(person, teacher)[is_sure] <= NEAR).sum())
    return counts


def match(people: list[Detection], teachers: list[Detection]) -> list[tuple[Detection, Detection]]:
    """Pair each person with the nearest of the teacher's, each used once, so that the sum of distances is least."""
    if not people or not teachers:
        return []
    away = np.array([[_median_apart(person, teacher) for teacher in teachers] for person in people])
    rows, columns = linear_sum_assignment(np.minimum(away, SAME_PERSON))
    return [(people[i], teachers[j]) for i, j in zip(rows, columns, strict=True) if away[i, j] < SAME_PERSON]


def found(boxes: Boxes, wanted: Boxes) -> int:
    """Count the wanted boxes that have a box at IoU >= 0.3, each box used once."""
    if not len(boxes) or not len(wanted):
        return 0
    shared = np.array([[overlap(box, want) for want in wanted] for box in boxes])
    rows, columns = linear_sum_assignment(shared >= SAME_BOX, maximize=True)
    return int((shared[rows, columns] >= SAME_BOX).sum())


def _apart(person: Detection, teacher: Detection) -> Floats:
    """Return [17] distances in the teacher's torso lengths."""
    away: Floats = np.hypot(*(person.keypoints - teacher.keypoints).T) / np.float32(torso_length(teacher))
    return away


def _median_apart(person: Detection, teacher: Detection) -> float:
    is_sure = teacher.confidences >= SURE
    return float(np.median(_apart(person, teacher)[is_sure])) if is_sure.any() else float("inf")
