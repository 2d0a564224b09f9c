"""Gait: feet on the ground, legs and arms that swing against each other, bones of constant length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.street import gait
from edge.street.gait import AT, Gait
from edge.street.optics import Points

SPEED = 1.35


def walk(height: float = 1.7, step: float = 0.39, swing: float = 0.8, seconds: float = 4.0) -> tuple[Points, Points]:
    """Return times, and joints of a person walking along x."""
    style = Gait(height, 0.11, step, 0.3, swing, 0.2, 0.03, 0.0)
    times = np.arange(0, seconds, 0.02)
    walked = SPEED * times
    place = np.stack([walked, np.zeros_like(walked)], axis=1)
    return times, gait.pose(style, walked, place, np.zeros_like(walked))


def ahead(joints: Points, name: str) -> Points:
    """Return how far a joint is ahead of the pelvis."""
    found: Points = joints[:, AT[name], 0] - joints[:, AT["pelvis"], 0]
    return found


@given(st.floats(1.4, 2.0), st.floats(0.33, 0.46), st.floats(0.2, 1.3))
def test_bones_keep_their_length_and_feet_the_ground(height: float, step: float, swing: float) -> None:
    _, joints = walk(height, step, swing, 1.0)
    bones = [("left_hip", "left_knee", gait.THIGH), ("right_knee", "right_ankle", gait.SHIN)]
    for start, end, length in bones:
        found = np.linalg.norm(joints[:, AT[end]] - joints[:, AT[start]], axis=1)
        assert found == pytest.approx(length * height, rel=0.01)
    soles = joints[:, [AT[f"{side}_{part}"] for side in ("left", "right") for part in ("heel", "toe")], 2]
    assert soles.min(axis=1) == pytest.approx(0, abs=1e-9)
    assert joints[:, AT["head"], 2].max() < height


def test_ankles_separate_periodically() -> None:
    times, joints = walk()
    apart = ahead(joints, "left_ankle") - ahead(joints, "right_ankle")
    assert np.ptp(apart) > 0.5  # metres, both ways
    signs = np.flatnonzero(np.diff(np.sign(apart)))
    steps = np.diff(times[signs])
    assert len(steps) >= 5
    assert steps == pytest.approx(0.39 * 1.7 / SPEED, abs=0.06)


def test_arms_swing_against_the_legs() -> None:
    _, joints = walk()
    for side in ("left", "right"):
        wrist, ankle = ahead(joints, f"{side}_wrist"), ahead(joints, f"{side}_ankle")
        assert np.ptp(wrist) > 0.2
        assert np.corrcoef(wrist, ankle)[0, 1] < -0.6


def test_knees_only_bend_backwards() -> None:
    _, joints = walk()
    for side in ("left", "right"):
        hip, knee, ankle = (joints[:, AT[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
        thigh, shin = knee - hip, ankle - knee
        bend = np.arctan2(thigh[:, 0], -thigh[:, 2]) - np.arctan2(shin[:, 0], -shin[:, 2])
        assert bend.min() > -0.02
        assert np.degrees(bend.max()) > 45


def test_a_standing_foot_stays_where_it_is() -> None:
    _, joints = walk()
    toes = joints[:, AT["left_toe"]]
    is_down = (toes[:, 2] < 0.01) & (joints[:, AT["left_heel"], 2] < 0.01)
    slides = np.abs(np.diff(toes[:, 0]) / 0.02)[is_down[1:] & is_down[:-1]]
    assert np.median(slides) < 0.5 * SPEED
