import cv2
import numpy as np

from edge.track.colour_cue import OTHER_COLOUR, likeness, looks
from tests.people import detection, standing


def test_a_look_is_the_colour_of_torso_and_thighs() -> None:
    person = detection(standing(120, 20, 300))
    small = np.full((360, 240, 3), 90, np.uint8)
    cv2.rectangle(small, (70, 70), (170, 165), (200, 30, 30), -1)
    cv2.rectangle(small, (90, 166), (150, 310), (20, 20, 120), -1)
    (found,) = looks(small, [person], 1.0)
    expected = cv2.cvtColor(np.array([[[200, 30, 30], [20, 20, 120]]], np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    np.testing.assert_allclose(found, expected, atol=0.5)
    far = detection(person.keypoints * 4)
    np.testing.assert_allclose(looks(small, [far], 4.0)[0], expected, atol=0.5)


def test_nobody_and_someone_outside_the_picture_are_fine() -> None:
    small = np.zeros((100, 100, 3), np.uint8)
    assert looks(small, [], 1.0).shape == (0, 2, 3)
    assert np.isfinite(looks(small, [detection(standing(900, -500, 300))], 1.0)).all()


def test_likeness_falls_with_the_difference_but_never_to_nothing() -> None:
    one = np.full((2, 3), 30, np.float32)
    values = likeness(one, np.stack([one + np.float32(step) for step in (0, 5, 15, 100)])).tolist()
    assert values == sorted(values, reverse=True)
    assert values[0] == 1
    assert values[-1] >= OTHER_COLOUR
