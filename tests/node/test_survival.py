"""A whole node whose camera, model, clock or broker fails; what is lost is counted."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.clock import SystemClock
from edge.errors import ModelError, SourceError
from edge.fakes import FakeBroker, InProcessBroker
from edge.frame.live import DeviceLostError, Live, Retry, Shot
from edge.message import sender
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from edge.model.interpreter import TRIES
from edge.records import Frame
from edge.seams import Optics, Publish
from tests.brokers import wait_for
from tests.fakes import FakeClock
from tests.messages import make_score
from tests.node.walks import STEPS, Booth, PictureModel, Playing, RunNode, walk


class Flaky:
    """A device that fails as its script says: None is an unreadable frame, an error a pulled plug."""

    optics = Optics()

    def __init__(self, script: Iterator[Frame | DeviceLostError | None]) -> None:
        self._script = script

    def grab(self) -> Shot | None:
        found = next(self._script, DeviceLostError("no such device"))
        if isinstance(found, DeviceLostError):
            raise found
        return None if found is None else Shot(found.pixels, found.captured_at)

    def close(self) -> None:
        pass


def test_a_camera_unplugged_and_back_and_frames_that_are_torn(run_node: RunNode, booth: Booth) -> None:
    """Unplug it twice, tear one frame in ten: every walker gives a score. Then it is gone for good: an error."""
    model = PictureModel()

    def script() -> Iterator[Frame | DeviceLostError | None]:
        for frame in walk(model):
            if frame.number in (37, 78):
                yield DeviceLostError("unplugged")
            if frame.number % 10 == 0:
                yield None
            yield frame

    played, clock = script(), FakeClock()

    def open_device() -> Flaky:
        return Flaky(played)

    camera = Live("v4l2:/dev/video0", open_device, clock=clock, advice="check the plug", retry=Retry(tries=2))
    with pytest.raises(SourceError, match="lost for good after 2 tries"):
        run_node(camera, model)
    assert (camera.frames_dropped, camera.reconnects >= 2) == (12, True)
    assert [score.seq for score in booth.scores] == [1, 2, 3]
    assert booth.statuses[-1].state == "offline"


class Failing(PictureModel):
    """Gives up after its own tries, as TfliteInterpreter does; here from the n-th frame."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def invoke(self, tensor: np.ndarray) -> list[np.ndarray]:
        self.left -= 1
        if self.left < 0:
            raise ModelError(f"spotter.tflite: the model failed {TRIES + 1} times on one frame")
        return super().invoke(tensor)


def test_a_model_that_fails_for_good_ends_the_node_loudly_and_loses_no_score(
    run_node: RunNode, booth: Booth, tmp_path: Path
) -> None:
    model = Failing(after=90)
    with pytest.raises(ModelError, match="failed 4 times"):
        run_node(Playing(walk(model)), model)
    assert booth.statuses[-1].state == "offline"
    with closing(Outbox(tmp_path / "outbox.sqlite", node="camera-1", max_rows=1000)) as outbox:
        assert outbox.issued >= 2, "of two who left, and perhaps of the third, who was still in view"
        assert outbox.depth + len(booth.scores) >= outbox.issued


@pytest.mark.parametrize("jump_s", [86_400.0, -86_400.0])
def test_a_clock_that_jumps_by_a_day_costs_at_most_one_sighting_cut_in_two(
    run_node: RunNode, booth: Booth, jump_s: float
) -> None:
    """The clock jumps in the middle of the second walker; everyone after that gives one score again."""
    model = PictureModel()
    frames = [
        replace(frame, captured_at=frame.captured_at + jump_s * (frame.number >= STEPS + 10))
        for frame in walk(model, 5)
    ]
    run_node(Playing(iter(frames)), model)
    seqs = [score.seq for score in booth.scores]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) in (5, 6)


class Jumping(SystemClock):
    """A clock that jumps by a day after the first heartbeat."""

    def __init__(self, booth: Booth) -> None:
        self._booth = booth

    def now(self) -> float:
        return super().now() + 86_400 * bool(self._booth.beats)


def test_a_clock_that_jumps_is_said(run_node: RunNode, booth: Booth) -> None:
    model = PictureModel()

    def frames() -> Iterator[Frame]:
        yield from walk(model)
        wait_for(lambda: any(beat.clock_jumps for beat in booth.beats), 30, "a heartbeat after the jump")

    run_node(Playing(frames()), model, clock=Jumping(booth))
    assert "The clock was set by +86400 s" in booth.said
    assert booth.beats[-1].clock_jumps == 1


class Choking(FakeBroker):
    """A broker's library that fails in an unforeseen way."""

    def publish(self, message: Publish, *, timeout_s: float | None = None) -> bool:
        if message.topic.endswith("/health"):
            raise ZeroDivisionError("nobody thought of this")
        return super().publish(message, timeout_s=timeout_s)


def test_a_thread_that_fails_ends_the_node_instead_of_leaving_it_mute(
    run_node: RunNode, booth: Booth, hub: InProcessBroker, tmp_path: Path
) -> None:
    model = PictureModel()
    with pytest.raises(ZeroDivisionError):
        run_node(Playing(walk(model, 50)), model, broker=Choking(hub))
    assert booth.statuses[-1].state == "offline"


def test_a_broker_that_is_away_for_an_hour_gets_everything_once(tmp_path: Path) -> None:
    """There are 1,800 scores in an hour of silence; the network thread steps on as it would."""
    hub, clock = InProcessBroker(), FakeClock()
    booth = Booth(hub)
    with closing(Outbox(tmp_path / "outbox.sqlite", node="camera-1", max_rows=5000)) as outbox:
        broker = hub.client()
        sending = Sender(outbox, broker, site="booth", node="camera-1")
        broker.connect(will=None, births=tuple, subscriptions=sending.subscriptions, on_message=sending.receive)
        hub.stop()
        while clock.uptime < 3600:
            if int(clock.uptime) % 2 == 0:
                outbox.put(make_score())
            sending.step(clock.monotonic())
            clock.sleep(1.0)
        assert (outbox.depth, booth.scores) == (1800, [])
        hub.start()
        for _ in range(2 * 1800 // sender.WINDOW):
            clock.sleep(sending.step(clock.monotonic()))
        assert outbox.depth == 0
    assert [score.seq for score in booth.scores] == list(range(1, 1801))
