"""The texture of a garment, which is wrapped around a body part: dye, print, folds and grain, and its labels."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import CLASSES, Pixels
from edge.street.outfit import Garment, Rgb
from edge.street.truth import PATTERNS

PX_PER_M = 200
"""Resolution of every texture, pixels per metre; a person 340 px tall is drawn one to one."""

Colours = NDArray[np.float32]


class Surface(NamedTuple):
    """A texture in colour, in the shade of the body, and as labels."""

    colour: Pixels
    """[h, w, 4] RGBA."""
    shaded: Pixels
    """[h, w, 4] RGBA, darker by SHADE."""
    labels: Pixels
    """[h, w, 4]: position in CLASSES, position in PATTERNS, 0, 255."""


class Paint(NamedTuple):
    """One flat colour, with its class and pattern."""

    rgb: Rgb
    label: str
    """One of records.CLASSES."""
    pattern: str = "none"
    """One of truth.PATTERNS."""

    def labels(self) -> tuple[int, int, int, int]:
        """Return the pixel of the labels, as in Surface."""
        return CLASSES.index(self.label), PATTERNS.index(self.pattern), 0, 255


SHADE = 0.74
"""Brightness of the far limbs, as a factor."""


def cloth(garment: Garment, height_m: float, width_m: float, rng: np.random.Generator, *, is_round: bool) -> Colours:
    """[h, w, 3] colours (0-255) of a piece of cloth of this size in metres.

    With `is_round` its left and right edges fit together behind the body, and its middle is the body's front.
    """
    height, width = max(round(height_m * PX_PER_M), 4), max(round(width_m * PX_PER_M), 8)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / PX_PER_M
    share = _print(garment, x, y, rng, is_round=is_round)[..., None]
    base, second = np.array(garment.rgb, np.float32), np.array(garment.second, np.float32)
    return (base * (1 - share) + second * share) * folds(height, width, rng)[..., None]


def folds(height: int, width: int, rng: np.random.Generator) -> Colours:
    """[h, w] factors around 1: soft folds across the body and a fine grain; sizes in pixels."""
    coarse = rng.normal(0, 1, (max(height // 14, 3), max(width // 26, 3))).astype(np.float32)
    soft = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0, 1, (height, width)).astype(np.float32)
    return np.asarray(1 + 0.09 * soft + 0.03 * grain, np.float32)


def shading(width: int, light: float) -> Colours:
    """[width] brightness of a vertical cylinder from left to right; `light` is -1 from the left, 1 from the right."""
    across = (np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1
    normal = 0.62 * light * across + 0.78 * np.sqrt(np.maximum(1 - across**2, 0))
    return np.asarray(0.55 + 0.58 * np.clip(normal, 0, 1), np.float32)


def surface(colours: Colours, labels: Pixels | Paint) -> Surface:
    """Make an opaque surface of `colours` [h, w, 3] (0-255) and `labels`, a paint or [h, w, 4]."""
    shape = (*colours.shape[:2], 4)
    plane = np.broadcast_to(np.array(labels.labels(), np.uint8), shape) if isinstance(labels, Paint) else labels
    lit = np.full(shape, 255, np.uint8)
    lit[..., :3] = np.clip(colours, 0, 255)
    shaded = np.full(shape, 255, np.uint8)
    shaded[..., :3] = np.clip(colours * SHADE, 0, 255)
    return Surface(lit, shaded, np.ascontiguousarray(plane))


def _print(garment: Garment, x: Colours, y: Colours, rng: np.random.Generator, *, is_round: bool) -> Colours:
    """[h, w] share (0..1) of the garment's second colour at each place."""
    if garment.pattern == "plain":
        return np.zeros_like(x)
    around = float(x[0, -1]) + 1 / PX_PER_M
    period = garment.period_m
    whole = around / max(round(around / period), 1)  # a whole number of repeats, so that the back has no seam
    period_x = whole if is_round else period
    if garment.pattern == "striped":
        return _stripes(x, period_x) if garment.is_upright else _stripes(y, period)
    if garment.pattern == "checked":
        return np.asarray(0.5 * _stripes(x, period_x) + 0.5 * _stripes(y, period), np.float32)
    if garment.pattern == "dotted":
        return _dots(x / period_x, y / period)
    if garment.pattern == "floral":
        return _blossoms(x, y, period, rng)
    return _emblem(x, y, around, period, rng) if is_round else np.zeros_like(x)


def _stripes(along: Colours, period: float) -> Colours:
    wave = np.sin(along * np.float32(2 * np.pi / period))
    return np.asarray(np.clip(0.5 + 3 * wave, 0, 1), np.float32)


def _dots(x: Colours, y: Colours) -> Colours:
    """[h, w] dots (0..1); every other row is shifted by half a repeat."""
    row = np.floor(y * 2)
    dx, dy = (x + 0.5 * (row % 2)) % 1 - 0.5, (y * 2 - row - 0.5) / 2
    return np.asarray(np.clip((0.2 - np.hypot(dx, dy)) * 16 + 0.5, 0, 1), np.float32)


def _blossoms(x: Colours, y: Colours, period: float, rng: np.random.Generator) -> Colours:
    """[h, w] scattered blossoms (0..1) of different sizes."""
    pattern = np.zeros_like(x)
    height, width = x.shape
    for _ in range(int(1.3 * x[0, -1] * y[-1, 0] / period**2)):
        middle = (int(rng.integers(width)), int(rng.integers(height)))
        petal = max(1.2, period * PX_PER_M * float(rng.uniform(0.16, 0.3)))
        strength = float(rng.uniform(0.55, 1.0))
        for turn in range(5):
            angle = turn * 2 * np.pi / 5
            tip = (round(middle[0] + petal * np.cos(angle)), round(middle[1] + petal * np.sin(angle)))
            cv2.circle(pattern, tip, max(1, round(0.62 * petal)), (strength,), -1, cv2.LINE_AA)
        cv2.circle(pattern, middle, max(1, round(0.4 * petal)), (0.1,), -1)
    return pattern


def _emblem(x: Colours, y: Colours, around: float, size: float, rng: np.random.Generator) -> Colours:
    """[h, w] one emblem (0..1) on the chest: a ring, a block or a mountain."""
    dx, dy = (x - around / 2) / (size / 2), (y - 0.24) / (size / 2)
    kind = int(rng.integers(3))
    if kind == 0:
        return np.asarray(np.clip((0.3 - np.abs(np.hypot(dx, dy) - 0.65)) * 12, 0, 1), np.float32)
    if kind == 1:
        bars = (np.floor(dy * 3) % 2 == 0) | (np.abs(dx) > 0.75)
        return np.asarray((np.maximum(np.abs(dx), np.abs(dy)) < 0.9) & bars, np.float32)
    return np.asarray((np.abs(dx) < (dy + 0.8) * 0.6) & (dy < 0.8), np.float32)
