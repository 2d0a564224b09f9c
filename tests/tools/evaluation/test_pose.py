"""PCK and matching with known answers; other models and the command on the real files."""

from pathlib import Path

import numpy as np
import pytest

from edge.errors import ModelError
from edge.model.registry import model_path
from tests.people import KnowingInterpreter, detection, standing
from tools.evaluation.labels import read
from tools.evaluation.models import open_model
from tools.evaluation.peers import MOVENET, SSD, MoveNet, PoseNet, Ssd, available, milliseconds, twin
from tools.evaluation.people import compare, frames, mask_box
from tools.evaluation.pose import compare as counted
from tools.evaluation.pose import found, match

TORSO = 0.3
"""Torso of a standing stick person (tests/people.py) in heights: shoulders at 0.18, hips at 0.48."""


def test_a_keypoint_within_a_fifth_of_the_torso_agrees() -> None:
    teacher = detection(standing(100, 20, 200))
    points = standing(100, 20, 200)
    points[9, 0] += 0.19 * TORSO * 200
    points[10, 0] += 0.21 * TORSO * 200
    assert counted([detection(points)], [teacher]) == {
        "people": 1,
        "teachers": 1,
        "matched": 1,
        "compared": 17,
        "near": 16,
    }


def test_keypoints_the_teacher_doubts_are_not_compared() -> None:
    teacher = detection(standing(100, 20, 200))
    teacher.confidences[:5] = 0.29
    assert counted([detection(standing(100, 20, 200))], [teacher])["compared"] == 12


def test_people_are_matched_to_the_nearest_each_once() -> None:
    teachers = [detection(standing(x, 20, 200)) for x in (100, 300)]
    people = [detection(standing(x, 20, 200)) for x in (303, 99, 480)]
    pairs = match(people, teachers)
    assert {(float(p.keypoints[0, 0]), float(t.keypoints[0, 0])) for p, t in pairs} == {(303, 300), (99, 100)}
    assert match([], teachers) == match(people, []) == []


def test_boxes_are_found_once_each() -> None:
    box, other = (0.0, 0.0, 10.0, 20.0), (50.0, 0.0, 60.0, 20.0)
    assert found([box, box], [box, other]) == 1
    assert found([box, (51.0, 1.0, 60.0, 22.0)], [other, box]) == 2
    assert found([], [box]) == 0


def test_the_box_of_a_mask_is_around_all_of_it() -> None:
    labels = np.zeros((40, 30), np.uint8)
    labels[10:20, 5:8] = 3
    assert mask_box(labels) == (5, 10, 8, 20)


def test_every_size_has_its_upstream_twin() -> None:
    assert twin(KnowingInterpreter()) == "posenet-353x481"


@pytest.mark.requires_upstream
def test_a_size_that_was_not_published_is_made(tmp_path: Path) -> None:
    other = KnowingInterpreter()
    other.input = other.input._replace(shape=(1, 305, 545, 3))
    teacher = PoseNet(open_model(twin(other, tmp_path)))
    assert teacher.people(np.full((720, 1280, 3), 128, np.uint8)) == []
    other.input = other.input._replace(shape=(1, 100, 100, 3))
    with pytest.raises(ModelError, match="100x100"):
        twin(other, tmp_path)


def test_models_take_turns_at_being_timed() -> None:
    took = milliseconds({"one": KnowingInterpreter(), "other": KnowingInterpreter()}, rounds=2)
    assert all(one > 0 for one in took.values())


@pytest.mark.requires_upstream
@pytest.mark.requires_clips
def test_the_teacher_agrees_with_itself(shared_data: Path, tmp_path: Path) -> None:
    teacher = PoseNet(open_model("posenet-353x481"))
    for clip in ("face-demographics-walking.gif", "car-detection.mp4"):
        (tmp_path / clip).symlink_to(shared_data / "clips" / clip)
    answer = compare(teacher, teacher, shared_data / "ccp", [705, 706], tmp_path)
    for where in ("photos", "clips"):
        assert answer[f"PCK@0.2 torso against the teacher, {where}"] == 1
        assert answer[f"of them unknown to the teacher, per picture, {where}"] == 0
    assert answer["labelled person found (IoU >= 0.3), photos"] == 1
    assert answer["car-detection.mp4: people per frame"] == 0


@pytest.mark.requires_upstream
@pytest.mark.requires_clips
def test_a_file_is_as_good_as_a_name(shared_data: Path) -> None:
    named, filed = open_model("posenet-353x481"), open_model(str(model_path("posenet-353x481")))
    assert named.model_id == filed.model_id
    assert sum(1 for _ in frames(shared_data / "clips" / "people-detection.gif")) == 3


@pytest.mark.requires_upstream
@pytest.mark.requires_clips
@pytest.mark.parametrize("peer", [SSD, MOVENET])
def test_peers_see_the_labelled_person(shared_data: Path, peer: str) -> None:
    interpreter = available(peer)
    if isinstance(interpreter, str):
        pytest.skip(interpreter)
    looker = Ssd(interpreter) if peer == SSD else MoveNet(interpreter)
    teacher = PoseNet(open_model("posenet-353x481"))
    people, _ = read(shared_data / "ccp", 705)
    if isinstance(looker, Ssd):
        assert found(looker.boxes(people), teacher.boxes(people)) >= 1
    else:
        surest = teacher.people(people)[0]
        counts = counted([looker.person(people, surest.box)], [surest])
        assert counts["near"] >= 0.6 * counts["compared"]
