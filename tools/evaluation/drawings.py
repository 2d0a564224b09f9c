"""Prints as vector shapes on flat cloth, by pattern kind: stripes, checks, dots, leaves and spots, motifs.

They are drawn for testing alone and share nothing with the training data. Sizes are centimetres of cloth, as such
prints are sold: stripes 0.3 to 8 cm, checks 2 to 14, dots 0.5 to 5, leaves and spots 3 to 14, motifs 14 to 28.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Floats, Pixels

Points = NDArray[np.floating[Any]]
"""[n, 2] x, y in pixels."""
Colour = tuple[float, float, float]
"""Red, green, blue, 0 to 255."""
SUBPIXELS = 4
"""Fractional bits of the coordinates that OpenCV draws with."""
WORDS = ("NEW YORK", "TOKYO", "no. 9", "RIVER", "club 84", "Amour", "WILD", "SURF", "hello", "1987")
CAT = ((-8, -10), (-4, -5), (4, -5), (8, -10), (9, 2), (6, 8), (0, 11), (-6, 8), (-9, 2))
BIRD = ((-11, -3), (-6, -6), (-2, -3), (3, -11), (5, -2), (11, 1), (5, 4), (1, 9), (-3, 4), (-8, 1))
FISH = ((-11, 0), (-5, -5), (2, -6), (7, -2), (11, -6), (10, 0), (11, 6), (7, 2), (2, 6), (-5, 5))
SHIELD = ((-8, -9), (0, -11), (8, -9), (8, 1), (5, 7), (0, 11), (-5, 7), (-8, 1))
"""Outline of a shield, about 22 high, y downwards."""


@dataclass
class Pen:
    """A canvas of cloth, and how to draw on it."""

    canvas: Pixels
    """[h, w, 3] RGB, filled with the ground's colour at first."""
    rng: np.random.Generator
    cm: float
    """Pixels per centimetre."""
    inks: tuple[Colour, ...]

    @property
    def centre(self) -> Floats:
        height, width = self.canvas.shape[:2]
        return np.array([width / 2, height / 2], np.float32)

    def ink(self) -> Colour:
        return self.inks[self.rng.integers(len(self.inks))]

    def fill(self, points: Points, ink: Colour) -> None:
        """Fill a polygon [n, 2] of x, y in pixels."""
        cv2.fillPoly(self.canvas, [_fixed(points)], ink, cv2.LINE_AA, SUBPIXELS)

    def stroke(self, points: Points, ink: Colour, width: float, *, closed: bool = False) -> None:
        """Draw a line through points [n, 2], `width` pixels wide."""
        thick = max(1, round(width))
        cv2.polylines(self.canvas, [_fixed(points)], closed, ink, thick, cv2.LINE_AA, SUBPIXELS)

    def spot(self, at: Floats, radius: float, ink: Colour) -> None:
        x, y = _fixed(at)
        cv2.circle(self.canvas, (int(x), int(y)), round(radius * (1 << SUBPIXELS)), ink, -1, cv2.LINE_AA, SUBPIXELS)

    def blob(self, at: Floats, radius: float, *, wobble: float = 0.15, stretch: float = 1.0) -> Floats:
        """Return an uneven round outline [40, 2], turned at random."""
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        waves = np.zeros_like(angle)
        for k in (2, 3, 5):
            waves += np.sin(k * angle + self.rng.uniform(0, 7)) * self.rng.normal(0, wobble / k)
        shape = radius * (1 + waves)[:, None] * np.stack([np.cos(angle) * stretch, np.sin(angle)], axis=1)
        return _turn(shape, self.rng.uniform(0, 2 * np.pi)) + at

    def blend(self, over: Pixels, mask: Floats) -> None:
        """Blend a picture over the canvas by `mask` [h, w], 0 to 1."""
        self.canvas[:] = np.rint(self.canvas + (over.astype(np.float32) - self.canvas) * mask[..., None])

    def places(self, pitch: float, *, jitter: float) -> Iterator[Floats]:
        """Yield points in half-drop rows all over the canvas, `pitch` pixels apart."""
        height, width = self.canvas.shape[:2]
        for column, x in enumerate(np.arange(-pitch, width + pitch, pitch)):
            for y in np.arange(-pitch, height + pitch, pitch):
                drop = pitch / 2 * (column % 2)
                yield np.array([x, y + drop], np.float32) + self.rng.normal(0, jitter * pitch, 2).astype(np.float32)


def striped(pen: Pen) -> None:
    pick(pen.rng, _hand_drawn, _awning, _pinstripes, _breton)(pen)


def checked(pen: Pen) -> None:
    pick(pen.rng, _tartan, _houndstooth, _windowpane, _gingham)(pen)


def dotted(pen: Pen) -> None:
    pick(pen.rng, _half_drop, _rings, _pin_dots, _loose_dots)(pen)


def busy(pen: Pen) -> None:
    pick(pen.rng, _leaves, _ferns, _paisley, _rosettes, _camouflage, _brush_strokes, _blossoms)(pen)


def graphic(pen: Pen) -> None:
    """Draw one motif in the middle of the canvas."""
    size = pen.rng.uniform(14, 28) * pen.cm
    pick(pen.rng, _lettering, _badge, _star, _animal)(pen, size)


def plain(pen: Pen) -> None:
    """Draw nothing."""


DRAW: dict[str, Callable[[Pen], None]] = {
    "plain": plain,
    "striped": striped,
    "checked": checked,
    "dotted": dotted,
    "busy": busy,
    "graphic": graphic,
}
"""Drawing function of each kind in edge/vocabulary.py."""


def pick(rng: np.random.Generator, *choices: Any) -> Any:
    return choices[rng.integers(len(choices))]


def _bands(pen: Pen, start: float, widths: Floats) -> Iterator[tuple[float, float, int]]:
    """Yield start, end (pixels) and number of repeating bands across the canvas."""
    at, number = start, 0
    while at < pen.canvas.shape[1]:
        width = float(widths[number % len(widths)])
        yield at, at + width, number % len(widths)
        at, number = at + width, number + 1


def _column(pen: Pen, left: float, right: float, wander: float = 0.0) -> Floats:
    """Return the outline of a stripe from top to bottom, its edges wandering by `wander` pixels."""
    height = pen.canvas.shape[0]
    y = np.linspace(-5, height + 5, max(int(height / (3 * pen.cm)), 4))
    edges = [x + wander * pen.rng.normal(0, 1, len(y)) for x in (left, right)]
    sides = [np.stack([edge, y], axis=1) for edge in edges]
    return np.concatenate([sides[0], sides[1][::-1]]).astype(np.float32)


def _hand_drawn(pen: Pen) -> None:
    widths = pen.rng.uniform(0.7, 3.5, 10) * pen.cm
    for left, right, number in _bands(pen, 0, widths.astype(np.float32)):
        if number % 2:
            pen.fill(_column(pen, left, right, 0.12 * pen.cm), pen.inks[number // 2 % len(pen.inks)])


def _awning(pen: Pen) -> None:
    wide = pen.rng.uniform(2.5, 8)
    widths = np.array([wide, wide * pen.rng.uniform(0.6, 1.2), 0.5, wide * pen.rng.uniform(0.3, 0.6)]) * pen.cm
    for left, right, number in _bands(pen, 0, widths.astype(np.float32)):
        if number in (0, 2):
            pen.fill(_column(pen, left, right), pen.inks[number // 2])


def _pinstripes(pen: Pen) -> None:
    widths = np.array([pen.rng.uniform(0.25, 0.45), pen.rng.uniform(1.2, 3.0)]) * pen.cm
    for left, right, number in _bands(pen, 0, widths.astype(np.float32)):
        if number == 0:
            pen.fill(_column(pen, left, right), pen.inks[0])


def _breton(pen: Pen) -> None:
    widths = np.array([pen.rng.uniform(0.8, 1.6), pen.rng.uniform(1.0, 2.6)]) * pen.cm
    for left, right, number in _bands(pen, 0, widths.astype(np.float32)):
        if number == 0:
            pen.fill(_column(pen, left, right), pen.inks[0])


def _weave(pen: Pen, widths: Floats, inked: dict[int, int], opacity: float) -> None:
    """Draw translucent bands both ways, so that they are darkest where they cross."""
    for is_across in (False, True):
        layer, mask = pen.canvas.copy(), np.zeros(pen.canvas.shape[:2], np.float32)
        flat = Pen(layer.swapaxes(0, 1).copy() if is_across else layer, pen.rng, pen.cm, pen.inks)
        mask = mask.T if is_across else mask
        for left, right, number in _bands(flat, 0, widths):
            if number in inked:
                flat.canvas[:, round(left) : round(right)] = pen.inks[inked[number] % len(pen.inks)]
                mask[:, round(left) : round(right)] = opacity
        pen.blend(flat.canvas.swapaxes(0, 1) if is_across else flat.canvas, mask.T if is_across else mask)


def _tartan(pen: Pen) -> None:
    sett = pen.rng.uniform(0.4, 3.0, 8)
    sett *= pen.rng.uniform(6, 14) / sett.sum()
    _weave(pen, (sett * pen.cm).astype(np.float32), {0: 0, 2: 1, 4: 0, 5: 2, 7: 1}, 0.6)


def _gingham(pen: Pen) -> None:
    width = pen.rng.uniform(1.0, 4.0) * pen.cm
    _weave(pen, np.array([width, width], np.float32), {0: 0}, 0.6)


def _windowpane(pen: Pen) -> None:
    pitch, line = pen.rng.uniform(4, 10), pen.rng.uniform(0.3, 0.7)
    widths = np.array([line, 0.5, line, pitch] if pen.rng.random() < 0.4 else [line, pitch]) * pen.cm
    _weave(pen, widths.astype(np.float32), {0: 0, 2: 1} if len(widths) == 4 else {0: 0}, 0.9)


def _houndstooth(pen: Pen) -> None:
    """Draw houndstooth: four dark and four light threads both ways in a two-over-two twill, which makes the teeth."""
    row, column = np.indices((8, 8))
    is_dark = np.where((row - column) % 4 < 2, column < 4, row < 4)
    height, width = pen.canvas.shape[:2]
    thread = pen.rng.uniform(2, 6) / 8 * pen.cm
    tiles = np.tile(is_dark, (int(height / thread / 8) + 1, int(width / thread / 8) + 1)).astype(np.float32)
    mask = cv2.resize(tiles, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    mask = cv2.resize(mask, None, fx=thread / 4, fy=thread / 4, interpolation=cv2.INTER_AREA)[:height, :width]
    mask = np.pad(mask, ((0, height - mask.shape[0]), (0, width - mask.shape[1])), mode="edge")
    pen.blend(np.full_like(pen.canvas, pen.inks[0]), np.asarray(mask, np.float32))


def _half_drop(pen: Pen) -> None:
    radius = pen.rng.uniform(0.6, 2.2) * pen.cm
    for at in pen.places(radius * pen.rng.uniform(3, 4.5), jitter=0.01):
        pen.spot(at, radius, pen.inks[0])


def _rings(pen: Pen) -> None:
    radius = pen.rng.uniform(1.0, 2.5) * pen.cm
    for at in pen.places(radius * pen.rng.uniform(2.8, 4), jitter=0.03):
        pen.stroke(pen.blob(at, radius, wobble=0.04), pen.ink(), radius * 0.35, closed=True)


def _pin_dots(pen: Pen) -> None:
    radius = pen.rng.uniform(0.25, 0.5) * pen.cm
    for at in pen.places(pen.rng.uniform(1.4, 2.4) * pen.cm, jitter=0.01):
        pen.spot(at, radius, pen.inks[0])


def _loose_dots(pen: Pen) -> None:
    pitch = pen.rng.uniform(2.5, 5) * pen.cm
    for at in pen.places(pitch, jitter=0.12):
        pen.fill(pen.blob(at, pitch * pen.rng.uniform(0.15, 0.32), wobble=0.12), pen.ink())


def _leaf(pen: Pen, at: Floats, length: float, angle: float, ink: Colour) -> None:
    along = np.linspace(0, 1, 12)
    half = 0.22 * np.sin(np.pi * along) ** 0.8
    outline = np.concatenate([np.stack([along, half], axis=1), np.stack([along, -half], axis=1)[::-1]])
    pen.fill(_turn(outline * length, angle) + at, ink)


def _leaves(pen: Pen) -> None:
    length = pen.rng.uniform(3, 9) * pen.cm
    for at in pen.places(length * 0.9, jitter=0.2):
        angle = pen.rng.uniform(0, 2 * np.pi)
        for turn in (-0.7, 0.0, 0.7)[: pen.rng.integers(1, 4)]:
            _leaf(pen, at, length * pen.rng.uniform(0.7, 1), angle + turn, pen.ink())


def _ferns(pen: Pen) -> None:
    length = pen.rng.uniform(6, 14) * pen.cm
    for at in pen.places(length * 0.8, jitter=0.2):
        angle, ink, bend = pen.rng.uniform(0, 2 * np.pi), pen.ink(), pen.rng.normal(0, 0.5)
        steps = np.linspace(0, 1, 9)
        stem = _turn(np.stack([steps, bend * steps**2 / 2], axis=1) * length, angle) + at
        pen.stroke(stem, ink, 0.2 * pen.cm)
        for step, point in zip(steps[1:], stem[1:], strict=True):
            for side in (-1, 1):
                heading = angle + np.arctan(bend * step) + side * 0.9
                _leaf(pen, point, length * 0.35 * (1.1 - step), heading, ink)


def _paisley(pen: Pen) -> None:
    length = pen.rng.uniform(4, 10) * pen.cm
    along = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    drop = np.stack([np.cos(along) * 0.5, np.sin(along) * np.sin(along / 2) ** 1.5 * 0.4], axis=1)
    drop[:, 1] += 0.35 * (drop[:, 0] + 0.5) ** 2
    for at in pen.places(length * 0.85, jitter=0.1):
        angle, side = pen.rng.uniform(0, 2 * np.pi), pick(pen.rng, -1, 1)
        shape = _turn(drop * (length, side * length), angle)
        first, second = pen.ink(), pen.ink()
        pen.fill(shape + at, first)
        pen.stroke(shape * 0.72 + at, pen.inks[-1], 0.25 * pen.cm, closed=True)
        pen.fill(pen.blob(at, length * 0.13), second)


def _rosettes(pen: Pen) -> None:
    """Draw a leopard's spots: a dark, broken, uneven ring around a darker middle."""
    radius = pen.rng.uniform(1.2, 2.8) * pen.cm
    for at in pen.places(radius * 2.5, jitter=0.15):
        ring = pen.blob(at, radius * pen.rng.uniform(0.6, 1), wobble=0.3, stretch=1.3)
        pen.fill(ring, pen.inks[1])
        for start in range(0, 40, 13):
            arc = ring[start : start + pen.rng.integers(7, 12)]
            pen.stroke(arc, pen.inks[0], radius * 0.45)


def _camouflage(pen: Pen) -> None:
    size = pen.rng.uniform(4, 10) * pen.cm
    for ink in pen.inks:
        for at in pen.places(size * 1.3, jitter=0.4):
            pen.fill(pen.blob(at, size * pen.rng.uniform(0.3, 0.8), wobble=0.5, stretch=2), ink)


def _brush_strokes(pen: Pen) -> None:
    length = pen.rng.uniform(4, 12) * pen.cm
    for at in pen.places(length * 0.8, jitter=0.3):
        turns = np.cumsum(pen.rng.normal(0, 0.35, 8)) + pen.rng.uniform(0, 2 * np.pi)
        path = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1), axis=0) * length / 8 + at
        pen.stroke(path.astype(np.float32), pen.ink(), length * pen.rng.uniform(0.08, 0.25))


def _blossoms(pen: Pen) -> None:
    size = pen.rng.uniform(2, 6) * pen.cm
    for at in pen.places(size * 1.7, jitter=0.2):
        ink, angle, petals = pen.ink(), pen.rng.uniform(0, 7), pen.rng.integers(4, 7)
        for petal in range(petals):
            _leaf(pen, at, size * 0.8, angle + petal * 2 * np.pi / petals, ink)
        pen.fill(pen.blob(at, size * 0.17), pen.inks[-1])


def _lettering(pen: Pen, size: float) -> None:
    lines = pen.rng.choice(WORDS, pen.rng.integers(1, 4), replace=False)
    font = pick(pen.rng, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX)
    x, y = pen.centre - (0, size * 0.25 * (len(lines) - 1))
    for line in lines:
        (width, height), _ = cv2.getTextSize(str(line), font, 1, 2)
        zoom = min(size / width, 0.4 * size / height)
        corner = (round(x - width * zoom / 2), round(y + height * zoom / 2))
        thick = max(2, round(0.1 * height * zoom))
        cv2.putText(pen.canvas, str(line), corner, font, zoom, pen.inks[0], thick, cv2.LINE_AA)
        y += 0.5 * size


def _badge(pen: Pen, size: float) -> None:
    outline = np.array(SHIELD, np.float32) * (size / 22)
    pen.fill(outline + pen.centre, pen.inks[0])
    pen.stroke(outline * 0.8 + pen.centre, pen.inks[1], 0.05 * size, closed=True)
    pen.fill(_pointed(5) * size * 0.2 + pen.centre, pen.inks[1])


def _star(pen: Pen, size: float) -> None:
    pen.fill(pen.blob(pen.centre, size * 0.5, wobble=0.02), pen.inks[1])
    pen.fill(_pointed(int(pen.rng.integers(5, 9))) * size * 0.48 + pen.centre, pen.inks[0])


def _animal(pen: Pen, size: float) -> None:
    outline = np.array(pick(pen.rng, CAT, BIRD, FISH), np.float32) * (size / 22)
    pen.fill(outline + pen.centre, pen.inks[0])
    for side in (-1, 1):
        pen.fill(pen.blob(pen.centre + np.array([side * 0.15 * size, 0]), 0.06 * size), pen.inks[1])
    pen.stroke(pen.centre + np.array([(-0.4, 0.62), (0.4, 0.62)]) * size, pen.inks[0], 0.08 * size)


def _pointed(points: int) -> Floats:
    """Return a star of radius 1 with one point up, [2 * points, 2]."""
    angle = np.arange(2 * points) * np.pi / points - np.pi / 2
    radius = np.where(np.arange(2 * points) % 2, 0.45, 1.0)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(np.float32)


def _turn(points: Points, angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]), np.float32)


def _fixed(points: Points) -> NDArray[np.int32]:
    return np.rint(np.asarray(points) * (1 << SUBPIXELS)).astype(np.int32)
