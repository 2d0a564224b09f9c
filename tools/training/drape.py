"""What all that is laid onto a garment has in common: where on the cloth a pixel is, light and shade, a soft edge."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Rng = np.random.Generator

SMALLEST, LARGEST = 0.008, 0.08
"""Of a print's unit, in heights of the person: 1.4 to 14 cm."""

SEEN = 28.0
"""CIE76 difference that is still seen where a pattern's elements are few pixels large."""
STRETCH = 0.08
"""How far folds shift what is printed, in widths of the fold: cloth bends, but hardly stretches."""
OLD_PRINT = 0.08
"""Of the garment's larger side: on patterned cloth only shade broader than this is kept, so that its print is gone."""

Draw = Callable[[Plane, Plane, Bytes], Plane]
"""x, y [h, w] in pixels of the cloth, and the garment's own pixels [n, 3] RGB, to [h, w, 3] CIELAB."""


def dress(pixels: Bytes, mask: NDArray[np.bool_], draw: Draw, rng: Rng, *, is_patterned: bool) -> None:
    """Dye the garment under `mask` [h, w] anew in place; `pixels` [h, w, 3] RGB.

    Its folds and its light stay; if it is patterned as it is, only its broad light and shade do.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    inside, patch = mask[part], pixels[part]
    x, y = _cloth(inside.shape, rng)
    dyed = _shade(draw(x, y, patch[inside]), patch, inside, rng, is_patterned=is_patterned)
    soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.7)[..., None]
    soft[~inside] = 0
    patch[:] = np.clip(patch * (1 - soft) + dyed * soft, 0, 255).astype(np.uint8)


def some_unit(height: float, finest: float, rng: Rng) -> float:
    """Pixels: of a person so tall, and not finer than `finest`. Who is small mostly wears what can still be seen."""
    smallest = min(max(SMALLEST * height, finest), 0.5 * LARGEST * height)
    share = rng.random()
    if smallest > SMALLEST * height:
        share = max(share, rng.random())
    return float(smallest * (LARGEST * height / smallest) ** share)


def faintest(usual: float, unit: float, finest: float) -> float:
    """CIE76 difference that a pattern of that unit must have at least: more if it is nearly too fine to be seen."""
    return max(usual, SEEN) if finest > 0 and unit < 2 * finest else usual


def own_colour(cloth: Bytes) -> Plane:
    """[3] CIELAB: the garment's [n, 3] RGB median."""
    middle = np.median(cloth, axis=0).astype(np.float32)[None, None] / 255
    return np.asarray(cv2.cvtColor(middle, cv2.COLOR_RGB2Lab)[0, 0], np.float32)


def smooth(shape: tuple[int, ...], size: float | tuple[float, float], rng: Rng) -> Plane:
    """[h, w] noise about 0, deviation 1, without detail finer than `size` pixels (or so many down and across)."""
    down, across = size if isinstance(size, tuple) else (size, size)
    grid = (max(int(shape[0] / down), 1) + 3, max(int(shape[1] / across), 1) + 3)
    coarse = rng.normal(0, 1, grid).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _cloth(shape: tuple[int, ...], rng: Rng) -> tuple[Plane, Plane]:
    """Where on the cloth each pixel is, in pixels: turned a little, and bent as over folds and round a body."""
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
    """[h, w, 3] RGB: the print in the light in which the garment hangs; its own old print fades."""
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
    """Blurred within the garment, in a small copy: a wide blur of the whole takes as long as all the rest."""
    size = [max(side // 4, 1) for side in light.shape[::-1]]
    weight = inside.astype(np.float32)
    both = cv2.resize(np.dstack([light * weight, weight + 1e-3]), size, interpolation=cv2.INTER_AREA)
    both = cv2.GaussianBlur(both, (0, 0), max(OLD_PRINT * max(size), 0.5))
    whole = cv2.resize(both, light.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole[..., 0] / whole[..., 1], np.float32)
