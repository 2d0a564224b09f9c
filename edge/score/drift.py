"""Scores to the question whether what people wear has shifted since the baseline: p-values must stay uniform.

A martingale that bets against uniformity, one for each facet and one for the whole: while people come from where the
baseline's came from its expected wealth stays 1, and by Ville's inequality it ever reaches `ALARM` with a chance of at
most 1 / ALARM. Nothing is kept but histograms of scores and the wealth.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.records import Counts
from edge.score.calibration import bin_of
from edge.vocabulary import FACETS

ALARM = 1000.0
"""Wealth at which the shift is said."""
BETS = (-1.0, 0.0, 1.0)
"""How strongly wealth is put on small (more unusual), no, or large (more ordinary) p-values."""
JUMP = 0.01
"""Share of the wealth that changes its bet at every step.

The Simple Jumper of Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman 2021, "Retrain or not retrain: conformal
test martingales for change-point detection" (COPA), with its own values of BETS and JUMP.
"""

WATCHED = ("the whole outfit", *FACETS)


class Shift(NamedTuple):
    """What has shifted, and which way."""

    what: str
    """Of WATCHED."""
    is_more_unusual: bool
    """Else more ordinary than the baseline's people were."""


class Drift:
    """`take` every score in turn; `shift` says what has shifted by then, and stays."""

    def __init__(self, joint: Counts, groups: Counts, rng: np.random.Generator) -> None:
        """Past joined scores [BINS] and past values of each facet [facets, BINS]; both are copied.

        `rng` breaks ties: p-values are uniform only if equal scores are ordered by chance.
        """
        self._past = np.vstack([joint[None], groups]).astype(np.int64)
        self._rng = rng
        self._wealth: NDArray[np.float64] = np.full((len(WATCHED), len(BETS)), 1 / len(BETS))
        self.shift: Shift | None = None

    def take(self, joined: float, facets: NDArray[np.float64]) -> None:
        """One more score: the raw joined value, and the raw value of each facet."""
        for row, raw in enumerate([joined, *facets.tolist()]):
            self._bet(row, self._p_value(row, bin_of(raw)))
        total = self._wealth.sum(axis=1)
        if self.shift is None and total.mean() >= ALARM:
            richest = int(total.argmax())
            self.shift = Shift(WATCHED[richest], bool(self._wealth[richest].argmax() == 0))

    @property
    def wealth(self) -> float:
        """Mean over what is watched: itself a martingale, so no correction for looking at several is needed."""
        return float(self._wealth.sum(axis=1).mean())

    def _p_value(self, row: int, place: int) -> float:
        """Smoothed conformal p-value among all before it, and it is one of them from now on.

        Vovk, Gammerman and Shafer 2005, "Algorithmic Learning in a Random World", section 2.2: exactly uniform and
        independent while people are exchangeable, whatever their number.
        """
        past = self._past[row]
        above, equal = int(past[place + 1 :].sum()), int(past[place])
        past[place] += 1
        return (above + float(self._rng.random()) * (equal + 1)) / (int(past.sum()))

    def _bet(self, row: int, p: float) -> None:
        wealth = self._wealth[row]
        wealth[:] = (1 - JUMP) * wealth + JUMP * wealth.mean()
        wealth *= 1 + np.array(BETS) * (p - 0.5)
