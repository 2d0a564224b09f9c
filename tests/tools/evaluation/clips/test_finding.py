"""Recall by height and view, and precision outside ignored regions."""

from tests.tools.evaluation.clips.made_up import FRAMES, body, staying, truth
from tools.evaluation.clips.counts import of_group, precision
from tools.evaluation.clips.finding import finding
from tools.evaluation.clips.match import ASKEW, IGNORED, ON_NOBODY, ON_PERSON, SECOND, body_box


def test_recall_counts_every_labelled_frame_by_height_and_view() -> None:
    known = truth({"A": staying(100, 200), "B": staying(300, 60, view="back"), "C": staying(400, 100, view="back")})
    boxes = {number: [body_box(body(100, 200)), body_box(body(300, 60))] for number in FRAMES[:4]}
    counts = finding(known, boxes)
    everybody = {"180+": 10, "45-70": 10, "90-130": 10, "all": 30, "front": 10, "back": 20}
    assert of_group(counts, "present") == {**everybody, "front tall": 10, "back tall": 10}
    assert {name: times for name, times in of_group(counts, "found").items() if times} == {
        "180+": 4,
        "45-70": 4,
        "all": 8,
        "front": 4,
        "back": 4,
        "front tall": 4,
    }


def test_nobody_under_45_pixels_is_looked_for() -> None:
    assert of_group(finding(truth({"A": staying(100, 40)}), {}), "present") == {}


def test_what_is_found_is_somebodys_or_ignored_or_false() -> None:
    region = (300.0, 0.0, 481.0, 353.0)
    known = truth({"A": staying(100)}, {0: [region]})
    mine = body_box(body(100))
    wide = (mine[0], mine[1], mine[0] + 4 * (mine[2] - mine[0]), mine[3])
    found = [mine, body_box(body(105)), wide, body_box(body(400)), (0.0, 330.0, 10.0, 350.0)]
    counts = finding(known, {0: found, 5: [body_box(body(400))]})
    assert of_group(counts, "detections") == {ON_PERSON: 1, SECOND: 1, ASKEW: 1, IGNORED: 1, ON_NOBODY: 2}
    assert precision(counts) == 1 / 5


def test_a_person_in_an_ignored_region_who_is_known_still_counts() -> None:
    known = truth({"A": staying(100)}, {number: [(0.0, 0.0, 481.0, 353.0)] for number in FRAMES})
    counts = finding(known, {0: [body_box(body(100))]})
    assert counts["found", "all"] == counts["detections", ON_PERSON] == 1


def test_without_detections_there_is_no_precision() -> None:
    assert precision(finding(truth({"A": staying(100)}), {})) is None
