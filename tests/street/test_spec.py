"""Text that people may write after `street:`, and the error for each mistake."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ConfigError
from edge.street.spec import StreetSpec, parse


def test_every_setting_is_read() -> None:
    text = (
        "street:7?camera=1&cameras=2&fps=4.5&minutes=2&size=320x180&rate=30"
        "&exceptions=0.05&dark=0.5&skip=60&begins_at=9"
    )
    assert parse(text) == StreetSpec(7, 1, 2, 4.5, 2.0, (320, 180), 30.0, 0.05, 0.5, 60.0, 9.0)


@given(
    seed=st.integers(0, 2**32 - 1),
    camera=st.integers(0, 3),
    fps=st.sampled_from([0.5, 8.0, 12.5]),
    minutes=st.none() | st.integers(1, 90).map(float),
    share=st.sampled_from([0.0, 0.04, 0.5]),
)
def test_a_spec_survives_being_written(seed: int, camera: int, fps: float, minutes: float | None, share: float) -> None:
    spec = StreetSpec(seed, camera, 4, fps, minutes, exceptions=share)
    assert parse(str(spec)) == spec


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("street:", "expected street:SEED with SEED a whole number"),
        ("street:-1", "expected street:SEED"),
        ("street:²", "expected street:SEED"),
        ("clip.mp4", "expected street:SEED"),
        ("street:7?kamera=1", "unknown setting 'kamera'; expected one of camera, cameras"),
        ("street:7?fps=fast", "expected fps=a number, found 'fast'"),
        ("street:7?fps=nan", "expected fps=a number"),
        ("street:7?camera=1.5", "expected camera=a whole number, found '1.5'"),
        ("street:7?camera=3", "expected camera from 0 to 2, found 3; this street has 3 cameras"),
        ("street:7?size=big", "expected size=WIDTHxHEIGHT, found 'big'"),
        ("street:7?size=64x36", "expected width from 160 to 3840, found 64"),
        ("street:7?exceptions=2", "expected exceptions from 0 to 1, found 2"),
        ("street:7?rate=0", "expected rate from 0.5 to 120, found 0"),
        ("street:7?fps=8&fps=9", "fps is given twice"),
        ("street:99999999999", "expected seed from 0"),
    ],
)
def test_a_wrong_spec_says_what_was_expected_and_found(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        parse(text)
