"""Counts that leave a node: every number is of five people and more, and scores stay as they were."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge.baseline_shapes import BINS, HISTOGRAMS, SHARES
from edge.limits import FLOOR
from edge.records import Appearance, Counts
from edge.score.baseline import Baseline
from edge.score.coarse import UNIT, coarse, is_coarse
from edge.score.counts import BaselineCounts, empty, rows_of
from tests.outfits import RECIPE, ordinary

EMPTY = empty(RECIPE)
ROWS = EMPTY.bands.shape[0]


def baseline_of(people: list[Appearance]) -> Baseline:
    found = Baseline(RECIPE)
    for person in people:
        found.learn(person)
    return found


@pytest.fixture(scope="module")
def people() -> list[Appearance]:
    rng = np.random.default_rng(7)
    return [ordinary(rng) for _ in range(700)]


@given(values=arrays(np.int64, (ROWS, BINS), elements=st.integers(0, 9), fill=st.just(0)))
@settings(max_examples=50)
def test_histograms_keep_how_many_are_at_least_as_high(values: Counts) -> None:
    found = coarse(EMPTY._replace(bands=values)).bands
    assert not (found % FLOOR).any()
    assert (found >= 0).all()
    before, after = (array[:, ::-1].cumsum(axis=1)[:, ::-1] for array in (values, found))
    full = np.minimum(before, before[:, :1] // FLOOR * FLOOR)
    assert (np.abs(after - full) <= FLOOR // 2).all()
    assert (found.sum(axis=1) == before[:, 0] // FLOOR * FLOOR).all()


@given(data=st.data())
@settings(max_examples=30)
def test_nothing_is_lost_but_less_than_five_of_a_row(data: st.DataObject) -> None:
    size = EMPTY.pairs.shape
    pairs = data.draw(arrays(np.int64, size, elements=st.integers(0, 20 * UNIT), fill=st.just(0)))
    found = coarse(EMPTY._replace(pairs=pairs))
    assert not (found.pairs % UNIT).any()
    assert (pairs - UNIT < found.pairs).all()
    assert (found.pairs <= pairs).all()
    assert 0 <= pairs.sum() - found.pairs.sum() - found.withheld.sum() < UNIT


def test_one_person_among_fifty_is_in_no_cell(people: list[Appearance]) -> None:
    """Somebody in pink checks, which nobody else wears: the cells that only they fill stay empty."""
    pink = np.zeros_like(people[0].palettes)
    pink[:, -1] = 1
    odd = replace(people[0], palettes=pink, words=np.roll(people[0].words, 7, axis=1))
    alone = baseline_of([odd]).counts
    with_them, without = (coarse(baseline_of([*people[1:50], one]).counts) for one in (odd, people[50]))
    for name in SHARES:
        theirs, seen = rows_of(alone, name) > 0, rows_of(baseline_of(people[1:50]).counts, name) > 0
        assert not rows_of(with_them, name)[theirs & ~seen].any(), name
    assert (with_them.palettes[:, -1] == without.palettes[:, -1]).all()


def test_rounding_again_changes_nothing(people: list[Appearance]) -> None:
    once = coarse(baseline_of(people[:130]).counts)
    assert is_coarse(once)
    assert not is_coarse(baseline_of(people[:130]).counts)
    again = coarse(once)
    for name in (*SHARES, "withheld"):
        assert (getattr(again, name) == getattr(once, name)).all(), name
    for name in HISTOGRAMS:
        assert (np.abs(getattr(again, name) - getattr(once, name)).sum(axis=1) == 0).all(), name


@pytest.mark.parametrize(("nodes", "each"), [(1, 450), (3, 150)])
def test_scores_hardly_change(people: list[Appearance], nodes: int, each: int) -> None:
    """Of one camera and of three: ranks agree, and about as many people are as rare as before."""
    parts = [baseline_of(people[number * each : (number + 1) * each]) for number in range(nodes)]
    exact = BaselineCounts(*(np.sum(arrays, axis=0) for arrays in zip(*(one.counts for one in parts), strict=True)))
    left = BaselineCounts(
        *(np.sum(arrays, axis=0) for arrays in zip(*(coarse(one.counts) for one in parts), strict=True))
    )
    bits: list[list[float]] = []
    for counts in (exact, left):
        judge = Baseline(RECIPE, counts=counts, min_sightings=50)
        bits.append([judge.score(person).surprisal_bits or 0.0 for person in people[450:]])
    before, after = np.array(bits)
    ranks = np.argsort(np.argsort(np.stack([before, after]), axis=1), axis=1)
    assert np.corrcoef(ranks).min() > 0.9
    assert abs((2.0**-after <= 0.2).mean() - (2.0**-before <= 0.2).mean()) < 0.1
