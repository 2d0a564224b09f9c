"""Pictures with a given number of people in view, from simulated streets, to measure how time grows with them."""

from collections.abc import Iterator

import cv2
import numpy as np

from edge.records import Frame, Pixels
from edge.street.render import Renderer
from edge.street.street import Street

FPS = 10.0
CAMERAS, CAMERA = 3, 1
BUSY, QUIET = 60.0, 12.0
"""Walkers a minute: a busy street has up to nine people in a view at a time, a quiet one is empty at times."""
MOST_IN_ONE = 5
"""Most people in one view; more are shown in four streets, two above two."""
TRIES_S, TRIES = 1.5, 400
"""Seconds between the moments of a street that are tried, and how many are tried at most."""
SEEN = 0.5
"""Share of a walker that must be visible to count."""


def crowd(people: int, size: tuple[int, int], frames: int, seed: int = 7) -> list[Frame]:
    """Return frames with about `people` in view, 10 a second, of (width, height) `size`; how many are found may differ.

    >>> [frame.pixels.shape for frame in crowd(0, (320, 180), 2)]
    [(180, 320, 3), (180, 320, 3)]
    """
    if people <= MOST_IN_ONE:
        views = [_view(people, seed, frames)]
    else:
        views = [_view(people // 4 + (i < people % 4), seed + i, frames) for i in range(4)]
    pictures = zip(*views, strict=True)
    return [Frame(_side_by_side(each, size), number / FPS, number) for number, each in enumerate(pictures)]


def _view(people: int, seed: int, frames: int) -> list[Pixels]:
    """Return the pictures of one street from the moment on that has just as many people in its middle frame."""
    street = Street(seed, cameras=CAMERAS, rate=BUSY if people else QUIET)
    camera = Renderer(street, CAMERA, (640, 360))
    begin = min(_tried(camera, people, frames / FPS / 2))[1]
    return [camera.picture(begin + number / FPS, number) for number in range(frames)]


def _tried(camera: Renderer, people: int, away: float) -> Iterator[tuple[int, float]]:
    """Yield how far the number of people is off, `away` seconds later, and the moment, until one is right."""
    for begin in np.arange(TRIES) * TRIES_S:
        off = _off(camera, float(begin) + away, people)
        yield off, float(begin)
        if off == 0:
            return


def _off(camera: Renderer, at: float, people: int) -> int:
    return abs(sum(one.visible >= SEEN and one.is_full_height for one in camera.truths(at)) - people)


def _side_by_side(views: tuple[Pixels, ...], size: tuple[int, int]) -> Pixels:
    whole = views[0] if len(views) == 1 else np.vstack([np.hstack(views[:2]), np.hstack(views[2:])])
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR), np.uint8)
