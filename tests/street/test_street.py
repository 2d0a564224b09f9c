"""Walkers of a street: equal for every camera, at the requested rate and share of exceptions."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.street.gait import AT
from edge.street.layout import LANES_Y
from edge.street.street import Street, outline
from edge.street.walker import Walker


def names(walkers: list[Walker]) -> list[int]:
    return [walker.walker_id for walker in walkers]


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0, 1e6))
def test_any_moment_can_be_asked_for_directly(seed: int, at: float) -> None:
    one, other = Street(seed), Street(seed)
    one.walkers(0, 60)
    here, there = one.walkers(at, at + 1e-6), other.walkers(at, at + 1e-6)
    assert names(here) == names(there) == sorted(set(names(here)))
    for a, b in zip(here, there, strict=True):
        assert (a.outfit, a.looks, a.gait) == (b.outfit, b.looks, b.gait)
        assert np.array_equal(a.pose(np.array([at])), b.pose(np.array([at])))


@pytest.mark.parametrize("rate", [12.0, 24.0, 48.0])
def test_the_rate_is_the_one_asked_for(rate: float) -> None:
    walkers = [w for w in Street(5, rate=rate).walkers(0, 3600) if 0 <= w.begins_at < 3600]
    assert len(walkers) == pytest.approx(60 * rate, rel=0.1)


def test_the_share_of_exceptions_is_the_one_asked_for() -> None:
    walkers = Street(5, exceptions=0.1).walkers(0, 7200)
    flagged = [w for w in walkers if w.outfit.exceptional]
    assert len(flagged) == pytest.approx(0.1 * len(walkers), rel=0.25)


def test_a_street_is_another_with_another_seed() -> None:
    assert [w.outfit for w in Street(1).walkers(0, 30)] != [w.outfit for w in Street(2).walkers(0, 30)]


def test_groups_keep_their_distance() -> None:
    """People who walk along a lane in one direction are at least a step apart."""
    begins = sorted((w.begins_at, w.walker_id // 2) for w in Street(5).walkers(0, 1200))
    gaps = [b[0] - a[0] for a, b in pairwise(begins) if a[1] != b[1]]
    assert min(gaps) > 0.3
    assert np.std(gaps) > 0.8  # and yet irregular


def test_nobody_appears_or_vanishes_in_view() -> None:
    """The only exception is a shop's doorway."""
    street = Street(11)
    for walker in street.walkers(0, 600):
        for at in (walker.begins_at, walker.ends_at):
            joints = walker.pose(np.array([at]))
            if joints[0, AT["pelvis"], 1] > max(LANES_Y) + 1:
                continue
            for camera in range(3):
                view = street.view(camera, (640, 360))
                x1, _, x2, _ = outline(walker, view, joints)[0]
                depth = view.project(joints[0, AT["pelvis"]])[1]
                assert x2 < 0 or x1 > 640 or float(depth) < 1


def test_walkers_pass_several_cameras_in_turn() -> None:
    street = Street(7)
    times = [i / 8 for i in range(8 * 120)]
    visits = [street.visits(camera, times) for camera in range(3)]
    seen = [{visit.walker_id for visit in one} for one in visits]
    assert len(seen[0] & seen[1] & seen[2]) > 20
    long = [visit for one in visits for visit in one if visit.full_height_s > 1]
    assert len(long) > 0.8 * sum(len(one) for one in visits)
    for visit in long:
        assert visit.first_at <= visit.last_at
        assert visit.full_height_s <= visit.last_at - visit.first_at + 1 / 8 + 1e-9
    assert 120 < float(np.median([visit.tallest_px for visit in long])) < 300


def test_no_frames_no_visits() -> None:
    assert Street(7).visits(0, []) == []
