"""What is usual here: `learn` counts one sighting, `score` compares one and changes nothing, `merge` adds.

The values of the channels become tail probabilities by their own past, a facet's channels together become one again,
and so do the facets together. A sighting is scored before it is counted, so the histograms hold scores of people the
model had not seen (prequential; observed .049/.010 at nominal .05/.01 on 1,461 photos).
"""

import numpy as np
from numpy.typing import NDArray

from edge.errors import BaselineError
from edge.limits import WINDOW_S
from edge.recipe import Recipe
from edge.records import Appearance, Counts, Score, ScoreState
from edge.score.calibration import bin_of, rarity, tail_bits
from edge.score.channels import CHANNELS, FACET_WEIGHTS, Usual
from edge.score.counts import BaselineCounts, add_moments, add_shares, empty
from edge.score.drift import Drift
from edge.score.features import Features, features
from edge.score.reason import reasons
from edge.score.usual import build_usual
from edge.vocabulary import CONTEXTS, FACETS

CAP_BITS = 8.0
"""No channel or facet claims more than 1 in 256 by itself: a single one once claimed 1 in 71,779."""
POWER = 2.0
"""Of the mean of the facets: 1 adds them up, more lets the largest speak."""

CHANNEL_WARM_UP, FACET_WARM_UP, JOINT_WARM_UP = 20, 40, 60
"""Sightings before channels, facets, then joined scores are worth a place in their histograms."""

REBUILD_SHARE = 0.02
"""What is usual is worked out again when the counts have grown by this share."""

_WEIGHTS = np.array([[channel.weight * (channel.facet == facet) for channel in CHANNELS] for facet in FACETS])
"""[facets, channels]"""
_FACET_WEIGHTS = np.array([FACET_WEIGHTS[facet] for facet in FACETS])


class Baseline:
    """What is usual at one place."""

    def __init__(
        self,
        recipe: Recipe,
        *,
        min_sightings: int = 100,
        counts: BaselineCounts | None = None,
        noise: tuple[str, ...] = (),
        epoch: str = "",
        period: tuple[int, int] | None = None,
    ) -> None:
        self.recipe = recipe
        self.noise = tuple(sorted(noise))
        """What noise its counts were given (edge/baseline/noise.py), in words."""
        self.epoch = epoch
        """Under which a node counts, from zero on; empty for a sum of several and for files made by hand."""
        self.period = period
        """Starts of the first and the last 15-minute window counted in, seconds since 1970; None if nobody said."""
        self.counts = empty(recipe) if counts is None else counts
        self._min_sightings = min_sightings
        self._usual: Usual | None = None

    @property
    def sightings(self) -> int:
        return int(self.counts.sightings[0])

    @property
    def calibrated_on(self) -> int:
        """Sightings that were scored before they were counted."""
        return int(self.counts.joint[0].sum())

    def learn(self, appearance: Appearance, context: str = "any", *, at: float | None = None) -> None:
        """Count one sighting, its own score against the others first; in a context and for all.

        `at` is when, in seconds since 1970; only its window is kept.
        """
        counts = self.counts
        seen = features(appearance)
        raw = self._measure(seen)
        if self.sightings >= JOINT_WARM_UP:
            rows = sorted({0, CONTEXTS.index(context)})
            counts.joint[rows, bin_of(self._join(self._facet_bits(raw)))] += 1
        if self.sightings >= FACET_WARM_UP:
            _count(counts.groups, self._facet_values(raw))
        if self.sightings >= CHANNEL_WARM_UP:
            _count(counts.channels, raw)
        add_shares(counts.palettes, appearance.palettes)
        add_shares(counts.patterns, appearance.patterns)
        add_shares(counts.garments, appearance.garments)
        add_shares(counts.pairs, seen.pairs)
        for name, vector in seen.vectors.items():
            add_moments(counts, name, vector)
        counts.sightings[0] += 1
        if at is not None:
            start = max(int(at // WINDOW_S), 0) * WINDOW_S
            self.period = _span(self.period, (start, start))

    def score(self, appearance: Appearance, context: str = "any") -> Score:
        """How unusual one sighting is; `warming_up` until calibrated on `min_sightings`.

        Within a context where that has seen enough, else among all.
        """
        if self.calibrated_on < self._min_sightings:
            return Score(ScoreState.WARMING_UP, self.calibrated_on)
        past = self._past(context)
        seen = features(appearance)
        bits = self._facet_bits(self._measure(seen))
        found = rarity(past, self._join(bits))
        facets = dict(zip(FACETS, bits.tolist(), strict=True))
        return Score(
            ScoreState.SCORED,
            int(past.sum()),
            surprisal_bits=float(-np.log2(found.p_value)),
            p_value=found.p_value,
            one_in=1 / found.p_value,
            low=found.low,
            high=found.high,
            facets=facets,
            reasons=reasons(seen, self._built(), facets),
        )

    def drift(self, rng: np.random.Generator) -> Drift:
        """A watch over scores against this baseline, beginning now."""
        return Drift(self.counts.joint[0], self.counts.groups, rng)

    def watch(self, appearance: Appearance, drift: Drift) -> None:
        """One more score for that watch."""
        values = self._facet_values(self._measure(features(appearance)))
        drift.take(self._join(_tails(self.counts.groups, values)), values)

    def merge(self, other: "Baseline") -> "Baseline":
        """The sum of two; raises BaselineError for another recipe. Commutative and associative to the last bit."""
        if self.recipe != other.recipe:
            raise BaselineError(
                f"recipes differ, their counts cannot be added: {self.recipe.differences(other.recipe)}. "
                "Learn both with the same software and model"
            )
        counts = BaselineCounts(*(mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)))
        noise = (*self.noise, *other.noise)
        period = _span(self.period, other.period)
        return Baseline(self.recipe, min_sightings=self._min_sightings, counts=counts, noise=noise, period=period)

    def _past(self, context: str) -> Counts:
        """[BINS] the joined scores to compare with."""
        within: Counts = self.counts.joint[CONTEXTS.index(context)]
        everybody: Counts = self.counts.joint[0]
        return within if int(within.sum()) >= self._min_sightings else everybody

    def _built(self) -> Usual:
        if self._usual is None or self.sightings > self._usual.built_at * (1 + REBUILD_SHARE):
            self._usual = build_usual(self.counts, self.recipe)
        return self._usual

    def _measure(self, seen: Features) -> list[float]:
        """The raw value of each of CHANNELS."""
        usual = self._built()
        return [channel.measure(seen, usual) for channel in CHANNELS]

    def _facet_values(self, raw: list[float]) -> NDArray[np.float64]:
        """[facets] what the channels of each claim together."""
        return np.asarray(_WEIGHTS @ _tails(self.counts.channels, raw))

    def _facet_bits(self, raw: list[float]) -> NDArray[np.float64]:
        return _tails(self.counts.groups, self._facet_values(raw))

    def _join(self, bits: NDArray[np.float64]) -> float:
        """Return the joined score J of `bits`, shape [facets]: J = (sum over facets of W_f * b_f**POWER)**(1 / POWER).

        From the channels' raw values x_c to the reported p-value, every step uses histograms of past values:

            t_c = tail_bits(past of c, x_c)                   each channel, at most CAP_BITS
            b_f = tail_bits(past of f, sum of w_c * t_c)      each facet, over its channels, at most CAP_BITS
            J   = as above
            p   = (1 + number of past J at least as large) / (1 + number of past J);  bits = -log2(p), one_in = 1 / p

        `tail_bits` is -log2 of the share of past values at least as large (calibration.py). p is the conformal p-value
        of Vovk et al. 2005, "Algorithmic Learning in a Random World", ch. 2, which is valid for any J. The weights w_c
        and W_f (channels.py), POWER and CAP_BITS were chosen by measurement (tools/evaluate rarity).
        """
        return float((_FACET_WEIGHTS @ bits**POWER) ** (1 / POWER))


def _tails(past: Counts, raw: list[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """[rows] of each value among the past ones of its row."""
    return np.array([tail_bits(histogram, value, CAP_BITS) for histogram, value in zip(past, raw, strict=True)])


def _count(histograms: Counts, raw: list[float] | NDArray[np.float64]) -> None:
    histograms[np.arange(len(histograms)), [bin_of(value) for value in raw]] += 1


def _span(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    both = [period for period in (one, other) if period is not None]
    return (min(first for first, _ in both), max(last for _, last in both)) if both else None
