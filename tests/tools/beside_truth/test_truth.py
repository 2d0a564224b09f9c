"""Whom an alert is about follows from where the person was followed, never from the words of the alert."""

import json
from pathlib import Path

import msgspec
import pytest

from edge import wire
from edge.booth.alert import make_alert
from edge.config import BoothConfig
from edge.seams import Received
from edge.street.camera import StreetCamera
from edge.street.truth import WalkerTruth
from tests.messages import NOW, make_score
from tools.beside_truth.truth import Scores, walkers
from tools.beside_truth.witness import Detected, Note


@pytest.fixture(scope="module")
def camera() -> StreetCamera:
    return StreetCamera(31, fps=6, rate=40)


def followed(camera: StreetCamera, walker: int, aside: float = 0.0) -> list[Detected]:
    """Return true keypoints of a walker in some frames of the first 20 s, moved `aside` by so many pixels."""
    found = [(number, one) for number in range(30, 120, 6) for one in camera.truth(number) if one.walker_id == walker]
    return [Detected(number, points(one, aside), [True] * 17) for number, one in found]


def points(one: WalkerTruth, aside: float) -> list[tuple[float, float]]:
    return [(float(x) + aside, float(y)) for x, y in one.keypoints]


def write(path: Path, *notes: Note) -> Path:
    path.write_text("".join(json.dumps(msgspec.to_builtins(note)) + "\n" for note in notes))
    return path


def test_the_walker_is_found_by_place(camera: StreetCamera, tmp_path: Path) -> None:
    one, other = sorted({truth.walker_id for number in (60, 90) for truth in camera.truth(number)})[:2]
    notes = (Note(1, [followed(camera, one)]), Note(2, [followed(camera, one), followed(camera, other)]))
    path = write(tmp_path / "notes.jsonl", *notes, Note(3, [followed(camera, one, aside=300)]), Note(4, []))
    assert walkers(path, 1, camera) == {one}
    assert walkers(path, 2, camera) == {one, other}, "nothing tells them apart, and that is said"
    assert not walkers(path, 3, camera) & {one}
    assert walkers(path, 4, camera) == walkers(path, 5, camera) == set()
    assert walkers(tmp_path / "none.jsonl", 1, camera) == set()


def test_the_score_behind_an_alert_is_found() -> None:
    scores, topic = Scores(), wire.node_topic("booth", "camera-1", "score")
    sent = [make_score(seq=seq, at=wire.to_time(NOW + seq)) for seq in (1, 2)]
    for score in sent:
        scores.hear(Received(topic, wire.encode(topic, score), is_retained=False))
    assert scores.behind(make_alert(sent[0], BoothConfig(), NOW)) == sent[0]
    other = make_score(seq=3, at=wire.to_time(NOW + 60))
    assert scores.behind(make_alert(other, BoothConfig(), NOW)) is None
