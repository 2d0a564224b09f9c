"""The budget is kept whatever comes, and is spent on the rarest."""

from copy import deepcopy
from itertools import accumulate
from math import floor
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.booth.pace import HOUR_S, LONGEST_S, Budget, Pacer, burst

DAY_S = 24 * HOUR_S

budgets = st.builds(
    Budget,
    per_hour=st.floats(0.5, 60),
    max_open=st.none() | st.integers(1, 5),
    at_most_p=st.sampled_from([0.01, 0.05, 0.5, 1.0]),
)
p_values = st.integers(1, 101).map(lambda k: k / 101)
gaps = st.one_of(st.just(0.0), st.floats(0, 60), st.floats(0, 2 * HOUR_S))
people = st.lists(st.tuples(gaps, p_values, st.integers(0, 5)), max_size=300)
"""Seconds since the previous person, p-value, open alerts."""
faults = st.sampled_from([-DAY_S, -60.0, DAY_S, 3650 * DAY_S])


def walk(pacer: Pacer, rate: float, hours: float, start: float = 0.0, seed: int = 1) -> list[float]:
    """Return the times of alerts while people pass at `rate` per hour with uniform p-values."""
    random, at, alerts = Random(seed), start, []
    while (at := at + random.expovariate(rate / HOUR_S)) < start + hours * HOUR_S:
        if pacer.admit(1 - random.random(), at, open_alerts=0):
            alerts.append(at)
    return alerts


def met(people: list[tuple[float, float, int]], pacer: Pacer) -> Pacer:
    at = 0.0
    for gap, p, open_alerts in people:
        at += gap
        pacer.admit(p, at, open_alerts=open_alerts)
    return pacer


@given(budgets, people)
def test_no_bound_is_ever_crossed(budget: Budget, people: list[tuple[float, float, int]]) -> None:
    pacer, alerts = Pacer(budget), []
    for at, (_, p, open_alerts) in zip(accumulate(gap for gap, _, _ in people), people, strict=True):
        if pacer.admit(p, at, open_alerts=open_alerts):
            alerts.append(at)
            assert p <= budget.at_most_p
            assert budget.max_open is None or open_alerts < budget.max_open
    most = floor(budget.per_hour + burst(budget.per_hour))
    assert all(sum(first <= at < first + HOUR_S for at in alerts) <= most for first in alerts)


@given(budgets, people, gaps | faults, p_values, p_values, st.integers(0, 5))
def test_whoever_is_rarer_is_admitted_too(
    budget: Budget, people: list[tuple[float, float, int]], gap: float, p: float, other: float, open_alerts: int
) -> None:
    pacer = met(people, Pacer(budget))
    at = sum(past for past, _, _ in people) + gap
    threshold = pacer.look(at, open_alerts=open_alerts).threshold
    for one in (p, other, threshold or p, threshold / 2 or p):
        assert deepcopy(pacer).admit(one, at, open_alerts=open_alerts) == (one <= threshold)


@given(budgets, st.lists(st.tuples(gaps | faults, p_values, st.integers(0, 5)), max_size=300))
def test_a_clock_at_fault_breaks_nothing(budget: Budget, people: list[tuple[float, float, int]]) -> None:
    """However far the clock jumps, a person adds LONGEST_S of budget at most, and none if it went back."""
    pacer, at, earned, alerts = Pacer(budget), 0.0, burst(budget.per_hour) / 2, 0
    for gap, p, open_alerts in people:
        at += gap
        earned += min(max(gap, 0), LONGEST_S) * budget.per_hour / HOUR_S
        alerts += pacer.admit(p, at, open_alerts=open_alerts)
        assert alerts <= earned + 1e-6
        pace = pacer.look(at, open_alerts=open_alerts)
        assert 0 <= pace.threshold <= budget.at_most_p
        assert bool(pace.why_closed) == (pace.threshold == 0)


@pytest.mark.parametrize("jump", [-DAY_S, -600.0, 600.0, DAY_S])
def test_after_a_jump_of_the_clock_the_budget_goes_on(jump: float) -> None:
    pacer = Pacer(Budget(12))
    walk(pacer, 400, 3)
    before = pacer.look(3 * HOUR_S, open_alerts=0).threshold
    after = walk(pacer, 400, 3, start=3 * HOUR_S + jump)
    assert before / 3 < pacer.look(6 * HOUR_S + jump, open_alerts=0).threshold < before * 3
    assert 30 <= len(after) <= 36 + burst(12)


@pytest.mark.parametrize("rate", [40, 120, 400, 2000])
@pytest.mark.parametrize("per_hour", [4, 12])
def test_the_first_hour_is_neither_spent_at_once_nor_slept_through(rate: float, per_hour: float) -> None:
    for seed in range(10):
        alerts = walk(Pacer(Budget(per_hour)), rate, 1, seed=seed)
        assert sum(at < 300 for at in alerts) <= per_hour / 2
        assert per_hour / 4 <= len(alerts) <= per_hour + burst(per_hour)


def test_a_morning_begins_where_the_evening_ended() -> None:
    pacer = Pacer(Budget(12))
    walk(pacer, 400, 8)
    evening = pacer.look(8 * HOUR_S + 300, open_alerts=0)
    morning = pacer.look(20 * HOUR_S, open_alerts=0)
    assert evening.last_hour > 6
    assert morning.last_hour == 0
    assert 0 < morning.threshold < 4 * evening.threshold
    assert 6 <= len(walk(pacer, 400, 1, start=20 * HOUR_S)) <= 12 + burst(12)


def test_a_lull_saves_up_one_burst_at_most() -> None:
    pacer = Pacer(Budget(12))
    walk(pacer, 400, 2)
    assert sum(pacer.admit(1e-6, 5 * HOUR_S, open_alerts=0) for _ in range(100)) == burst(12)


def test_the_threshold_follows_the_traffic() -> None:
    found = {}
    for rate in (120, 1200):
        pacer = Pacer(Budget(12))
        walk(pacer, rate, 6)
        found[rate] = pacer.look(6 * HOUR_S, open_alerts=0).threshold
    assert 0.03 < found[120] < 0.3
    assert 0.003 < found[1200] < 0.03


def test_too_few_rare_people_leave_budget_over() -> None:
    pacer = Pacer(Budget(12, at_most_p=0.05))
    assert 10 <= len(walk(pacer, 40, 10)) <= 30
    assert pacer.look(10 * HOUR_S, open_alerts=0).threshold == 0.05


def test_an_aged_baseline_is_corrected() -> None:
    """With thirty times as many rare people as the p-values say, the count is kept, and not by refusing at random."""
    pacer, random = Pacer(Budget(12)), Random(3)
    people = [(float(second), (1 - random.random()) ** 2) for second in range(0, 10 * 3600, 9)]
    alerted = {at for at, p in people if pacer.admit(p, at, open_alerts=0)}
    late = [(at, p) for at, p in people if at > 2 * HOUR_S]
    rarest = [at for at, p in late if p < 1e-4]
    assert 90 <= sum(at in alerted for at, _ in late) <= 102
    assert len(rarest) > 20
    assert sum(at in alerted for at in rarest) > 0.8 * len(rarest)


def test_a_crowd_in_one_rare_dress_does_not_silence_the_booth() -> None:
    pacer = Pacer(Budget(12))
    walk(pacer, 400, 2)
    crowd = sum(pacer.admit(1e-4, 2 * HOUR_S + second, open_alerts=0) for second in range(120))
    assert 1 <= crowd <= burst(12)
    assert 6 <= len(walk(pacer, 400, 1, start=2 * HOUR_S + 120)) <= 12


def test_open_alerts_spend_nothing() -> None:
    pacer = Pacer(Budget(12, max_open=3))
    assert pacer.look(0.0, open_alerts=3).why_closed == "No new alert while 3 are open."
    assert not any(pacer.admit(1e-6, at, open_alerts=3) for at in range(600))
    assert sum(pacer.admit(1e-6, 630.0, open_alerts=2) for _ in range(10)) == burst(12) / 2 + 2
    assert Pacer(Budget(12, max_open=1)).look(0.0, open_alerts=1).why_closed == "No new alert while 1 is open."


def test_a_spent_budget_says_when_it_goes_on() -> None:
    pacer = Pacer(Budget(12))
    assert sum(pacer.admit(1e-6, 0.0, open_alerts=0) for _ in range(10)) == 3
    assert pacer.look(60.0, open_alerts=0).why_closed == "3 alerts in the last hour; the next in 4 min at the earliest."
    assert pacer.look(301.0, open_alerts=0).why_closed == ""
    assert pacer.look(3700.0, open_alerts=0).last_hour == 0


def test_a_restart_goes_on_from_the_counts() -> None:
    pacer = Pacer(Budget(12))
    alerts = walk(pacer, 1200, 6)
    at = 6 * HOUR_S
    last_hour = sum(alerted_at > at - HOUR_S for alerted_at in alerts)
    resumed = Pacer.resume(Budget(12), at, alerts=last_hour, people=7200, hours=6)
    before, after = pacer.look(at, open_alerts=0), resumed.look(at, open_alerts=0)
    assert after.last_hour == last_hour
    assert before.threshold / 3 < after.threshold < before.threshold * 3
    assert 30 <= len(walk(resumed, 1200, 3, start=at)) <= 42


def test_a_restart_without_a_past_is_a_start() -> None:
    fresh, resumed = Pacer(Budget(12)), Pacer.resume(Budget(12), 5.0, alerts=0, people=0, hours=0.0)
    assert resumed.look(5.0, open_alerts=0) == fresh.look(5.0, open_alerts=0)


def test_a_booth_that_keeps_crashing_gains_nothing() -> None:
    alerts: list[float] = []
    for at in range(0, 3600, 5):
        pacer = Pacer.resume(Budget(12), at, alerts=len(alerts), people=at, hours=at / HOUR_S)
        alerts += [at] if pacer.admit(1e-6, at, open_alerts=0) else []
    assert 12 <= len(alerts) <= 12 + burst(12)
