"""Draws what is no pattern onto plain cloth: creases, shadows, seams, zips, straps, the knit and shine."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.training.drape import Plane, Rng, smooth

OFTEN = 0.17
"""Chance that each of them is drawn on a plain garment."""
MIDDLE = 0.15
"""How far from the middle a zip, a seam or a row of buttons may run, as a share of the width."""


def worn(lab: Plane, x: Plane, y: Plane, rng: Rng) -> None:
    """Draw some of them over plain cloth [h, w, 3] CIELAB in place; x, y [h, w] are pixels of the cloth."""
    for each in _THINGS:
        if rng.random() < OFTEN:
            each(lab, x, y, rng)
    np.clip(lab[..., 0], 2, 99, out=lab[..., 0])


def _grain(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    lab[..., 0] += rng.standard_normal(x.shape, np.float32) * np.float32(rng.uniform(0.5, 4))


def _gradient(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    lab[..., 0] += smooth(x.shape, max(x.shape) * float(rng.uniform(0.2, 0.6)), rng) * np.float32(rng.uniform(1, 6))


def _folds(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    """Draw soft, long folds as deep as an old garment's: down, across or aslant."""
    lab[..., 0] += smooth(x.shape, _long(x, rng.uniform(0.06, 0.25), rng), rng) * np.float32(rng.uniform(2, 9))


def _creases(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    """Draw sharp short lines, light on one side and dark on the other, as at an elbow or where cloth was folded up."""
    field = smooth(x.shape, _long(x, rng.uniform(0.08, 0.25), rng), rng)
    wide = np.float32(rng.uniform(0.1, 0.3))
    where = np.clip(smooth(x.shape, max(x.shape) * 0.25, rng) - np.float32(0.4), 0, 1)
    ridge = field / wide * np.exp(-np.square(field / wide))
    lab[..., 0] += ridge * where * np.float32(rng.uniform(5, 25))


def _shine(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    """Draw highlights along the ridges of wrinkled satin, leather or a down jacket."""
    field = smooth(x.shape, _long(x, rng.uniform(0.06, 0.2), rng), rng)
    ridge = np.clip(field - np.float32(rng.uniform(0.3, 1)), 0, 1.5)
    lab[..., 0] += ridge * np.float32(rng.uniform(4, 16))


def _long(x: Plane, share: float, rng: Rng) -> tuple[float, float]:
    """Return a size down and across in pixels: `share` of the garment one way, several times that the other way."""
    broad = share * max(x.shape)
    long = broad * float(rng.uniform(2.5, 6))
    return (long, broad) if rng.random() < 0.6 else (broad, long)


def _cast_shadow(lab: Plane, x: Plane, y: Plane, rng: Rng) -> None:
    """Draw a shadow with one straight or bent edge, as of a roof, an arm or a hem."""
    turn, far = float(rng.uniform(0, 2 * np.pi)), float(rng.normal(0, 0.2)) * max(x.shape)
    away = (x - x.mean()) * np.float32(np.cos(turn)) + (y - y.mean()) * np.float32(np.sin(turn)) - np.float32(far)
    away = away + smooth(x.shape, max(x.shape) * 0.3, rng) * np.float32(rng.uniform(0, 0.08) * max(x.shape))
    lab[..., 0] *= 1 - _step(away, rng.uniform(0.7, 6)) * np.float32(rng.uniform(0.15, 0.55))


def _dappled(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    """Draw light through leaves: few large soft spots."""
    field = smooth(x.shape, max(x.shape) * float(rng.uniform(0.2, 0.5)), rng) + np.float32(rng.normal(0, 0.5))
    lab[..., 0] *= 1 - _step(field, rng.uniform(0.5, 2)) * np.float32(rng.uniform(0.05, 0.25))


def _rib(lab: Plane, x: Plane, y: Plane, rng: Rng) -> None:
    """Draw a knit's ribs or corduroy: even, fine and hardly visible."""
    along = x if rng.random() < 0.8 else y
    wave = np.sin(along * np.float32(2 * np.pi / rng.uniform(2.5, 7)))
    lab[..., 0] += wave * np.float32(rng.uniform(0.5, 2.5))


def _seam(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    """Draw one or two thin lines down the cloth."""
    for _ in range(int(rng.integers(1, 3))):
        _darken_line(lab, x, rng.uniform(0.15, 0.85), rng.uniform(0.4, 1.0), rng.uniform(3, 15))


def _opening(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    """Draw a zip, or a row of buttons beside an edge. An open one shows a narrow wedge of the garment under it."""
    height, width = x.shape
    middle = 0.5 + float(rng.uniform(-MIDDLE, MIDDLE))
    _darken_line(lab, x, middle, rng.uniform(0.5, 2.5), rng.uniform(-15, 30))
    which = rng.random()
    if which < 0.4:
        every, size = (
            max(height * float(rng.uniform(0.08, 0.2)), 6.0),
            max(width * float(rng.uniform(0.01, 0.025)), 0.8),
        )
        ink = [float(rng.uniform(5, 95)), *rng.normal(0, 6, 2).tolist()]
        for down in np.arange(every / 2, height, every):
            at = round((middle * width + 2 * size) * 16), round(float(down) * 16)
            cv2.circle(lab, at, round(size * 16), ink, -1, cv2.LINE_AA, 4)
    elif which < 0.6:
        long, wide = float(rng.uniform(0.2, 0.7)) * height, float(rng.uniform(0.04, 0.14)) * width
        corners = np.array([(middle * width - wide, 0), (middle * width + wide, 0), (middle * width, long)])
        _fill(lab, corners, rng)


def _strap(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    """Draw the strap of a bag over the shoulder, or the two of a rucksack: one colour, straight edges."""
    height, width = x.shape
    wide = float(rng.uniform(0.02, 0.06)) * width
    if rng.random() < 0.6:
        ends = [float(rng.uniform(0, 0.4)) * width, float(rng.uniform(0.6, 1.1)) * width]
        lines = [ends if rng.random() < 0.5 else ends[::-1]]
    else:
        lines = [
            [side * width, side * width] for side in (float(rng.uniform(0.15, 0.3)), float(rng.uniform(0.7, 0.85)))
        ]
    state = rng.bit_generator.state
    for top, bottom in lines:
        rng.bit_generator.state = state  # both of one colour
        corners = [(top - wide, 0), (top + wide, 0), (bottom + wide, height), (bottom - wide, height)]
        _fill(lab, np.array(corners), rng)


def _belt(lab: Plane, x: Plane, _y: Plane, rng: Rng) -> None:
    height, width = x.shape
    middle, wide = float(rng.uniform(0.2, 0.95)) * height, max(float(rng.uniform(0.01, 0.04)) * height, 1.0)
    lean = float(rng.normal(0, 0.03)) * width
    corners = [(0, middle - wide), (width, middle - wide + lean), (width, middle + wide + lean), (0, middle + wide)]
    _fill(lab, np.array(corners), rng)


def _fill(lab: Plane, corners: NDArray[np.float64], rng: Rng) -> None:
    """Fill a polygon [n, 2] with another colour, its edges slightly shaded."""
    ink = np.array([rng.uniform(4, 95), *rng.normal(0, 12, 2)]) if rng.random() < 0.6 else _darker(lab, rng)
    cv2.fillPoly(lab, [np.rint(corners * 16).astype(np.int32)], ink.tolist(), cv2.LINE_AA, 4)


def _darker(lab: Plane, rng: Rng) -> NDArray[np.float64]:
    """Return the cloth's own colour, a little darker or lighter: [3] CIELAB."""
    own = lab[lab.shape[0] // 2, lab.shape[1] // 2].astype(np.float64)
    return np.array([own[0] + rng.normal(0, 14), own[1], own[2]])


def _darken_line(lab: Plane, x: Plane, share: float, wide: float, depth: float) -> None:
    """Draw a line down the cloth at `share` of its width, `wide` pixels wide and `depth` darker in L*."""
    at = x.min() + np.float32(share) * (x.max() - x.min())
    lab[..., 0] -= np.float32(depth) * np.exp(-np.square((x - at) / np.float32(wide)))


def _step(value: Plane, edge: float) -> Plane:
    return np.asarray(np.clip(value / np.float32(edge) + np.float32(0.5), 0, 1), np.float32)


_THINGS: tuple[Callable[[Plane, Plane, Plane, Rng], None], ...] = (
    *(_grain, _gradient, _folds, _creases, _shine, _rib),
    *(_seam, _opening, _belt, _strap, _cast_shadow, _dappled),
)
