"""The shutter, with a camera whose automatic exposure behaves as libcamera's does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.frame.shutter import AUTOMATIC, SETTLED, Shutter

FRAME_US = 66_666
MOST_GAIN = 16.0


class Exposure:
    """Automatic exposure: first a longer shutter, then more gain; with a fixed shutter, gain alone."""

    def __init__(self, needs_us: float) -> None:
        """`needs_us`: microseconds that the light needs at gain 1."""
        self.needs_us = needs_us
        self.fixed_us = AUTOMATIC

    @property
    def metadata(self) -> dict[str, float]:
        exposure_us = self.fixed_us or min(self.needs_us, FRAME_US)
        return {"ExposureTime": exposure_us, "AnalogueGain": min(max(self.needs_us / exposure_us, 1.0), MOST_GAIN)}


def run(exposure: Exposure, shutter: Shutter, frames: int = 20 * SETTLED) -> int:
    """Let it settle; returns the number of changes in the second half."""
    late = 0
    for frame in range(frames):
        wanted = shutter.next(exposure.metadata)
        if wanted is not None:
            exposure.fixed_us = wanted
            late += frame >= frames // 2
    return late


def make() -> Shutter:
    return Shutter(0.005, gains=(1.0, MOST_GAIN), frame_s=1 / 15)


@pytest.mark.parametrize(
    ("needs_us", "exposure_us"),
    [
        (500, 500),  # sun: the automatic exposure is short already
        (5_000, 5_000),
        (10_000, 4_000),  # an overcast day: gain 2.5 instead of 10 ms
        (30_000, 4_000),
        (50_000, 8_000),  # dusk: gain 8 is not enough
        (1e6, 32_000),  # night
    ],
)
def test_gain_goes_up_before_the_shutter_gets_longer(needs_us: float, exposure_us: float) -> None:
    exposure = Exposure(needs_us)
    run(exposure, make())
    assert exposure.metadata["ExposureTime"] == exposure_us


@given(st.lists(st.floats(100, 1e7), min_size=1, max_size=4))
def test_by_day_it_stays_short_and_it_never_goes_back_and_forth(lights: list[float]) -> None:
    exposure, shutter = Exposure(lights[0]), make()
    for needs_us in lights:
        exposure.needs_us = needs_us
        assert run(exposure, shutter) == 0
        if needs_us <= 4_000 * 8:
            assert exposure.metadata["ExposureTime"] <= 8_000, "at most the second step, from a darker time"
    if max(lights) <= 4_000 * 8:
        assert exposure.metadata["ExposureTime"] <= 5_000


@pytest.mark.parametrize("metadata", [{}, {"ExposureTime": 20_000}, {"AnalogueGain": 4.0}])
def test_a_camera_that_says_too_little_is_left_alone(metadata: dict[str, float]) -> None:
    shutter = make()
    assert {shutter.next(metadata) for _ in range(5 * SETTLED)} == {None}
