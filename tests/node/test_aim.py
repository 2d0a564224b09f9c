"""How a camera is aimed: by the real model on a simulated street whose picture is spoilt, and by rules on skeletons."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any, cast

import cv2
import numpy as np
import pytest

from edge.aim import Aim, advice
from edge.config import DetectionSection, NodeConfig, TrackSection
from edge.node.aim import GONE_S, STRETCH_S, AimTally, Passed, aim_of, cut_by
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline, Step
from edge.records import Departure, Detection, Frame, Heading, Sighting, Track, Zone
from edge.street.camera import StreetCamera
from tests.brokers import REPOSITORY
from tests.people import detection, standing

INPUT = (305, 545)
SIZE = (360, 640)
GOOD = Passed("good", frozenset(), None)
"""Somebody who was described."""


PERSON = detection(standing(320, 80, 200.0))


def sighting(track_id: int, *joined: int) -> Sighting:
    departure = Departure(track_id, 0.0, 1.0, Zone.LEFT, Heading.LEFT, is_confirmed=True, has_moved=True, joined=joined)
    return Sighting(departure, cast("Any", None))


def track(track_id: int, person: Detection) -> Track:
    return Track(track_id, person, is_visible=True, is_confirmed=True, has_moved=True)


def frame(at: float) -> Frame:
    return Frame(np.full((*SIZE, 3), 128, np.uint8), at, 0)


def pass_by(tally: AimTally, track_id: int, at: float, person: Detection = PERSON, looks: int = 3) -> float:
    """Show one person for some looks; returns the time after."""
    for _ in range(looks):
        tally.look(frame(at), Step([person], [track(track_id, person)], [], []))
        at += 0.5
    return at


@pytest.mark.parametrize(
    ("x", "top", "height", "edges"),
    [
        (320, 100, 200.0, []),
        (320, 250, 200.0, ["bottom"]),
        (320, -60, 200.0, ["top"]),
        (10, 100, 200.0, ["left"]),
        (630, 100, 200.0, ["right"]),
        (320, -150, 800.0, ["top", "bottom"]),
    ],
)
def test_an_edge_cuts_who_does_not_fit(x: float, top: float, height: float, edges: list[str]) -> None:
    assert cut_by(detection(standing(x, top, height)), SIZE) == edges


def test_fewer_than_five_people_are_never_told() -> None:
    assert aim_of([GOOD] * 4, 3) is None
    assert aim_of([GOOD] * 9, 3) == Aim(minutes=3, people=5, good=5)
    mixed = [GOOD] * 6 + [GOOD._replace(cut=frozenset({"left"}))] * 4 + [GOOD._replace(unclear=frozenset({"dark"}))] * 5
    assert aim_of(mixed, 3) == Aim(minutes=3, people=15, good=15, unclear=5, dark=5)


def test_a_report_ends_with_a_whole_minute_and_one_more_person_changes_nothing_meanwhile() -> None:
    tally = AimTally(INPUT)
    at, reports = 1000.0, set()
    for track_id in range(int(STRETCH_S / 3)):
        at = pass_by(tally, track_id, at)
        reports.add(tally.report)
        at += 1.5
    assert reports == {None}
    at = pass_by(tally, 999, at)
    assert tally.report is not None
    assert (tally.report.minutes, tally.report.people) == (3, 55)
    first = tally.report
    pass_by(tally, 1000, at)
    assert tally.report is first


def test_with_few_people_a_report_grows_by_minutes_until_there_are_five() -> None:
    tally = AimTally(INPUT)
    for track_id in range(8):
        pass_by(tally, track_id, 1000.0 + 100 * track_id)
    assert tally.report == Aim(minutes=8, people=5, good=5, unclear=5, blurred=5)


def test_who_gives_a_sighting_is_clear_also_by_another_track_and_counts_once() -> None:
    tally = AimTally(INPUT, stretch_s=float("inf"))
    at = 1000.0
    for number in range(5):
        at = pass_by(tally, 2 * number, at)
        at = pass_by(tally, 2 * number + 1, at)
        found = sighting(2 * number, 2 * number + 1)
        tally.look(frame(at), Step([], [], [found], []))
        at += 2 * GONE_S
        tally.look(frame(at), Step([], [], [], []))
    found_aim = tally.so_far()
    assert found_aim is not None
    assert (found_aim.people, found_aim.unclear) == (5, 0)


def test_a_clock_that_goes_back_begins_anew() -> None:
    tally = AimTally(INPUT)
    for track_id in range(10):
        pass_by(tally, track_id, 1000.0 + 10 * track_id)
    tally.look(frame(500.0), Step([], [], [], []))
    assert tally.so_far() is None


def tilted_up(pixels: np.ndarray) -> np.ndarray:
    """The upper 60 %, enlarged: legs are below the picture."""
    return np.asarray(cv2.resize(pixels[: int(0.55 * len(pixels))], pixels.shape[1::-1]), np.uint8)


def far(pixels: np.ndarray) -> np.ndarray:
    """The whole picture in the middle third of another."""
    wide = np.full_like(pixels, 120)
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (int(0.45 * width), int(0.45 * height)), interpolation=cv2.INTER_AREA)
    wide[height // 4 : height // 4 + small.shape[0], width // 4 : width // 4 + small.shape[1]] = small
    return wide


def well(pixels: np.ndarray) -> np.ndarray:
    return pixels


@pytest.mark.parametrize(("spoil", "words"), [(well, []), (tilted_up, ["down"]), (far, ["too far"])])
def test_the_real_model_tells_how_the_camera_is_aimed(
    spoil: Callable[[np.ndarray], np.ndarray], words: list[str]
) -> None:
    config = NodeConfig(detection=DetectionSection(), track=TrackSection())
    pipeline = Pipeline(open_interpreter(config.detection), config)
    tally = AimTally(pipeline.input_size, stretch_s=float("inf"))
    for shot in iter(StreetCamera(7, cameras=1, fps=5, rate=60, minutes=0.5, size=(640, 360)).read, None):
        spoilt = Frame(spoil(shot.pixels), shot.captured_at, shot.number)
        tally.look(spoilt, pipeline.step(spoilt))
    tally.finish(pipeline.finish())
    found = tally.so_far()
    assert found is not None
    said = advice(found)
    assert len(said) >= len(words)
    assert all(any(word in sentence for sentence in said) for word in words)
    if not words:
        assert said == []


def aim(*words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "edge.cli", "aim", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    return done.returncode, done.stdout, done.stderr


def test_the_command_counts_and_advises() -> None:
    code, said, _ = aim("--source", "street:7?fps=5&rate=40&cameras=1&minutes=0.5")
    assert (code, said.splitlines()[-1]) == (0, "The camera is well aimed: leave it as it is.")
    code, said, _ = aim("--source", "street:7?fps=5&rate=40&cameras=1&minutes=0.5", "--json")
    found: dict[str, Any] = json.loads(said)
    assert (code, found["people"] % 5, found["people"] > 0) == (0, 0, True)


def test_a_camera_that_is_in_use_says_how_to_stop_the_node() -> None:
    code, _, said = aim("--source", "v4l2:/dev/video99")
    assert code == 2
    assert "sudo systemctl stop spotter-node" in said
