from dataclasses import replace

import numpy as np
import pytest

from edge.records import Appearance, Departure, Heading, Sighting, Zone
from edge.score.baseline import Baseline
from tests.outfits import RECIPE, ordinary, outfit
from tools.evaluation.exceptions import Seen
from tools.evaluation.places import ORDERS, Person, clip, learnt, street, together

DEPARTURE = Departure(1, 0.0, 1.0, Zone.LEFT, Heading.LEFT, is_confirmed=True, has_moved=True)


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    rng = np.random.default_rng(0)
    return learnt([ordinary(rng) for _ in range(400)], RECIPE)


def elsewhere(one: Appearance) -> Appearance:
    return replace(one, colour=one.colour + 12, texture=one.texture + 2)


def seen(one: Appearance, walker: int, *, is_exception: bool = False) -> Seen:
    return Seen(walker, is_exception, Sighting(DEPARTURE, elsewhere(one)), 0.0, 1.0)


def test_planted_people_stand_out_once_recalibrated(baseline: Baseline) -> None:
    rng = np.random.default_rng(1)
    walkers = [seen(ordinary(rng), i) for i in range(150)]
    rare = [seen(outfit("yellow", "pink", rng, pattern="checked"), i, is_exception=True) for i in range(10)]
    found = street(baseline, walkers, rare)
    assert found["planted flagged, recalibrated"] >= 0.8
    assert found["ordinary flagged, as it is"] > 0.3 > found["ordinary flagged, recalibrated"]
    assert found["noticed to be unlike after"] <= 50


def test_without_planted_people_nothing_is_said_of_them(baseline: Baseline) -> None:
    rng = np.random.default_rng(1)
    found = street(baseline, [seen(ordinary(rng), i) for i in range(60)], [])
    assert not [name for name in found if name.startswith("planted flagged")]


def test_who_is_unusual_by_eye_is_ranked_among_the_people_of_the_clip(baseline: Baseline) -> None:
    rng = np.random.default_rng(2)
    people = [Person(replace(elsewhere(ordinary(rng)), height=100.0 + i), is_unusual=False) for i in range(20)]
    people.append(Person(elsewhere(outfit("yellow", "pink", rng, pattern="checked")), is_unusual=True))
    assert clip(baseline, people)["ranks of those unusual by eye (1 is the rarest)"] == [1.0]


def test_too_few_people_are_counted_alone(baseline: Baseline) -> None:
    assert clip(baseline, []) == {"people": 0}


def test_all_clips_together_are_scored_after_the_first_people(baseline: Baseline) -> None:
    rng = np.random.default_rng(3)
    people = [Person(elsewhere(ordinary(rng)), is_unusual=False) for _ in range(60)]
    few, many = together(baseline, people[:50]), together(baseline, people)
    assert list(few.values()) == [None, 0]
    flagged, scored = many.values()
    assert scored == 10 * ORDERS
    assert flagged < 0.3
