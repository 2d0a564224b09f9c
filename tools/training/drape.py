"""Shared by prints and cloth laid onto a garment: the position of each pixel on the cloth, light, soft edges."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Rng = np.random.Generator

SMALLEST, LARGEST = 0.008, 0.08
"""Smallest and largest unit of a print, in heights of the person: 1.4 to 14 cm."""

SEEN = 28.0
"""CIE76 colour difference that is still visible where a pattern's elements are few pixels large."""
STRETCH = 0.08
"""How far folds shift a print, in widths of the fold. Cloth bends, but hardly stretches."""
OLD_PRINT = 0.08
"""On patterned cloth only shading broader than this is kept, so that the old print is gone; a share of the garment's
larger side.
"""

Draw = Callable[[Plane, Plane, Bytes], Plane]
"""Draws a print: x, y [h, w] in pixels of the cloth and the garment's own pixels [n, 3] RGB give [h, w, 3] CIELAB."""


def dress(pixels: Bytes, mask: NDArray[np.bool_], draw: Draw, rng: Rng, *, is_patterned: bool) -> None:
    """Replace the colours of the garment under `mask` [h, w] in place; `pixels` is [h, w, 3] RGB.

    Folds and light of the garment stay. If the garment is patterned already, only its broad light and shade stay.
    """
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    part = np.s_[top : top + height, left : left + width]
    inside, patch = mask[part], pixels[part]
    x, y = _cloth(inside.shape, rng)
    dyed = _shade(draw(x, y, patch[inside]), patch, inside, rng, is_patterned=is_patterned)
    soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.7)[..., None]
    soft[~inside] = 0
    patch[:] = np.clip(patch * (1 - soft) + dyed * soft, 0, 255).astype(np.uint8)


def some_unit(height: float, finest: float, rng: Rng) -> float:
    """Return a random unit in pixels for a person `height` pixels tall, not finer than `finest`.

    For small people larger units are more frequent, since a pattern must be visible to be taught.
    """
    smallest = min(max(SMALLEST * height, finest), 0.5 * LARGEST * height)
    share = rng.random()
    if smallest > SMALLEST * height:
        share = max(share, rng.random())
    return float(smallest * (LARGEST * height / smallest) ** share)


def faintest(usual: float, unit: float, finest: float) -> float:
    """Return the least CIE76 difference of a pattern of that unit: more if it is nearly too fine to see."""
    return max(usual, SEEN) if finest > 0 and unit < 2 * finest else usual


def own_colour(cloth: Bytes) -> Plane:
    """Return the median colour of the garment's pixels [n, 3] RGB: [3] CIELAB."""
    middle = np.median(cloth, axis=0).astype(np.float32)[None, None] / 255
    return np.asarray(cv2.cvtColor(middle, cv2.COLOR_RGB2Lab)[0, 0], np.float32)


def smooth(shape: tuple[int, ...], size: float | tuple[float, float], rng: Rng) -> Plane:
    """Return [h, w] noise of mean 0 and deviation 1, no finer than `size` pixels (one size, or down and across)."""
    down, across = size if isinstance(size, tuple) else (size, size)
    grid = (max(int(shape[0] / down), 1) + 3, max(int(shape[1] / across), 1) + 3)
    coarse = rng.normal(0, 1, grid).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _cloth(shape: tuple[int, ...], rng: Rng) -> tuple[Plane, Plane]:
    """Return the position of each pixel on the cloth, in pixels: turned, bent as over folds and round a body."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = float(rng.normal(0, 0.2)) if rng.random() < 0.8 else float(rng.uniform(0, np.pi))
    size = float(rng.uniform(0.15, 0.5)) * max(height, width)
    strength = float(rng.uniform(0, STRETCH)) * size
    bend_x, bend_y = (smooth(shape, size, rng) * strength for _ in range(2))
    around = np.arcsin(np.clip((x / max(width - 1, 1) * 2 - 1) * 0.9, -1, 1)) * width / 2.2
    x = np.where(rng.random() < 0.5, around, x) + bend_x
    y = y + bend_y
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    return np.asarray(x * cos - y * sin, np.float32), np.asarray(x * sin + y * cos, np.float32)


def _shade(drawn: Plane, patch: Bytes, inside: NDArray[np.bool_], rng: Rng, *, is_patterned: bool) -> Plane:
    """Return [h, w, 3] RGB: the print in the light that falls on the garment; the garment's old print fades."""
    light = np.asarray(cv2.cvtColor(patch.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)[..., 0]
    if is_patterned:
        light = _broad(light, inside)
    keep = float(rng.uniform(0.5, 1.0))
    mean = float(light[inside].mean())
    relief = np.clip((light - mean) * keep, -30, 25)
    lab = drawn.copy()
    lab[..., 0] = np.clip(lab[..., 0] + relief * np.clip(lab[..., 0] / max(mean, 12), 0.35, 1.3), 2, 99)
    return np.asarray(cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_Lab2RGB) * 255, np.float32)


def _broad(light: Plane, inside: NDArray[np.bool_]) -> Plane:
    """Blur within the garment, in a small copy: a wide blur of the whole takes as long as everything else together."""
    size = [max(side // 4, 1) for side in light.shape[::-1]]
    weight = inside.astype(np.float32)
    both = cv2.resize(np.dstack([light * weight, weight + 1e-3]), size, interpolation=cv2.INTER_AREA)
    both = cv2.GaussianBlur(both, (0, 0), max(OLD_PRINT * max(size), 0.5))
    whole = cv2.resize(both, light.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole[..., 0] / whole[..., 1], np.float32)
