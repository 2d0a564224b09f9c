import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from edge.track.match import STRAYED, freshness, match, pose_similarity, steadiness

TABLES = st.tuples(st.integers(0, 7), st.integers(0, 7)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.floats(0, 1, width=32))
)


@given(TABLES, st.sampled_from([0.1, 0.25, 0.8]))
def test_the_choice_is_one_to_one_above_the_threshold_and_as_good_as_scipys(
    table: np.ndarray, threshold: float
) -> None:
    pairs = match(table, table >= threshold)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(table[pair] >= threshold for pair in pairs)
    gains = np.where(table >= threshold, table, 0).astype(float)
    best = gains[linear_sum_assignment(gains, maximize=True)].sum()
    assert np.isclose(sum(gains[pair] for pair in pairs), best)


def test_pose_similarity_falls_with_the_distance_in_units_of_the_tolerance() -> None:
    pose = np.zeros((1, 17, 2), np.float32)
    moved = pose + np.array([3, 4], np.float32)
    near, wide = (pose_similarity(pose, moved, np.array([one], np.float32))[0, 0] for one in (5, 50))
    assert np.isclose(near, np.exp(-0.5))
    assert near < wide < 1


def test_who_strayed_is_less_alike_but_never_impossible() -> None:
    places = np.array([[0, 0], [0, 0]], np.float32)
    found = np.array([[0, 0], [1000, 0]], np.float32)
    known, unknown = steadiness(places, found, np.array([10, np.inf], np.float32))
    assert known.tolist() == [1, STRAYED]
    assert unknown.tolist() == [1, 1]


@given(st.floats(0.01, 0.5), st.floats(0, 3), st.floats(0, 3))
def test_who_was_seen_in_the_frame_before_is_fresh_at_any_rate(frame_s: float, one: float, other: float) -> None:
    fresh, *aged = freshness(np.array([frame_s, *sorted((one, other))], np.float32), frame_s)
    assert fresh > 0.999
    assert 1 >= aged[0] >= aged[1] >= 0
