"""The part of a frame around one person, scaled so that time and texture do not depend on the distance."""

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from edge.records import KEYPOINTS, Detection, Flags, Floats, Pixels

TORSO_PX = 64
"""Torso length in pixels that larger people are scaled to; a person about 215 px tall has it in the frame."""
MARGIN = 0.45
"""Torso lengths added around the keypoints: room for shoes, bags and wide coats."""
ENLARGED = 0.75
"""Crops are only shrunk if the scale would be below this; shrinking by less is not worth its time."""

AT = {name: i for i, name in enumerate(KEYPOINTS)}
"""Position of each keypoint in KEYPOINTS."""
SHOULDERS = [AT["right_shoulder"], AT["left_shoulder"]]
HIPS = [AT["right_hip"], AT["left_hip"]]
KNEES = [AT["right_knee"], AT["left_knee"]]
ANKLES = [AT["right_ankle"], AT["left_ankle"]]
_ENDS = [HIPS[0], SHOULDERS[0], HIPS[1], SHOULDERS[1]]


CLOSE_MARGIN = 0.9
"""Torso lengths added around the keypoints for a second look: the model was measured best with this much street."""


class Crop(NamedTuple):
    """The pixels around one person, and their place in the frame."""

    pixels: Pixels
    """[h, w, 3] RGB"""
    points: Floats
    """[17, 2] keypoints, x, y in pixels of the crop."""
    confidences: Floats
    """[17] 0..1."""
    believed: Flags
    """[17] True for keypoints that are sure enough to use."""
    length: float
    """Torso length in pixels of the crop."""
    corner: tuple[int, int]
    """x, y of the crop's first pixel in the frame."""
    zoom: float
    """Pixels of the crop per pixel of the frame."""

    def of_frame(self, points: Floats) -> Floats:
        """Convert positions [..., 2] from pixels of the frame to pixels of the crop."""
        return np.asarray((points - np.array(self.corner, np.float32)) * np.float32(self.zoom), np.float32)


def torso_length(detection: Detection) -> float:
    """Torso length in pixels of the frame, from between the shoulders to between the hips; at least 1."""
    ends = detection.keypoints[_ENDS]
    hips, shoulders = (ends[:2] + ends[2:]) / 2
    return max(float(np.hypot(*(hips - shoulders))), 1.0)


def surroundings(detection: Detection, size: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return x1, y1, x2, y2 of the part of a frame around a person that is described; `size` is (height, width)."""
    points, margin = detection.keypoints, MARGIN * torso_length(detection)
    low, high = (points.min(axis=0) - margin).tolist(), (points.max(axis=0) + margin + 1).tolist()
    x1, y1, x2, y2 = (
        int(min(max(at, 0), most)) for at, most in zip(low + high, (*size[1::-1], *size[1::-1]), strict=True)
    )
    return x1, y1, x2, y2


def crop(pixels: Pixels, detection: Detection) -> Crop:
    """Cut out the part of `pixels` [height, width, 3] around a person; empty if the person is outside."""
    length = torso_length(detection)
    x1, y1, x2, y2 = surroundings(detection, pixels.shape[:2])
    part = pixels[y1:y2, x1:x2]
    zoom = TORSO_PX / length
    if zoom < ENLARGED and part.size:
        part = _shrunk(part, zoom)
        length = TORSO_PX
    else:
        part, zoom = part.copy(), 1.0  # it outlives the frame
    placed = (detection.keypoints - np.array([x1, y1], np.float32)) * np.float32(zoom)
    return Crop(part, placed, detection.confidences, detection.believed, length, (x1, y1), zoom)


class CloseUp(NamedTuple):
    """The pixels around one person for a second look, at most as large as the model's input."""

    pixels: Pixels
    """[h, w, 3] RGB."""
    corner: tuple[int, int]
    """x, y of its first pixel in the frame."""
    zoom: tuple[float, float]
    """Pixels of the close-up per pixel of the frame, along x and y; 1 at most."""

    def of_frame(self, points: Floats) -> Floats:
        """Convert positions [..., 2] from pixels of the frame to pixels of the close-up; both count pixel centres."""
        half, zoom = np.float32(0.5), np.array(self.zoom, np.float32)
        return np.asarray((points - np.array(self.corner, np.float32) + half) * zoom - half, np.float32)

    def show(self, person: Detection) -> Detection:
        """Return a person of the frame in pixels of the close-up."""
        (x1, y1), (x2, y2) = self.of_frame(np.array(person.box, np.float32).reshape(2, 2)).tolist()
        return replace(person, keypoints=self.of_frame(person.keypoints), box=(x1, y1, x2, y2))


def close_up(pixels: Pixels, detection: Detection, most: tuple[int, int]) -> CloseUp | None:
    """Copy the part of `pixels` [height, width, 3] around a person; None if the person is outside.

    It is shrunk to fit into `most`, (height, width) of the model's input, and never enlarged.
    """
    margin = CLOSE_MARGIN * torso_length(detection)
    points = detection.keypoints
    size = pixels.shape[1::-1]
    x1, y1 = (int(v) for v in np.clip(np.floor(points.min(axis=0) - margin), 0, size))
    x2, y2 = (int(v) for v in np.clip(np.ceil(points.max(axis=0) + margin) + 1, 0, size))
    part = pixels[y1:y2, x1:x2]
    if not part.size:
        return None
    zoom = min(most[0] / part.shape[0], most[1] / part.shape[1], 1.0)
    shown = part.copy() if zoom == 1 else _shrunk(part, zoom)
    return CloseUp(shown, (x1, y1), (shown.shape[1] / part.shape[1], shown.shape[0] / part.shape[0]))


def _shrunk(part: Pixels, zoom: float) -> Pixels:
    """Shrink by averaging whole blocks, then interpolating the rest: a third of the time of INTER_AREA (measured)."""
    size = [max(round(side * zoom), 1) for side in part.shape[1::-1]]
    block = int(1 / zoom)
    height, width = (side // block for side in part.shape[:2])
    if block > 1 and height and width:
        whole = part[: height * block, : width * block]
        part = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.uint8)
