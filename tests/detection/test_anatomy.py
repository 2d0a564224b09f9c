"""Keypoints that cannot belong to one body."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detection.anatomy import foreign, long_bones, stature
from edge.detection.flip import MIRRORED
from edge.records import KEYPOINTS, Flags, Floats
from tests.people import standing

SURE = np.full((1, 17), 0.9, np.float32)
LEFT = [i for i, name in enumerate(KEYPOINTS) if name.startswith("left") and i >= 5]
LEFT_LEG = [KEYPOINTS.index(f"left_{joint}") for joint in ("hip", "knee", "ankle")]
heights, turns, swings = st.floats(60, 330), st.floats(0, 90), st.floats(-35, 35)


def wrong(poses: Floats, sure: Floats) -> Flags:
    return foreign(poses, sure, 0.3, stature(poses, sure >= 0.3))


def too_long(poses: Floats, is_sure: Flags) -> Floats:
    return long_bones(poses, is_sure, stature(poses, is_sure))


def walking(height: float, turn: float, swing: float) -> Floats:
    """[17, 2] keypoints of a walker turned by `turn` degrees, whose limbs swing by `swing` degrees."""
    points = standing(0, 0, height)
    points[:, 0] *= np.cos(np.radians(turn))
    for top, *limb in ((5, 7, 9), (6, 8, 10), (11, 13, 15), (12, 14, 16)):
        angle = np.radians(swing if top in (5, 12) else -swing)
        x, y = (points[limb] - points[top]).T
        points[limb] = points[top] + np.stack(
            [x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)], 1
        )
    return points


@given(height=heights, turn=turns, swing=swings, from_above=st.floats(0.6, 1))
def test_a_lone_walker_keeps_every_keypoint(height: float, turn: float, swing: float, from_above: float) -> None:
    person = walking(height, turn, swing)[None]
    person[:, 11:, 1] = person[:, 11:12, 1] + from_above * (person[:, 11:, 1] - person[:, 11:12, 1])
    assert not wrong(person, SURE).any()
    assert too_long(person, SURE > 0.3) == 0


@given(height=heights, x=st.floats(-500, 500), factor=st.floats(1, 4))
def test_height_grows_with_the_picture(height: float, x: float, factor: float) -> None:
    person = walking(height, 0, 0)[None]
    one = stature(person, SURE > 0)
    assert np.allclose(stature(person * np.float32(factor) + np.float32(x), SURE > 0), factor * one, rtol=1e-3)
    assert 0.8 * height < one[0] < 1.2 * height


@given(part=st.integers(5, 16), height=heights, away=st.floats(1.5, 4), angle=st.floats(0, 360))
def test_a_keypoint_far_away_goes_with_its_limb_alone(part: int, height: float, away: float, angle: float) -> None:
    person = walking(height, 0, 0)[None]
    limb = [part]
    for chain in ([5, 7, 9], [6, 8, 10], [11, 13, 15], [12, 14, 16]):
        if part in chain:
            limb = chain[chain.index(part) :]
    person[:, part] += away * height * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    (gone,) = wrong(person, SURE)
    assert gone[limb].all()
    assert gone.sum() == len(limb)


@given(height=heights, apart=st.floats(0.35, 1.5), seed=st.integers(0, 99))
def test_a_skeleton_over_two_people_keeps_no_torso_of_both(height: float, apart: float, seed: int) -> None:
    person = walking(height, 0, 0)[None]
    person[:, LEFT] += np.array([apart * height, 0], np.float32)
    sure = np.random.default_rng(seed).uniform(0.5, 1, (1, 17)).astype(np.float32)
    (gone,) = wrong(person, sure)
    assert gone[[5, 6, 11, 12]].any()
    assert not gone[LEFT].all() or not gone[np.setdiff1d(np.arange(5, 17), LEFT)].any()


@given(height=heights, shift=st.floats(-1, 1), turn=turns)
@settings(max_examples=50)
def test_a_mirrored_skeleton_loses_the_mirrored_keypoints(height: float, shift: float, turn: float) -> None:
    person = walking(height, turn, 10)[None]
    person[:, LEFT_LEG] += np.array([shift * height, 0], np.float32)
    sure = np.linspace(0.5, 0.9, 17, dtype=np.float32)[None]
    mirrored = (person * np.array([-1, 1], np.float32))[:, MIRRORED]
    assert (wrong(mirrored, sure[:, MIRRORED])[:, MIRRORED] == wrong(person, sure)).all()


def test_unsure_keypoints_neither_accuse_nor_are_accused() -> None:
    person, sure = walking(200, 0, 0)[None], SURE.copy()
    person[:, LEFT_LEG] += 400
    sure[:, LEFT_LEG] = 0.1
    assert not wrong(person, sure).any()
    assert too_long(person, sure >= 0.3) == 0


def test_legs_outside_the_picture_do_not_make_a_torso_too_long() -> None:
    """Keypoints below the picture are put on its edge, unsure."""
    person, sure = walking(600, 0, 0)[None], SURE.copy()
    person[..., 1] = np.minimum(person[..., 1], 300)
    sure[:, 13:] = 0.1
    assert not wrong(person, sure).any()


def test_people_are_judged_one_by_one() -> None:
    sound, stitched = walking(200, 0, 0), walking(200, 0, 0)
    stitched[LEFT_LEG] += 300
    both = wrong(np.stack([sound, stitched, sound]), np.repeat(SURE, 3, axis=0))
    assert both.any(axis=1).tolist() == [False, True, False]
    assert np.flatnonzero(both[1]).tolist() == LEFT_LEG
