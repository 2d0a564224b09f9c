"""Procedural prints for training: stripes, checks, dots, busy all-over prints and graphics, laid onto real garments.

tools/evaluation draws its own, unlike these, so that what is measured is patterns and not this file.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vocabulary import PATTERNS

Plane = NDArray[np.float32]
Rng = np.random.Generator


def print_onto(pixels: NDArray[np.uint8], mask: NDArray[np.bool_], kind: str, height: float, rng: Rng) -> None:
    """Dye the garment under `mask` anew in place, with a print of that kind; its folds and its light stay.

    `pixels` [h, w, 3] RGB, `height` of the person in pixels: prints are as large as on clothes.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    inside = mask[top:bottom, left:right]
    patch = pixels[top:bottom, left:right]
    x, y = _cloth(inside.shape, rng)
    colours = _dyes(patch[inside], rng, 2 if kind in ("plain", "dotted") else int(rng.integers(2, 5)))
    unit = height * float(np.exp(rng.uniform(np.log(0.012), np.log(0.075))))
    drawn = _PRINTS[kind](x, y, unit, colours, rng)
    dyed = _shade(drawn, patch, inside, rng)
    soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.7)[..., None]
    soft[~inside] = 0
    patch[:] = np.clip(patch * (1 - soft) + dyed * soft, 0, 255).astype(np.uint8)


def _cloth(shape: tuple[int, ...], rng: Rng) -> tuple[Plane, Plane]:
    """Where on the cloth each pixel is, in pixels: turned a little, and bent as over folds and round a body."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = float(rng.normal(0, 0.2)) if rng.random() < 0.8 else float(rng.uniform(0, np.pi))
    strength, size = float(rng.uniform(0, 0.05)) * height, float(rng.uniform(0.15, 0.5)) * max(height, width)
    bend_x, bend_y = (_smooth(shape, size, rng) * strength for _ in range(2))
    around = np.arcsin(np.clip((x / max(width - 1, 1) * 2 - 1) * 0.9, -1, 1)) * width / 2.2
    x = np.where(rng.random() < 0.5, around, x) + bend_x
    y = y + bend_y
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    return np.asarray(x * cos - y * sin, np.float32), np.asarray(x * sin + y * cos, np.float32)


def _smooth(shape: tuple[int, ...], size: float, rng: Rng) -> Plane:
    """Noise about 0, deviation 1, without detail finer than `size` pixels."""
    grid = (max(int(shape[0] / size), 1) + 3, max(int(shape[1] / size), 1) + 3)
    coarse = rng.normal(0, 1, grid).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _dyes(cloth: NDArray[np.uint8], rng: Rng, count: int) -> Plane:
    """[count, 3] CIELAB: the ground and what is printed on it, from hardly to boldly different."""
    if rng.random() < 0.4:
        own = cv2.cvtColor(np.median(cloth, axis=0).astype(np.float32)[None, None] / 255, cv2.COLOR_RGB2Lab)[0, 0]
    else:
        own = np.array([rng.uniform(8, 95), *rng.normal(0, 22, 2)], np.float32)
    dyes = [own]
    apart = float(np.exp(rng.uniform(np.log(9), np.log(80))))
    while len(dyes) < count:
        step = rng.normal(0, 1, 3) * (1.0, 0.7, 0.7)
        step *= apart / max(float(np.linalg.norm(step)), 1e-6)
        if not 4 <= own[0] + step[0] <= 97:
            step[0] = -step[0]
        dyes.append(own + step)
    return np.clip(np.array(dyes, np.float32), (3, -70, -70), (98, 70, 70)).astype(np.float32)


def _shade(drawn: Plane, patch: NDArray[np.uint8], inside: NDArray[np.bool_], rng: Rng) -> Plane:
    """[h, w, 3] RGB: the print in the light in which the garment hangs; its own old print fades."""
    light = cv2.cvtColor(patch.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)[..., 0]
    keep = float(rng.uniform(0.5, 1.0))
    mean = float(light[inside].mean())
    relief = np.clip((light - mean) * keep, -30, 25)
    lab = drawn.copy()
    lab[..., 0] = np.clip(lab[..., 0] + relief * np.clip(lab[..., 0] / max(mean, 12), 0.35, 1.3), 2, 99)
    return np.asarray(cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_Lab2RGB) * 255, np.float32)


def _mix(share: Plane, ground: Plane, ink: Plane) -> Plane:
    return np.asarray(ground * (1 - share[..., None]) + ink * share[..., None], np.float32)


def _soft(value: Plane, edge: float = 1.0) -> Plane:
    """A step at 0, `edge` pixels soft."""
    return np.asarray(np.clip(value / edge + 0.5, 0, 1), np.float32)


def _plain(x: Plane, _y: Plane, unit: float, colours: Plane, rng: Rng) -> Plane:
    """One dye; sometimes with a grain, a knit or a slow gradient, all of which are no pattern."""
    plain = np.broadcast_to(colours[0], (*x.shape, 3)).copy()
    which = rng.random()
    if which < 0.3:
        plain[..., 0] += rng.normal(0, rng.uniform(0.5, 4), x.shape).astype(np.float32)
    elif which < 0.5:
        plain[..., 0] += _smooth(x.shape, max(4 * unit, 8), rng) * float(rng.uniform(1, 5))
    return plain


def _stripes(x: Plane, y: Plane, unit: float, colours: Plane, rng: Rng) -> Plane:
    """Even stripes, or a repeat of several widths; across mostly."""
    along = y if rng.random() < 0.6 else x
    repeat = max(unit * float(rng.uniform(1, 2)), 3.0)
    drawn = np.broadcast_to(colours[0], (*x.shape, 3))
    for ink in colours[1:]:
        width = repeat * float(rng.uniform(0.12, 0.5))
        shift = float(rng.uniform(0, repeat))
        drawn = _mix(_soft(width / 2 - np.abs((along + shift) % repeat - repeat / 2)), drawn, ink)
    return np.asarray(drawn, np.float32)


def _checks(x: Plane, y: Plane, unit: float, colours: Plane, rng: Rng) -> Plane:
    """Gingham, tartan or a chequerboard: bands both ways that let each other shine through."""
    repeat = max(unit * float(rng.uniform(1, 2.2)), 4.0)
    if rng.random() < 0.2:
        board = np.sin(x * np.float32(np.pi * 2 / repeat)) * np.sin(y * np.float32(np.pi * 2 / repeat))
        return _mix(_soft(np.asarray(board, np.float32), 0.4), colours[0], colours[1])
    drawn = np.broadcast_to(colours[0], (*x.shape, 3))
    for ink in colours[1:]:
        width, shift = repeat * float(rng.uniform(0.1, 0.5)), rng.uniform(0, repeat, 2)
        strength = np.float32(rng.uniform(0.4, 0.7))
        for along, by in ((x, shift[0]), (y, shift[0] if rng.random() < 0.6 else shift[1])):
            band = _soft(width / 2 - np.abs((along + np.float32(by)) % repeat - repeat / 2))
            drawn = _mix(band * strength, drawn, ink)
    return np.asarray(drawn, np.float32)


def _dots(x: Plane, y: Plane, unit: float, colours: Plane, rng: Rng) -> Plane:
    """A lattice of spots, straight or shifted every other row."""
    repeat = max(unit * float(rng.uniform(0.8, 1.6)), 4.0)
    row = np.floor(y / repeat)
    shift = 0.5 * (row % 2) if rng.random() < 0.6 else 0.0
    across = (x / repeat + shift) % 1 - 0.5
    down = (y / repeat) % 1 - 0.5
    radius = float(rng.uniform(0.17, 0.36))
    spot = radius - np.hypot(across, down)
    return _mix(_soft(np.asarray(spot * repeat, np.float32)), colours[0], colours[1])


def _busy(x: Plane, y: Plane, unit: float, colours: Plane, rng: Rng) -> Plane:
    """Flowers, camouflage and spots of fur: many unlike shapes all over."""
    which = rng.random()
    if which < 0.45:
        return _flowers(x, y, unit, colours, rng)
    drawn = np.broadcast_to(colours[0], (*x.shape, 3))
    size = max(unit * float(rng.uniform(0.5, 1.2)), 2.5)
    for ink in colours[1:]:
        noise = _smooth(x.shape, size, rng)
        shape = noise - float(rng.uniform(0.2, 0.8)) if which < 0.75 else float(rng.uniform(0.15, 0.4)) - np.abs(noise)
        drawn = _mix(_soft(np.asarray(shape, np.float32), 0.25), drawn, ink)
    return np.asarray(drawn, np.float32)


def _flowers(x: Plane, _y: Plane, unit: float, colours: Plane, rng: Rng) -> Plane:
    drawn = np.ascontiguousarray(np.broadcast_to(colours[0], (*x.shape, 3)))
    height, width = x.shape
    size = max(unit * float(rng.uniform(0.6, 1.2)), 3.0)
    count = min(int(height * width / (size * size) * float(rng.uniform(0.4, 1.0))), 500)
    for _ in range(count):
        middle = rng.uniform((0, 0), (width, height))
        ink = colours[1 + int(rng.integers(len(colours) - 1))].tolist()
        petals, begin = int(rng.integers(1, 7)), float(rng.uniform(0, 2 * np.pi))
        length = size * float(rng.uniform(0.2, 0.5))
        for petal in range(petals):
            angle = begin + petal * 2 * np.pi / petals
            tip = middle + length * np.array([np.cos(angle), np.sin(angle)])
            axes = (max(round(length * 0.7), 1), max(round(length * 0.4), 1))
            at = (round(float(tip[0])), round(float(tip[1])))
            cv2.ellipse(drawn, at, axes, float(np.degrees(angle)), 0, 360, ink, -1, cv2.LINE_AA)
    return np.asarray(drawn, np.float32)


def _graphic(x: Plane, _y: Plane, _unit: float, colours: Plane, rng: Rng) -> Plane:
    """One figure or some lines of writing in the middle of plain cloth."""
    drawn = np.ascontiguousarray(np.broadcast_to(colours[0], (*x.shape, 3)))
    height, width = x.shape
    size = min(height, width) * float(rng.uniform(0.35, 0.8))
    at = np.array([width / 2 + rng.normal(0, 0.08) * width, height * float(rng.uniform(0.3, 0.55))])
    if rng.random() < 0.4:
        _write(drawn, at, size, colours, rng)
        return drawn
    for _ in range(int(rng.integers(1, 5))):
        ink = colours[1 + int(rng.integers(len(colours) - 1))].tolist()
        around = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 12))))
        radius = size / 2 * rng.uniform(0.4, 1.0, len(around))
        corners = at + rng.normal(0, 0.1, 2) * size + np.stack([np.cos(around), np.sin(around)], 1) * radius[:, None]
        if rng.random() < 0.3:
            cv2.circle(drawn, np.rint(at).astype(int).tolist(), max(round(size / 2), 2), ink, -1, cv2.LINE_AA)
        else:
            cv2.fillPoly(drawn, [np.rint(corners).astype(np.int32)], ink, cv2.LINE_AA)
        size *= 0.75
    return drawn


def _write(drawn: Plane, at: NDArray[np.float64], size: float, colours: Plane, rng: Rng) -> None:
    lines = int(rng.integers(1, 4))
    font = int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX]))
    for line in range(lines):
        word = "".join(rng.choice(list("ABCDEFGHKLMNOPRSTUVWXYZaenorst0123456789"), int(rng.integers(3, 9))))
        (width, height), _ = cv2.getTextSize(word, font, 1, 2)
        scale = size / max(width, 1)
        left_bottom = (round(at[0] - size / 2), round(float(at[1]) + line * height * scale * 1.6))
        stencil = np.zeros(drawn.shape[:2], np.uint8)
        cv2.putText(stencil, word, left_bottom, font, scale, 255, max(1, round(scale * 3)), cv2.LINE_AA)
        drawn[:] = _mix(stencil.astype(np.float32) / 255, drawn, colours[1 + line % (len(colours) - 1)])


_Print = Callable[[Plane, Plane, float, Plane, Rng], Plane]
_PRINTS: dict[str, _Print] = dict(
    zip(PATTERNS, (_plain, _stripes, _checks, _dots, _busy, _graphic), strict=True),
)
