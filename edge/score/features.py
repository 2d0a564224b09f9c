"""One appearance to what the channels of the score measure: feature vectors, colour pairs, and its main words. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from edge.palette import CELL_COLOURS
from edge.records import Appearance, Floats
from edge.vocabulary import COLOURS, GARMENTS, PATTERNS

WORD_UNIT = 64.0
"""The root of a share of 1 counts as much as 64 CIELAB units where one limit and one noise hold for both."""
SECOND_COLOUR = 0.15
"""Share of a garment from which its second colour is named: less is folds and shade."""
COLOUR_OF_CELL = np.eye(len(COLOURS), dtype=np.float32)[CELL_COLOURS]
"""[cells, colours] 1 where a palette cell has that colour word."""
MAIN = 2
"""The first so many of REGIONS, upper and lower, are those whose pattern counts."""


class Features(NamedTuple):
    """What is measured of one appearance."""

    appearance: Appearance
    vectors: dict[str, Floats]
    """Of each of MOMENTS (counts.py), NaN where unseen."""
    pairs: Floats
    """[colours, colours] share of each colour of the upper over each of the lower."""


def features(appearance: Appearance) -> Features:
    return Features(appearance, vectors(appearance), pairs(appearance))


def vectors(appearance: Appearance) -> dict[str, Floats]:
    """Of each of MOMENTS, NaN where unseen.

    Kinds and colour words as roots of shares (Hellinger): a tenth striped is nearer to a fifth than none is to a tenth.
    """
    kinds = _roots(appearance.patterns)[:, 1:]
    words = WORD_UNIT * _roots(appearance.palettes @ COLOUR_OF_CELL)
    return {
        "colour": np.concatenate([appearance.colour, words.ravel()]),
        "kinds": kinds.ravel(),
        "texture": appearance.texture,
        "composition": appearance.composition,
    }


def _roots(shares: Floats) -> Floats:
    """[main regions, kinds] NaN for a region that was not seen."""
    main = shares[:MAIN]
    return np.where(main.any(axis=1, keepdims=True), np.sqrt(main), np.nan)


def pairs(appearance: Appearance) -> Floats:
    """[colours, colours] share of each colour of the upper over each of the lower; all 0 if one was not seen."""
    upper, lower = appearance.palettes[0] @ COLOUR_OF_CELL, appearance.palettes[1] @ COLOUR_OF_CELL
    return np.outer(upper, lower)


def main_words(appearance: Appearance) -> list[str]:
    """What `message/link.py` hashes: two colours of upper, lower and shoes, arrangement, the upper garment's pattern.

    A colour stands twice where there is hardly a second; what was not seen is "".
    """
    colours = [word for row in appearance.palettes[:3] @ COLOUR_OF_CELL for word in _main_colours(row)]
    return [*colours, _commonest(appearance.garments, GARMENTS), _commonest(appearance.patterns[0], PATTERNS)]


def _main_colours(shares: Floats) -> tuple[str, str]:
    main, second = _commonest(shares, COLOURS), int(np.argsort(shares, kind="stable")[-2])
    return main, COLOURS[second] if shares[second] >= SECOND_COLOUR else main


def _commonest(shares: Floats, words: Sequence[str]) -> str:
    return words[int(shares.argmax())] if shares.any() else ""
