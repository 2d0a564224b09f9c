"""A whole node with fakes: camera and model that know their people, a broker in memory, a real outbox."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np
import pytest

from edge import wire
from edge.baseline_codec import Counted
from edge.clock import SystemClock
from edge.config import FrameSection, NodeConfig, ScoreSection
from edge.errors import BaselineError, SourceError
from edge.fakes import InProcessBroker
from edge.limits import BATCH
from edge.message.outbox import Outbox
from edge.node.run import Node
from edge.pipeline import Pipeline
from edge.records import Frame
from edge.release.trial import read_status
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.seams import Clock, Optics, Publish, Received
from tests.fast_clock import FastClock
from tests.messages import NOW
from tests.outfits import ordinary
from tests.people import KnowingInterpreter, draw, standing
from tests.sites import Site, learnt, left

STEPS = 40
"""Frames of each walker; they are in view for the first 26."""


class WalkersCamera:
    """A camera past which one walker after the other walks; it tells the interpreter where."""

    name, frames_dropped, reconnects, optics = "walkers", 0, 0, Optics()

    def __init__(
        self,
        interpreter: "InOrderInterpreter",
        walkers: int,
        error: SourceError | None = None,
        meanwhile: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._frames = self._play(interpreter, walkers)
        self._error = error
        self._meanwhile = meanwhile
        self.is_closed = False

    def _play(self, interpreter: "InOrderInterpreter", walkers: int) -> Iterator[Frame]:
        number = 0
        for walker in range(walkers):
            self._meanwhile(walker)
            for step in range(STEPS):
                person = standing(60 + 16 * step, 40, 260)
                people = [(person, (240, 130, 20))] if person[:, 0].max() < 470 else []
                interpreter.people_at[number] = [person for person, _ in people]
                yield draw(people, number)
                number += 1

    def read(self) -> Frame | None:
        frame = next(self._frames, None)
        if frame is None and self._error is not None:
            raise self._error
        return frame

    def close(self) -> None:
        self.is_closed = True


class InOrderInterpreter(KnowingInterpreter):
    """Knows each frame's people by the order of the frames, since the camera runs ahead in its own thread."""

    def __init__(self, at_frame: Callable[[int], None] = lambda _: None) -> None:
        """`at_frame` is called with the number of each frame."""
        super().__init__()
        self.people_at: dict[int, list[np.ndarray]] = {}
        self._next, self._at_frame = 0, at_frame

    def invoke(self, tensor: np.ndarray) -> list[np.ndarray]:
        self._at_frame(self._next)
        self.people = self.people_at[self._next]
        self._next += 1
        return super().invoke(tensor)


@pytest.fixture
def hub() -> InProcessBroker:
    return InProcessBroker()


@pytest.fixture
def heard(hub: InProcessBroker) -> list[wire.Message]:
    """Collect every published message, decoded, as a booth that acknowledges at once would see it."""
    messages: list[wire.Message] = []
    booth = hub.client()

    def hear(received: Received) -> None:
        address, message = wire.decode(received.topic, received.payload)
        messages.append(message)
        if isinstance(message, wire.Score):
            topic = wire.node_topic(address.site, message.node, "ack")
            ack = wire.Ack(epoch=message.epoch, upto=message.seq)
            booth.publish(Publish(topic, wire.encode(topic, ack), 1, is_retained=True), timeout_s=0)

    topics = [wire.node_topic("booth", "+", leaf) for leaf in ("score", "status", "health", "gap", "trend")]
    booth.connect(will=None, births=tuple, subscriptions=topics, on_message=hear)
    return messages


Starting = Callable[..., int]


@pytest.fixture
def start(hub: InProcessBroker, tmp_path: Path) -> Starting:
    def run_node(
        walkers: int,
        *,
        score: ScoreSection | None = None,
        error: SourceError | None = None,
        meanwhile: Callable[[int], None] = lambda _: None,
        at_frame: Callable[[int], None] = lambda _: None,
        clock: Clock | None = None,
    ) -> int:
        interpreter = InOrderInterpreter(at_frame)
        config = NodeConfig(
            state=str(tmp_path), frame=FrameSection(pace="fast"), health_s=0.05, score=score or ScoreSection()
        )
        with closing(Outbox(tmp_path / "outbox.sqlite", node=config.node, max_rows=1000)) as outbox:
            node = Node(
                config,
                camera=WalkersCamera(interpreter, walkers, error, meanwhile),
                interpreter=interpreter,
                outbox=outbox,
                broker=hub.client(),
                clock=clock or SystemClock(),
                stop=threading.Event(),
            )
            code = node.run()
            assert outbox.depth == 0
        return code

    return run_node


def scores(heard: list[wire.Message]) -> list[wire.Score]:
    return [message for message in heard if isinstance(message, wire.Score)]


def test_each_walker_is_one_numbered_score(start: Starting, heard: list[wire.Message]) -> None:
    assert start(3) == 0
    assert [score.seq for score in scores(heard)] == [1, 2, 3]
    assert {(score.state, score.heading) for score in scores(heard)} == {("warming_up", None)}
    statuses = [message.state for message in heard if isinstance(message, wire.Status)]
    assert (statuses[0], statuses[-1]) == ("online", "offline")
    beats = [message for message in heard if isinstance(message, wire.Health)]
    assert beats[-1].frames > 0
    assert beats[-1].mode == "collect"


def test_systemd_is_told_how_it_goes(
    start: Starting, heard: list[wire.Message], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status lines hold what an update's trial reads."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        told: list[str] = []

        def hear() -> None:
            while word := systemd.recv(1000):
                told.append(word.decode())

        hearing = threading.Thread(target=hear)
        hearing.start()
        start(2)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", str(tmp_path / "notify"))
        hearing.join()
    statuses = [word.removeprefix("STATUS=") for word in told if word.startswith("STATUS=")]
    last = read_status(statuses[-1])
    assert last is not None
    assert last.frames > 0
    assert last.is_connected


def test_collected_counts_go_on_after_a_restart(start: Starting, heard: list[wire.Message], tmp_path: Path) -> None:
    collected = tmp_path / "collected.baseline"
    baseline_file.save(learnt(BATCH - 3, recipe=OURS), collected)
    start(2)
    assert baseline_file.load(collected).sightings == BATCH - 3, "a copy two people apart would describe these two"
    start(3)
    assert [score.seq for score in scores(heard)] == [1, 2, 3, 4, 5]


def test_against_a_frozen_baseline_it_spots_and_leaves_it_as_it_is(
    start: Starting, heard: list[wire.Message], tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    recipe = Pipeline(KnowingInterpreter(), NodeConfig()).recipe
    baseline = Baseline(recipe)
    for _ in range(400):
        baseline.learn(ordinary(rng))
    baseline.label("booth/camera-1")
    path = tmp_path / "site.baseline"
    baseline_file.save(baseline, path)
    before = path.read_bytes()
    start(1, score=ScoreSection(baseline=str(path)))
    early, score = scores(heard)
    assert early.early
    assert (score.follows, score.early) == (early.seq, False)
    assert (score.state, score.baseline) == ("scored", baseline_file.baseline_id(baseline))
    assert score.one_in is not None
    assert score.one_in > 20, "an orange walker among black, navy, grey, blue and white"
    assert path.read_bytes() == before


def test_a_baseline_of_other_cameras_gives_no_figures_before_enough_people_were_seen_here(
    start: Starting, heard: list[wire.Message], tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    baseline = Baseline(Pipeline(KnowingInterpreter(), NodeConfig()).recipe)
    for _ in range(200):
        baseline.learn(ordinary(rng))
    baseline.label("soho/north")
    path = tmp_path / "site.baseline"
    baseline_file.save(baseline, path)
    start(3, score=ScoreSection(baseline=str(path)))
    assert [(score.state, score.one_in, score.early) for score in scores(heard)] == [("recalibrating", None, False)] * 3
    assert not (tmp_path / "recalibration.baseline").exists(), "so few are not saved"
    health = [message for message in heard if isinstance(message, wire.Health)][-1]
    assert health.recalibrating is not None
    assert any(problem.code == "recalibrating" for problem in health.problems)


def test_a_baseline_of_another_model_is_refused(start: Starting, tmp_path: Path) -> None:
    recipe = msgspec.structs.replace(Pipeline(KnowingInterpreter(), NodeConfig()).recipe, model="ffffffffffff")
    path = tmp_path / "other.baseline"
    baseline_file.save(Baseline(recipe), path)
    with pytest.raises(BaselineError, match="another recipe"):
        start(1, score=ScoreSection(baseline=str(path)))


def test_a_lost_camera_ends_the_node_loudly_and_offline(start: Starting, heard: list[wire.Message]) -> None:
    with pytest.raises(SourceError, match="unplugged"):
        start(2, error=SourceError("video0: unplugged"))
    statuses = [message.state for message in heard if isinstance(message, wire.Status)]
    assert statuses[-1] == "offline"


def test_without_a_booth_nothing_is_deleted(hub: InProcessBroker, tmp_path: Path) -> None:
    interpreter = InOrderInterpreter()
    config = NodeConfig(state=str(tmp_path), frame=FrameSection(pace="fast"))
    with closing(Outbox(tmp_path / "outbox.sqlite", node=config.node, max_rows=1000)) as outbox:
        node = Node(
            config,
            camera=WalkersCamera(interpreter, 2),
            interpreter=interpreter,
            outbox=outbox,
            broker=hub.client(),
            clock=FastClock(),
            stop=threading.Event(),
        )
        assert node.run() == 0
        assert outbox.depth == 2


def test_the_state_folder_holds_nothing_but_scores_and_counts(
    start: Starting, heard: list[wire.Message], tmp_path: Path
) -> None:
    """There are no frames, crops or features on disk: only the outbox and the counts, both small."""
    start(2)
    names = {path.name for path in tmp_path.iterdir()}
    assert names <= {"outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm", "collected.baseline", "boots"}
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 200_000


def test_while_spotting_a_new_epoch_is_learnt_in_the_background(
    start: Starting, heard: list[wire.Message], tmp_path: Path
) -> None:
    frozen = tmp_path / "frozen.baseline"
    baseline_file.save(learnt(60, recipe=OURS), frozen)
    before = frozen.read_bytes()
    assert start(3, score=ScoreSection(baseline=str(frozen))) == 0
    assert frozen.read_bytes() == before
    assert not (tmp_path / "collected.baseline").exists(), "three people are too few to be saved"


def test_a_background_of_another_recipe_is_put_aside(
    start: Starting, heard: list[wire.Message], tmp_path: Path
) -> None:
    frozen, collected = tmp_path / "frozen.baseline", tmp_path / "collected.baseline"
    baseline_file.save(learnt(60, recipe=OURS), frozen)
    recipe = msgspec.structs.replace(baseline_file.load(frozen).recipe, model="ba9876543210")
    baseline_file.save(Baseline(recipe), collected)
    old = collected.read_bytes()
    assert start(1, score=ScoreSection(baseline=str(frozen))) == 0
    assert not collected.exists()
    assert (tmp_path / "collected.baseline.old").read_bytes() == old


class WindowClock(SystemClock):
    """Within the frames' first window of 15 minutes; far beyond it once `is_over`."""

    is_over = False

    def now(self) -> float:
        return 1e6 if self.is_over else 100.0


def test_what_is_worn_in_a_closed_window_is_told_once(start: Starting, heard: list[wire.Message]) -> None:
    clock = WindowClock()

    def end_the_window(number: int) -> None:
        clock.is_over = number >= 6 * STEPS + 22  # the sixth walker has left, the seventh is in view

    start(8, clock=clock, at_frame=end_the_window)
    (trend,) = [message for message in heard if isinstance(message, wire.Trend)]
    assert (trend.node, trend.sightings) == ("camera-1", 6)
    assert trend.counts
    assert set(trend.counts.values()) <= {5, 6}


BOOTH = wire.booth_topic("booth", "baseline")
OURS = Pipeline(KnowingInterpreter(), NodeConfig()).recipe


def test_the_booths_baseline_is_spotted_against_from_the_next_person_on(
    start: Starting, heard: list[wire.Message], hub: InProcessBroker, tmp_path: Path
) -> None:
    """It acts without a restart; and also after one, with no broker that would repeat it."""
    (tmp_path / "site").mkdir()
    site = Site(tmp_path / "site")
    baseline = learnt(170, recipe=OURS)
    baseline.label("booth/camera-1")
    name = baseline_file.baseline_id(baseline)
    client = hub.client()
    client.connect(will=None, births=tuple, subscriptions=[], on_message=lambda _: None)

    def freeze(walker: int) -> None:
        if walker == 2:
            client.publish(Publish(BOOTH, site.payload(baseline), 1, is_retained=True))

    section = ScoreSection(site_key=str(site.public))
    start(4, score=section, meanwhile=freeze)
    states = [(score.state, score.baseline) for score in scores(heard)]
    assert states[0] == ("warming_up", "")
    assert states[-1] == ("scored", name)
    assert states == sorted(states, key=lambda state: state[1])
    beat = [message for message in heard if isinstance(message, wire.Health)][-1]
    assert (beat.mode, beat.baseline) == ("spot", name)
    counted = baseline_file.load(tmp_path / "collected.baseline")
    assert counted.sightings == 0, "a new epoch in the background"
    hub._retained.pop(BOOTH)
    start(1, score=section)
    assert scores(heard)[-1].baseline == name
    again = baseline_file.load(tmp_path / "collected.baseline")
    assert (again.epoch, again.sightings) == (counted.epoch, 0)
    client.publish(Publish(BOOTH, site.payload(None, at=NOW + 1), 1, is_retained=True))
    start(1, score=section)
    assert scores(heard)[-1].baseline == ""
    assert baseline_file.load(tmp_path / "collected.baseline").epoch != counted.epoch


def test_a_batch_is_handed_in_once_a_start_and_stays_at_the_broker(
    start: Starting, heard: list[wire.Message], hub: InProcessBroker, tmp_path: Path
) -> None:
    said: list[Received] = []
    topic = wire.node_topic("booth", "camera-1", "baseline")
    hub.client().connect(will=None, births=tuple, subscriptions=[topic], on_message=said.append)
    baseline_file.save(learnt(50, recipe=OURS), tmp_path / "collected.baseline")
    baseline_file.save(left(learnt(50, recipe=OURS)), tmp_path / "snapshot.baseline")
    start(4)
    (message,) = said
    _, counted = wire.decode(topic, message.payload)
    assert isinstance(counted, Counted)
    assert (counted.sightings, counted.epoch) == (50, "0123456789abcdef")
    assert (tmp_path / "snapshot.baseline").read_bytes() == message.payload
    assert [one.payload for one in hub.retained([topic])] == [message.payload]
    start(1)
    assert [one.payload for one in said] == [message.payload] * 2


def test_a_baseline_of_another_site_changes_nothing_and_is_said(
    start: Starting, heard: list[wire.Message], hub: InProcessBroker, tmp_path: Path
) -> None:
    (tmp_path / "site").mkdir()
    ours, other = Site(tmp_path / "site"), Site(tmp_path / "site", "other")
    baseline = learnt(170, recipe=OURS)
    hub.route(Publish(BOOTH, other.payload(baseline, site="booth"), 1, is_retained=True))
    start(2, score=ScoreSection(site_key=str(ours.public)))
    beat = [message for message in heard if isinstance(message, wire.Health)][-1]
    assert (beat.mode, beat.state) == ("collect", "degraded")
    assert wire.problem("baseline-unsigned", 1) in beat.problems
