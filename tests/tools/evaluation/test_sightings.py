"""Sightings compared with the truth, through the real model: short runs; tools/evaluate does the full ones."""

from contextlib import closing
from pathlib import Path

import pytest

from edge.clock import SystemClock
from edge.config import NodeConfig
from edge.frame.source import open_camera
from edge.node.batch import Sightings
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline
from edge.street.camera import StreetCamera
from tools.evaluation.exceptions import NIGHT, Job, watch
from tools.evaluation.people import CLIPS, photos
from tools.evaluation.street import one_camera


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3])
def test_walkers_of_the_street_are_sighted_once_each(seed: int) -> None:
    found = one_camera((seed, 1, 3, 1.0))
    assert found["walkers"] > 15
    assert found["once"] >= 0.9 * found["walkers"], "a minute is too short to hold ten minutes' 95 % exactly"
    assert found["nobody"] + found["again"] <= 1


@pytest.mark.parametrize("seed", [7, 11])
def test_an_empty_street_has_nobody(seed: int) -> None:
    """No background counts as a person."""
    config = NodeConfig()
    pipeline = Pipeline(open_interpreter(config.detection), config)
    with closing(
        open_camera(f"street:{seed}?rate=0.5&minutes=0.5&skip=9000", clock=SystemClock(), pace="fast")
    ) as camera:
        assert isinstance(camera, StreetCamera)
        empty = 0
        while (frame := camera.read()) is not None:
            if not camera.truth(frame.number):
                empty += 1
                assert pipeline.step(frame).detections == []
    assert empty > 10


@pytest.mark.requires_clips
@pytest.mark.parametrize(
    "clip", ["car-detection.mp4", pytest.param("one-by-one-person-detection.mp4", marks=pytest.mark.slow)]
)
def test_clips_give_as_many_sightings_as_people(shared_data: Path, clip: str) -> None:
    config = NodeConfig()
    found = list(Sightings([str(shared_data / "clips" / clip)], open_interpreter(config.detection), config))
    assert len(found) == CLIPS[clip]


@pytest.mark.requires_clips
def test_photos_give_one_main_person_on_the_labelled_mask(shared_data: Path) -> None:
    found = photos(open_interpreter(NodeConfig().detection), shared_data / "ccp", list(range(1, 805, 40)))
    assert found["nobody found"] == 0
    assert found["within 1% of the photo's height"] >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("dark", [0.0, NIGHT])
def test_sightings_of_a_planted_street_know_who_is_an_exception(dark: float) -> None:
    seen = watch(Job(5, 1, 3, 1.0, dark, 0.3, 0.0))
    assert len(seen) > 10
    assert 0.1 < sum(one.is_exception for one in seen) / len(seen) < 0.6
    assert len({one.walker for one in seen}) >= 0.9 * len(seen)
