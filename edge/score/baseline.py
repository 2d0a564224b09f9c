"""What is usual here: sums of whole numbers only, so that merging is exact; it keeps nobody.

State is counts (palette cells, pattern kinds, garment arrangements, colour pairs), moments (n, sum x, sum xx') and
histograms of past scores, all int64 and of constant size. `learn` counts one sighting; `score` compares one and
changes nothing; `merge` adds. A sighting is scored before it is counted, so the calibration histograms hold scores of
people the model had not seen (prequential; observed .041/.009 at nominal .05/.01 in a feasibility study).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.errors import BaselineError
from edge.palette import AB_CELLS, CELL_COLOURS, CELLS, L_CELLS
from edge.records import Appearance, Counts, Floats, Reason, Score, ScoreState
from edge.score import surprisal
from edge.score.calibration import BINS, bin_of, rarity, tail_bits
from edge.score.recipe import Recipe
from edge.vocabulary import COLOURS, FACETS, GARMENTS, PATTERNS, REGIONS

SHARE_UNIT = 1024
"""Shares are counted in whole 1/1024ths of a sighting."""
VALUE_UNIT = 64
"""Moments are summed in whole 1/64ths; 10 million sightings of |x| < 200 stay below 2**63."""

CHANNELS = ("palette", "colour", "pattern", "texture", "garment", "pair")
"""What is measured; each gets its own histogram of past values and so its own tail probability."""
FACET_OF = ("colour", "colour", "pattern", "pattern", "garment", "combination")
WEIGHTS = np.array([1.0, 1.0, 0.6, 0.7, 0.6, 0.5])
"""In the joined score; texture .7 as measured beforehand, garment and pattern kinds are noisier in v1."""
CAP_BITS = 8.0
"""No channel claims more than 1 in 256 by itself: a single one once claimed 1 in 71,779."""
DISTANCE_BITS = 6.0
"""A distance of 1 (ordinary) falls into the middle of the histogram's range at this many "bits"."""

REGION_WEIGHTS = np.array([0.5, 0.4, 0.1, 0.05, 0.0], np.float32)
"""Of REGIONS in the palette channel; `whole` is their sum and would count twice."""

CHANNEL_WARM_UP, JOINT_WARM_UP = 20, 40
"""Sightings before the channels', then the joined, scores are worth a place in their histograms."""

REASON_BITS = 2.0
"""A channel below this (1 in 4) is no reason."""

REBUILD_SHARE = 0.02
"""The model behind the scores is rebuilt when the counts have grown by this share."""

_GRID = (L_CELLS, AB_CELLS, AB_CELLS)
_COLOUR_OF_CELL = np.eye(len(COLOURS), dtype=np.float32)[CELL_COLOURS]


class State(NamedTuple):
    """Everything a baseline remembers, int64 throughout."""

    sightings: Counts
    """[1]"""
    palettes: Counts
    """[regions, cells] in SHARE_UNITs"""
    patterns: Counts
    """[regions, kinds] in SHARE_UNITs"""
    garments: Counts
    """[kinds] in SHARE_UNITs"""
    pairs: Counts
    """[colours of the upper, colours of the lower] in SHARE_UNITs"""
    colour_n: Counts
    colour_sum: Counts
    """[colour] in VALUE_UNITs"""
    colour_products: Counts
    """[colour, colour] in VALUE_UNIT squares"""
    texture_n: Counts
    texture_sum: Counts
    texture_products: Counts
    channels: Counts
    """[channels, BINS] past values of each channel"""
    joint: Counts
    """[BINS] past joined scores"""


def empty(recipe: Recipe) -> State:
    """The state that changes nothing it is added to."""
    colour, texture = recipe.colour_moments, recipe.textures
    shapes = [
        (1,),
        (len(REGIONS), CELLS),
        (len(REGIONS), len(PATTERNS)),
        (len(GARMENTS),),
        (len(COLOURS), len(COLOURS)),
        (1,),
        (colour,),
        (colour, colour),
        (1,),
        (texture,),
        (texture, texture),
        (len(CHANNELS), BINS),
        (BINS,),
    ]
    return State(*(np.zeros(shape, np.int64) for shape in shapes))


class _Model(NamedTuple):
    """What `score` needs, derived from the state."""

    built_at: int
    palettes: Floats
    patterns: Floats
    garments: Floats
    pairs: Floats
    colour: surprisal.Gaussian | None
    texture: surprisal.Gaussian | None


class Baseline:
    """What is usual at one place. `learn` counts, `score` compares, `merge` adds."""

    def __init__(self, recipe: Recipe, *, min_sightings: int = 100, state: State | None = None) -> None:
        self.recipe = recipe
        self.state = empty(recipe) if state is None else state
        self._min_sightings = min_sightings
        self._model: _Model | None = None

    @property
    def sightings(self) -> int:
        return int(self.state.sightings[0])

    @property
    def calibrated_on(self) -> int:
        """Sightings that were scored before they were counted."""
        return int(self.state.joint.sum())

    def learn(self, appearance: Appearance) -> None:
        """Count one sighting, its own score against the others first."""
        raw = self._measure(appearance)
        if self.sightings >= CHANNEL_WARM_UP:
            if self.sightings >= JOINT_WARM_UP:
                self.state.joint[bin_of(self._join(raw))] += 1
            self.state.channels[np.arange(len(CHANNELS)), [bin_of(value) for value in raw]] += 1
        _add_shares(self.state.palettes, appearance.palettes)
        _add_shares(self.state.patterns, appearance.patterns)
        _add_shares(self.state.garments, appearance.garments)
        _add_shares(self.state.pairs, _pairs(appearance))
        _add_moments(self.state[5:8], appearance.colour)
        _add_moments(self.state[8:11], appearance.texture)
        self.state.sightings[0] += 1

    def score(self, appearance: Appearance) -> Score:
        """How unusual one sighting is; `warming_up` until calibrated on `min_sightings`."""
        if self.calibrated_on < self._min_sightings:
            return Score(ScoreState.WARMING_UP, self.calibrated_on)
        raw = self._measure(appearance)
        bits = self._tails(raw)
        found = rarity(self.state.joint, float(WEIGHTS @ bits))
        facets = {facet: max(b for b, of in zip(bits, FACET_OF, strict=True) if of == facet) for facet in FACETS}
        return Score(
            ScoreState.SCORED,
            self.calibrated_on,
            surprisal_bits=float(-np.log2(found.p_value)),
            p_value=found.p_value,
            one_in=1 / found.p_value,
            low=found.low,
            high=found.high,
            facets={facet: float(value) for facet, value in facets.items()},
            reasons=self._reasons(appearance, facets),
        )

    def merge(self, other: "Baseline") -> "Baseline":
        """The sum of two; raises BaselineError for another recipe. Commutative and associative to the last bit."""
        if self.recipe != other.recipe:
            raise BaselineError(
                f"recipes differ, their counts cannot be added: {self.recipe.differences(other.recipe)}. "
                "Learn both with the same software and model"
            )
        state = State(*(mine + theirs for mine, theirs in zip(self.state, other.state, strict=True)))
        return Baseline(self.recipe, min_sightings=self._min_sightings, state=state)

    def _built(self) -> _Model:
        if self._model is None or self.sightings > self._model.built_at * (1 + REBUILD_SHARE):
            state = self.state
            self._model = _Model(
                self.sightings,
                surprisal.cell_bits(state.palettes / SHARE_UNIT, _GRID),
                surprisal.bits_of(state.patterns / SHARE_UNIT),
                surprisal.bits_of(state.garments / SHARE_UNIT),
                surprisal.bits_of(state.pairs.ravel() / SHARE_UNIT),
                _gaussian(*state[5:8]),
                _gaussian(*state[8:11]),
            )
        return self._model

    def _measure(self, appearance: Appearance) -> list[float]:
        """The raw value of each channel."""
        model = self._built()
        pattern_bits = (appearance.patterns[:2] * model.patterns[:2]).sum(axis=1)
        return [
            surprisal.palette_bits(appearance.palettes, model.palettes, REGION_WEIGHTS),
            DISTANCE_BITS * surprisal.distance(appearance.colour, model.colour),
            float(pattern_bits.max()),
            DISTANCE_BITS * surprisal.distance(appearance.texture, model.texture),
            surprisal.share_bits(appearance.garments, model.garments),
            surprisal.share_bits(_pairs(appearance).ravel(), model.pairs),
        ]

    def _tails(self, raw: list[float]) -> NDArray[np.float64]:
        past = zip(self.state.channels, raw, strict=True)
        return np.array([tail_bits(histogram, value, CAP_BITS) for histogram, value in past])

    def _join(self, raw: list[float]) -> float:
        return float(WEIGHTS @ self._tails(raw))

    def _reasons(self, appearance: Appearance, facets: dict[str, float]) -> tuple[Reason, ...]:
        """The words that carry most of each facet's bits, most bits first."""
        model = self._built()
        words = {
            "colour": _colour_word(appearance.palettes, model.palettes),
            "pattern": _pattern_word(appearance.patterns, model.patterns),
            "garment": f"garment:{GARMENTS[int((appearance.garments * model.garments).argmax())]}",
            "combination": _pair_word(_pairs(appearance), model.pairs),
        }
        reasons = [Reason(words[facet], float(bits)) for facet, bits in facets.items() if bits >= REASON_BITS]
        return tuple(sorted(reasons, key=lambda reason: -reason.bits))


def _add_shares(total: Counts, shares: Floats) -> None:
    total += np.rint(shares * SHARE_UNIT).astype(np.int64)


def main_colours(appearance: Appearance) -> tuple[str, str]:
    """The commonest colour words of the upper and the lower garment; empty for one that was not seen."""
    shares = appearance.palettes[:2] @ _COLOUR_OF_CELL
    upper, lower = (COLOURS[int(row.argmax())] if row.any() else "" for row in shares)
    return upper, lower


def _pairs(appearance: Appearance) -> Floats:
    """[colours, colours] share of each colour of the upper over each of the lower; all 0 if one was not seen."""
    upper, lower = appearance.palettes[0] @ _COLOUR_OF_CELL, appearance.palettes[1] @ _COLOUR_OF_CELL
    return np.outer(upper, lower)


def _add_moments(moments: tuple[Counts, ...], vector: Floats) -> None:
    """Add one complete vector; one with unseen values would bend the covariance and is left out."""
    n, total, products = moments
    if not np.isnan(vector).any():
        fixed = np.rint(vector * VALUE_UNIT).astype(np.int64)
        n += 1
        total += fixed
        products += np.outer(fixed, fixed)


def _gaussian(n: Counts, total: Counts, products: Counts) -> surprisal.Gaussian | None:
    return surprisal.gaussian(int(n[0]), total / VALUE_UNIT, products / VALUE_UNIT**2)


def _colour_word(palettes: Floats, bits: Floats) -> str:
    """The region and colour that hold most of the palette channel's squared bits."""
    by_cell = REGION_WEIGHTS[:, None] * palettes * bits**2
    by_colour = by_cell @ _COLOUR_OF_CELL
    region, colour = np.unravel_index(int(by_colour.argmax()), by_colour.shape)
    return f"colour:{REGIONS[region]}:{COLOURS[colour]}"


def _pattern_word(patterns: Floats, bits: Floats) -> str:
    each = (patterns * bits)[:2]
    region, kind = np.unravel_index(int(each.argmax()), each.shape)
    return f"pattern:{REGIONS[region]}:{PATTERNS[kind]}"


def _pair_word(pairs: Floats, bits: Floats) -> str:
    upper, lower = divmod(int((pairs.ravel() * bits).argmax()), len(COLOURS))
    return f"combination:{COLOURS[upper]}-over-{COLOURS[lower]}"
