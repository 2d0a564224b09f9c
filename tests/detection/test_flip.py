"""A second look at a person in the mirrored picture."""

import numpy as np
import pytest

from edge.detection.flip import MIRRORED, steadied
from edge.records import KEYPOINTS, Detection
from tests.people import standing

WIDTH = 480
DRIFT = np.array([3.0, 0.0])


def seen(keypoints: np.ndarray) -> Detection:
    (left, top), (right, bottom) = keypoints.min(axis=0), keypoints.max(axis=0)
    return Detection(keypoints, np.full(17, 0.9), (left, top, right, bottom), 0.8, 0.3)


def in_the_mirror(keypoints: np.ndarray) -> np.ndarray:
    points = keypoints[MIRRORED].copy()
    points[:, 0] = WIDTH - 1 - points[:, 0]
    return points


def test_left_and_right_change_places_and_the_nose_stays() -> None:
    assert KEYPOINTS[MIRRORED[KEYPOINTS.index("left_wrist")]] == "right_wrist"
    assert MIRRORED[0] == 0
    assert [MIRRORED[i] for i in MIRRORED] == list(range(17))


def test_errors_to_one_side_cancel() -> None:
    truth = standing(100, 30, 280)
    person = seen(truth + DRIFT)
    mirrored = seen(in_the_mirror(truth) + DRIFT)
    result = steadied(person, [mirrored], WIDTH)
    assert result.keypoints == pytest.approx(truth)
    assert result.box == pytest.approx(seen(truth).box)
    assert result.confidence == person.confidence


def test_somebody_else_in_the_mirror_changes_nothing() -> None:
    person = seen(standing(100, 30, 280))
    other = seen(in_the_mirror(standing(300, 30, 280)))
    assert steadied(person, [other], WIDTH) is person
    assert steadied(person, [], WIDTH) is person


def test_the_nearest_in_the_mirror_is_taken() -> None:
    truth = standing(100, 30, 280)
    near, far = seen(in_the_mirror(truth)), seen(in_the_mirror(truth + 2 * DRIFT))
    assert steadied(seen(truth), [far, near], WIDTH).keypoints == pytest.approx(truth)
