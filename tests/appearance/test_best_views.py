from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.appearance.best_views import BETTER, NOT_FOUND, BestViews, Waiting
from edge.appearance.colour import Light
from edge.appearance.crop import CloseUp
from edge.records import Appearance
from edge.vocabulary import PATTERNS
from tests.outfits import outfit
from tests.people import detection, standing


def numbered(value: float) -> Appearance:
    one = outfit("black", "black", np.random.default_rng(0))
    return replace(one, colour=np.full(10, value, np.float32), quality=value / 10)


@given(geometries=st.lists(st.floats(0.1, 1), min_size=1, max_size=20))
def test_the_best_views_are_kept_and_no_more(geometries: list[float]) -> None:
    views = BestViews(4)
    for one in geometries:
        if views.is_wanted(one):
            views.add(numbered(one), one)
    assert len(views) == min(4, len(geometries))
    mean = views.mean()
    assert mean is not None
    best = sorted(geometries)[-4:]
    assert min(best) / BETTER - 1e-6 <= mean.colour[0] <= max(best) + 1e-6


@given(st.lists(st.floats(0.1, 1), max_size=8), st.lists(st.floats(0.1, 1), max_size=8))
def test_two_tracks_of_one_person_keep_the_best_views_of_both(mine: list[float], theirs: list[float]) -> None:
    one, other = BestViews(4), BestViews(4)
    for views, geometries in ((one, mine), (other, theirs)):
        for geometric in geometries:
            if views.is_wanted(geometric):
                views.add(numbered(geometric), geometric)
    one.absorb(other)
    best = sorted([*mine, *theirs])[-4:]
    assert len(one) == len(best)
    assert len(other) == 0
    mean = one.mean()
    assert (mean is None) == (not best)
    assert mean is None or min(best) / BETTER - 1e-6 <= mean.colour[0] <= max(best) + 1e-6


def test_the_mean_leaves_out_what_a_view_did_not_see() -> None:
    whole, half = numbered(5.0), numbered(5.0)
    half.palettes[1] = 0
    half.garments[:] = 0
    half.colour[5:] = np.nan
    views = BestViews(2)
    views.add(whole, 0.5)
    views.add(half, 0.5)
    mean = views.mean()
    assert mean is not None
    np.testing.assert_allclose(mean.palettes[1], whole.palettes[1], atol=1e-6)
    np.testing.assert_allclose(mean.garments, whole.garments)
    np.testing.assert_allclose(mean.colour, 5.0)
    assert BestViews(3).mean() is None


def test_a_view_of_somebody_in_front_weighs_little_and_costs_quality() -> None:
    rng = np.random.default_rng(1)
    usual = [outfit("navy", "black", rng) for _ in range(4)]
    alike, mixed = BestViews(5), BestViews(5)
    for view in usual:
        alike.add(view, 0.5)
        mixed.add(view, 0.5)
    alike.add(usual[0], 0.5)
    mixed.add(outfit("orange", "orange", rng), 0.5)
    one, other = alike.mean(), mixed.mean()
    assert one is not None
    assert other is not None
    orange = np.flatnonzero(outfit("orange", "orange", rng).palettes[0])
    assert other.palettes[0][orange].sum() < 0.05, "a fifth of the views would be .2"
    assert other.quality < one.quality == pytest.approx(usual[0].quality, abs=0.2)


def test_two_views_that_differ_count_alike() -> None:
    rng = np.random.default_rng(2)
    views = BestViews(2)
    views.add(outfit("navy", "black", rng), 0.5)
    views.add(outfit("orange", "orange", rng), 0.5)
    mean = views.mean()
    assert mean is not None
    assert mean.palettes[0].max() <= 0.5


def waiting(geometric: float) -> Waiting:
    near = CloseUp(np.zeros((40, 20, 3), np.uint8), (0, 0), (1.0, 1.0))
    return Waiting(near, detection(standing(10, 0, 30)), Light(np.ones(3, np.float32)), geometric)


@given(
    geometries=st.lists(st.floats(0.1, 1), max_size=30),
    looked_after=st.sets(st.integers(0, 29)),
    has_seen=st.booleans(),
)
def test_no_view_is_looked_at_twice_and_few_wait(
    geometries: list[float], looked_after: set[int], has_seen: bool
) -> None:
    views, looked = BestViews(5, 3), []
    for i, one in enumerate(geometries):
        if views.is_wanted(one):
            views.add(numbered(one) if has_seen else None, one, waiting(one) if views.is_close(one) else None)
        assert views.waiting <= 3
        assert views.waiting_bytes <= 3 * 40 * 20 * 3
        if i in looked_after and (next_one := views.next_waiting()) is not None:
            looked.append(next_one)
            views.replace(next_one, numbered(2.0) if i % 2 else None)
    while (next_one := views.next_waiting()) is not None:
        looked.append(next_one)
        views.replace(next_one, None)
    assert len({id(one) for one in looked}) == len(looked)
    assert views.waiting_bytes == 0
    assert len(views) == min(5, len(geometries)) or not has_seen


def test_patterns_come_from_second_looks_alone() -> None:
    rng = np.random.default_rng(3)
    views = BestViews(4, 1)
    views.add(outfit("navy", "black", rng), 0.9, waiting(0.9))
    views.add(outfit("navy", "black", rng), 0.8)
    next_one = views.next_waiting()
    assert next_one is not None
    views.replace(next_one, replace(outfit("navy", "black", rng, pattern="checked"), looked_again=1))
    mean = views.mean()
    assert mean is not None
    assert mean.views == 2
    assert mean.looked_again == 1
    assert PATTERNS[int(mean.patterns[0].argmax())] == "checked"


def test_a_view_whose_second_look_finds_nobody_keeps_its_first_description_at_less_quality() -> None:
    views, first = BestViews(2, 2), numbered(8.0)
    views.add(first, 0.8, waiting(0.8))
    next_one = views.next_waiting()
    assert next_one is not None
    views.replace(next_one, None)
    mean = views.mean()
    assert mean is not None
    assert mean.quality == pytest.approx(first.quality * NOT_FOUND)
    assert (mean.views, mean.looked_again) == (1, 0)


def test_views_of_two_tracks_of_one_person_become_one_set() -> None:
    one, other = BestViews(3, 2), BestViews(3, 2)
    for views, geometries in ((one, (0.2, 0.5)), (other, (0.3, 0.6, 0.4))):
        for geometric in geometries:
            views.add(numbered(geometric), geometric, waiting(geometric))
    one.absorb(other)
    assert (len(one), one.waiting, len(other), other.waiting) == (3, 2, 0, 0)
    mean = one.mean()
    assert mean is not None
    assert 0.4 <= mean.colour[0] <= 0.6


def test_skipped_second_looks_leave_no_pixels() -> None:
    views = BestViews(3, 3)
    views.add(numbered(0.5), 0.5, waiting(0.5))
    views.add(None, 0.6, waiting(0.6))
    assert views.stop_waiting() == 2
    assert views.waiting_bytes == 0
    assert len(views) == 1, "the other was never described"
