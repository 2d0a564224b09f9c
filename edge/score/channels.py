"""One appearance against what was counted: the raw value of each channel. Pure, but for what it is built from.

Two channels of colour, three of pattern, two of garment, one of combination. What worked when measured on street
photos: palette counts per region beside a joint distance of colour words and moments for colour; expected bits of the
pattern kinds beside distances of kinds and texture; counts of garment arrangements and colour pairs, which also give
the reasons.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from edge.palette import AB_CELLS, CELL_COLOURS, L_CELLS
from edge.recipe import Recipe
from edge.records import Appearance, Floats
from edge.score import nuisance, surprisal
from edge.score.counts import CHANNELS, MOMENTS, SHARE_UNIT, BaselineCounts, values
from edge.vocabulary import COLOURS, GARMENTS, PATTERNS

FACET_OF = ("colour", "colour", "pattern", "pattern", "pattern", "garment", "garment", "combination")
"""Which facet each of CHANNELS belongs to."""
WEIGHTS = np.array([0.5, 1.0, 1.0, 1.0, 0.7, 1.0, 1.0, 1.0])
"""Of each channel in its facet; by measurement on photos of people who are in no figure (tools/evaluate rarity)."""

REGION_WEIGHTS = np.array([0.5, 0.4, 0.1, 0.05, 0.0], np.float32)
"""Of REGIONS in the palette channel; `whole` is their sum and would count twice."""

DISTANCE_BITS = 6.0
"""A distance of 1 (ordinary) falls into the middle of the histogram's range at this many "bits"."""

WORD_UNIT = 64.0
"""The root of a share of 1 counts as much as 64 CIELAB units where one limit and one noise hold for both."""

SECOND_COLOUR = 0.15
"""Share of a garment from which its second colour is named: less is folds and shade."""

GRID = (L_CELLS, AB_CELLS, AB_CELLS)
COLOUR_OF_CELL = np.eye(len(COLOURS), dtype=np.float32)[CELL_COLOURS]

_MAIN = ("upper", "lower")
"""The regions whose pattern counts, the first of REGIONS."""


class Model(NamedTuple):
    """What `measure` needs, derived from the counts."""

    built_at: int
    """Sightings."""
    palettes: Floats
    """[regions, cells] bits"""
    patterns: Floats
    """[regions, kinds] bits"""
    garments: Floats
    """[kinds] bits"""
    pairs: Floats
    """[colours * colours] bits"""
    gaussians: dict[str, surprisal.Gaussian | None]
    """Of each of MOMENTS."""


def build(counts: BaselineCounts, recipe: Recipe) -> Model:
    """Raises BaselineError if the recipe names a nuisance covariance that is not here."""
    shipped = nuisance.of_recipe(recipe.model, recipe.nuisance)
    gaussians = {}
    for name in MOMENTS:
        n, total, products = values(counts.moments(name))
        extra = np.zeros_like(products) if shipped is None else nuisance.WEIGHT * shipped.of(name)
        gaussians[name] = surprisal.gaussian(n, total, products, extra)
    return Model(
        int(counts.sightings[0]),
        surprisal.cell_bits(counts.palettes / SHARE_UNIT, GRID),
        surprisal.bits_of(counts.patterns / SHARE_UNIT),
        surprisal.bits_of(counts.garments / SHARE_UNIT),
        surprisal.bits_of(counts.pairs.ravel() / SHARE_UNIT),
        gaussians,
    )


def measure(appearance: Appearance, model: Model) -> list[float]:
    """The raw value of each of CHANNELS, in bits or what lies about where bits do."""
    away = {name: surprisal.distance(vector, model.gaussians[name]) for name, vector in vectors(appearance).items()}
    main = slice(0, len(_MAIN))
    found = {
        "palette": surprisal.palette_bits(appearance.palettes, model.palettes, REGION_WEIGHTS),
        "colour": DISTANCE_BITS * away["colour"],
        "kinds": float(surprisal.mean_square_bits(appearance.patterns[main], model.patterns[main]).max()),
        "kind moments": DISTANCE_BITS * away["kinds"],
        "texture": DISTANCE_BITS * away["texture"],
        "arrangement": surprisal.share_bits(appearance.garments, model.garments),
        "composition": DISTANCE_BITS * away["composition"],
        "pair": surprisal.share_bits(pairs(appearance).ravel(), model.pairs),
    }
    return [found[name] for name in CHANNELS]


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
    main = shares[: len(_MAIN)]
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
