"""The channels of the score: each compares one property of an outfit with what is usual, and may give reasons.

A new channel is one function and one row of CHANNELS; it makes a new recipe. These worked best when measured on street
photos. Colour: palette counts per region, and a distance of colour names and moments. Pattern: expected bits of the
pattern kinds, and distances of kinds and texture. Both are measured on the whole outfit and on one garment, because one
odd garment beside an ordinary one is not odd on average. Garments and colour pairs give reasons, and do not count.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.palette import CELL_NAMES
from edge.records import Floats
from edge.score import surprisal
from edge.score.features import MAIN, Features, is_clear, pairs, positions
from edge.vocabulary import COLOURS, GARMENTS, PATTERNED, PATTERNS, REGIONS, SILHOUETTES

REGION_WEIGHTS = np.array([0.5, 0.4, 0.1, 0.05, 0.0], np.float32)
"""[regions] weights of REGIONS in the palette channel; that of `whole` is 0, since it is the sum of the others."""
DISTANCE_BITS = 6.0
"""Factor on distances that makes them fit the histogram's range of bits: an ordinary distance of 1 becomes 6."""
REASON_BITS = 2.0
"""Bits (1 in 4) a facet needs to be given as a reason."""
LEAST_SHOWN = 1e-3
"""Share of a region below which the names of one palette cell are too few to carry all of the cell's bits."""

Block = tuple[str, int | None]
"""One of MOMENTS (counts.py), and the main region whose values are meant, or None for all of them."""
Shares = dict[str, float]
"""Reasons, such as `colour:upper:orange`, and how much of a channel's bits each one carries."""


class Usual(NamedTuple):
    """Bits (-log2 of frequencies) and normal models of what is usual, computed from the counts (usual.py)."""

    built_at: int
    """Number of sightings it was computed from."""
    palettes: Floats
    """[regions, cells] bits"""
    patterns: Floats
    """[regions, kinds] bits"""
    garments: Floats
    """[kinds] bits"""
    pairs: Floats
    """[colours * colours] bits"""
    gaussians: dict[Block, surprisal.Gaussian | None]
    """A normal model of each of BLOCKS; None with too few sightings."""


Measure = Callable[[Features, Usual], float]


class Channel(NamedTuple):
    """One row of CHANNELS."""

    name: str
    facet: str
    """One of vocabulary.FACETS."""
    weight: float
    """Weight in its facet, chosen on photos of people who are in no published figure (tools/evaluate rarity)."""
    measure: Measure
    """Returns the raw value, in bits or in a unit of a similar range."""
    explain: Callable[[Features, Usual], Shares] | None = None
    """Returns the reasons that carry the value; None: other channels of its facet give them."""


def _palette(seen: Features, usual: Usual) -> float:
    return surprisal.palette_bits(seen.appearance.palettes, usual.palettes, REGION_WEIGHTS)


def _explain_palette(seen: Features, usual: Usual) -> Shares:
    """Share of each region and colour in the squared bits.

    A cell may hold several names. Its bits go to those that its region shows, by their share of both: P(name | cell,
    region) ~ P(name | cell) P(name | region). A region too dark to be named gives no reason.
    """
    by_cell = REGION_WEIGHTS[:, None] * seen.appearance.palettes * usual.palettes**2
    shown = CELL_NAMES @ seen.appearance.words.T  # [cells, regions]
    by_colour = seen.appearance.words * ((by_cell / np.maximum(shown.T, LEAST_SHOWN)) @ CELL_NAMES)
    return {f"colour:{r}:{c}": float(by_colour[i, k]) for i, r in enumerate(REGIONS) for k, c in enumerate(COLOURS)}


def _kinds(seen: Features, usual: Usual) -> float:
    return float(surprisal.mean_square_bits(seen.appearance.patterns[:MAIN], usual.patterns[:MAIN]).max())


def _explain_kinds(seen: Features, usual: Usual) -> Shares:
    """Share of each pattern kind in the squared bits; `plain` is a reason only where most garments are patterned.

    The kinds of a garment on which none is clear are one reason together.
    """
    each = (seen.appearance.patterns * usual.patterns**2)[:MAIN]
    if each[:, 1:].max() > 0 and usual.patterns[:MAIN, 0].max() < REASON_BITS:
        each[:, 0] = 0
    found: Shares = {}
    for region, shares, parts in zip(REGIONS[:MAIN], seen.appearance.patterns, each, strict=False):
        kinds = dict(zip(PATTERNS, parts.tolist(), strict=True))
        if not is_clear(shares):
            kinds = {PATTERNS[0]: kinds[PATTERNS[0]], PATTERNED: float(parts[1:].sum())}
        found |= {f"pattern:{region}:{kind}": part for kind, part in kinds.items()}
    return found


def _arrangement(seen: Features, usual: Usual) -> float:
    return surprisal.share_bits(seen.appearance.garments, usual.garments)


def _explain_arrangement(seen: Features, usual: Usual) -> Shares:
    each = seen.appearance.garments * usual.garments
    return {f"garment:{k}": float(b) for k, b in zip(GARMENTS, each, strict=True)}


def _explain_composition(seen: Features, usual: Usual) -> Shares:
    """Share of each value of the silhouette in the distance."""
    gaussian = usual.gaussians["composition", None]
    if gaussian is None:
        return {}
    away = np.nan_to_num(np.asarray(seen.appearance.composition - gaussian.mean, np.float32))
    parts = zip(SILHOUETTES, away, _parts(away, gaussian.inverse), strict=True)
    return {f"garment:{words[int(one > 0)]}": float(part) for words, one, part in parts}


def _parts(away: Floats, inverse: NDArray[np.float64]) -> NDArray[np.float64]:
    """[values] each value's part of a squared distance, in bits of a normal density; negative parts become 0.

    `away` [values] is the difference to the mean, `inverse` [values, values] the inverse covariance.
    """
    return np.asarray(np.maximum(away * (inverse @ away), 0) / (2 * np.log(2)))


def _pair(seen: Features, usual: Usual) -> float:
    return surprisal.share_bits(seen.pairs.ravel(), usual.pairs)


def _explain_pair(seen: Features, usual: Usual) -> Shares:
    each = pairs(seen.appearance.words) * usual.pairs.reshape(len(COLOURS), -1)
    top = np.argsort(-each, axis=None)[:2]
    return {
        f"combination:{COLOURS[int(i)]}-over-{COLOURS[int(k)]}": float(each[i, k])
        for i, k in zip(*np.unravel_index(top, each.shape), strict=True)
    }


def _distance_of(name: str, region: int | None = None) -> Measure:
    """Return a measure of the distance of one of BLOCKS from its mean, times DISTANCE_BITS."""

    def measure(seen: Features, usual: Usual) -> float:
        vector = seen.vectors[name]
        block = vector[positions(name, len(vector), region)]
        return DISTANCE_BITS * surprisal.distance(block, usual.gaussians[name, region])

    return measure


def _palette_of(region: int) -> Measure:
    """Return the palette channel of one region alone."""

    def measure(seen: Features, usual: Usual) -> float:
        return float(surprisal.mean_square_bits(seen.appearance.palettes[[region]], usual.palettes[[region]])[0])

    return measure


def _kinds_of(region: int) -> Measure:
    """Return the channel of pattern kinds of one region alone."""

    def measure(seen: Features, usual: Usual) -> float:
        return float(surprisal.mean_square_bits(seen.appearance.patterns[[region]], usual.patterns[[region]])[0])

    return measure


def _larger(one: Measure, other: Measure) -> Measure:
    """Return the larger one of two values: that of the rarer garment."""
    return lambda seen, usual: max(one(seen, usual), other(seen, usual))


_UPPER, _LOWER = range(MAIN)
_RAREST_PALETTE = _larger(_palette_of(_UPPER), _palette_of(_LOWER))
_RAREST_COLOUR = _larger(_distance_of("colour", _UPPER), _distance_of("colour", _LOWER))

CHANNELS = (
    Channel("palette", "colour", 1.0, _palette, _explain_palette),
    Channel("colour", "colour", 1.0, _distance_of("colour")),
    Channel("palette of the rarer", "colour", 1.0, _RAREST_PALETTE),
    Channel("colour of the rarer", "colour", 1.0, _RAREST_COLOUR),
    Channel("palette of the lower", "colour", 1.0, _palette_of(_LOWER)),
    Channel("colour of the lower", "colour", 1.0, _distance_of("colour", _LOWER)),
    Channel("kinds", "pattern", 1.0, _kinds, _explain_kinds),
    Channel("kind moments", "pattern", 1.0, _distance_of("kinds")),
    Channel("texture", "pattern", 0.7, _distance_of("texture")),
    Channel("kinds of the upper", "pattern", 0.7, _kinds_of(_UPPER)),
    Channel("kind moments of the upper", "pattern", 0.7, _distance_of("kinds", _UPPER)),
    Channel("texture of the upper", "pattern", 0.35, _distance_of("texture", _UPPER)),
    Channel("kinds of the lower", "pattern", 0.7, _kinds_of(_LOWER)),
    Channel("kind moments of the lower", "pattern", 0.7, _distance_of("kinds", _LOWER)),
    Channel("texture of the lower", "pattern", 0.35, _distance_of("texture", _LOWER)),
    Channel("arrangement", "garment", 1.0, _arrangement, _explain_arrangement),
    Channel("composition", "garment", 1.0, _distance_of("composition"), _explain_composition),
    Channel("pair", "combination", 1.0, _pair, _explain_pair),
)
"""The channels of the score; each has its own histogram of past values, in this order, and its own tail probability."""

FACET_WEIGHTS = {"colour": 1.0, "pattern": 1.0, "garment": 0.0, "combination": 0.0}
"""Weight of each facet in the joined score; with 0 it gives reasons alone.

Chosen on photos labelled by eye (tools/evaluate rarity). What the garment facet finds rare is not what people do (AUROC
.52 to .56), and 38 other measures of the garments' shape did no better; colour pairs add nothing to the colours.
"""

BLOCKS: tuple[Block, ...] = (
    ("colour", None),
    ("colour", _UPPER),
    ("colour", _LOWER),
    ("kinds", None),
    ("kinds", _UPPER),
    ("kinds", _LOWER),
    ("texture", None),
    ("texture", _UPPER),
    ("texture", _LOWER),
    ("composition", None),
)
"""The feature vectors, and parts of them, whose distance from what is usual is measured."""


def explain(facet: str, seen: Features, usual: Usual) -> Shares:
    """Return the reasons of a facet's channels; if two channels give the same reason, its larger share."""
    shares: Shares = {}
    for channel in CHANNELS:
        if channel.facet == facet and channel.explain is not None:
            for reason, share in channel.explain(seen, usual).items():
                shares[reason] = max(shares.get(reason, 0.0), share)
    return shares
