"""Simulated days: their traffic, their figures, and that the targets are met on all of them."""

import argparse

import numpy as np
import pytest

from tools.evaluation.__main__ import _plain
from tools.evaluation.pacing import (
    BITS,
    COUNT,
    PATTERNS,
    Day,
    fixed,
    hindsight,
    judge,
    make_day,
    missed_targets,
    paced,
    pacing,
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_day(pattern: str) -> None:
    day, again = make_day(pattern, 400, 4, 1), make_day(pattern, 400, 4, 1)
    assert np.array_equal(day.at, again.at)
    assert np.array_equal(day.p, again.p)
    assert 1400 < len(day.at) < 1800
    assert (np.diff(day.at) >= 0).all()
    assert 0 <= day.at[0] <= day.at[-1] <= 4 * 3600
    assert (day.p > 0).all()
    assert (day.p <= 1).all()


def test_patterns_are_what_they_say() -> None:
    days = {pattern: make_day(pattern, 1200, 4, 1) for pattern in PATTERNS}
    minutes = {name: np.bincount((day.at // 60).astype(int), minlength=240) for name, day in days.items()}
    assert minutes["bursts"].max() > 3 * minutes["steady"].max()
    assert all((minutes["lulls"][hour * 60 : (hour + 1) * 60] == 0).sum() >= 18 for hour in range(4))
    assert minutes["ramp"][-60:].sum() > 3 * minutes["ramp"][:60].sum()
    late = days["drift"].at > 3 * 3600
    assert (days["drift"].p[late] <= 0.01).mean() > 0.05
    assert len(np.unique(days["coarse"].p)) == 101


def test_figures_of_known_choices() -> None:
    day = Day(np.array([900.0, 1200.0, 3000.0, 5000.0]), np.array([0.25, 0.5, 0.125, 0.5]), 2)
    best = judge([day], [hindsight(day, 1)], 1)
    assert (best[COUNT], best[BITS], best["most in an hour"], best["longest gap, minutes"]) == (1, 1, 1, 50)
    worse = judge([day], [np.array([True, True, False, False])], 1)
    assert worse[BITS] == pytest.approx(1.5 / 2)
    assert (worse["fewest in an hour"], worse["most in an hour"], worse["most in 10 minutes"]) == (0, 2, 2)
    assert missed_targets(worse) == [BITS]
    nobody = judge([day], [np.zeros(4, bool)], 1)
    assert missed_targets(nobody) == [COUNT, BITS]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_budget_is_kept_and_well_spent(pattern: str) -> None:
    days = [make_day(pattern, 400, 8, seed) for seed in (100, 101, 102)]
    assert missed_targets(judge(days, [paced(day, 12, 400) for day in days], 12)) == []


def test_a_fixed_threshold_does_not_survive_drift() -> None:
    day = make_day("drift", 400, 8, 1)
    assert judge([day], [fixed(day, 12, 400)], 12)[COUNT] > 2


def test_the_whole_table() -> None:
    found = _plain(pacing(argparse.Namespace(per_hour=4.0, hours=1, seeds=1)))
    assert found["people an hour"] == "120 / 400 / 1200"
    assert set(found["beside"]) == {"fixed threshold", "hindsight"}
    assert found["beside"]["hindsight"][f"{COUNT}, steady"] == [100, 100, 100]
    assert len(found[f"{BITS}, drift"]) == 3
