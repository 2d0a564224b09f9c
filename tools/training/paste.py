"""Pastes one picture onto another together with its truth: any size, mirrored, turned a little, with a soft edge."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.detection.letterbox import PADDING
from tools.training.partial import IGNORED

SIZE = (353, 257)
"""Height and width of a scene in pixels: as tall as the model's input and half as wide, since people are upright."""

HEIGHT_UNIT = 2
"""Pixels per step of Scene.heights, so that a byte suffices."""
NOBODY = 1
"""Of Scene.heights: whatever it looks like, nobody is there."""

Bytes = NDArray[np.uint8]
Rng = np.random.Generator


class Scene(NamedTuple):
    """A picture and its truth, each [h, w]."""

    pixels: Bytes
    """[h, w, 3] RGB."""
    garments: Bytes
    """Positions in records.CLASSES, codes of partial.py, or IGNORED."""
    patterns: Bytes
    """Positions in vocabulary.PATTERNS, or IGNORED."""
    pieces: Bytes
    """A number for each garment of known pattern, 0 elsewhere."""
    heights: Bytes
    """Height of the person there in units of HEIGHT_UNIT, NOBODY, or 0 where nothing is known."""


def plain_scene(pixels: Bytes, garments: Bytes) -> Scene:
    """Return a scene without known patterns and heights."""
    nothing = np.zeros(garments.shape, np.uint8)
    return Scene(pixels, garments, np.full(garments.shape, IGNORED, np.uint8), nothing, nothing)


def height_of(mask: NDArray[np.bool_]) -> Bytes:
    """Return [h, w] heights, in units of HEIGHT_UNIT, of each connected part of `mask` [h, w]."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    tall = np.minimum(stats[:, cv2.CC_STAT_HEIGHT] // HEIGHT_UNIT, 255).astype(np.uint8)
    tall[0] = 0
    return np.asarray(tall[parts], np.uint8)


def blank(rng: Rng) -> Scene:
    """Return a scene of one grey, mostly that of the padding."""
    grey = PADDING if rng.random() < 0.7 else int(rng.integers(256))
    return plain_scene(np.full((*SIZE, 3), grey, np.uint8), np.zeros(SIZE, np.uint8))


def placement(zoom: float, at: tuple[float, ...], shape: tuple[int, ...], rng: Rng) -> NDArray[np.float64]:
    """Return [2, 3], the affine map of a picture of that shape to the scene: mirrored or not, and turned a little."""
    height, width = shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 3)), 1.0)
    if rng.random() < 0.5:
        turn[0] = [-turn[0, 0], -turn[0, 1], width - 1 - turn[0, 2]]
    matrix = turn * zoom
    matrix[:, 2] += at
    return np.asarray(matrix)


def pasted(onto: Scene, scene: Scene, alpha: Bytes, matrix: NDArray[np.float64], *, soft: float) -> Scene:
    """Paste `scene` over `onto` where `alpha` is set; the edge blends over `soft` pixels."""
    size = (SIZE[1], SIZE[0])
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    sharp = scene.pixels
    if zoom < 0.7:  # without it the picture would alias
        sharp = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 0.4 / zoom), np.uint8)
    pixels = cv2.warpAffine(sharp, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(alpha, matrix, size, flags=cv2.INTER_LINEAR)
    heights = np.where(scene.heights > NOBODY, np.clip(scene.heights * zoom, NOBODY + 1, 255), scene.heights)
    scaled = scene._replace(heights=heights.astype(np.uint8))
    planes = [  # the nearest pixel of one at the edge may lie outside
        cv2.warpAffine(plane, matrix, size, flags=cv2.INTER_NEAREST, borderValue=(beyond,))
        for plane, beyond in zip(scaled[1:], (0, IGNORED, 0, 0), strict=True)
    ]
    is_covered = cover > 127
    share = (cv2.GaussianBlur(cover, (0, 0), soft) if soft else cover)[..., None].astype(np.float32) / 255
    mixed = np.rint(onto.pixels * (1 - share) + pixels * share).astype(np.uint8)
    return Scene(mixed, *(np.where(is_covered, *pair).astype(np.uint8) for pair in zip(planes, onto[1:], strict=True)))


def cropped(scene: Scene, rng: Rng) -> Scene:
    """Return a random part of a wide picture."""
    height, width = scene.garments.shape
    zoom = max(SIZE[0] / height, SIZE[1] / width) * float(rng.uniform(0.7, 1.6))
    room = SIZE[1] - width * zoom, SIZE[0] - height * zoom
    at = [float(rng.uniform(min(side, 0), max(side, 0))) for side in room]
    matrix = np.array([[zoom, 0, at[0]], [0, zoom, at[1]]])
    if rng.random() < 0.5:
        matrix[0] = [-zoom, 0, at[0] + zoom * (width - 1)]
    return pasted(blank(rng), scene, np.full((height, width), 255, np.uint8), matrix, soft=0.0)


def extent(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return first row, last row, first column and last column that hold anything; `mask` must not be empty."""
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return top, top + height - 1, left, left + width - 1
