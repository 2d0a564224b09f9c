"""The features of an appearance that the channels measure: feature vectors, colour pairs, main colours. Pure."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.records import Appearance, Floats
from edge.vocabulary import COLOURS, GARMENTS, PATTERNED, PATTERNS

WORD_UNIT = 64.0
"""Factor on roots of colour shares in the vector `colour`, so that one limit and one noise fit them and CIELAB."""
SECOND_COLOUR = 0.15
"""Share of a garment from which its second colour is named; smaller ones are folds and shade."""
PATTERNED_FROM = 0.6
"""Share of all kinds but plain from which a second look has seen a pattern.

Chosen on 264 garments of training photos, in drawn prints and held-in real cloth: the lowest at which at most 6 % of
the plain ones are called patterned (77 % of the others are found). It belongs to the weights of the model.
"""
CLEAR = 0.7
"""Part of a garment's pattern that must be of one kind for the kind to be said; on the same garments the kind is then
right 93 times in 100, and said for 35."""
MAIN = 2
"""Number of main regions, the first of REGIONS: only the patterns of upper and lower count."""
WORDS = MAIN * len(COLOURS)
"""Number of colour words at the end of the vector `colour`."""


class Features(NamedTuple):
    """The features of one appearance."""

    appearance: Appearance
    vectors: dict[str, Floats]
    """A vector [values] for each of MOMENTS (counts.py); NaN where not seen."""
    pairs: Floats
    """[colours, colours] share of each colour of the upper over each of the lower."""


def features(appearance: Appearance) -> Features:
    return Features(appearance, vectors(appearance), pairs(appearance.counted_words))


def vectors(appearance: Appearance) -> dict[str, Floats]:
    """Return a vector [values] for each of MOMENTS; NaN where not seen.

    Pattern kinds and colour names are roots of shares (Hellinger): a difference between no stripes and a tenth then
    counts more than one between a tenth and a fifth.
    """
    kinds = _roots(appearance.patterns)[:, 1:]
    words = WORD_UNIT * _roots(appearance.counted_words)
    return {
        "colour": np.concatenate([appearance.colour, words.ravel()]),
        "kinds": kinds.ravel(),
        "texture": appearance.texture,
        "composition": appearance.composition,
    }


@cache
def positions(name: str, size: int, region: int | None) -> NDArray[np.intp]:
    """Return the positions of one main region's values in a vector `name` of MOMENTS that has `size` values.

    All of them if `region` is None. A vector has one or two parts (colours and their names); in each the values of the
    upper garment come before those of the lower.
    """
    if region is None:
        return np.arange(size)
    parts = (size - WORDS, WORDS) if name == "colour" else (size,)
    starts = (0, size - WORDS)
    each = [start + part // MAIN * region + np.arange(part // MAIN) for start, part in zip(starts, parts, strict=False)]
    return np.concatenate(each)


def _roots(shares: Floats) -> Floats:
    """[main regions, kinds] roots of the shares; NaN for a region that was not seen."""
    main = shares[:MAIN]
    return np.where(main.any(axis=1, keepdims=True), np.sqrt(main), np.nan)


def pairs(words: Floats) -> Floats:
    """[colours, colours] share of each colour of the upper over each of the lower; all 0 if one was not seen.

    `words` [regions, colours] are shares of names.
    """
    return np.outer(words[0], words[1])


def main_words(appearance: Appearance) -> list[str]:
    """Return the words that `message/link.py` hashes: the two main colours of upper, lower and shoes, the garment
    arrangement, and the pattern of the upper garment.

    A colour is given twice if there is hardly a second one; "" stands for what was not seen.
    """
    colours = [word for row in appearance.words[:3] for word in _main_colours(row)]
    pattern = pattern_of(appearance.patterns[0], is_close=appearance.looked_again > 0)
    return [*colours, _commonest(appearance.garments, GARMENTS), pattern]


def pattern_of(shares: Floats, *, is_close: bool) -> str:
    """Return the kind of PATTERNS that a region's `shares` [kinds] show, its likeliest if patterned; "" if unseen.

    `is_close` says that they are from second looks. Resolution hides patterns in the map of a whole frame, and its
    shares of sharp plain cloth are as high, so there the likeliest of all kinds decides.
    """
    if is_close and 1 - shares[0] >= PATTERNED_FROM and shares.any():
        return PATTERNS[1 + int(shares[1:].argmax())]
    return PATTERNS[0] if is_close and shares.any() else _commonest(shares, PATTERNS)


def pattern_word(shares: Floats, *, is_close: bool) -> str:
    """Return the word for a region's pattern: as `pattern_of`, but PATTERNED unless the kind is clear."""
    kind = pattern_of(shares, is_close=is_close)
    return kind if kind in ("", PATTERNS[0]) or is_clear(shares) else PATTERNED


def is_clear(shares: Floats) -> bool:
    """Return True if one kind is CLEAR among all but plain in a region's `shares` [kinds]."""
    return bool(shares[1:].max() >= CLEAR * shares[1:].sum())


def _main_colours(shares: Floats) -> tuple[str, str]:
    main, second = _commonest(shares, COLOURS), int(np.argsort(shares, kind="stable")[-2])
    return main, COLOURS[second] if shares[second] >= SECOND_COLOUR else main


def _commonest(shares: Floats, words: Sequence[str]) -> str:
    return words[int(shares.argmax())] if shares.any() else ""
