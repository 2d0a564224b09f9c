import numpy as np
import pytest

from edge.score.calibration import BINS, bin_of
from edge.score.drift import ALARM, WATCHED, Drift
from edge.vocabulary import FACETS


def watching(rng: np.random.Generator, past: int = 500) -> Drift:
    joint, groups = np.zeros(BINS, np.int64), np.zeros((len(FACETS), BINS), np.int64)
    for _ in range(past):
        joint[bin_of(rng.gamma(3))] += 1
        for row in range(len(FACETS)):
            groups[row, bin_of(rng.gamma(2))] += 1
    return Drift(joint, groups, rng)


def test_people_as_before_raise_no_alarm() -> None:
    """By Ville's inequality at most 1 in 1,000 such streets ever would."""
    for seed in range(10):
        rng = np.random.default_rng(seed)
        drift = watching(rng)
        for _ in range(1500):
            drift.take(rng.gamma(3), rng.gamma(2, size=len(FACETS)))
        assert drift.shift is None, f"seed {seed}: wealth {drift.wealth}"


@pytest.mark.parametrize(("times", "is_more_unusual"), [(1.6, True), (0.6, False)])
@pytest.mark.parametrize("facet", [None, *FACETS])
def test_a_shift_is_noticed_with_what_and_which_way(times: float, is_more_unusual: bool, facet: str | None) -> None:
    rng = np.random.default_rng(1)
    drift = watching(rng)
    for _ in range(400):
        facets = rng.gamma(2, size=len(FACETS))
        joined = rng.gamma(3)
        if facet is None:
            joined *= times
        else:
            facets[FACETS.index(facet)] *= times
        drift.take(joined, facets)
    assert drift.shift is not None, drift.wealth
    assert drift.shift == (facet or WATCHED[0], is_more_unusual)


def test_wealth_is_a_fair_game() -> None:
    """The wealth's mean over many short streets stays 1, within four standard errors."""
    ends = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        drift = watching(rng, past=30)
        for _ in range(40):
            drift.take(rng.gamma(3), rng.gamma(2, size=len(FACETS)))
        ends.append(drift.wealth)
    assert np.mean(ends) == pytest.approx(1, abs=4 * np.std(ends) / np.sqrt(len(ends)))
    assert max(ends) < ALARM


def test_the_baseline_is_left_as_it_was() -> None:
    joint, groups = np.zeros(BINS, np.int64), np.zeros((len(FACETS), BINS), np.int64)
    Drift(joint, groups, np.random.default_rng(0)).take(1.0, np.ones(len(FACETS)))
    assert joint.sum() == groups.sum() == 0
