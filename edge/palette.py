"""CIELAB colours: the grid on which palettes are counted, and the names that words are made of."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.records import Floats
from edge.vocabulary import COLOURS

L_CELLS, AB_CELLS = 6, 9
CELLS = L_CELLS * AB_CELLS * AB_CELLS
"""Number of cells of the grid, 6 x 9 x 9 (L*, a*, b*): the best single component when measured."""
AB_WIDTH = 16.0
"""Width of a cell in a* and b*; the middle cell, -8..8, is grey."""

BLACK_L, WHITE_L = 25.0, 58.0
"""L* up to which a neutral colour is black, and from which it is white: a white shirt in an underpass has L* 50-86."""
NEUTRAL_L = (18.0, 35.0, 58.0)
NEUTRAL_CHROMA = (7.0, 6.0, 6.0, 7.0)
"""Chroma below which a colour is neutral, in the four bands of L* that NEUTRAL_L parts."""
NEUTRAL_CHROMA_CAST = (4.5, 4.5, 6.0, 7.0)
"""The limits where the cast of dark colours is known and taken off (colour.py); with them navy and brown are found."""

_ANY = 1e9
_RULES = (
    # hue from, below (degrees); L* below; chroma from, below; name. The first row that fits counts.
    (0, 28, 45, 10, _ANY, "red"),
    (345, 360, 45, 10, _ANY, "red"),
    (0, 85, 35, 0, 25, "brown"),
    (85, 130, 35, 0, 25, "olive"),
    (130, 170, 35, 0, 25, "green"),
    (170, 215, 35, 0, 25, "teal"),
    (215, 315, 30, 0, 25, "navy"),
    (215, 315, 35, 0, 25, "blue"),
    (315, 345, 35, 0, 25, "purple"),
    (345, 360, 35, 0, 25, "brown"),
    (28, 80, 48, 0, 45, "brown"),
    (0, 42, 45, 0, 28, "red"),
    (0, 42, _ANY, 0, 28, "pink"),
    (0, 20, 62, 0, _ANY, "red"),
    (0, 20, _ANY, 0, _ANY, "pink"),
    (20, 42, _ANY, 0, _ANY, "red"),
    (42, 72, 40, 0, _ANY, "brown"),
    (42, 72, 62, 0, 28, "brown"),
    (42, 102, 25, 0, _ANY, "brown"),
    (72, 102, 40, 0, _ANY, "olive"),
    (72, 102, 62, 0, 28, "brown"),
    (42, 102, _ANY, 0, 28, "beige"),
    (42, 72, _ANY, 0, _ANY, "orange"),
    (72, 102, _ANY, 0, _ANY, "yellow"),
    (102, 125, 65, 0, _ANY, "olive"),
    (102, 125, _ANY, 0, _ANY, "yellow"),
    (125, 170, _ANY, 0, _ANY, "green"),
    (170, 222, _ANY, 0, _ANY, "teal"),
    (222, 308, 30, 0, _ANY, "navy"),
    (222, 308, _ANY, 0, _ANY, "blue"),
    (308, 335, _ANY, 0, _ANY, "purple"),
    (335, 360, 45, 0, _ANY, "red"),
    (335, 360, _ANY, 0, _ANY, "pink"),
)
_L_LIMITS: list[float] = sorted({rule[2] for rule in _RULES} - {_ANY})
_CHROMA_LIMITS: list[float] = sorted({limit for rule in _RULES for limit in rule[3:5]} - {0, _ANY})
_TOP = 256
"""Whole numbers of L* and chroma that have a place in the tables below; all beyond are as the last."""


def _bands(limits: Sequence[float]) -> NDArray[np.intp]:
    """[_TOP] number of limits at or below each whole number: a table is much faster than a search for each pixel."""
    if any(limit % 1 for limit in limits):
        raise ValueError(f"expected limits that are whole numbers, found {limits}")
    return np.searchsorted(np.array(limits), np.arange(_TOP), "right").astype(np.intp)


def _table() -> NDArray[np.uint8]:
    """[bands of L* * bands of chroma * 361 degrees] position in COLOURS of the name of a colour that is not neutral."""
    light, chroma = ([0.0, *limits] for limits in (_L_LIMITS, _CHROMA_LIMITS))
    table = np.zeros((len(light), len(chroma), 361), np.uint8)
    for first, last, l_below, chroma_from, chroma_below, name in reversed(_RULES):
        rows = np.flatnonzero(np.array(light) < l_below)
        columns = np.flatnonzero((np.array(chroma) >= chroma_from) & (np.array(chroma) < chroma_below))
        table[np.ix_(rows, columns, np.arange(first, last))] = COLOURS.index(name)
    table[..., 360] = table[..., 0]
    return table.ravel()


_TABLE = _table()
_L_ROWS, _CHROMA_ROWS = _bands(_L_LIMITS) * (361 * (len(_CHROMA_LIMITS) + 1)), _bands(_CHROMA_LIMITS) * 361
"""[_TOP] where in the table each L* and each chroma begins."""
_NEUTRAL, _NEUTRAL_CAST = (
    np.array(limits, np.float32)[_bands(NEUTRAL_L)] for limits in (NEUTRAL_CHROMA, NEUTRAL_CHROMA_CAST)
)
"""[_TOP] chroma below which a colour is neutral, by its L*."""
_BLACK, _GREY, _WHITE = (COLOURS.index(name) for name in ("black", "grey", "white"))


def names(lab: Floats, *, is_cast_known: bool = False) -> NDArray[np.intp]:
    """[...] position in COLOURS of the name of each CIELAB colour [..., 3], by borders of lightness, chroma and hue.

    The names are Berlin and Kay's eleven basic colour terms plus navy, olive, beige and teal, which clothes need. The
    borders of bright colours are set by eye on a chart; those of neutral and dark ones were fitted on street clips,
    each clip held out in turn.

    >>> colours = np.array([(10, 0, 0), (60, 40, 60), (20, 5, -25), (85, 2, 16), (55, 75, 50)], np.float32)
    >>> [COLOURS[i] for i in names(colours)]
    ['black', 'orange', 'navy', 'beige', 'red']
    """
    light, a, b = lab.reshape(-1, 3).T.copy()
    chroma, level = np.hypot(a, b), light.astype(np.intp)
    found = np.where(light < BLACK_L, _BLACK, np.where(light > WHITE_L, _WHITE, _GREY))
    limits = _NEUTRAL_CAST if is_cast_known else _NEUTRAL
    bright = np.flatnonzero(chroma >= limits.take(level, mode="clip"))
    degrees = np.degrees(np.arctan2(b.take(bright), a.take(bright)))
    degrees += np.float32(360) * (degrees < 0)
    at = _L_ROWS.take(level.take(bright), mode="clip")
    at += _CHROMA_ROWS.take(chroma.take(bright).astype(np.intp), mode="clip")
    at += degrees.astype(np.intp)
    found[bright] = _TABLE.take(at)
    return found.reshape(lab.shape[:-1])


_STEPS = 4


def _cell_names() -> Floats:
    """[CELLS, colours] share of each name in each cell of the grid, from 4 x 4 x 4 colours spread over it."""
    inside = (np.arange(_STEPS) + 0.5) / _STEPS
    light = (np.arange(L_CELLS)[:, None] + inside).ravel() * 100 / L_CELLS
    ab = (np.arange(AB_CELLS)[:, None] - AB_CELLS / 2 + inside).ravel() * AB_WIDTH
    found = names(np.stack(np.meshgrid(light, ab, ab, indexing="ij"), axis=-1).astype(np.float32))
    sides = [size for cells in (L_CELLS, AB_CELLS, AB_CELLS) for size in (cells, _STEPS)]
    by_cell = found.reshape(sides).transpose(0, 2, 4, 1, 3, 5).reshape(CELLS, -1)
    return np.stack([(by_cell == i).mean(axis=1) for i in range(len(COLOURS))], axis=1).astype(np.float32)


CELL_NAMES = _cell_names()
"""[CELLS, colours] share of each colour name in each palette cell."""
NAMING = hashlib.sha256(repr((_RULES, BLACK_L, WHITE_L, NEUTRAL_L, NEUTRAL_CHROMA, NEUTRAL_CHROMA_CAST)).encode())
NAMING_ID = NAMING.hexdigest()[:8]
"""8 hex digits of a hash of the borders between names: part of the recipe, so that other borders make another one."""
