"""Counting of split people, mixed-up people and duplicates on made-up sightings; and a short run of the whole."""

import argparse

import pytest

from tests.messages import NOW, make_score
from tools.evaluation.booth import Heard, booth, figures
from tools.evaluation.street import NOBODY


def heard(*walkers: int) -> list[Heard]:
    """Return one sighting after the other, the first of them the rarest."""
    return [Heard(make_score(seq=i + 1), NOW + i, walker, 10.0 - i) for i, walker in enumerate(walkers)]


def by(ids: str) -> dict[str, float]:
    """Return the figures if five sightings of walkers 1, 1, 2, 2 and nobody got these ids."""
    named = iter(ids)
    return figures(heard(1, 1, 2, 2, NOBODY), lambda score, now: next(named))


def test_right() -> None:
    found = by("aabbc")
    assert (found["people"], found["sightings"], found["sightings per person"]) == (2, 5, 2.0)
    wrong = [value for name, value in found.items() if "split" in name or "joined" in name or "duplicates" in name]
    assert wrong == [0] * 5
    assert found["alerts on everybody"] == 3
    assert found["alerts on the rarest"] == 1


def test_split() -> None:
    found = by("abccd")
    assert found["people split in two or more"] == 0.5
    assert found["share of these that are duplicates, everybody alerted"] == 0.25
    assert found["people joined with somebody else"] == 0


def test_mixed_up() -> None:
    found = by("aaaab")
    assert found["people joined with somebody else"] == 1
    assert found["people never alerted, everybody alerted"] == 0.5
    assert found["people split in two or more"] == 0


def test_a_track_that_went_over_to_somebody_else_is_told_apart() -> None:
    one, other, both = heard(1, 2, 2)
    named = iter("aba")
    found = figures([one, other, both._replace(share=0.6)], lambda score, now: next(named))
    assert found["people joined with somebody else"] == 1
    assert found["people joined with somebody else, without tracks on two people"] == 0
    assert found["share of tracks on two people"] == pytest.approx(1 / 3)


@pytest.mark.slow
def test_people_of_a_street_are_joined() -> None:
    found = booth(argparse.Namespace(seed=3, cameras=2, minutes=5))
    assert found["people"] > 20
    assert found["sightings per person"] > 1.5
    assert found["people split in two or more"] < 0.15
    assert found["beside"]["no joining"]["people split in two or more"] > 0.5
