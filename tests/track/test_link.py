import math

import numpy as np
import pytest

from edge.records import Floats
from edge.track import link
from edge.track.tracklet import Seen, Tracklet
from tests.people import detection, standing

FPS = 15.0
RED, BLUE = np.full((2, 3), [50, 60, 40], np.float32), np.full((2, 3), [40, 0, -50], np.float32)


def tracklet(number: int, begin: int, end: int, look: Floats = RED, *, aside: float = 0.0, every: int = 1) -> Tracklet:
    """Return who walks at 90 pixels per second, 200 pixels tall, seen in every `every`-th frame."""
    person: Tracklet | None = None
    for i in range(begin, end, every):
        found = detection(standing(60 + 6 * i + aside, 80, 200))
        seen = Seen(found, found.keypoints, found.keypoints[[5, 6, 11, 12]].mean(axis=0), look)
        if person is None:
            person = Tracklet.born(number, seen, i / FPS)
        else:
            person.see(seen, i / FPS, 0.15)
    assert person is not None
    return person


def test_who_goes_on_where_the_line_leads_is_a_continuation() -> None:
    costs = [link.cost(tracklet(1, 0, 20), tracklet(2, begin, begin + 10), 1.5) for begin in (20, 26, 40)]
    assert max(costs) < 0.5


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(tracklet(2, 26, 40, BLUE), id="in other clothes"),
        pytest.param(tracklet(2, 26, 40, aside=150), id="elsewhere"),
        pytest.param(tracklet(2, 45, 60), id="after too long"),
        pytest.param(tracklet(2, 10, 40, aside=20), id="in the same frame"),
        pytest.param(tracklet(2, 26, 27), id="seen once"),
    ],
)
def test_somebody_else_is_none(other: Tracklet) -> None:
    assert link.cost(tracklet(1, 0, 20), other, 1.5) >= 1


def test_the_cost_is_the_same_both_ways_round() -> None:
    one, other = tracklet(1, 0, 20), tracklet(2, 26, 40, aside=20)
    assert link.cost(one, other, 1.5) == link.cost(other, one, 1.5) < math.inf


def test_two_on_one_body_who_take_turns_are_twins() -> None:
    one, other = tracklet(1, 0, 40, every=2), tracklet(2, 1, 40, aside=20, every=2)
    assert link.twins(one, other) < link.TWIN
    assert link.twins(one, tracklet(2, 0, 40, aside=20, every=2)) == link.NEVER
    assert link.twins(one, tracklet(2, 1, 40, BLUE, aside=20, every=2)) > link.TWIN
    assert link.twins(one, tracklet(2, 1, 40, aside=120, every=2)) > link.TWIN


def test_a_joined_tracklet_begins_with_the_older_and_goes_on_with_the_newer() -> None:
    old, new = tracklet(1, 0, 20), tracklet(2, 26, 40)
    start = old.start
    old.absorb(new, 0.15)
    assert (old.start, old.first_seen_at, old.last_seen_at) == (start, 0.0, new.last_seen_at)
    assert old.motion == new.motion
    assert old.hits == 34
    assert [step.at for step in old.way] == sorted({step.at for step in old.way})
    assert old.joined == [2]
