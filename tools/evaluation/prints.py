"""Lays a print onto a labelled garment of a photo: warped around the body, in the garment's own light and shade.

Everything follows from the seed. The labels stay as they are; only pixels of that garment change.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import iqr

from edge.records import Floats, Pixels
from tools.evaluation.drawings import DRAW, Colour, Pen

Mask = NDArray[np.bool_]

TALL_CM = 170.0
"""Assumed height of a person in centimetres, the scale of every print."""
BOLD = (35.0, 70.0)
SUBTLE = (12.0, 20.0)
"""Range of CIE76 differences between the inks and the ground of a subtle print."""
ROUND = 0.62
"""Radius of the cylinder that the cloth goes around, in widths of the garment."""
FOLD_CM = 0.5
"""Centimetres that folds shift the print sideways."""
SHADE_CM = 2.0
"""Blur in centimetres that separates the garment's form, which stays, from finer shade, which may be its old print."""
GRAIN = 0.04
"""Most that finer shade may lighten or darken: creases and the weave stay, an old print fades."""
DARK = 8.0
"""L* added before shade is taken as a ratio, so that noise in black cloth is not amplified."""


def lay_on(
    photo: Pixels,
    garment: Mask,
    kind: str,
    seed: int,
    *,
    tall_px: float,
    is_bold: bool,
    draw: Callable[[Pen], None] | None = None,
) -> Pixels:
    """Return the photo [h, w, 3] with a garment [h, w] in new colours and a print of `kind` (vocabulary.PATTERNS).

    `tall_px` is the person's height in pixels of the photo. `draw` covers the canvas instead of the kind's own drawing.
    """
    rng = np.random.default_rng(seed)
    cm = tall_px / TALL_CM
    ground, inks = _colours(rng, BOLD if is_bold else SUBTLE)
    left, top, width, height = cv2.boundingRect(garment.astype(np.uint8))
    part = np.s_[top : top + height, left : left + width]
    shade = _shade(photo[part], garment[part], cm)
    side = int(np.hypot(1.2 * width, height) + 8 * cm)  # wide enough when turned and unrolled
    pen = Pen(np.full((side, side, 3), ground, np.uint8), rng, cm, inks)
    (draw or DRAW[kind])(pen)
    angle = _angle(rng, kind)
    anchor = _chest(garment[part]) if kind == "graphic" else (width / 2, height / 2)
    cloth = _drape(pen, shade, anchor, angle)
    lit = np.clip(cloth.astype(np.float32) * shade[..., None], 0, 255)
    soft = cv2.GaussianBlur(garment[part].astype(np.float32), (0, 0), 0.7)[..., None] * garment[part][..., None]
    printed = photo.copy()
    printed[part] = np.rint(photo[part] * (1 - soft) + lit * soft).astype(np.uint8)
    return printed


def fineness(photo: Pixels, garment: Mask, tall_px: float) -> float:
    """Return how strong a garment's fine shade is, as a ratio to its light: large if it has a print already.

    This is a standard deviation from the middle half of the pixels, so that hems and careless labels do not count.
    """
    left, top, width, height = cv2.boundingRect(garment.astype(np.uint8))
    part = np.s_[top : top + height, left : left + width]
    light = _luminance(photo[part])
    fine = light / _smooth(light, garment[part], SHADE_CM * tall_px / TALL_CM)
    return float(iqr(fine[garment[part]], scale="normal"))


def _colours(rng: np.random.Generator, contrast: tuple[float, float]) -> tuple[Floats, tuple[Colour, ...]]:
    """Return the ground and three inks, RGB 0..255, that differ from it by a CIE76 distance within `contrast`."""
    while True:
        lightness, chroma, hue = rng.uniform(15, 90), 45 * rng.random() ** 1.5, rng.uniform(0, 2 * np.pi)
        ground = np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])
        ways = rng.normal(size=(3, 3)) * (1.3, 1.0, 1.0)
        if contrast is SUBTLE:
            ways[1:] = ways[0] + 0.3 * ways[1:]
        steps = ways / np.linalg.norm(ways, axis=1, keepdims=True) * rng.uniform(*contrast, (3, 1))
        lab = np.concatenate([ground[None], ground + steps]).astype(np.float32)
        rgb = cv2.cvtColor(lab[None], cv2.COLOR_LAB2RGB)[0]
        back = cv2.cvtColor(rgb[None], cv2.COLOR_RGB2LAB)[0]
        if np.abs(back - lab).max() < 2:  # else no screen can show it
            return rgb[0] * 255, tuple((r, g, b) for r, g, b in (rgb[1:] * 255).tolist())


def _luminance(pixels: Pixels) -> Floats:
    """Return [h, w] L* plus an offset that keeps ratios of dark pixels small."""
    lab = cv2.cvtColor(pixels.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    return np.asarray(lab[..., 0] + DARK, np.float32)


def _smooth(values: Floats, garment: Mask, sigma: float) -> Floats:
    """Blur within the garment alone."""
    weight = cv2.GaussianBlur(garment.astype(np.float32), (0, 0), sigma) + np.float32(1e-3)
    return np.asarray(cv2.GaussianBlur(values * garment, (0, 0), sigma) / weight + 1e-3, np.float32)


def _shade(pixels: Pixels, garment: Mask, cm: float) -> Floats:
    """Return [h, w] lightness relative to the garment's mean: its form, and a little of the finer shade."""
    light = _luminance(pixels)
    broad = _smooth(light, garment, SHADE_CM * cm)
    form = np.clip(broad / light[garment].mean(), 0.5, 1.5)
    return np.asarray(form * np.clip(light / broad, 1 - GRAIN, 1 + GRAIN), np.float32)


def _angle(rng: np.random.Generator, kind: str) -> float:
    """Return the angle of the print in radians: stripes run down, across or aslant; the rest hangs nearly straight."""
    lean = rng.normal(0, 0.06)
    if kind == "striped":
        return float(lean + rng.choice([0, np.pi / 2, np.pi / 4], p=[0.4, 0.5, 0.1]))
    if kind == "checked":
        return float(lean + rng.choice([0, np.pi / 4], p=[0.9, 0.1]))
    return float(lean)


def _chest(garment: Mask) -> tuple[float, float]:
    """Return the place of a motif, x and y in pixels: the widest place of the garment's upper half."""
    inside = cv2.distanceTransform(np.pad(garment, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    inside[max(len(inside) * 6 // 10, 1) :] = 0
    y, x = np.unravel_index(inside.argmax(), inside.shape)
    return float(x), float(y)


def _drape(pen: Pen, shade: Floats, anchor: tuple[float, float], angle: float) -> Pixels:
    """Return [h, w, 3], the flat canvas around a cylinder and over folds, its middle at the anchor."""
    width = shade.shape[1]
    y, x = np.indices(shade.shape, np.float32)
    radius = ROUND * width
    around = radius * np.arcsin(np.clip((x - np.float32(width / 2)) / radius, -0.95, 0.95))
    middle = radius * np.arcsin(np.clip((anchor[0] - width / 2) / radius, -0.95, 0.95))
    across = np.asarray(around - middle) + _folds(pen, shade) * pen.cm
    down = np.asarray(y - np.float32(anchor[1])) + _folds(pen, shade) * pen.cm * 0.5
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    centre = pen.centre
    u, v = across * cos + down * sin + centre[0], down * cos - across * sin + centre[1]
    cloth = cv2.remap(
        pen.canvas, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
    )
    return np.asarray(cloth, np.uint8)


def _folds(pen: Pen, shade: Floats) -> Floats:
    """Return [h, w] centimetres by which the cloth is shifted: slow waves, and steps where its shade changes."""
    height, width = shade.shape
    rough = pen.rng.normal(0, FOLD_CM, (int(height / pen.cm / 9) + 3, int(width / pen.cm / 6) + 3))
    waves = cv2.resize(rough.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    slope = cv2.Sobel(cv2.GaussianBlur(shade, (0, 0), pen.cm), cv2.CV_32F, 1, 0) * np.float32(pen.cm)
    return np.asarray(waves + np.clip(slope, -1, 1) * FOLD_CM, np.float32)
