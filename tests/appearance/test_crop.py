import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.appearance.crop import CLOSE_MARGIN, close_up, torso_length
from tests.people import detection, standing

INPUT = (353, 481)
sizes = st.tuples(st.integers(60, 1200), st.integers(60, 2000))


@given(size=sizes, x=st.floats(0, 1), top=st.floats(-0.3, 0.9), height=st.floats(10, 1100))
def test_positions_map_to_the_close_up_and_back(size: tuple[int, int], x: float, top: float, height: float) -> None:
    person = detection(standing(x * size[1], top * size[0], height))
    near = close_up(np.zeros((*size, 3), np.uint8), person, INPUT)
    if near is None:
        return
    assert 0 < near.pixels.shape[0] <= INPUT[0]
    assert 0 < near.pixels.shape[1] <= INPUT[1]
    assert max(near.zoom) <= 1
    size_there = np.ptp(near.of_frame(person.keypoints), axis=0)
    np.testing.assert_allclose(size_there, np.ptp(person.keypoints, axis=0) * near.zoom, atol=0.01)
    shown = near.show(person)
    np.testing.assert_allclose(shown.box, [*shown.keypoints.min(axis=0), *shown.keypoints.max(axis=0)], atol=0.01)
    corner = np.array(near.corner, np.float32)
    np.testing.assert_allclose(near.of_frame(corner - 0.5), [-0.5, -0.5], atol=1e-4)
    end = corner + np.array(near.pixels.shape[1::-1]) / near.zoom - 0.5
    np.testing.assert_allclose(near.of_frame(end.astype(np.float32)) + 0.5, near.pixels.shape[1::-1], atol=0.01)


def test_a_pixel_is_where_it_is_said_to_be() -> None:
    pixels = np.zeros((1080, 1920, 3), np.uint8)
    pixels[500:520, 900:920] = 255
    person = detection(standing(910, 200, 700))
    near = close_up(pixels, person, INPUT)
    assert near is not None
    assert max(near.zoom) < 0.5
    at = np.argwhere(near.pixels[..., 0] > 127).mean(axis=0)[::-1]
    np.testing.assert_allclose(at, near.of_frame(np.array([909.5, 509.5], np.float32)), atol=0.5)


def test_a_small_person_is_not_enlarged_and_has_room_around() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    person = detection(standing(300, 150, 120))
    near = close_up(pixels, person, INPUT)
    assert near is not None
    assert near.zoom == (1, 1)
    x, y = near.corner
    np.testing.assert_array_equal(near.pixels, pixels[y : y + near.pixels.shape[0], x : x + near.pixels.shape[1]])
    assert person.keypoints[:, 0].min() - x >= CLOSE_MARGIN * torso_length(person)
    pixels[:] = 0
    assert near.pixels.any(), "it is a copy: the frame is dropped"


def test_nobody_outside_the_picture() -> None:
    assert close_up(np.zeros((480, 640, 3), np.uint8), detection(standing(-900, 100, 200)), INPUT) is None
