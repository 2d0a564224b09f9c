"""The CIELAB grid on which palettes are counted, and the colour name of each cell."""

import hashlib

import numpy as np

from edge.records import Floats
from edge.vocabulary import COLOURS

L_CELLS, AB_CELLS = 6, 9
CELLS = L_CELLS * AB_CELLS * AB_CELLS
"""Number of cells of the grid, 6 x 9 x 9 (L*, a*, b*): the best single component when measured."""
AB_WIDTH = 16.0
"""Width of a cell in a* and b*; the middle cell, -8..8, is grey."""


def _cell_centres() -> Floats:
    """[CELLS, 3] L*, a*, b* of the middle of each cell."""
    light, a, b = np.meshgrid(np.arange(L_CELLS), np.arange(AB_CELLS), np.arange(AB_CELLS), indexing="ij")
    half = AB_CELLS // 2
    centres = [(light + 0.5) * 100 / L_CELLS, (a - half) * AB_WIDTH, (b - half) * AB_WIDTH]
    return np.stack(centres, axis=-1).reshape(-1, 3).astype(np.float32)


def name(light: float, a: float, b: float) -> str:
    """Return the colour name of a CIELAB value, by sectors of lightness, chroma and hue.

    The names are Berlin and Kay's eleven basic colour terms plus navy, olive, beige and teal, which clothes need;
    the borders are set by eye on a chart of the cells.

    >>> [name(*lab) for lab in ((10, 0, 0), (60, 40, 60), (20, 5, -25), (85, 2, 16), (55, 75, 50))]
    ['black', 'orange', 'navy', 'beige', 'red']
    """
    chroma, hue = float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a))) % 360
    if chroma < 10:
        return "black" if light < 25 else "white" if light > 80 else "grey"
    for end, word in _sectors(light, chroma):
        if hue < end:
            return word
    return "pink" if light >= 45 else "red"


def _sectors(light: float, chroma: float) -> tuple[tuple[float, str], ...]:
    """Upper hue limit, in degrees, of each colour name, for one lightness and chroma."""
    is_dark, is_pale = light < 40, chroma < 28
    warm = "brown" if is_dark or (is_pale and light < 62) else "beige" if is_pale else ""
    return (
        (20, warm or ("pink" if light >= 62 else "red") if not is_pale else ("pink" if light >= 45 else "red")),
        (42, warm if warm == "brown" and light < 25 else ("pink" if is_pale and light >= 45 else "red")),
        (72, warm or "orange"),
        (102, ("olive" if is_dark else warm or "yellow") if light >= 25 else "brown"),
        (125, "olive" if light < 65 else "yellow"),
        (170, "green"),
        (222, "teal"),
        (308, "navy" if light < 30 else "blue"),
        (335, "purple"),
    )


CELL_COLOURS = np.array([COLOURS.index(name(*(float(v) for v in centre))) for centre in _cell_centres()], np.intp)
"""[CELLS] position in COLOURS of each cell's colour name."""
CELL_WORDS = hashlib.sha256(CELL_COLOURS.astype("<i8").tobytes()).hexdigest()[:8]
"""8 hex digits of a hash of CELL_COLOURS: part of the recipe, so that other names make another recipe."""
