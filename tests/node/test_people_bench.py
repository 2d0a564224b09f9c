"""What a frame costs by people in view."""

import io

from rich.console import Console

from edge.node.crowd import crowd
from edge.node.people_bench import by_people, show


def test_each_number_of_people_has_a_row_and_each_number_of_threads_its_frames_a_second() -> None:
    costs = by_people([1, 2], people=(0, 3), size=(640, 360), frames=18)
    assert [cost.people for cost in costs] == [0, 3]
    assert costs[0].found < costs[1].found
    assert all(cost.ratio > 1 and cost.overhead_ms > 0 for cost in costs)
    assert all(set(cost.fps) == {"1", "2"} and min(min(each) for each in cost.fps.values()) > 0 for cost in costs)
    text = io.StringIO()
    show(costs, Console(file=text, width=160))
    assert "2 threads" in text.getvalue()


def test_a_crowd_is_pictures_of_one_size_in_their_order() -> None:
    frames = crowd(9, (320, 180), 2)
    assert [frame.number for frame in frames] == [0, 1]
    assert [frame.pixels.shape for frame in frames] == [(180, 320, 3)] * 2
    assert (frames[0].pixels != frames[1].pixels).any(), "people move"
