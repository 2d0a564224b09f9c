import math

import numpy as np
import pytest

from edge.records import Floats
from edge.track import link
from edge.track.tracklet import Seen, Tracklet, body_heights
from tests.people import detection, standing

FPS, CROWD = 15.0, 0.3
RED, BLUE = np.full((2, 3), [50, 60, 40], np.float32), np.full((2, 3), [40, 0, -50], np.float32)


def tracklet(number: int, begin: int, end: int, look: Floats = RED, *, aside: float = 0.0, every: int = 1) -> Tracklet:
    """Return who walks at 90 pixels per second, 200 pixels tall, seen in every `every`-th frame."""
    person: Tracklet | None = None
    for i in range(begin, end, every):
        found = detection(standing(60 + 6 * i + aside, 80, 200))
        seen = Seen(
            found, found.keypoints, found.keypoints[[5, 6, 11, 12]].mean(axis=0), look, body_heights([found])[0]
        )
        if person is None:
            person = Tracklet.born(number, seen, i / FPS)
        else:
            person.see(seen, i / FPS, 0.15)
    assert person is not None
    return person


def test_who_goes_on_where_the_line_leads_is_a_continuation() -> None:
    costs = [link.cost(tracklet(1, 0, 20), tracklet(2, begin, begin + 10), 1.5, CROWD) for begin in (20, 26, 40)]
    assert costs == sorted(costs)
    assert costs[-1] < 0.75


def test_a_lost_person_is_found_again_less_surely_in_a_crowd_and_after_a_long_time() -> None:
    one, soon, late = tracklet(1, 0, 20), tracklet(2, 22, 40, aside=60), tracklet(2, 36, 56, aside=60)
    for other in (soon, late):
        costs = [link.cost(one, other, 1.5, crowd) for crowd in (0.0, 0.1, 0.5, 1.0, 10.0)]
        assert costs == sorted(costs)
    assert link.cost(one, soon, 1.5, 0.05) < link.cost(one, late, 1.5, 0.05) < link.cost(one, late, 1.5, 1.0)


def test_a_short_tracklet_tells_little_of_where_it_goes() -> None:
    """A pose that jitters by a tenth of a height in two frames has no known speed."""
    steps = np.array([(0, 0, 0, 100), (1 / FPS, 10, 0, 100)])
    line, walked = link._line(steps), link._line(np.array([(i / FPS, 10 * i, 0, 100) for i in range(8)]))
    assert line.velocity[0] < 0.3 * walked.velocity[0]
    assert line.velocity_var > 10 * walked.velocity_var


def test_one_frame_with_two_skeletons_on_a_person_does_not_hinder_the_link() -> None:
    assert link.cost(tracklet(1, 0, 21), tracklet(2, 20, 40), 1.5, CROWD) < 1
    assert link.cost(tracklet(1, 0, 24), tracklet(2, 20, 40), 1.5, CROWD) >= 1


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
    assert link.cost(tracklet(1, 0, 20), other, 1.5, CROWD) >= 1


def test_the_cost_is_the_same_both_ways_round() -> None:
    one, other = tracklet(1, 0, 20), tracklet(2, 26, 40, aside=20)
    assert link.cost(one, other, 1.5, CROWD) == link.cost(other, one, 1.5, CROWD) < math.inf


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
