"""A whole node with fakes that fail: camera, model, disk, clock, files, broker; what is lost is counted."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge import wire
from edge.clock import SystemClock
from edge.config import FrameSection, NodeConfig, ScoreSection
from edge.errors import BaselineError, ModelError, SourceError, StoreError
from edge.fakes import FakeBroker, InProcessBroker
from edge.frame.live import DeviceLostError, Live, Retry, Shot
from edge.message import sender
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from edge.model.interpreter import TRIES
from edge.node import scoring
from edge.node.collector import SNAPSHOT
from edge.node.run import Node
from edge.pipeline import Pipeline
from edge.records import Frame
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.seams import Broker, Camera, Publish, Received
from tests.brokers import wait_for
from tests.fakes import FakeBoard, FakeClock
from tests.messages import make_score, make_status
from tests.outfits import ordinary
from tests.people import KnowingInterpreter, draw, standing

STEPS, WALKERS = 40, 3


class Network(KnowingInterpreter):
    """Finds the drawn person in the picture itself, so that frames may be lost on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[bytes, list[np.ndarray]] = {}

    def know(self, frame: Frame, people: list[np.ndarray]) -> None:
        self.at[frame.pixels[::8, ::8].tobytes()] = people

    def invoke(self, tensor: np.ndarray) -> list[np.ndarray]:
        self.people = self.at.get(tensor[::8, ::8].astype(np.uint8).tobytes(), [])
        return super().invoke(tensor)


def walk(network: Network, walkers: int = WALKERS) -> Iterator[Frame]:
    """Yield frames in which one walker after the other crosses the picture."""
    for number in range(STEPS * walkers):
        person = standing(60 + 16 * (number % STEPS), 40, 260)
        people = [person] if person[:, 0].max() < 470 else []
        frame = draw([(person, (240, 130, 20)) for person in people], number)
        network.know(frame, people)
        yield frame


class Playing:
    """A camera that plays ready frames."""

    name, frames_dropped, reconnects = "playing", 0, 0

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames

    def read(self) -> Frame | None:
        return next(self._frames, None)

    def close(self) -> None:
        pass


class Booth:
    """Receives everything, and acknowledges each score at once."""

    def __init__(self, hub: InProcessBroker) -> None:
        self.scores: list[wire.Score] = []
        self.beats: list[wire.Health] = []
        self.statuses: list[wire.Status] = []
        self._broker = hub.client()
        topics = [wire.node_topic("booth", "+", leaf) for leaf in ("score", "status", "health", "gap")]
        self._broker.connect(will=None, births=self._births, subscriptions=topics, on_message=self._hear)

    def _births(self) -> list[Publish]:
        topic = wire.booth_topic("booth", "status")
        return [Publish(topic, wire.encode(topic, make_status()), 1, is_retained=True)]

    def _hear(self, received: Received) -> None:
        address, message = wire.decode(received.topic, received.payload)
        if isinstance(message, wire.Score):
            self.scores.append(message)
            topic = wire.node_topic(address.site, message.node, "ack")
            ack = wire.Ack(epoch=message.epoch, upto=message.seq)
            self._broker.publish(Publish(topic, wire.encode(topic, ack), 1, is_retained=True), timeout_s=0)
        elif isinstance(message, wire.Health):
            self.beats.append(message)
        elif isinstance(message, wire.Status):
            self.statuses.append(message)

    @property
    def said(self) -> str:
        """Return every problem of every heartbeat."""
        return " ".join(problem for beat in self.beats for problem in beat.problems)


@pytest.fixture
def hub() -> InProcessBroker:
    return InProcessBroker()


@pytest.fixture
def booth(hub: InProcessBroker) -> Booth:
    return Booth(hub)


@pytest.fixture
def start(hub: InProcessBroker, tmp_path: Path) -> Callable[..., Outbox]:
    def run_node(camera: Camera, network: KnowingInterpreter, **changes: Any) -> Outbox:
        broker: Broker = changes.pop("broker", None) or hub.client()
        score = changes.pop("score", ScoreSection())
        config = NodeConfig(state=str(tmp_path), frame=FrameSection(pace="fast"), health_s=0.05, score=score)
        with closing(Outbox(tmp_path / "outbox.sqlite", node=config.node, max_rows=1000)) as outbox:
            changes.setdefault("prepare", lambda _: None)(outbox)
            Node(
                config,
                camera=camera,
                interpreter=network,
                outbox=outbox,
                broker=broker,
                clock=changes.get("clock", SystemClock()),
                stop=threading.Event(),
                board=FakeBoard(),
            ).run()
        return outbox

    return run_node


Starting = Callable[..., Outbox]


class Flaky:
    """A device that fails as its script says: None is an unreadable frame, an error a pulled plug."""

    def __init__(self, script: Iterator[Frame | DeviceLostError | None]) -> None:
        self._script = script

    def grab(self) -> Shot | None:
        found = next(self._script, DeviceLostError("no such device"))
        if isinstance(found, DeviceLostError):
            raise found
        return None if found is None else Shot(found.pixels, found.captured_at)

    def close(self) -> None:
        pass


def test_a_camera_unplugged_and_back_and_frames_that_are_torn(start: Starting, booth: Booth) -> None:
    """Unplug it twice, tear one frame in ten: every walker gives a score. Then it is gone for good: an error."""
    network = Network()

    def script() -> Iterator[Frame | DeviceLostError | None]:
        for frame in walk(network):
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
        start(camera, network)
    assert (camera.frames_dropped, camera.reconnects >= 2) == (12, True)
    assert [score.seq for score in booth.scores] == [1, 2, 3]
    assert booth.statuses[-1].state == "offline"


class Failing(Network):
    """Gives up after its own tries, as TfliteInterpreter does; here from the n-th frame."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def invoke(self, tensor: np.ndarray) -> list[np.ndarray]:
        self.left -= 1
        if self.left < 0:
            raise ModelError(f"spotter.tflite: the network failed {TRIES + 1} times on one frame")
        return super().invoke(tensor)


def test_a_network_that_fails_for_good_ends_the_node_loudly_and_loses_no_score(
    start: Starting, booth: Booth, tmp_path: Path
) -> None:
    network = Failing(after=90)
    with pytest.raises(ModelError, match="failed 4 times"):
        start(Playing(walk(network)), network)
    assert booth.statuses[-1].state == "offline"
    with closing(Outbox(tmp_path / "outbox.sqlite", node="camera-1", max_rows=1000)) as outbox:
        assert (outbox.issued, outbox.depth + len(booth.scores) >= 2) == (2, True)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 384 KiB, if this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=384k", "tmpfs", str(folder)], check=False)
    if done.returncode:
        pytest.skip("no disk can be mounted here: not root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_real_disk_that_is_full_loses_no_score_and_is_said(hub: InProcessBroker, booth: Booth, small: Path) -> None:
    """The disk is full while two walkers pass, then has room again: all scores arrive, the counts are saved."""
    network, ballast = Network(), small / "ballast"

    def fill_and_free() -> Iterator[Frame]:
        for frame in walk(network, 5):
            if frame.number == STEPS + 5:
                fill(ballast)
            if frame.number == 4 * STEPS:
                ballast.unlink()
            yield frame

    config = NodeConfig(state=str(small), frame=FrameSection(pace="fast"), health_s=0.05)
    with closing(Outbox(small / "outbox.sqlite", node=config.node, max_rows=1000)) as outbox:
        Node(
            config,
            camera=Playing(fill_and_free()),
            interpreter=network,
            outbox=outbox,
            broker=hub.client(),
            clock=SystemClock(),
            stop=threading.Event(),
            board=FakeBoard(),
        ).run()
        assert outbox.depth == 0
    assert [score.seq for score in booth.scores] == [1, 2, 3, 4, 5]
    assert "scores are only in memory" in booth.said
    assert baseline_file.load(small / "collected.baseline").sightings == 5


def fill(path: Path) -> None:
    """Write until not a byte more fits."""
    with path.open("wb", buffering=0) as ballast:
        for size in (4096, 1):
            while True:
                try:
                    ballast.write(bytes(size))
                except OSError:
                    break


def test_more_than_memory_holds_while_the_disk_is_full_is_counted(
    start: Starting, booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "UNSTORED", 2)
    network = Network()

    def refuse(outbox: Outbox) -> None:
        def put(_score: wire.Score) -> int:
            raise StoreError("outbox.sqlite: the outbox cannot be used (full); the disk is full: free some space")

        monkeypatch.setattr(outbox, "put", put)

    def until_it_is_said() -> Iterator[Frame]:
        yield from walk(network, 4)
        for number in range(4 * STEPS, 4 * STEPS + 500):
            if any(beat.outbox_lost == 2 for beat in booth.beats):
                return
            time.sleep(0.02)
            yield draw([], number)

    start(Playing(until_it_is_said()), network, prepare=refuse)
    assert booth.scores == []
    assert "2 scores are only in memory" in booth.said
    assert booth.beats[-1].outbox_lost == 2


@pytest.mark.parametrize("jump_s", [86_400.0, -86_400.0])
def test_a_clock_that_jumps_by_a_day_costs_at_most_one_sighting_cut_in_two(
    start: Starting, booth: Booth, jump_s: float
) -> None:
    """The clock jumps in the middle of the second walker; everyone after that gives one score again."""
    network = Network()
    frames = [
        replace(frame, captured_at=frame.captured_at + jump_s * (frame.number >= STEPS + 10))
        for frame in walk(network, 5)
    ]
    start(Playing(iter(frames)), network)
    seqs = [score.seq for score in booth.scores]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) in (5, 6)


class Jumping(SystemClock):
    """A clock that jumps by a day after the first heartbeat."""

    def __init__(self, booth: Booth) -> None:
        self._booth = booth

    def now(self) -> float:
        return super().now() + 86_400 * bool(self._booth.beats)


def test_a_clock_that_jumps_is_said(start: Starting, booth: Booth) -> None:
    network = Network()

    def frames() -> Iterator[Frame]:
        yield from walk(network)
        wait_for(lambda: any(beat.clock_jumps for beat in booth.beats), 30, "a heartbeat after the jump")

    start(Playing(frames()), network, clock=Jumping(booth))
    assert "The clock was set by +86400 s" in booth.said
    assert booth.beats[-1].clock_jumps == 1


def learnt(count: int) -> Baseline:
    rng, baseline = np.random.default_rng(0), Baseline(Pipeline(KnowingInterpreter(), NodeConfig()).recipe)
    for _ in range(count):
        baseline.learn(ordinary(rng))
    return baseline


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


@pytest.mark.parametrize(("has_snapshot", "sightings"), [(True, 53), (False, 3)])
def test_damaged_counts_go_on_from_the_last_snapshot(
    start: Starting, booth: Booth, tmp_path: Path, *, has_snapshot: bool, sightings: int
) -> None:
    network, collected = Network(), tmp_path / "collected.baseline"
    baseline_file.save(learnt(70), collected)
    if has_snapshot:
        baseline_file.save(learnt(50), tmp_path / SNAPSHOT)
    damage(collected)
    start(Playing(walk(network)), network)
    assert baseline_file.load(collected).sightings == sightings
    assert (tmp_path / "collected.baseline.old").exists()
    assert f"damaged: they go on from {sightings - 3} people" in booth.said


def test_a_damaged_frozen_baseline_gives_way_to_its_copy(start: Starting, booth: Booth, tmp_path: Path) -> None:
    frozen, network = tmp_path / "site.baseline", Network()
    baseline_file.save(learnt(200), frozen)
    score = ScoreSection(baseline=str(frozen))
    start(Playing(walk(network, 1)), network, score=score)
    assert "cannot be used" not in booth.said
    damage(frozen)
    start(Playing(walk(network, 1)), network, score=score)
    assert "site.baseline cannot be used; its last good copy is" in booth.said
    assert {score.state for score in booth.scores} == {"scored"}
    assert len({score.baseline for score in booth.scores}) == 1
    damage(tmp_path / "last-good" / "site.baseline")
    with pytest.raises(BaselineError, match="damaged"):
        start(Playing(walk(network, 1)), network, score=score)


class Choking(FakeBroker):
    """A broker's library that fails in an unforeseen way."""

    def publish(self, message: Publish, *, timeout_s: float | None = None) -> bool:
        if message.topic.endswith("/health"):
            raise ZeroDivisionError("nobody thought of this")
        return super().publish(message, timeout_s=timeout_s)


def test_a_thread_that_fails_ends_the_node_instead_of_leaving_it_mute(
    start: Starting, booth: Booth, hub: InProcessBroker, tmp_path: Path
) -> None:
    network = Network()
    with pytest.raises(ZeroDivisionError):
        start(Playing(walk(network, 50)), network, broker=Choking(hub))
    assert booth.statuses[-1].state == "offline"
    assert baseline_file.load(tmp_path / "collected.baseline").sightings < 50, "it ended, and saved what it had"


def test_starts_are_counted(start: Starting, booth: Booth, tmp_path: Path) -> None:
    for _ in range(2):
        network = Network()
        start(Playing(walk(network, 1)), network)
    (tmp_path / "boots").write_bytes(b"\xff\xfe")
    start(Playing(iter([])), Network())
    assert {beat.boots for beat in booth.beats} == {1, 2}


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
