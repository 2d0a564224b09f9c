import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detection.letterbox import PADDING, letterbox
from edge.records import Frame


def frame(height: int, width: int, lores: tuple[int, int] | None = None) -> Frame:
    pixels = np.full((height, width, 3), 200, np.uint8)
    return Frame(pixels, 0.0, 0, None if lores is None else np.full((*lores, 3), 90, np.uint8))


@given(height=st.integers(40, 1100), width=st.integers(40, 2000))
@settings(max_examples=40)
def test_a_frame_fits_in_proportion(height: int, width: int) -> None:
    tensor, scale = letterbox(frame(height, width), 353, 481)
    assert tensor.shape == (353, 481, 3)
    inside = (tensor != PADDING).all(axis=2)
    rows, columns = int(inside.any(axis=1).sum()), int(inside.any(axis=0).sum())
    assert inside[:rows, :columns].all()
    assert rows == 353 or columns == 481
    assert abs(rows * scale - height) <= scale
    assert abs(columns * scale - width) <= scale


@given(height=st.integers(1, 4000), width=st.integers(1, 12))
@settings(max_examples=40)
def test_a_picture_of_any_shape_has_a_place(height: int, width: int) -> None:
    for shape in ((height, width), (width, height)):
        tensor, scale = letterbox(frame(*shape), 353, 481)
        assert (tensor == 200).any()
        assert scale > 0


def test_the_cameras_own_small_stream_is_used_as_it_is() -> None:
    tensor, scale = letterbox(frame(720, 1280, (270, 480)), 353, 481)
    assert (tensor[:270, :480] == 90).all()
    assert (tensor[270:] == PADDING).all()
    assert scale == 1280 / 480


@given(factor=st.sampled_from([1.0, 1.3, 2.0, 2.9, 4.2, 6.0]), seed=st.integers(0, 9))
@settings(max_examples=20)
def test_a_large_picture_is_averaged_and_not_sampled(factor: float, seed: int) -> None:
    """Fine noise fades as it does for the mean of the same area: what is left of it is no shimmer."""
    rng = np.random.default_rng(seed)
    height, width = round(240 * factor), round(320 * factor)
    noise = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    tensor, _ = letterbox(Frame(noise, 0.0, 0), 240, 320)
    area = cv2.resize(noise, (320, 240), interpolation=cv2.INTER_AREA)
    assert tensor.mean() == pytest.approx(noise.mean(), abs=1)
    assert tensor.std() <= 1.2 * area.std()
