"""The whole path of a spoilt picture: a network camera, the real node, mosquitto, and `spotter health`."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.node.tamper import LOOK_S, SETTLED
from tests.brokers import REPOSITORY, Mosquitto, wait_for
from tests.mjpeg import FPS, NetworkCamera
from tests.programs import Program

pytestmark = [pytest.mark.slow, pytest.mark.requires_broker, pytest.mark.timeout(500)]


@pytest.fixture
def camera() -> Iterator[NetworkCamera]:
    made = NetworkCamera(11)
    yield made
    made.close()


def health(port: int) -> dict[str, Any]:
    """Return the node's row of `spotter health --json`."""
    command = [sys.executable, "-m", "edge.cli", "health", "--broker", f"127.0.0.1:{port}", "--site", "booth", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    lines = done.stdout.splitlines()
    row: dict[str, Any] = json.loads(lines[0]) if lines else {"state": "", "problems": []}
    return row


class Still:
    """The first picture it is given, for ever."""

    def __init__(self) -> None:
        self._first: np.ndarray | None = None

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        self._first = pixels if self._first is None else self._first
        return self._first


def test_covered_moved_frozen_and_unplugged(
    make_mosquitto: Callable[..., Mosquitto],
    start: Callable[..., Program],
    camera: NetworkCamera,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, state = make_mosquitto(), tmp_path / "state"
    state.mkdir()
    (tmp_path / "node.yaml").write_text(
        f"site: booth\nnode: camera-1\nstate: {state}\nhealth_s: 1\nbroker: {{port: {broker.port}}}\n"
        f"frame: {{source: '{camera.url}'}}\n...\n"
    )
    monkeypatch.setenv("STATE_DIRECTORY", str(state))
    node = start("-m", "edge.cli", "node", "--config", str(tmp_path / "node.yaml"))

    def says(*words: str) -> Callable[[], bool]:
        return lambda: all(word in " ".join(health(broker.port)["problems"]) for word in words)

    wait_for(lambda: health(broker.port)["state"] == "ok", 60, "a node that is well")
    known = camera.shots + int(FPS * LOOK_S * (SETTLED + 5))
    wait_for(lambda: camera.shots >= known, 90, "a view that is known")
    assert health(broker.port)["state"] == "ok", "also once the view is known"
    camera.spoil = lambda pixels: np.full_like(pixels, 2)
    wait_for(says("lens is covered"), 60, "covered")
    camera.spoil = lambda pixels: np.roll(pixels, 60, axis=1)
    wait_for(says("camera was moved"), 90, "moved")
    camera.spoil = Still()
    wait_for(says("image is frozen"), 90, "frozen")
    assert health(broker.port)["state"] == "failing"
    camera.spoil = lambda pixels: pixels
    wait_for(lambda: health(broker.port)["state"] == "ok", 90, "all is well again")

    node.end()
    (tmp_path / "node.yaml").write_text("state: [")
    node.start()
    wait_for(says("node.yaml cannot be used; its last good copy is"), 60, "the last good settings")
    camera.close()
    wait_for(says("No frame for"), 60, "no frame")
    wait_for(lambda: node.process.poll() is not None, 90, "the end of the node")
    assert node.process.returncode == 2
    assert health(broker.port)["state"] == "failing"
