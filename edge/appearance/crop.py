"""One person's part of a frame at a canonical size, so that cost and texture do not depend on how near people are."""

from typing import NamedTuple

import cv2
import numpy as np

from edge.records import KEYPOINTS, Detection, Flags, Floats, Pixels

TORSO_PX = 64
"""Canonical torso length: a person about 215 px tall is sampled one to one."""
MARGIN = 0.45
"""Torso lengths around the keypoints: room for shoes, bags and wide coats."""
ENLARGED = 0.75
"""A person larger than canonical by less than this factor is left as it is."""

AT = {name: i for i, name in enumerate(KEYPOINTS)}
SHOULDERS = [AT["right_shoulder"], AT["left_shoulder"]]
HIPS = [AT["right_hip"], AT["left_hip"]]
KNEES = [AT["right_knee"], AT["left_knee"]]
ANKLES = [AT["right_ankle"], AT["left_ankle"]]


class Crop(NamedTuple):
    """The pixels around one person, and where they were."""

    pixels: Pixels
    """[h, w, 3] RGB"""
    points: Floats
    """[17, 2] keypoints in it."""
    confidences: Floats
    """[17]"""
    believed: Flags
    """[17]"""
    length: float
    """Of the torso, in its pixels."""
    corner: tuple[int, int]
    """x, y of its first pixel in the frame."""
    zoom: float
    """Its pixels per pixel of the frame."""

    def of_frame(self, points: Floats) -> Floats:
        """Positions [..., 2] of the frame in the crop."""
        return np.asarray((points - np.array(self.corner, np.float32)) * np.float32(self.zoom), np.float32)


def torso_length(detection: Detection) -> float:
    """Pixels from between the shoulders to between the hips; at least 1."""
    points = detection.keypoints
    axis = points[HIPS].mean(axis=0) - points[SHOULDERS].mean(axis=0)
    return max(float(np.hypot(*axis)), 1.0)


def crop(pixels: Pixels, detection: Detection) -> Crop:
    """The part of `pixels` [height, width, 3] around a person; empty if the person is outside."""
    points = detection.keypoints
    height, width = pixels.shape[:2]
    length = torso_length(detection)
    margin = MARGIN * length
    x1, y1 = (int(v) for v in np.clip(points.min(axis=0) - margin, 0, (width, height)))
    x2, y2 = (int(v) for v in np.clip(points.max(axis=0) + margin + 1, 0, (width, height)))
    part = pixels[y1:y2, x1:x2]
    zoom = TORSO_PX / length
    if zoom < ENLARGED and part.size:
        part = _shrunk(part, zoom)
        length = TORSO_PX
    else:
        zoom = 1.0
    placed = (points - np.array([x1, y1], np.float32)) * np.float32(zoom)
    return Crop(part, placed, detection.confidences, detection.believed, length, (x1, y1), zoom)


def _shrunk(part: Pixels, zoom: float) -> Pixels:
    """Means over whole blocks, then the rest between neighbours: a third of the time of exact areas (measured)."""
    size = [max(round(side * zoom), 1) for side in part.shape[1::-1]]
    block = int(1 / zoom)
    height, width = (side // block for side in part.shape[:2])
    if block > 1 and height and width:
        whole = part[: height * block, : width * block]
        part = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.uint8)
