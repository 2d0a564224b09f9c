"""How well people are seen, by keypoints alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.appearance.crop import torso_length
from edge.appearance.view import views
from edge.config import AppearanceSection
from edge.records import Detection
from tests.people import detection, standing

SIZE = (720, 1280)


def quality(person: Detection, others: list[Detection]) -> float:
    (view,) = views([person], others, SIZE)
    return view.quality(AppearanceSection(), 1.0)


def test_a_clear_view_counts_and_better_ones_count_more() -> None:
    near, far = detection(standing(400, 50, 500)), detection(standing(400, 50, 160))
    assert 0 < quality(far, [far]) < quality(near, [near]) <= 1


@pytest.mark.parametrize(
    ("x", "top", "height"), [(400, 50, 40), (5, 50, 500), (1278, 50, 500), (400, -150, 500)], ids=str
)
def test_too_small_or_cut_by_the_picture_does_not_count(x: float, top: float, height: float) -> None:
    person = detection(standing(x, top, height))
    assert quality(person, [person]) == 0


def test_who_is_cut_at_the_side_waits_for_a_better_view() -> None:
    """In all three views the torso is inside the picture; in the first an arm is not."""
    views = [detection(standing(x, 50, 400)) for x in (45, 60, 400)]
    cut, less, whole = (quality(person, [person]) for person in views)
    assert 0 < cut < less < whole
    assert cut < 0.7 * whole


def test_an_unsure_torso_does_not_count() -> None:
    person = detection(standing(400, 50, 500))
    person.confidences[11] = 0.1
    assert quality(person, [person]) == 0


def test_somebody_nearer_in_front_costs_and_somebody_behind_does_not() -> None:
    person = detection(standing(400, 50, 400))
    nearer, behind = detection(standing(420, 80, 480)), detection(standing(420, 40, 300))
    alone = quality(person, [person])
    assert quality(person, [person, behind]) == alone
    assert quality(person, [person, nearer]) < 0.5 * alone


@given(places=st.lists(st.tuples(st.floats(0, 1200), st.floats(0, 400), st.floats(30, 400)), min_size=1, max_size=6))
def test_all_at_once_are_seen_as_one_by_one(places: list[tuple[float, float, float]]) -> None:
    people = [detection(standing(*place)) for place in places]
    together = views(people, people, SIZE)
    assert together == [views([person], people, SIZE)[0] for person in people]
    assert [view.length for view in together] == [torso_length(person) for person in people]


def test_a_view_says_how_tall_the_person_is_and_whether_the_torso_is_its_own() -> None:
    person, other = detection(standing(400, 50, 400)), detection(standing(700, 50, 400))
    other.confidences[[11, 12]] = 0
    nobody = detection(standing(900, 50, 400), confidence=0.0)
    shown = views([person, other, nobody], [person, other], SIZE)
    assert [view.is_whole for view in shown] == [True, False, False]
    assert shown[0].height == pytest.approx(0.88 * 400, abs=0.1), "from the eyes to the ankles"
    assert shown[2].height == 0
    assert views([], [person], SIZE) == []
    assert np.isfinite([view.factors for view in shown]).all()
