import numpy as np
import pytest

from edge.config import DetectionSection
from edge.detection.second_look import CloseLooker, distance, overlap
from edge.records import CLASSES
from tests.people import KnowingInterpreter, SightedInterpreter, detection, painted, standing

PERSON = standing(120, 20, 220)


def looker() -> CloseLooker:
    return CloseLooker(SightedInterpreter(), DetectionSection())


def test_the_expected_person_is_found_among_neighbours() -> None:
    neighbour = standing(300, 30, 240)
    found = looker().look(painted([neighbour, PERSON], 0, (260, 420)).pixels, detection(PERSON + 4))
    assert found is not None
    np.testing.assert_allclose(found.person.keypoints, PERSON, atol=2)
    assert [round(float(other.keypoints[0, 0]), -1) for other in found.others] == [300]
    y, x = (
        round(float(side) / found.garments.pitch) for side in found.person.keypoints[[5, 6, 11, 12]].mean(axis=0)[::-1]
    )
    assert CLASSES[found.garments.classes[y, x]] == "upper"


def test_nobody_fits_a_skeleton_over_two_people() -> None:
    people = [standing(90, 20, 200), standing(230, 25, 200)]
    between = detection((people[0] + people[1]) / np.float32(2))
    assert looker().look(painted(people, 0, (260, 320)).pixels, between) is None


def test_who_is_alone_in_the_close_up_is_found_though_the_skeleton_was_wrong() -> None:
    wrong = PERSON.copy()
    wrong[5:13] += np.array([0, 60], np.float32)
    wrong[:5] += np.array([0, 70], np.float32)
    wrong[15:] += np.array([0, 20], np.float32)
    expected = detection(wrong)
    pixels = painted([PERSON], 0, (280, 240)).pixels
    found = looker().look(pixels, expected)
    assert found is not None
    np.testing.assert_allclose(found.person.keypoints, PERSON, atol=2)
    elsewhere = detection(wrong + 150)
    assert looker().look(pixels, elsewhere) is None


def test_an_empty_street_has_nobody() -> None:
    assert looker().look(painted([], 0, (200, 200)).pixels, detection(PERSON)) is None


def test_a_pose_model_takes_no_second_look() -> None:
    poses = CloseLooker(KnowingInterpreter(), DetectionSection())
    assert not poses.is_able
    assert poses.look(painted([PERSON], 0, (260, 260)).pixels, detection(PERSON)) is None


def test_distance_and_overlap() -> None:
    one = detection(PERSON)
    torso = 0.3 * 220
    assert distance(detection(PERSON + np.array([torso, 0], np.float32)), one) == pytest.approx(1, abs=0.02)
    unsure = detection(PERSON, confidence=0.1)
    assert distance(unsure, one) == float("inf")
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 1, 1), (2, 2, 3, 3)) == overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0
