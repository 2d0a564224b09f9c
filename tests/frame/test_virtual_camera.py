"""The Pi camera's code on libcamera's virtual cameras with the real picamera2; `tools/camera-test` runs these."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge import wire
from edge.clock import SystemClock
from edge.config import BrokerSection, FrameSection
from edge.errors import SourceError
from edge.frame.live import Live, Retry
from edge.frame.picamera import FPS, OLDEST_S, open_picamera
from edge.message.mqtt import MqttBroker
from edge.seams import Received
from edge.street.camera import StreetCamera
from tests.brokers import REPOSITORY, Mosquitto, wait_for
from tests.frame import virtual_camera
from tests.frame.virtual_camera import ABSENT, BARS, CABLE, COLOURS, GONE, MAIN, SMALL, STREET
from tests.programs import Program

pytestmark = [
    pytest.mark.requires_virtual_camera,
    pytest.mark.filterwarnings(
        "ignore:setDaemon:DeprecationWarning",  # these three are picamera2's own
        "ignore::ResourceWarning",
        "ignore::pytest.PytestUnraisableExceptionWarning",
    ),
    pytest.mark.skipif("SPOTTER_VIRTUAL_CAMERA" not in os.environ, reason="tools/camera-test runs these"),
]
INPUT = (305, 545)
"""Height and width of the default model's input."""
STREET_FPS = 6.0


@pytest.fixture(scope="session", autouse=True)
def cameras(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two cameras: bars of known colours, and a simulated street of 20 s that starts again and again."""
    folder = tmp_path_factory.mktemp("cameras")
    os.environ[CABLE] = str(folder / "cable")
    set_cable(1 / 15)
    street = StreetCamera(8, cameras=1, fps=STREET_FPS, rate=20, minutes=1 / 3, size=(960, 540), skip=600)
    virtual_camera.write_cameras(folder, [frame.pixels for frame in iter(street.read, None)])
    virtual_camera.install()


@pytest.fixture
def cable() -> Callable[[float | str], None]:
    """Return a function that sets the seconds from frame to frame, or pulls the cable."""
    set_cable(1 / 15)
    return set_cable


def set_cable(state: float | str) -> None:
    path = Path(os.environ[CABLE])
    path.with_suffix(".new").write_text(str(state))
    path.with_suffix(".new").replace(path)


@pytest.fixture
def bars(cable: object) -> Iterator[Live]:
    with closing(open_picamera(BARS, clock=SystemClock(), input_size=INPUT, main_size=MAIN)) as camera:
        yield camera


def means(pixels: np.ndarray, axis: int = 1) -> np.ndarray:
    """Return [bars, 3] mean RGB in the middle half of each bar; the bars follow each other along `axis`."""
    parts = np.array_split(pixels, len(COLOURS), axis=axis)
    margin = parts[0].shape[axis] // 4
    inner = [np.take(part, range(margin, part.shape[axis] - margin), axis=axis) for part in parts]
    return np.array([part.mean(axis=(0, 1)) for part in inner])


def test_both_streams_show_the_bars_in_their_colours(bars: Live) -> None:
    frame = bars.read()
    assert frame is not None
    assert frame.lores is not None
    assert (frame.pixels.shape, frame.lores.shape) == ((*MAIN[::-1], 3), (*SMALL[::-1], 3))
    for pixels in (frame.pixels, frame.lores):
        np.testing.assert_allclose(means(pixels), COLOURS, atol=5)
    assert not frame.is_balanced, "the virtual camera has no white balance"


def test_what_it_cannot_do_is_told_and_it_runs(bars: Live, caplog: pytest.LogCaptureFixture) -> None:
    assert bars.read() is not None
    assert "does not say what its sensor can do" in "".join(record.message for record in caplog.get_records("setup"))
    assert (bars.optics.angle_deg, bars.optics.width_share) == (None, None)


def test_frames_have_the_time_of_their_exposure_and_missed_ones_are_counted(bars: Live) -> None:
    frames = [frame for frame in (bars.read() for _ in range(30)) if frame is not None]
    times, numbers = (np.array([getattr(frame, name) for frame in frames]) for name in ("captured_at", "number"))
    assert 0 <= time.time() - times[-1] < OLDEST_S
    assert (np.diff(times) > 0).all()
    np.testing.assert_array_equal(np.diff(numbers), np.maximum(np.round(np.diff(times) * FPS), 1))
    assert bars.frames_dropped == numbers[-1] - 29


def test_a_slow_camera_is_read_at_its_own_rate(bars: Live, cable: Callable[[float | str], None]) -> None:
    cable(0.5)
    for _ in range(6):  # those that were made before
        bars.read()
    times = [frame.captured_at for frame in (bars.read() for _ in range(4)) if frame is not None]
    assert len(times) == 4
    assert np.diff(times).min() > 0.4
    assert bars.reconnects == 0


def test_a_cable_that_is_pulled_and_put_back_is_survived(bars: Live, cable: Callable[[float | str], None]) -> None:
    assert bars.read() is not None
    cable(GONE)
    threading.Timer(7.0, cable, (1 / 15,)).start()
    while bars.reconnects == 0:  # first come the frames that are on their way
        frame = bars.read()
    assert frame is not None
    np.testing.assert_allclose(means(frame.pixels), COLOURS, atol=5)


def test_a_cable_that_stays_pulled_is_one_sentence(cable: Callable[[float | str], None]) -> None:
    cable(GONE)
    with closing(open_picamera(STREET, clock=SystemClock(), retry=Retry(tries=1))) as camera:
        said = r"picamera2:0: lost for good after 1 tries \(no frame for 5 s\); check the ribbon cable"
        with pytest.raises(SourceError, match=said):
            camera.read()


def test_a_busy_camera_is_one_sentence(bars: Live) -> None:
    with pytest.raises(SourceError, match=r"picamera2:1: cannot open it .*no other program uses the camera"):
        open_picamera(BARS, clock=SystemClock())


def test_a_camera_that_was_closed_opens_again() -> None:
    for _ in range(2):
        with closing(open_picamera(BARS, clock=SystemClock(), main_size=MAIN)) as camera:
            assert camera.read() is not None


def test_an_absent_camera_is_one_sentence() -> None:
    with pytest.raises(SourceError, match=r"picamera2:2: cannot open it .*No camera number 2 .*ribbon cable"):
        open_picamera(ABSENT, clock=SystemClock())


def test_a_camera_on_its_side_is_turned(cable: object) -> None:
    settings = FrameSection(rotate=90)
    with closing(open_picamera(BARS, clock=SystemClock(), main_size=MAIN, settings=settings)) as camera:
        frame = camera.read()
    assert frame is not None
    np.testing.assert_allclose(means(frame.pixels, axis=0), COLOURS, atol=5)


def wait_for_health(port: int, is_so: Callable[[str, str], bool], seconds: float = 120.0) -> None:
    """Ask `spotter health` until its state and its problems are as expected; fails with what it said last."""
    command = [sys.executable, "-m", "edge.cli", "health", "--broker", f"127.0.0.1:{port}", "--site", "booth", "--json"]
    end, is_met = time.monotonic() + seconds, False
    while not is_met:
        done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
        row: dict[str, Any] = json.loads(done.stdout.splitlines()[0]) if done.stdout else {"state": "", "problems": []}
        is_met = is_so(row["state"], " ".join(row["problems"]))
        assert is_met or time.monotonic() < end, (row, done.stderr)


def test_a_whole_node_is_well_and_its_sightings_reach_the_broker(
    mosquitto: Mosquitto, start: Callable[..., Program], cable: Callable[[float | str], None], tmp_path: Path
) -> None:
    cable(1 / STREET_FPS)
    scores: list[wire.Message] = []
    listener = MqttBroker(BrokerSection(port=mosquitto.port), "listener")

    def hear(received: Received) -> None:
        scores.append(wire.decode(received.topic, received.payload)[1])

    topic = wire.node_topic("booth", "+", "score")
    listener.connect(will=None, births=tuple, subscriptions=[topic], on_message=hear)
    (tmp_path / "node.yaml").write_text(
        f"state: {tmp_path}/state\nhealth_s: 2\nbroker: {{port: {mosquitto.port}}}\n"
        f"frame: {{source: 'picamera2:{STREET}'}}\n"
    )
    with closing(listener):
        node = start("-m", "tests.frame.virtual_camera", "node", "--config", str(tmp_path / "node.yaml"))
        wait_for(lambda: len(scores) >= 3, 120, "three sightings")
        wait_for_health(mosquitto.port, lambda state, said: (state, said) == ("ok", ""))
        cable(GONE)
        wait_for_health(mosquitto.port, lambda _, said: "No frame for" in said)
        cable(1 / STREET_FPS)
        wait_for_health(mosquitto.port, lambda _, said: "lost and opened again" in said)
        node.end()
    assert node.process.returncode == 0
