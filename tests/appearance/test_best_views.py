from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.appearance.best_views import BestViews
from edge.records import Appearance
from tests.outfits import outfit


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
    assert min(best) - 1e-6 <= mean.colour[0] <= max(best) + 1e-6


@given(st.lists(st.floats(0.1, 1), max_size=8), st.lists(st.floats(0.1, 1), max_size=8))
def test_the_best_views_of_two_tracks_are_those_of_one(mine: list[float], theirs: list[float]) -> None:
    one, other, whole = BestViews(4), BestViews(4), BestViews(4)
    for views, geometries in ((one, mine), (other, theirs), (whole, [*mine, *theirs])):
        for geometric in geometries:
            if views.is_wanted(geometric):
                views.add(numbered(geometric), geometric)
    one.merge(other)
    assert sorted(geometric for _, geometric in one.each()) == sorted(geometric for _, geometric in whole.each())


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
