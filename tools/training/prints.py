"""Procedural prints for training: stripes, checks, dots, busy all-over prints and graphics, laid onto real garments.

tools/evaluation draws its own, unlike these, so that the evaluation measures patterns and not this file.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vocabulary import PATTERNS
from tools.training.drape import Plane, Rng, dress, faintest, own_colour, smooth, some_unit
from tools.training.plain import worn

FAINT, BOLD = 9.0, 80.0
"""Range of CIE76 colour differences between the inks and the ground."""


class Dye(NamedTuple):
    """Inputs of a print."""

    colours: Plane
    """[n, 3] CIELAB, the ground first."""
    picture: Plane
    """[h, w, 3] CIELAB: part of a photograph, for prints made of one."""
    unit: float
    """Size of the print's elements in pixels."""
    rng: Rng


def print_onto(
    pixels: NDArray[np.uint8],
    mask: NDArray[np.bool_],
    kind: str,
    height: float,
    picture: NDArray[np.uint8],
    rng: Rng,
    *,
    finest: float = 0.0,
    is_patterned: bool = False,
) -> None:
    """Print onto the garment under `mask` [h, w] in place; its folds and its light stay.

    `pixels` is [h, w, 3] RGB, `kind` one of vocabulary.PATTERNS, `height` the person's in pixels (prints are as large
    as
    on real clothes). Some prints use part of `picture` [any, any, 3]. No print is finer than `finest` pixels.
    `is_patterned` says whether the garment is patterned already.
    """

    def draw(x: Plane, y: Plane, own: NDArray[np.uint8]) -> Plane:
        unit = some_unit(height, finest, rng)
        colours = _dyes(own, rng, int(rng.integers(2, 5)), faintest(FAINT, unit, finest))
        lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
        dye = Dye(colours, np.asarray(lab, np.float32), unit, rng)
        return _PRINTS[kind](x, y, dye)

    dress(pixels, mask, draw, rng, is_patterned=is_patterned)


def _dyes(cloth: NDArray[np.uint8], rng: Rng, count: int, least: float) -> Plane:
    """Return [count, 3] CIELAB: the ground and the inks printed on it, from hardly to boldly different."""
    own = own_colour(cloth)
    if rng.random() > 0.4:
        own = np.array([rng.uniform(8, 95), *rng.normal(0, 22, 2)], np.float32)
    dyes: list[NDArray[np.floating[Any]]] = [own]
    apart = float(np.exp(rng.uniform(np.log(least), np.log(BOLD))))
    while len(dyes) < count:
        step = rng.normal(0, 1, 3) * (1.0, 0.7, 0.7)
        step *= apart / max(float(np.linalg.norm(step)), 1e-6)
        if not 4 <= own[0] + step[0] <= 97:
            step[0] = -step[0]
        dyes.append(own + step)
    return np.clip(np.array(dyes, np.float32), (3, -70, -70), (98, 70, 70)).astype(np.float32)


def _mix(share: Plane, ground: Plane, ink: Plane) -> Plane:
    return np.asarray(ground * (1 - share[..., None]) + ink * share[..., None], np.float32)


def _soft(value: Plane, edge: float = 1.0) -> Plane:
    """Return a step at 0 that is `edge` pixels soft."""
    return np.asarray(np.clip(value / edge + 0.5, 0, 1), np.float32)


def _plain(x: Plane, y: Plane, dye: Dye) -> Plane:
    """Draw plain cloth in one dye, with creases, seams and the like."""
    plain = _ground(x, dye)
    worn(plain, x, y, dye.rng)
    return plain


def _stripes(x: Plane, y: Plane, dye: Dye) -> Plane:
    """Draw even stripes, or a repeat of several widths; mostly across."""
    rng = dye.rng
    along = y if rng.random() < 0.6 else x
    repeat = max(dye.unit * float(rng.uniform(1, 2)), 3.0)
    drawn = _ground(x, dye)
    for ink in dye.colours[1:]:
        width = repeat * float(rng.uniform(0.12, 0.5))
        shift = float(rng.uniform(0, repeat))
        drawn = _mix(_soft(width / 2 - np.abs((along + shift) % repeat - repeat / 2)), drawn, ink)
    return drawn


def _checks(x: Plane, y: Plane, dye: Dye) -> Plane:
    """Draw gingham, tartan or a chequerboard: translucent bands both ways."""
    rng = dye.rng
    repeat = max(dye.unit * float(rng.uniform(1, 2.2)), 4.0)
    if rng.random() < 0.25:
        board = np.sin(x * np.float32(np.pi * 2 / repeat)) * np.sin(y * np.float32(np.pi * 2 / repeat))
        return _mix(_soft(np.asarray(board, np.float32), 0.4), dye.colours[0], dye.colours[1])
    drawn = _ground(x, dye)
    for ink in dye.colours[1:]:
        width, shift = repeat * float(rng.uniform(0.08, 0.5)), rng.uniform(0, repeat, 2)
        strength = np.float32(rng.uniform(0.4, 0.9))
        for along, by in ((x, shift[0]), (y, shift[0] if rng.random() < 0.6 else shift[1])):
            band = _soft(width / 2 - np.abs((along + np.float32(by)) % repeat - repeat / 2))
            drawn = _mix(band * strength, drawn, ink)
    return drawn


def _dots(x: Plane, y: Plane, dye: Dye) -> Plane:
    """Draw a lattice of spots, straight or shifted every other row, all alike or each slightly different."""
    rng = dye.rng
    repeat = max(dye.unit * float(rng.uniform(0.8, 1.8)), 3.5)
    row = np.floor(y / repeat)
    shift = 0.5 * (row % 2) if rng.random() < 0.6 else np.zeros_like(row)
    column = np.floor(x / repeat + shift)
    radius = float(rng.uniform(0.13, 0.36))
    loose = float(rng.uniform(0, 0.5 - radius)) if rng.random() < 0.4 else 0.0
    across = (x / repeat + shift) % 1 - 0.5 + loose * _of_cell(column, row, 1)
    down = (y / repeat) % 1 - 0.5 + loose * _of_cell(column, row, 2)
    power = float(rng.choice([1.0, 2.0, 2.0, 2.0, 2.0]))  # exponent of the norm: 1 gives diamonds, 2 discs
    away = (np.abs(across) ** power + np.abs(down) ** power) ** (1 / power)
    spot = radius * (1 + loose * _of_cell(column, row, 3)) - away
    if rng.random() < 0.2:  # hollow
        spot = radius * float(rng.uniform(0.2, 0.4)) - np.abs(spot)
    which = (_of_cell(column, row, 4) + 1) / 2 * (len(dye.colours) - 1)
    inks = dye.colours[1:][np.clip(which.astype(np.intp), 0, len(dye.colours) - 2)]
    return _mix(_soft(np.asarray(spot * repeat, np.float32)), dye.colours[0], inks)


def _of_cell(column: Plane, row: Plane, salt: int) -> Plane:
    """Return a fixed pseudo-random number from -1 to 1 for each cell of a lattice."""
    return np.asarray(np.sin(column * 127.1 + row * 311.7 + salt * 74.7) * 43758.5453 % 2 - 1, np.float32)


def _busy(x: Plane, y: Plane, dye: Dye) -> Plane:
    """Draw flowers, camouflage, animal spots, shapes or photographs: many different things all over."""
    rng = dye.rng
    kinds = (_flowers, _blots, _shapes, _cells, _photograph)
    return kinds[rng.choice(len(kinds), p=[0.25, 0.25, 0.2, 0.1, 0.2])](x, y, dye)


def _blots(x: Plane, _y: Plane, dye: Dye) -> Plane:
    """Cut noise at a level, or along one: camouflage and marble."""
    rng = dye.rng
    drawn = _ground(x, dye)
    size = max(dye.unit * float(rng.uniform(0.5, 1.2)), 2.5)
    is_cut = rng.random() < 0.6
    for ink in dye.colours[1:]:
        noise = smooth(x.shape, size, rng)
        shape = noise - float(rng.uniform(0.2, 0.8)) if is_cut else float(rng.uniform(0.15, 0.4)) - np.abs(noise)
        drawn = _mix(_soft(np.asarray(shape, np.float32), 0.25), drawn, ink)
    return drawn


def _scattered(x: Plane, size: float, dye: Dye) -> Iterator[tuple[NDArray[np.float64], list[float]]]:
    """Yield random places all over the cloth, each with an ink."""
    rng, (height, width) = dye.rng, x.shape
    for _ in range(min(int(height * width / (size * size) * float(rng.uniform(0.4, 1.2))), 500)):
        yield rng.uniform((0, 0), (width, height)), dye.colours[1 + int(rng.integers(len(dye.colours) - 1))].tolist()


def _flowers(x: Plane, _y: Plane, dye: Dye) -> Plane:
    drawn, rng = _ground(x, dye), dye.rng
    size = max(dye.unit * float(rng.uniform(0.6, 1.2)), 3.0)
    for middle, ink in _scattered(x, size, dye):
        petals, begin = int(rng.integers(3, 8)), float(rng.uniform(0, 2 * np.pi))
        length = size * float(rng.uniform(0.2, 0.5))
        for petal in range(petals):
            angle = begin + petal * 2 * np.pi / petals
            tip = middle + length * np.array([np.cos(angle), np.sin(angle)])
            axes = (max(round(length * 0.7), 1), max(round(length * 0.4), 1))
            at = (round(float(tip[0])), round(float(tip[1])))
            cv2.ellipse(drawn, at, axes, float(np.degrees(angle)), 0, 360, ink, -1, cv2.LINE_AA)
    return drawn


def _shapes(x: Plane, _y: Plane, dye: Dye) -> Plane:
    """Draw polygons and bent lines of many sizes."""
    drawn, rng = _ground(x, dye), dye.rng
    size = max(dye.unit * float(rng.uniform(0.8, 1.6)), 4.0)
    lines = float(rng.choice([0.0, 0.5, 1.0]))
    for middle, ink in _scattered(x, size, dye):
        around = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 9))))
        reach = size * float(rng.uniform(0.25, 0.8)) * rng.uniform(0.3, 1.0, len(around))
        corners = middle + np.stack([np.cos(around), np.sin(around)], 1) * reach[:, None]
        corners = np.rint(corners * 16).astype(np.int32)
        if rng.random() < lines:
            cv2.polylines(drawn, [corners], False, ink, max(round(size * 0.12), 1), cv2.LINE_AA, 4)
        else:
            cv2.fillPoly(drawn, [corners], ink, cv2.LINE_AA, 4)
    return drawn


def _cells(x: Plane, _y: Plane, dye: Dye) -> Plane:
    """Draw patches that touch: each pixel gets the ink of the nearest place."""
    size = max(dye.unit * float(dye.rng.uniform(0.8, 1.6)), 4.0)
    places = np.array([middle for middle, _ in _scattered(x, size, dye)][:120] or [np.zeros(2)], np.float32)
    seeds = np.full(x.shape, 255, np.uint8)
    column, row = np.clip(places.astype(np.intp), 0, np.array(x.shape[::-1]) - 1).T
    seeds[row, column] = 0
    _, nearest = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5)
    inks = dye.rng.integers(len(dye.colours), size=int(nearest.max()) + 1)
    return np.asarray(dye.colours[inks[nearest]], np.float32)


def _photograph(x: Plane, y: Plane, dye: Dye) -> Plane:
    """Draw part of a picture all over, small and repeated, its contrast raised to a print's."""
    small = max(dye.unit * float(dye.rng.uniform(3, 6)), 12.0) / max(dye.picture.shape[:2])
    size = [max(round(side * small), 8) for side in dye.picture.shape[1::-1]]
    tile = cv2.resize(dye.picture, size, interpolation=cv2.INTER_AREA)
    if dye.rng.random() < 0.5:  # in a few inks
        rank = tile[..., 0].argsort(axis=None).argsort().reshape(tile.shape[:2])
        tile = dye.colours[rank * len(dye.colours) // rank.size]
    else:
        tile = np.clip((tile - tile.mean(axis=(0, 1))) * 1.5 + np.array([50, 0, 0]), (5, -45, -45), (95, 45, 45))
    across, down = (
        plane % (2 * side - 2) for plane, side in zip((x, y), size, strict=True)
    )  # mirrored at every repeat
    drawn = cv2.remap(tile.astype(np.float32), across, down, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT_101)
    return np.asarray(drawn, np.float32)


def _graphic(x: Plane, _y: Plane, dye: Dye) -> Plane:
    """Draw one figure, picture or a few lines of writing in the middle of plain cloth."""
    drawn, rng = _ground(x, dye), dye.rng
    height, width = x.shape
    size = min(height, width) * float(rng.uniform(0.35, 0.8))
    at = np.array([width / 2 + rng.normal(0, 0.08) * width, height * float(rng.uniform(0.3, 0.55))])
    which = rng.random()
    if which < 0.35:
        _write(drawn, at, size, dye)
    elif which < 0.6:
        _picture(drawn, at, size, dye)
    else:
        _figure(drawn, at, size, dye)
    return drawn


def _figure(drawn: Plane, at: NDArray[np.float64], size: float, dye: Dye) -> None:
    """Draw shapes inside one another."""
    rng, colours = dye.rng, dye.colours
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


def _picture(drawn: Plane, at: NDArray[np.float64], size: float, dye: Dye) -> None:
    """Draw part of a photograph, cut to an oval or a rectangle."""
    height, width = drawn.shape[:2]
    tile = cv2.resize(dye.picture, (max(round(size), 4), max(round(size * float(dye.rng.uniform(0.7, 1.3))), 4)))
    left, top = (round(float(at[i]) - tile.shape[1 - i] / 2) for i in (0, 1))
    bordered = cv2.copyMakeBorder(tile, height, height, width, width, cv2.BORDER_REPLICATE)
    whole = np.asarray(bordered[height - top :, width - left :][:height, :width], np.float32)
    stencil = np.zeros((height, width), np.float32)
    corner = (left + tile.shape[1], top + tile.shape[0])
    if dye.rng.random() < 0.5:
        cv2.rectangle(stencil, (left, top), corner, (1.0,), -1)
    else:
        middle = ((left + corner[0]) // 2, (top + corner[1]) // 2)
        cv2.ellipse(stencil, middle, (tile.shape[1] // 2, tile.shape[0] // 2), 0, 0, 360, (1.0,), -1)
    drawn[: whole.shape[0], : whole.shape[1]] = _mix(stencil, drawn, whole)


def _write(drawn: Plane, at: NDArray[np.float64], size: float, dye: Dye) -> None:
    rng, colours = dye.rng, dye.colours
    lines = int(rng.integers(1, 4))
    font = int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX]))
    for line in range(lines):
        word = "".join(rng.choice(list("ABCDEFGHKLMNOPRSTUVWXYZaenorst0123456789"), int(rng.integers(3, 9))))
        (width, height), _ = cv2.getTextSize(word, font, 1, 2)
        scale = size / max(width, 1)
        left_bottom = (round(at[0] - size / 2), round(float(at[1]) + line * height * scale * 1.6))
        stencil = np.zeros(drawn.shape[:2], np.uint8)
        cv2.putText(stencil, word, left_bottom, font, scale, (255,), max(1, round(scale * 3)), cv2.LINE_AA)
        drawn[:] = _mix(
            np.asarray(stencil.astype(np.float32) / 255, np.float32), drawn, colours[1 + line % (len(colours) - 1)]
        )


def _ground(x: Plane, dye: Dye) -> Plane:
    return np.ascontiguousarray(np.broadcast_to(dye.colours[0], (*x.shape, 3)))


_PRINTS: dict[str, Callable[[Plane, Plane, Dye], Plane]] = dict(
    zip(PATTERNS, (_plain, _stripes, _checks, _dots, _busy, _graphic), strict=True),
)
