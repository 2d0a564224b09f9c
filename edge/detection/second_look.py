"""The second look: the model runs once more, on a close-up of a person who is small in its input."""

from typing import NamedTuple

import numpy as np

from edge.config import DetectionSection
from edge.detection import garments, keypoints
from edge.detection.letterbox import letterbox
from edge.records import KEYPOINTS, Detection, Frame, GarmentMap, Pixels
from edge.seams import Interpreter

SAME_PERSON = 0.35
"""Largest median distance of the keypoints from the expected ones, in torso lengths, of the person in a close-up."""

Box = tuple[float, float, float, float]
_SHOULDERS = [KEYPOINTS.index(name) for name in ("left_shoulder", "right_shoulder")]
_HIPS = [KEYPOINTS.index(name) for name in ("left_hip", "right_hip")]


ALONE = 0.5
"""Overlap of the boxes (intersection over union) from which the only person in a close-up is the expected one, although
the keypoints do not fit: the first skeleton was wrong."""


class SecondLook(NamedTuple):
    """What the model sees in a close-up; all in pixels of the close-up."""

    person: Detection
    others: list[Detection]
    """Other people in the close-up."""
    garments: GarmentMap


class CloseLooker:
    """Runs the model on close-ups."""

    def __init__(self, interpreter: Interpreter, settings: DetectionSection) -> None:
        """Raises ModelError if the model does not find poses."""
        self._interpreter, self._settings = interpreter, settings
        self._pose = keypoints.read_layout(interpreter.input, interpreter.outputs)
        self._garments = garments.read_layout(interpreter.input, interpreter.outputs)

    @property
    def is_able(self) -> bool:
        """True if the model sees garments: a second look of a pose model would add too little."""
        return self._garments is not None

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the model's input, in pixels."""
        return self._pose.height, self._pose.width

    def look(self, pixels: Pixels, expected: Detection) -> SecondLook | None:
        """Find the `expected` person again in a close-up [h, w, 3] RGB; None if nobody's keypoints fit."""
        if self._garments is None:
            return None
        tensor, scale = letterbox(Frame(pixels, 0.0, 0), self._pose.height, self._pose.width)
        outputs = self._interpreter.invoke(tensor)
        people = keypoints.decode(outputs, self._pose, self._settings, scale=scale)
        away = [distance(person, expected) for person in people]
        is_alone = len(people) == 1 and overlap(people[0].box, expected.box) >= ALONE
        if not away or (min(away) > SAME_PERSON and not is_alone):
            return None
        person = people.pop(int(np.argmin(away)))
        height, width = pixels.shape[:2]
        shown = garments.decode(outputs, self._garments, scale=scale, box=(0, 0, width, height))
        return SecondLook(person, people, shown)


def overlap(one: Box, other: Box) -> float:
    """Return the intersection over union of two boxes x1, y1, x2, y2.

    >>> overlap((0, 0, 2, 2), (1, 0, 3, 2))
    0.3333333333333333
    """
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(width, 0.0) * max(height, 0.0)
    either = sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (one, other)) - both
    return both / either if either > 0 else 0.0


def distance(person: Detection, expected: Detection) -> float:
    """Median distance of the keypoints that both are sure of, in torso lengths of `expected`; infinite if none is."""
    both = person.believed & expected.believed
    if not both.any():
        return float("inf")
    axis = expected.keypoints[_SHOULDERS].mean(axis=0) - expected.keypoints[_HIPS].mean(axis=0)
    away = np.hypot(*(person.keypoints - expected.keypoints)[both].T)
    return float(np.median(away)) / max(float(np.hypot(*axis)), 1.0)
