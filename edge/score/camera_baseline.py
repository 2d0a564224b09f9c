"""A baseline of other cameras in use at one camera: aligned with it, and calibrated on its own recent sightings.

Nothing of the shared baseline changes. Its people are compared with as this camera would see them (alignment.py); past
values of channels, facets and joined scores are those of this camera's own sightings against them.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.limits import FIRST_SCORES
from edge.records import Appearance, Counts, Score, ScoreState
from edge.score.alignment import aligned
from edge.score.bands import band_of
from edge.score.baseline import Baseline, Past, WarmUp
from edge.score.calibration import Rarity, estimated
from edge.score.channels import Usual
from edge.score.counts import BaselineCounts, empty
from edge.score.features import features
from edge.score.sources import added, spreads, sums_of
from edge.score.usual import build_usual

PRIOR = 100.0
"""Weight of the shared baseline's past values, in sightings, beside the camera's own. Of 20, 40 and 100 the one with
which a few rare people among a camera's first hundred hid fewest others."""
PAST = ("channels", "groups", "bands", "joint")
"""The counts that compare past values: of this camera's sightings alone."""
LEAST_SEEN, UNLIKE = 20, 0.35
"""Own sightings from which the means of features are compared with the baseline's, and the difference, in spreads, from
which this camera is unlike it. Measured: 20 people of one camera 0 to 0.1, two simulated streets by day 0.1, one street
by day and night 0.7, a real street and photos 0.55."""
RECENT = 500
"""The histograms hold this many of the camera's newest sightings at least, and twice as many at most."""


class CameraBaseline(Baseline):
    """Owner of one camera's own counts beside a shared baseline."""

    _warm_up = WarmUp(0, 0, 5, 10)

    def __init__(self, shared: Baseline, *, min_sightings: int = 100, counts: BaselineCounts | None = None) -> None:
        """`counts` are the camera's own of an earlier run, against the same baseline."""
        super().__init__(shared.recipe, min_sightings=min_sightings, counts=counts)
        self.shared = shared
        self._dropped_next = _copied(self.counts)

    def learn(self, appearance: Appearance, context: str = "any", *, at: float | None = None) -> None:
        """Count one sighting of this camera, after scoring it; the oldest ones are dropped."""
        super().learn(appearance, context, at=at)
        if self.sightings >= int(self._dropped_next.sightings[0]) + RECENT:
            self.counts = BaselineCounts(
                *(now - then for now, then in zip(self.counts, self._dropped_next, strict=True))
            )
            self._dropped_next, self._usual = _copied(self.counts), None

    def score(self, appearance: Appearance, context: str = "any") -> Score:
        """Score one sighting; without figures until FIRST_SCORES own ones were seen, then from these alone.

        The state is `recalibrating` until `min_sightings` of them calibrate.
        """
        if self.sightings < FIRST_SCORES:
            return Score(ScoreState.RECALIBRATING, self.sightings)
        found = self._scored(appearance, context)
        return found if self.is_calibrated else replace(found, state=ScoreState.RECALIBRATING)

    @property
    def _compared(self) -> int:
        return self.sightings

    def _build(self) -> Usual:
        return build_usual(aligned(self.shared.counts, self.counts, self.recipe), self.recipe, self.sightings)

    def provisional(self, appearance: Appearance) -> Score:
        """Score one sighting, however few were seen; for measuring."""
        return self._scored(appearance, "any")

    @property
    def is_unlike(self) -> bool:
        """True once this camera's people clearly differ from the baseline's, by the means of their features."""
        away = spreads(sums_of(self.counts), sums_of(self.shared.counts), self.shared.counts)
        return self.sightings >= LEAST_SEEN and away is not None and away >= UNLIKE

    def baked(self, people: Sequence[Appearance], source: str) -> Baseline:
        """Return a baseline for this camera alone, calibrated on `people` against what is usual by now."""
        none = empty(self.recipe)
        own = CameraBaseline(self.shared, counts=self.counts._replace(**{name: getattr(none, name) for name in PAST}))
        for one in people:
            own._calibrate(own._measure(features(one)), band_of(one), "any")
        past = {name: getattr(own.counts, name) for name in PAST}
        counts = aligned(self.shared.counts, self.counts, self.recipe)._replace(**past)
        sources = added(self.shared.sources, {source: sums_of(self.counts)})
        return Baseline(self.recipe, counts=counts, noise=self.shared.noise, sources=sources)

    def _rarity(self, fair: float, context: str) -> tuple[Rarity, int]:
        """Until RECENT scores of this camera are counted, the smoothed tail of its band says how rare one is.

        The first ones were compared with few people, so that their scores are higher than later ones; among 100 they
        hide who is rare.
        """
        if self.calibrated_on >= RECENT:
            return super()._rarity(fair, context)
        return estimated(fair, self.sightings), self.sightings

    @property
    def _past(self) -> Past:
        own, shared = self.counts, self.shared.counts
        return Past(
            _with(own.channels, shared.channels, shared.channels.sum(axis=-1).max()),
            _with(own.groups, shared.groups, shared.groups.sum(axis=-1).max()),
            _with(own.bands, shared.bands, shared.bands.sum()),
        )


def adopted(shared: Baseline, people: Sequence[Appearance], source: str) -> Baseline:
    """Return the shared baseline as one camera sees its people, calibrated on `people` of that camera.

    `source` is the camera's `place/camera`; the result knows it.
    """
    own = CameraBaseline(shared)
    for one in people:
        own.learn(one)
    return own.baked(people, source)


def _copied(counts: BaselineCounts) -> BaselineCounts:
    return BaselineCounts(*(array.copy() for array in counts))


def _with(own: Counts, shared: Counts, sightings: int) -> NDArray[np.float64]:
    """[..., BINS] own past values, and the shared ones, of that many sightings, at a weight of PRIOR sightings."""
    return np.asarray(own + shared * (PRIOR / max(float(sightings), PRIOR)), np.float64)
