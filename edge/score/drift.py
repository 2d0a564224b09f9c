"""The drift watch: have clothes changed since the baseline was made? If not, p-values stay uniform.

A martingale for each facet, and one for the whole outfit, bets against uniformity. While people dress as those of the
baseline, its expected wealth stays 1, and by Ville's inequality the probability that it ever reaches `ALARM` is at
most 1 / ALARM. Only histograms of scores and the wealth are kept.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.records import Counts
from edge.score.calibration import bin_of
from edge.vocabulary import FACETS

ALARM = 1000.0
"""Wealth at which a shift is reported."""
BETS = (-1.0, 0.0, 1.0)
"""The bets: on small p-values (more unusual people), on none, on large ones (more ordinary people)."""
JUMP = 0.01
"""Share of the wealth that changes its bet at every step.

Source of method, BETS and JUMP: the Simple Jumper of Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman 2021,
"Retrain or not retrain: conformal test martingales for change-point detection" (COPA).
"""

WATCHED = ("the whole outfit", *FACETS)
"""Names of the rows that are watched."""


class Shift(NamedTuple):
    """A shift of the scores."""

    what: str
    """One of WATCHED."""
    is_more_unusual: bool
    """True if people are more unusual than those of the baseline, False if more ordinary."""


class Drift:
    """Owner of the wealth. Call `take` with every score; `shift` is set once a shift is found, and stays."""

    def __init__(self, joint: Counts, groups: Counts, rng: np.random.Generator) -> None:
        """`joint` [BINS] are past joined scores, `groups` [facets, BINS] past values of each facet; both are copied.

        `rng` breaks ties: p-values are uniform only if equal scores are ordered by chance.
        """
        self._past = np.vstack([joint[None], groups]).astype(np.int64)
        self._rng = rng
        self._wealth: NDArray[np.float64] = np.full((len(WATCHED), len(BETS)), 1 / len(BETS))
        self.shift: Shift | None = None

    def take(self, joined: float, facets: NDArray[np.float64]) -> None:
        """Add one score: its raw joined value, and the raw value of each facet [facets]."""
        for row, raw in enumerate([joined, *facets.tolist()]):
            self._bet(row, self._p_value(row, bin_of(raw)))
        total = self._wealth.sum(axis=1)
        if self.shift is None and total.mean() >= ALARM:
            richest = int(total.argmax())
            self.shift = Shift(WATCHED[richest], bool(self._wealth[richest].argmax() == 0))

    @property
    def wealth(self) -> float:
        """Wealth of all bets, as a multiple of the stake: the mean over the rows of WATCHED.

        The mean of martingales is a martingale, so no correction for several tests is needed.
        """
        return float(self._wealth.sum(axis=1).mean())

    def _p_value(self, row: int, place: int) -> float:
        """Return the smoothed conformal p-value of a score among the earlier ones, and add it to them.

        Source: Vovk, Gammerman and Shafer 2005, "Algorithmic Learning in a Random World", section 2.2. The p-values are
        exactly uniform and independent while people are exchangeable, for any number of people.
        """
        past = self._past[row]
        above, equal = int(past[place + 1 :].sum()), int(past[place])
        past[place] += 1
        return (above + float(self._rng.random()) * (equal + 1)) / (int(past.sum()))

    def _bet(self, row: int, p: float) -> None:
        wealth = self._wealth[row]
        wealth[:] = (1 - JUMP) * wealth + JUMP * wealth.mean()
        wealth *= 1 + np.array(BETS) * (p - 0.5)
