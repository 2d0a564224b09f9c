import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.track.sway import sway

PLACES = np.array([[100, 100], [250, 120], [400, 90], [520, 110]], np.float32)
HEIGHTS = np.full(4, 100, np.float32)


@given(st.floats(-35, 35), st.floats(20, 30))
def test_a_movement_of_everybody_is_the_cameras(x: float, y: float) -> None:
    moved = sway(PLACES, HEIGHTS, PLACES[[2, 0, 3, 1]] + np.array([x, y], np.float32))
    np.testing.assert_allclose(moved, [x, y], atol=1)


@given(st.integers(0, 1000))
def test_jitter_of_poses_is_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert not sway(PLACES, HEIGHTS, PLACES + rng.normal(0, 3, PLACES.shape).astype(np.float32)).any()


def test_one_who_turns_or_a_group_of_two_say_nothing() -> None:
    turned = PLACES + np.array([[30, 0], [0, 0], [0, 0], [0, 0]], np.float32)
    assert not sway(PLACES, HEIGHTS, turned).any()
    assert not sway(PLACES[:2], HEIGHTS[:2], PLACES[:2] + np.float32(30)).any()
    assert not sway(PLACES[:0], HEIGHTS[:0], PLACES[:0]).any()
