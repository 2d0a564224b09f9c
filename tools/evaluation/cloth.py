"""Real cloth for testing: held-out swatches in their own colours on flat cloth, which prints.py then drapes."""

from collections.abc import Sequence

import cv2
import numpy as np

from edge.records import Pixels
from tools.evaluation.drawings import Pen
from tools.training.swatches import Swatch

PERIOD_CM = (2.5, 10.0)
"""Range of distances in centimetres from one element of a pattern to the next."""
MOTIF_CM = (14.0, 26.0)
"""Range of heights of a graphic in centimetres."""
PLAIN_CM = 60.0
"""Side in centimetres that one swatch of plain cloth covers, folds included."""


def spread(pen: Pen, swatches: Sequence[Swatch], kind: str) -> None:
    """Cover the canvas with a swatch of that kind; a graphic is a piece of busy cloth in the middle of plain cloth."""
    if kind != "graphic":
        pen.canvas[:] = _cover(pen, _some(pen, swatches, kind))
        return
    pen.canvas[:] = _cover(pen, _some(pen, swatches, "plain"))
    busy = _cover(pen, _some(pen, swatches, "busy"))
    stencil = np.zeros(pen.canvas.shape[:2], np.float32)
    tall, wide = (float(pen.rng.uniform(*MOTIF_CM)) * pen.cm / 2 for _ in range(2))
    x, y = pen.centre
    if pen.rng.random() < 0.5:
        cv2.ellipse(stencil, (round(x), round(y)), (round(wide), round(tall)), 0, 0, 360, (1.0,), -1, cv2.LINE_AA)
    else:
        cv2.rectangle(stencil, (round(x - wide), round(y - tall)), (round(x + wide), round(y + tall)), (1.0,), -1)
    pen.blend(busy, stencil)


def _some(pen: Pen, swatches: Sequence[Swatch], kind: str) -> Swatch:
    of_kind = [swatch for swatch in swatches if swatch.kind == kind]
    return of_kind[pen.rng.integers(len(of_kind))]


def _cover(pen: Pen, swatch: Swatch) -> Pixels:
    """Return [h, w, 3] RGB as large as the canvas: the swatch repeated from a random start."""
    period_cm = float(np.exp(pen.rng.uniform(*np.log(PERIOD_CM))))
    zoom = PLAIN_CM * pen.cm / len(swatch.tile) if swatch.kind == "plain" else period_cm * pen.cm / swatch.period
    size = [max(round(side * zoom), 1) for side in swatch.tile.shape[1::-1]]
    tile = cv2.resize(swatch.tile, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    height, width = pen.canvas.shape[:2]
    times = (height // tile.shape[0] + 2, width // tile.shape[1] + 2, 1)
    top, left = (int(pen.rng.integers(side)) for side in tile.shape[:2])
    return np.asarray(np.tile(tile, times)[top : top + height, left : left + width], np.uint8)
