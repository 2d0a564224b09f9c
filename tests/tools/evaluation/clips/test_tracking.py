"""MOTA, IDF1 and switches of made-up tracks with known answers; the library's trackers on the same detections."""

from collections.abc import Mapping

import pytest

from edge.records import Detection
from tests.tools.evaluation.clips.made_up import FRAMES, body, shown, staying, track, truth
from tools.evaluation.clips.match import body_box
from tools.evaluation.clips.tracking import Tracked, accumulate, figures, library, others, ours, people
from tools.evaluation.clips.truth import Box, Person
from tools.evaluation.clips.watch import Shown

pytest.importorskip("motmetrics", reason="needs the dev extra")

A, B = body(100), body(300)
PEOPLE = {"A": staying(100), "B": staying(300)}


def found(
    people: Mapping[str, Person], frames: Mapping[int, Shown], ignore: list[Box] | None = None
) -> dict[str, float]:
    known = truth(people, dict.fromkeys(FRAMES, ignore or []))
    return figures({"clip": accumulate(known, ours(frames))})["clip"]


def both(first: Detection = A, second: Detection = B) -> dict[int, Shown]:
    return shown((1, dict.fromkeys(FRAMES, first)), (2, dict.fromkeys(FRAMES, second)))


def test_tracks_as_they_should_be() -> None:
    assert found(PEOPLE, both()) == {"MOTA": 1, "IDF1": 1, "switches": 0, "fragmentations": 0}


def test_a_switch_costs_identity() -> None:
    """20 boxes; A's track goes over to B in the middle and back to nobody: IDF1 2*10 / (2*10 + 0 + 10)."""
    swapped = shown(
        (1, dict.fromkeys(FRAMES[:5], A) | dict.fromkeys(FRAMES[5:], B)),
        (2, dict.fromkeys(FRAMES[:5], B) | dict.fromkeys(FRAMES[5:], A)),
    )
    assert found(PEOPLE, swapped) == {"MOTA": 1 - 2 / 20, "IDF1": 0.5, "switches": 2, "fragmentations": 0}


def test_misses_and_strangers_cost_mota() -> None:
    """B missed in four frames in the middle, and a track on nobody in all ten."""
    frames = shown(
        (1, dict.fromkeys(FRAMES, A)),
        (2, dict.fromkeys(FRAMES[:3] + FRAMES[7:], B)),
        (3, dict.fromkeys(FRAMES, body(430))),
    )
    answer = found(PEOPLE, frames)
    assert answer["MOTA"] == pytest.approx(1 - (4 + 10) / 20)
    assert answer["fragmentations"] == 1
    assert found(PEOPLE, frames, ignore=[(380.0, 0.0, 481.0, 353.0)])["MOTA"] == pytest.approx(1 - 4 / 20)


def test_tracks_that_are_not_confirmed_are_left_out() -> None:
    unsure = {number: Shown([A, B], [track(1, A), track(2, B, is_confirmed=False)]) for number in FRAMES}
    assert found(PEOPLE, unsure)["MOTA"] == 0.5


def test_clips_are_also_told_together() -> None:
    known = truth(PEOPLE)
    answer = figures({"good": accumulate(known, ours(both())), "empty": accumulate(known, {})})
    assert [answer[name]["MOTA"] for name in ("good", "empty", "together")] == [1, 0, 0.5]
    assert figures({}) == {}


def test_other_trackers_follow_the_same_detections() -> None:
    kinds = library()
    if isinstance(kinds, str):
        pytest.skip(kinds)
    frames = both()
    for kind in kinds.values():
        tracks = others(kind, frames, 10.0)
        assert {len(tracks[number]) for number in FRAMES[4:]} == {2}
        assert figures({"clip": accumulate(truth(PEOPLE), tracks)})["clip"]["switches"] == 0
        assert people(truth(PEOPLE), tracks) == {("fates", "one"): 2}


def test_people_by_another_trackers_tracks() -> None:
    """A's track ends in the middle and another goes on: split. B's is one; a track of one frame counts for nobody."""
    a, b = (body_box(one) for one in (A, B))
    tracks = {number: [Tracked(1 if number < FRAMES[5] else 2, a), Tracked(3, b)] for number in FRAMES}
    tracks[FRAMES[0]].append(Tracked(4, b))
    assert people(truth(PEOPLE), tracks) == {("fates", "split"): 1, ("fates", "one"): 1}
