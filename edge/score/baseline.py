"""The baseline: counts of what is usual at one place. `learn` adds a sighting, `score` compares one, `merge` adds two.

How a score is made: each channel's value becomes a tail probability among the channel's past values. The weighted
channels of a facet are added and become a tail probability again. The facets are joined in the same way. A sighting is
scored before it is counted, so the histograms hold scores of people the baseline had not seen (prequential).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.errors import BaselineError
from edge.limits import WINDOW_S
from edge.recipe import Recipe
from edge.records import Appearance, Counts, Score, ScoreState
from edge.score import worn
from edge.score.bands import band_of, fair_bits
from edge.score.calibration import Rarity, bin_of, rarity, tail_bits
from edge.score.channels import CHANNELS, FACET_WEIGHTS, Usual
from edge.score.counts import BaselineCounts, add_moments, add_shares, empty
from edge.score.drift import Drift
from edge.score.features import Features, features
from edge.score.reason import reasons
from edge.score.sources import added, sums_of
from edge.score.usual import build_usual
from edge.vocabulary import CONTEXTS, FACETS

CAP_BITS = 10.0
"""Most bits of one channel or facet (1 in 1,024): without a limit a single channel once reached 1 in 71,779.

Above 10 the sums of a facet's channels would leave the histograms' range; on photos 6 to 20 find the same people."""


CHANNEL_WARM_UP, FACET_WARM_UP, BAND_WARM_UP, JOINT_WARM_UP = 20, 40, 50, 60
"""Sightings after which values of channels, of facets and of the joined score are counted in their histograms.
"""


class WarmUp(NamedTuple):
    """Sightings after which values of each kind are counted in their histograms."""

    channels: int
    facets: int
    bands: int
    joint: int


class Past(NamedTuple):
    """Histograms of past values, [..., BINS]; whole counts, or weights (camera_baseline.py)."""

    channels: NDArray[Any]
    groups: NDArray[Any]
    bands: NDArray[Any]


WARM_UP = WarmUp(CHANNEL_WARM_UP, FACET_WARM_UP, BAND_WARM_UP, JOINT_WARM_UP)

REBUILD_SHARE = 0.02
"""Growth of the counts, as a share, after which the bits of what is usual are computed again."""

_WEIGHTS = np.array([[channel.weight * (channel.facet == facet) for channel in CHANNELS] for facet in FACETS])
"""[facets, channels] weight of each channel in its facet."""
_FACET_WEIGHTS = np.array([FACET_WEIGHTS[facet] for facet in FACETS])
"""[facets] weight of each facet in the joined score."""


class Baseline:
    """Owner of the counts of what is usual at one place."""

    _warm_up = WARM_UP

    def __init__(
        self,
        recipe: Recipe,
        *,
        min_sightings: int = 100,
        counts: BaselineCounts | None = None,
        noise: tuple[str, ...] = (),
        epoch: str = "",
        period: tuple[int, int] | None = None,
        sources: Mapping[str, Counts] | None = None,
    ) -> None:
        self.recipe = recipe
        self.noise = tuple(sorted(noise))
        """Labels of the noise that was added to the counts (edge/baseline/noise.py)."""
        self.epoch = epoch
        """Random id of a node's counts since they were last empty; empty for sums and for files of `spotter learn`."""
        self.period = period
        """Starts of the first and the last 15-minute window with sightings, UTC seconds; None if not known."""
        self.sources = dict(sources or {})
        """Sums of each camera by `place/camera` (sources.py); empty if nobody said where the sightings are from."""
        self.counts = empty(recipe) if counts is None else counts
        self._min_sightings = min_sightings
        self._usual: Usual | None = None

    @property
    def sightings(self) -> int:
        return int(self.counts.sightings[0])

    @property
    def calibrated_on(self) -> int:
        """Number of sightings that were scored before they were counted."""
        return int(self.counts.joint[0].sum())

    @property
    def is_calibrated(self) -> bool:
        """True if there are enough of them for scores."""
        return self.calibrated_on >= self._min_sightings

    def learn(self, appearance: Appearance, context: str = "any", *, at: float | None = None) -> None:
        """Count one sighting, after scoring it against the earlier ones; the score counts for `context` and for all.

        `at` is the time in UTC seconds; only its 15-minute window is kept.
        """
        counts = self.counts
        seen = features(appearance)
        self._calibrate(self._measure(seen), band_of(appearance), context)
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

    def _calibrate(self, raw: list[float], band: int, context: str) -> None:
        """Count one sighting's values in the histograms; `raw` [channels] are those of its channels."""
        counts, compared, warm_up = self.counts, self._compared, self._warm_up
        if compared >= warm_up.bands:
            joined = self._join(self._facet_bits(raw))
            if compared >= warm_up.joint:
                rows = sorted({0, CONTEXTS.index(context)})
                counts.joint[rows, bin_of(fair_bits(self._past.bands, band, joined))] += 1
            counts.bands[band, bin_of(joined)] += 1
        if compared >= warm_up.facets:
            _count(counts.groups, self._facet_values(raw))
        if compared >= warm_up.channels:
            _count(counts.channels, raw)

    @property
    def _compared(self) -> int:
        """Sightings, without those whose past values a baseline with noise lost (baseline/noise.py)."""
        return min(self.sightings, CHANNEL_WARM_UP + int(self.counts.channels[0].sum()))

    def score(self, appearance: Appearance, context: str = "any") -> Score:
        """Score one sighting; the state is `warming_up` until `min_sightings` were scored.

        It is compared with the sightings of its context if there are enough, else with all.
        """
        if not self.is_calibrated:
            return Score(ScoreState.WARMING_UP, self.calibrated_on)
        return self._scored(appearance, context)

    def _scored(self, appearance: Appearance, context: str) -> Score:
        seen = features(appearance)
        bits = self._facet_bits(self._measure(seen))
        found, compared = self._rarity(
            fair_bits(self._past.bands, band_of(appearance), self._join(bits)),
            context,
        )
        facets = dict(zip(FACETS, bits.tolist(), strict=True))
        why = reasons(seen, self._built(), facets)
        return Score(
            ScoreState.SCORED,
            compared,
            surprisal_bits=float(-np.log2(found.p_value)),
            p_value=found.p_value,
            one_in=1 / found.p_value,
            low=found.low,
            high=found.high,
            facets=facets,
            reasons=why,
            worn=worn.describe(appearance, why),
        )

    def drift(self, rng: np.random.Generator) -> Drift:
        """Return a drift watch that compares later sightings with this baseline; `rng` breaks ties."""
        return Drift(self.counts.joint[0], self.counts.groups, rng)

    def watch(self, appearance: Appearance, drift: Drift) -> None:
        """Add a sighting to a drift watch of this baseline."""
        values = self._facet_values(self._measure(features(appearance)))
        joined = self._join(_tails(self.counts.groups, values))
        drift.take(fair_bits(self.counts.bands, band_of(appearance), joined), values)

    def merge(self, other: "Baseline") -> "Baseline":
        """Add two baselines; raises BaselineError for different recipes. Exactly commutative and associative."""
        if self.recipe != other.recipe:
            raise BaselineError(
                f"recipes differ, their counts cannot be added: {self.recipe.differences(other.recipe)}. "
                "Learn both with the same software and model"
            )
        counts = BaselineCounts(*(mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)))
        noise = (*self.noise, *other.noise)
        period = _span(self.period, other.period)
        return Baseline(
            self.recipe,
            min_sightings=self._min_sightings,
            counts=counts,
            noise=noise,
            period=period,
            sources=added(self.sources, other.sources),
        )

    @property
    def _past(self) -> Past:
        """The past values that channels, facets and joined scores are compared with."""
        return Past(self.counts.channels, self.counts.groups, self.counts.bands)

    def label(self, source: str) -> None:
        """Say that all its sightings are of one camera, `place/camera`; no effect if their sources are known."""
        if not self.sources:
            self.sources = {source: sums_of(self.counts)}

    def _rarity(self, fair: float, context: str) -> tuple[Rarity, int]:
        """Return the rarity of a score that was compared within its band, and the number of past ones behind it."""
        past = self._past_joint(context)
        return rarity(past, fair), int(past.sum())

    def _past_joint(self, context: str) -> Counts:
        """[BINS] histogram of the joined scores to compare with: of the context if it has enough, else of all."""
        within: Counts = self.counts.joint[CONTEXTS.index(context)]
        everybody: Counts = self.counts.joint[0]
        return within if int(within.sum()) >= self._min_sightings else everybody

    def _built(self) -> Usual:
        if self._usual is None or self.sightings > self._usual.built_at * (1 + REBUILD_SHARE):
            self._usual = self._build()
        return self._usual

    def _build(self) -> Usual:
        return build_usual(self.counts, self.recipe, self.sightings)

    def _measure(self, seen: Features) -> list[float]:
        """[channels] raw value of each of CHANNELS."""
        usual = self._built()
        return [channel.measure(seen, usual) for channel in CHANNELS]

    def _facet_values(self, raw: list[float]) -> NDArray[np.float64]:
        """[facets] weighted sum of the tail bits of each facet's channels."""
        return np.asarray(_WEIGHTS @ _tails(self._past.channels, raw))

    def _facet_bits(self, raw: list[float]) -> NDArray[np.float64]:
        return _tails(self._past.groups, self._facet_values(raw))

    def _join(self, bits: NDArray[np.float64]) -> float:
        """Return the joined score J of `bits`, shape [facets]: J = sum over facets of W_f * b_f.

        From the channels' raw values x_c to the reported p-value, every step uses histograms of past values:

            t_c = tail_bits(past of c, x_c)                   each channel, at most CAP_BITS
            b_f = tail_bits(past of f, sum of w_c * t_c)      each facet, over its channels, at most CAP_BITS
            J   = as above
            F   = tail bits of J among past J of people seen equally well (bands.py)
            p   = (1 + number of past F at least as large) / (1 + number of past F);  bits = -log2(p), one_in = 1 / p

        `tail_bits` is -log2 of the share of past values at least as large (calibration.py). p is the conformal p-value
        of Vovk et al. 2005, "Algorithmic Learning in a Random World", ch. 2, which is valid for any F. The weights w_c
        and W_f (channels.py) and CAP_BITS were chosen by measurement (tools/evaluate rarity): a sum agrees best with
        the eye, and a root of squares finds bold prints a little more often.
        """
        return float(_FACET_WEIGHTS @ bits)


def _tails(past: NDArray[Any], raw: list[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """[rows] tail bits of each value [rows] among the past values of its row; `past` is [rows, BINS]."""
    return np.array([tail_bits(histogram, value, CAP_BITS) for histogram, value in zip(past, raw, strict=True)])


def _count(histograms: Counts, raw: list[float] | NDArray[np.float64]) -> None:
    histograms[np.arange(len(histograms)), [bin_of(value) for value in raw]] += 1


def _span(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    both = [period for period in (one, other) if period is not None]
    return (min(first for first, _ in both), max(last for _, last in both)) if both else None
