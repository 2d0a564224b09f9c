import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.track.motion import Motion


def walked(fps: float, seconds: float, speed: float = 50.0, noise: float = 0.0, seed: int = 0) -> Motion:
    rng, motion = np.random.default_rng(seed), Motion((0.0, 0.0))
    for i in range(1, int(seconds * fps) + 1):
        motion = motion.after(1 / fps).seen((speed * i / fps + noise * rng.normal(), noise * rng.normal()))
    return motion


@given(st.sampled_from([5.0, 12.0, 30.0]), st.floats(-300, 300))
def test_a_steady_walker_is_predicted_at_every_frame_rate(fps: float, speed: float) -> None:
    motion = walked(fps, 2.0, speed)
    assert motion.velocity[0] == pytest.approx(speed, abs=0.1 * abs(speed) + 1)
    assert motion.after(0.5).place[0] == pytest.approx(2.5 * speed, abs=0.1 * abs(speed) + 1)


@given(st.integers(0, 50))
def test_a_jitter_of_the_pose_hardly_turns_the_velocity(seed: int) -> None:
    """Jitter of 4 % of a height of 100 pixels, thirty times a second."""
    motion = walked(30.0, 2.0, 50.0, noise=4.0, seed=seed)
    assert motion.velocity[0] == pytest.approx(50, abs=25)


@given(st.floats(0.02, 0.2), st.floats(0.1, 2))
def test_a_prediction_is_surer_after_a_detection_and_less_sure_after_a_gap(frame_s: float, gap_s: float) -> None:
    motion = Motion((0.0, 0.0)).after(frame_s).seen((0.0, 0.0))
    assert motion.spread < motion.after(gap_s).spread
    assert motion.after(gap_s).seen((0.0, 0.0)).spread < motion.after(gap_s).spread


def test_two_short_gaps_are_as_one_long_gap() -> None:
    motion = walked(10.0, 1.0)
    assert np.hstack(motion.after(0.3).after(0.4)) == pytest.approx(np.hstack(motion.after(0.7)))
