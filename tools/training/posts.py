"""Draws street furniture that a model may take for people: posts with globes, lamps or signs, bollards, bins."""

import cv2
import numpy as np

from tools.training.partial import IGNORED
from tools.training.paste import NOBODY, SIZE, Bytes, Rng, Scene

MOST = 4
"""Most things in a scene."""
HEIGHTS = (30.0, 320.0)
"""Range of heights in pixels; logarithmically uniform."""
LOW = (20.0, 120.0)
"""Such a range for bollards and bins."""
POST, STOUT = (0.02, 0.08), (0.2, 0.4)
"""Width of posts, and of bollards and bins, as a share of their height."""


def with_posts(scene: Scene, rng: Rng) -> Scene:
    """Return the scene with up to MOST things in front of it; where they stand, nobody is."""
    pixels, drawn = scene.pixels.copy(), np.zeros(SIZE, np.uint8)
    for _ in range(int(rng.integers(1, MOST + 1))):
        _draw(pixels, drawn, rng)
    is_drawn = drawn > 0
    return Scene(
        pixels,
        np.where(is_drawn, 0, scene.garments).astype(np.uint8),
        np.where(is_drawn, IGNORED, scene.patterns).astype(np.uint8),
        np.where(is_drawn, 0, scene.pieces).astype(np.uint8),
        np.where(is_drawn, NOBODY, scene.heights).astype(np.uint8),
    )


def _draw(pixels: Bytes, drawn: Bytes, rng: Rng) -> None:
    is_post = rng.random() < 0.75
    tall = float(np.exp(rng.uniform(*np.log(HEIGHTS if is_post else LOW))))
    wide = max(tall * float(rng.uniform(*(POST if is_post else STOUT))), 2.0)
    x, foot = rng.uniform((0, 0.4 * SIZE[0]), (SIZE[1], 1.1 * SIZE[0]))
    top, parts = foot - tall, int(rng.integers(3, 12)) if rng.random() < 0.4 else 1
    inks = [_ink(rng) for _ in range(2)]
    for part in range(parts):  # one colour, or rings of two
        rows = [top + tall * (part + i) / parts for i in range(2)]
        _box(pixels, drawn, (x - wide / 2, rows[0], x + wide / 2, rows[1]), inks[part % 2])
    if rng.random() < 0.4:  # a foot
        _box(pixels, drawn, (x - wide, foot - tall * float(rng.uniform(0.05, 0.3)), x + wide, foot), _ink(rng))
    if is_post and rng.random() < 0.8:
        _head(pixels, drawn, (x, top), tall, rng)


def _head(pixels: Bytes, drawn: Bytes, at: tuple[float, float], tall: float, rng: Rng) -> None:
    """Draw a globe, a lantern or a sign at the top of a post, often as large as a head."""
    size, ink = max(tall * float(rng.uniform(0.03, 0.12)), 2.0), _ink(rng)
    x, y = at
    if rng.random() < 0.6:
        for plane, colour in ((pixels, ink), (drawn, (255,))):
            cv2.circle(plane, (round(x), round(y)), round(size), colour, -1, cv2.LINE_AA)
    else:
        _box(pixels, drawn, (x - size, y - size * float(rng.uniform(0.5, 2.5)), x + size, y + size), ink)


def _box(pixels: Bytes, drawn: Bytes, box: tuple[float, ...], ink: tuple[float, ...]) -> None:
    left, top, right, bottom = (round(side) for side in box)
    for plane, colour in ((pixels, ink), (drawn, (255,))):
        cv2.rectangle(plane, (left, top), (right, bottom), colour, -1)


def _ink(rng: Rng) -> tuple[float, ...]:
    """Return RGB: mostly black, grey or white, else any."""
    grey = float(rng.choice([15, 40, 90, 150, 230])) + rng.normal(0, 8, 3)
    return tuple(np.clip(grey if rng.random() < 0.7 else rng.uniform(0, 255, 3), 0, 255).tolist())
