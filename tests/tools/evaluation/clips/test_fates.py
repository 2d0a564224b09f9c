"""Owners of sightings and fates of people: made-up tracks on people who stand still for five seconds."""

from collections.abc import Mapping

from edge.records import Detection
from tests.tools.evaluation.clips.made_up import FRAMES, body, shown, sighting, staying, truth
from tools.evaluation.clips.counts import of_group
from tools.evaluation.clips.fates import Owned, Stay, fate_counts, fates, implausible, owned, sighting_counts, stays
from tools.evaluation.clips.truth import Box, Person

A, B = body(100), body(300)
PEOPLE = {"A": staying(100), "B": staying(300)}
ONE_OF_BOTH = (1, dict.fromkeys(FRAMES, A)), (2, dict.fromkeys(FRAMES, B))

Tracks = tuple[int, Mapping[int, Detection]]


def owners(people: Mapping[str, Person], *tracks: Tracks, ignore: list[Box] | None = None) -> list[Owned]:
    """Return the owners, with one sighting per track."""
    known = truth(people, dict.fromkeys(FRAMES, ignore or []))
    found = stays(known, shown(*tracks))
    return [owned(sighting(track_id), found.get(track_id, Stay())) for track_id, _ in tracks]


def became(people: Mapping[str, Person], *tracks: Tracks) -> dict[str, str]:
    return fates(truth(people), owners(people, *tracks))


def part(one: Detection, first: int, last: int) -> dict[int, Detection]:
    return dict.fromkeys(FRAMES[first:last], one)


def test_one_track_each_is_one_sighting_each() -> None:
    assert became(PEOPLE, *ONE_OF_BOTH) == {"A": "one", "B": "one"}


def test_nobodys_track_is_a_miss() -> None:
    assert became(PEOPLE, ONE_OF_BOTH[0]) == {"A": "one", "B": "missed"}


def test_two_tracks_of_one_person_are_a_split() -> None:
    assert became(PEOPLE, (1, part(A, 0, 5)), (3, part(A, 5, 10)), ONE_OF_BOTH[1]) == {"A": "split", "B": "one"}


def test_a_track_that_goes_over_merges_both() -> None:
    over = part(A, 0, 6) | part(B, 6, 10)
    assert became(PEOPLE, (1, over)) == {"A": "merged", "B": "merged"}
    assert owners(PEOPLE, (1, over))[0].also == ("B",)


def test_a_single_frame_on_somebody_else_merges_nobody() -> None:
    assert became(PEOPLE, (1, part(A, 0, 9) | part(B, 9, 10)), ONE_OF_BOTH[1]) == {"A": "one", "B": "one"}


def test_only_the_tall_and_long_seen_have_a_fate() -> None:
    people = {"A": staying(100, 80), "B": staying(300, frames=FRAMES[:2]), "C": staying(400, frames=FRAMES[:3])}
    assert became(people) == {"C": "missed"}


def test_whoever_stands_still_is_counted_apart() -> None:
    people = {"A": staying(100, still=True), "B": staying(300, still=True), "C": staying(400)}
    counts = fate_counts(truth(people), owners(people, ONE_OF_BOTH[0]))
    assert of_group(counts, "still") == {"sighting": 1, "no sighting": 1}
    assert of_group(counts, "fates") == {"missed": 1}


def test_a_sighting_is_of_a_person_of_an_ignored_region_or_of_nobody() -> None:
    region = (350.0, 0.0, 481.0, 353.0)
    tracks: list[Tracks] = [ONE_OF_BOTH[0], (5, {})]
    tracks[1:1] = [(3, dict.fromkeys(FRAMES, body(420))), (4, dict.fromkeys(FRAMES, body(200)))]
    found = owners(PEOPLE, *tracks, ignore=[region])
    assert [one.kind for one in found] == ["person", "ignored", "nobody", "ignored"]
    assert of_group(sighting_counts(found), "sightings") == {"person": 1, "ignored": 2, "nobody": 1}


def test_a_track_that_lies_little_on_somebody_is_not_theirs() -> None:
    strays = (1, part(A, 0, 2) | part(body(200), 2, 10))
    assert owners(PEOPLE, strays)[0].kind == "nobody"
    assert owners(PEOPLE, (1, part(A, 0, 3) | part(body(200), 3, 10)))[0].person == "A"


def test_a_skeleton_over_two_is_stitched() -> None:
    """Its left half lies on A, its right half on B, who stands close."""
    people = {"A": staying(100), "B": staying(180)}
    both = body(100)
    both.keypoints[1::2, 0] += 80
    counts = sighting_counts(owners(people, (1, part(A, 0, 7) | part(both, 7, 10))))
    assert of_group(counts, "stitched") == {"over two at once": 1, "went over": 0, "either": 1}
    rarely = sighting_counts(owners(people, (1, part(A, 0, 8) | part(both, 8, 10))))
    assert rarely["stitched", "over two at once"] == 0


def test_impossible_skeletons_need_no_truth() -> None:
    wide = body(100)
    wide.keypoints[[11, 12], 0] = 40, 160
    tracks = shown((1, part(A, 0, 7) | part(wide, 7, 10)), (2, part(A, 0, 9) | part(wide, 9, 10)))
    assert implausible(tracks, [sighting(1), sighting(2)]) == 1
