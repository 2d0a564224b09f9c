"""The self-test passes on a healthy node, and names each broken part."""

import os
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from edge.config import BrokerSection, DetectionSection, NodeConfig
from edge.errors import ModelError
from edge.model.interpreter import TfliteInterpreter
from edge.node.load_model import open_interpreter
from edge.node.selftest import DRAWN, EARLIEST, PICTURE, self_test
from edge.street.camera import StreetCamera
from edge.track.tracklet import TORSO
from tests.disk import limited_files
from tests.fakes import FakeClock
from tests.node.readings import Deaf
from tests.self_signed import issue

NOW = EARLIEST + 1e7


class Broken(Deaf):
    def invoke(self, tensor: np.ndarray) -> list[np.ndarray]:
        raise ModelError("model.tflite: the model failed 4 times on one frame; check memory, then restart")


@pytest.fixture(scope="module")
def interpreter() -> TfliteInterpreter:
    return open_interpreter(DetectionSection())


@pytest.fixture
def config(tmp_path: Path) -> NodeConfig:
    tls = issue(tmp_path, "camera-1", ends_at=NOW + 1e7)
    state = tmp_path / "state"
    state.mkdir()
    return NodeConfig(state=str(state), broker=BrokerSection(tls=tls))


def parts(config: NodeConfig, interpreter: TfliteInterpreter, now: float = NOW) -> list[str]:
    failed = self_test(config, interpreter, FakeClock(now))
    assert all(len(failure.sentence) > 30 for failure in failed)
    return [failure.part for failure in failed]


def test_the_picture_is_the_streets() -> None:
    street, shown = StreetCamera(5), cv2.imread(str(PICTURE))
    assert np.abs(shown[..., ::-1].astype(float) - street.frame(360).pixels).mean() < 4
    whole = [one.keypoints[list(TORSO)] for one in street.truth(360) if one.is_full_height and one.visible > 0.95]
    assert np.abs(np.array(whole) - DRAWN).max() <= 0.5


def test_a_node_that_is_well_passes_and_leaves_nothing_behind(
    config: NodeConfig, interpreter: TfliteInterpreter
) -> None:
    assert parts(config, interpreter) == []
    assert list(Path(config.state).iterdir()) == []


@pytest.mark.parametrize("model", ["spotter-305x545", "spotter-481x641", "spotter-417x737"])
def test_every_size_finds_the_drawn_people(config: NodeConfig, model: str) -> None:
    assert parts(config, open_interpreter(DetectionSection(model=model))) == []


@pytest.mark.requires_upstream
@pytest.mark.parametrize("model", ["posenet-353x481", "posenet-481x641"])
def test_every_model_finds_the_drawn_people(config: NodeConfig, model: str) -> None:
    assert parts(config, open_interpreter(DetectionSection(model=model))) == []


@pytest.mark.parametrize("kind", [Deaf, Broken])
def test_a_model_that_sees_nobody(config: NodeConfig, interpreter: TfliteInterpreter, kind: type[Deaf]) -> None:
    assert parts(config, kind(interpreter)) == ["model"]


def test_an_edge_tpu_that_is_not_there(config: NodeConfig, interpreter: TfliteInterpreter) -> None:
    wanted = msgspec.structs.replace(config, detection=DetectionSection(accelerator="edgetpu"))
    assert parts(wanted, interpreter) == ["accelerator"]


def test_an_edge_tpu_that_failed_at_the_start(config: NodeConfig) -> None:
    """`accelerator: auto` found it and chose it, and yet the CPU does the work."""
    interpreter = open_interpreter(DetectionSection())
    interpreter.fallbacks = 1
    assert parts(config, interpreter) == ["accelerator"]


def test_a_disk_that_takes_nothing(config: NodeConfig, interpreter: TfliteInterpreter) -> None:
    with limited_files():
        assert parts(config, interpreter) == ["disk"]
    assert list(Path(config.state).iterdir()) == []


def test_a_clock_without_a_battery(config: NodeConfig, interpreter: TfliteInterpreter) -> None:
    assert parts(config, interpreter, 3600.0) == ["clock"]
    file = Path(config.state) / "outbox.sqlite"
    file.touch()
    os.utime(file, (NOW, NOW))
    assert parts(config, interpreter, NOW - 7200) == ["clock"]
    assert parts(config, interpreter, NOW - 60) == []


def test_a_certificate_of_another_node(config: NodeConfig, interpreter: TfliteInterpreter) -> None:
    assert parts(msgspec.structs.replace(config, node="camera-2"), interpreter) == ["certificate"]
