"""Draws what the cameras see at the moment of an alert, with a number on every walker in view."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from edge.records import Pixels
from edge.street.camera import StreetCamera
from edge.street.truth import WalkerTruth

LEAST_VISIBLE = 0.25
"""Visible share of a walker's body from which they get a number."""
SCALE = 2
"""The alert's own camera is drawn this many times as large as the others."""
BAR_PX, LABEL_PX = 30, 22
"""Height of the line above each picture, and of a number."""
INK, PAPER = (20, 20, 20), (255, 255, 255)


def in_view(cameras: Sequence[StreetCamera], at: float) -> list[list[WalkerTruth]]:
    """Return the walkers that each camera sees at `at`, in seconds after the first frame."""
    return [[one for one in camera.truth(_number(camera, at)) if _is_shown(one)] for camera in cameras]


def numbered(seen: Sequence[Sequence[WalkerTruth]], seed: int) -> dict[int, int]:
    """Return a number from 1 for each walker by their id, in an order that tells nothing."""
    walkers = sorted({one.walker_id for some in seen for one in some})
    order = np.random.default_rng(seed).permutation(len(walkers)) + 1
    return {walker: int(number) for walker, number in zip(walkers, order, strict=True)}


def draw(
    cameras: Mapping[str, StreetCamera],
    seen: Sequence[Sequence[WalkerTruth]],
    numbers: Mapping[int, int],
    at: float,
    node: str,
) -> Pixels:
    """[h, w, 3] RGB: the picture of the camera called `node` at the top, twice as large, the others below it."""
    parts = {
        name: _labelled(camera, walkers, numbers, at, name, SCALE if name == node else 1)
        for (name, camera), walkers in zip(cameras.items(), seen, strict=True)
    }
    top = parts.pop(node)
    below = np.hstack(list(parts.values())) if parts else top[:0]
    width = max(top.shape[1], below.shape[1])
    return np.vstack([_widened(top, width), _widened(below, width)])


def _labelled(
    camera: StreetCamera, seen: Sequence[WalkerTruth], numbers: Mapping[int, int], at: float, name: str, scale: int
) -> Pixels:
    pixels = camera.frame(_number(camera, at)).pixels
    size = (pixels.shape[1] * scale, pixels.shape[0] * scale)
    picture = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    for one in reversed(seen):
        x1, y1, x2, _ = one.box
        _label(picture, str(numbers[one.walker_id]), (scale * (x1 + x2) / 2, scale * y1))
    bar = np.full((BAR_PX, size[0], 3), PAPER, np.uint8)
    cv2.putText(bar, name, (8, BAR_PX - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.7, INK, 2, cv2.LINE_AA)
    return np.vstack([bar, picture])


def _label(picture: Pixels, text: str, head: tuple[float, float]) -> None:
    """Write a number just above a head, inside the picture; in place."""
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.65, 2)
    x = int(np.clip(head[0] - width / 2, 4, picture.shape[1] - width - 6))
    y = int(np.clip(head[1] - 4, LABEL_PX, picture.shape[0] - 4))
    cv2.rectangle(picture, (x - 4, y - LABEL_PX + 2), (x + width + 4, y + 4), PAPER, -1)
    cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.65, INK, 2, cv2.LINE_AA)


def _widened(picture: Pixels, width: int) -> Pixels:
    return np.pad(picture, ((0, 0), (0, width - picture.shape[1]), (0, 0)), constant_values=PAPER[0])


def _is_shown(walker: WalkerTruth) -> bool:
    return walker.visible >= LEAST_VISIBLE


def _number(camera: StreetCamera, at: float) -> int:
    return round(at * camera.fps)
