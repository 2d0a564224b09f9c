"""Clothing is counted by kind, window by window, and each person once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.score.trend_window import ClosedWindow, TrendWindow, words
from edge.vocabulary import REASON
from tests.outfits import ordinary, outfit

RNG = np.random.default_rng(0)
PERSON = outfit("orange", "black", RNG)


def test_main_colours_patterns_and_the_arrangement_are_said() -> None:
    found = words(PERSON)
    assert {"colour:upper:orange", "colour:lower:black"} <= set(found)
    assert sum(word.startswith("pattern:") for word in found) == 2
    assert all(REASON.match(word) for word in found)


def test_what_was_not_seen_is_not_counted() -> None:
    unseen = outfit("orange", "black", RNG)
    unseen.words[1], unseen.patterns[1], unseen.garments[:] = 0, 0, 0
    assert {word.split(":")[1] for word in words(unseen)} <= {"upper", "shoes"}


def test_a_window_closes_with_the_first_of_the_next_or_with_time() -> None:
    worn = TrendWindow()
    assert worn.add(PERSON, 1000.0) is None
    assert worn.add(PERSON, 850.0) is None, "whose track ended late counts in the open window"
    closed = worn.add(PERSON, 1800.0)
    assert closed is not None
    assert (closed.start, closed.sightings, closed.counts["colour:upper:orange"]) == (900, 2, 2)
    assert worn.close(2699.0) is None
    last = worn.close(2700.0)
    assert last is not None
    assert (last.start, last.sightings) == (1800, 1)
    assert worn.close(9999.0) is None


@given(st.lists(st.floats(0, 1e5), max_size=60))
def test_every_sighting_is_in_exactly_one_window_and_none_is_told_twice(times: list[float]) -> None:
    worn, person = TrendWindow(), ordinary(np.random.default_rng(1))
    closed: list[ClosedWindow | None] = [worn.add(person, at) for at in times]
    closed.append(worn.close(1e9))
    known = [window for window in closed if window is not None]
    assert sum(window.sightings for window in known) == len(times)
    starts = [window.start for window in known]
    assert starts == sorted(set(starts))
    assert all(start % 900 == 0 for start in starts)
