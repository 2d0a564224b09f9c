"""Quadrilaterals of torso, thighs and shins between keypoints: legs are judged and cloth is sampled in them."""

from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

from edge.appearance.crop import ANKLES, HIPS, KNEES, SHOULDERS, TORSO_PX, Crop
from edge.records import Floats


class PartShape(NamedTuple):
    """Shape of a body part: a quadrilateral around the axis between two joints."""

    start: float
    """Its start, as a share of the axis."""
    end: float
    """Its end, as a share of the axis."""
    half_width: float
    """Half of its width, in torso lengths."""
    size: tuple[int, int]
    """Height and width, in pixels, of its sampled image."""


class Quad(NamedTuple):
    """The quadrilateral of one body part in a crop."""

    corners: Floats
    """[4, 2] x, y in pixels of the crop: top left, top right, bottom right, bottom left."""
    size: tuple[int, int]
    """Height and width, in pixels, of its sampled image."""
    matrix: Floats
    """[3, 3] from pixels of the image to pixels of the crop, as homogeneous coordinates."""


TORSO = PartShape(0.14, 0.94, 0.15, (TORSO_PX, 48))
THIGH = PartShape(0.15, 0.95, 0.11, (32, 16))
SHIN = PartShape(0.12, 0.85, 0.07, (32, 12))
_SHRINK = 0.38
"""Half width of the torso quadrilateral as a share of the shoulder (hip) width: a half, less 12 % a side."""


def body_parts(crop: Crop) -> dict[str, list[Quad]]:
    """Return the quads of `torso`, `thighs` and `shins` whose keypoints are believed and that lie inside the crop."""
    points, believed = crop.points, crop.believed.tolist()
    found: dict[str, list[tuple[Floats, PartShape]]] = {"torso": [], "thighs": [], "shins": []}
    if all(believed[joint] for joint in (*SHOULDERS, *HIPS)):
        found["torso"].append((_torso(points, crop.length), TORSO))
    for name, tops, bottoms, part in (("thighs", HIPS, KNEES, THIGH), ("shins", KNEES, ANKLES, SHIN)):
        for top, bottom in zip(tops, bottoms, strict=True):
            if believed[top] and believed[bottom]:
                found[name].append((_limb(points[top], points[bottom], part, crop.length), part))
    shape = crop.pixels.shape
    return {
        name: [_quad(corners, part.size) for corners, part in shapes if _is_inside(corners, shape)]
        for name, shapes in found.items()
    }


def warp(plane: np.ndarray, quad: Quad, *, is_smooth: bool = True) -> np.ndarray:
    """Sample a plane [h, w] or [h, w, channels] of the crop under a quad; returns an image of `quad.size`.

    With `is_smooth` pixels are interpolated, else the nearest is taken (for class maps).
    """
    flags = (cv2.INTER_LINEAR if is_smooth else cv2.INTER_NEAREST) | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(plane, quad.matrix, quad.size[::-1], flags=flags))


def _quad(corners: Floats, size: tuple[int, int]) -> Quad:
    return Quad(corners, size, np.asarray(cv2.getPerspectiveTransform(_corners(*size), corners)))


@cache
def _corners(height: int, width: int) -> Floats:
    """[4, 2] x, y of the corners of an image, in the order of `Quad.corners`."""
    return np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)


def _torso(points: Floats, length: float) -> Floats:
    top, bottom = points[SHOULDERS], points[HIPS]
    # Seen from the side both shoulders are at one place, but the body is wider: keep at least half_width.
    sign = 1.0 if top[0, 0] + bottom[0, 0] <= top[1, 0] + bottom[1, 0] else -1.0
    corners, above, below = [], (top[0] + top[1]) / 2, (bottom[0] + bottom[1]) / 2
    for share in (TORSO.start, TORSO.end):
        middle = above * (1 - share) + below * share
        across = (top[1] - top[0]) * (1 - share) + (bottom[1] - bottom[0]) * share
        half = np.array([max(abs(across[0]) * _SHRINK, TORSO.half_width * length), sign * across[1] * _SHRINK])
        corners.append((middle - half, middle + half))
    (a, b), (d, c) = corners
    return np.array([a, b, c, d], np.float32)


def _limb(start: Floats, end: Floats, part: PartShape, length: float) -> Floats:
    axis = end - start
    across = np.array([-axis[1], axis[0]], np.float32) / max(float(np.hypot(*axis)), 1e-3)
    half = across * np.float32(-part.half_width * length)
    first, last = start + axis * np.float32(part.start), start + axis * np.float32(part.end)
    return np.array([first - half, first + half, last + half, last - half], np.float32)


def _is_inside(corners: Floats, shape: tuple[int, ...]) -> bool:
    return all(0 <= x < shape[1] and 0 <= y < shape[0] for x, y in corners.tolist())
