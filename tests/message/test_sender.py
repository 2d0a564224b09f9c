"""The sender repeats until the booth has acknowledged everything, and no longer."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge import wire
from edge.fakes import InProcessBroker
from edge.message import sender as module
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from edge.seams import Publish, Received
from tests.fakes import WatchedBroker
from tests.messages import make_score, make_status

ACK = wire.node_topic("booth", "camera-1", "ack")
STATUS = wire.booth_topic("booth", "status")


class Bench:
    """A sender, and a booth that only listens."""

    def __init__(self, path: Path, max_rows: int = 1000, window: int = module.WINDOW) -> None:
        self.hub = InProcessBroker()
        self.outbox = Outbox(path, node="camera-1", max_rows=max_rows)
        self.broker = WatchedBroker(self.hub)
        self.sender = Sender(self.outbox, self.broker, site="booth", node="camera-1", window=window)
        self.heard: list[Received] = []
        self.booth = self.hub.client()
        topics = [wire.node_topic("booth", "+", leaf) for leaf in ("score", "gap")]
        self.booth.connect(will=None, births=tuple, subscriptions=topics, on_message=self.heard.append)
        self.broker.connect(
            will=None, births=tuple, subscriptions=self.sender.subscriptions, on_message=self.sender.receive
        )

    def put(self, count: int) -> None:
        for _ in range(count):
            self.outbox.put(make_score())

    def acknowledge(self, upto: int, epoch: str = "") -> None:
        self.say(ACK, wire.encode(ACK, wire.Ack(epoch=epoch or self.outbox.epoch, upto=upto)))

    def say(self, topic: str, payload: bytes) -> None:
        self.booth.publish(Publish(topic, payload, 1, is_retained=True))

    def take(self) -> list[int | str]:
        """Return what came since the last call: the seq of scores, `gap N` for gaps."""
        found: list[Any] = [wire.decode(message.topic, message.payload)[1] for message in self.heard]
        self.heard.clear()
        return [m.seq if isinstance(m, wire.Score) else f"gap {m.upto}" for m in found]


@pytest.fixture
def bench(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A bench; its parameter, if any, is the sender's window."""
    made = Bench(tmp_path / "outbox.sqlite", window=getattr(request, "param", module.WINDOW))
    yield made
    made.outbox.close()


def test_gap_then_scores_once_each(bench: Bench) -> None:
    bench.put(3)
    bench.sender.step(0.0)
    assert bench.take() == ["gap 0", 1, 2, 3]
    bench.put(1)
    bench.sender.step(1.0)
    assert bench.take() == [4]
    assert bench.sender.step(2.0) > 0
    assert bench.take() == []


def test_only_the_booths_word_deletes(bench: Bench) -> None:
    bench.put(3)
    bench.sender.step(0.0)
    assert bench.outbox.depth == 3
    bench.acknowledge(2)
    bench.sender.step(0.1)
    assert bench.outbox.depth == 1
    bench.acknowledge(3, epoch="ffffffff")
    bench.say(ACK, b"not an acknowledgement")
    bench.acknowledge(99)
    bench.sender.step(0.2)
    assert (bench.outbox.depth, bench.sender.refused, bench.outbox.refused_acks) == (1, 1, 1)


@pytest.mark.parametrize("bench", [4], indirect=True)
def test_window(bench: Bench) -> None:
    bench.put(10)
    bench.sender.step(0.0)
    bench.sender.step(0.1)
    assert bench.take() == ["gap 0", 1, 2, 3, 4]
    bench.acknowledge(3)
    bench.sender.step(0.2)
    assert bench.take() == [5, 6, 7]


@pytest.mark.parametrize("bench", [3], indirect=True)
def test_what_is_new_does_not_wait_for_room(bench: Bench) -> None:
    """A new score is sent at once, and again in its turn; older ones keep waiting."""
    bench.say(STATUS, wire.encode(STATUS, make_status("online")))
    bench.put(5)
    bench.sender.step(0.0)
    assert bench.take() == ["gap 0", 1, 2, 3]
    bench.put(2)
    bench.sender.step(0.1)
    bench.sender.step(0.2)
    assert bench.take() == [6, 7]
    bench.acknowledge(2)
    bench.put(1)
    bench.sender.step(0.3)
    assert bench.take() == [4, 5, 8]
    bench.sender.step(0.3 + module.TIMEOUT_S)
    assert bench.take() == ["gap 2", 3, 4, 5]
    bench.acknowledge(8)
    bench.put(1)
    bench.sender.step(20.0)
    assert bench.take() == [9]


def test_silence_is_answered_by_sending_again_less_and_less_often(bench: Bench) -> None:
    bench.say(STATUS, wire.encode(STATUS, make_status("online")))
    bench.sender.step(0.0)
    bench.take()
    bench.put(2)
    times: list[float] = []
    now = 0.0
    while now < 300:
        pause = bench.sender.step(now)
        assert 0 < pause <= module.IDLE_S
        if bench.take():
            times.append(now)
        now += pause
    pauses = [round(b - a) for a, b in itertools.pairwise(times)]
    assert pauses[:3] == [10, 20, 40]
    assert set(pauses[3:]) == {60}


def test_without_a_booth_each_score_is_said_once(bench: Bench) -> None:
    """Without a booth there are no acknowledgements, so other listeners must not get repetitions."""
    bench.put(2)
    for now in range(300):
        assert bench.sender.step(float(now)) == module.IDLE_S
    assert bench.take() == ["gap 0", 1, 2]


def test_everything_again_after_a_reconnect(bench: Bench) -> None:
    bench.put(2)
    bench.sender.step(0.0)
    bench.take()
    bench.hub.stop()
    bench.put(1)
    assert bench.sender.step(1.0) == module.IDLE_S
    bench.hub.start()
    bench.sender.step(2.0)
    assert bench.take() == ["gap 0", 1, 2, 3]


def test_everything_again_when_the_booth_comes_back(bench: Bench) -> None:
    bench.put(2)
    bench.sender.step(0.0)
    bench.take()
    bench.say(STATUS, wire.encode(STATUS, make_status("offline")))
    bench.sender.step(1.0)
    assert bench.take() == []
    bench.say(STATUS, wire.encode(STATUS, make_status("online")))
    bench.sender.step(2.0)
    assert bench.take() == ["gap 0", 1, 2]


def test_a_retained_acknowledgement_is_enough(bench: Bench) -> None:
    bench.put(2)
    bench.hub.stop()
    bench.hub.start()
    bench.acknowledge(2)
    other = Sender(bench.outbox, bench.broker, site="booth", node="camera-1")
    client = bench.hub.client()
    client.connect(will=None, births=tuple, subscriptions=other.subscriptions, on_message=other.receive)
    other.step(0.0)
    assert bench.outbox.depth == 0


def test_new_drops_are_announced(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "outbox.sqlite", max_rows=3)
    bench.put(2)
    bench.sender.step(0.0)
    bench.take()
    bench.put(3)
    bench.sender.step(1.0)
    assert bench.take() == ["gap 2", 3, 4, 5]
    bench.acknowledge(5)
    bench.sender.step(2.0)
    assert bench.outbox.depth == 0
    bench.outbox.close()


def test_wake_ends_the_wait(bench: Bench) -> None:
    bench.sender.wake()
    bench.sender.wait(60)
    bench.sender.wait(0.001)


def test_scores_expire_at_the_broker_and_are_never_retained(bench: Bench) -> None:
    sent: list[Publish] = []
    bench.broker.on_publish = sent.append
    bench.put(1)
    bench.sender.step(0.0)
    score = sent[-1]
    assert (score.qos, score.is_retained, score.expiry_s) == (1, False, 600)
    assert msgspec.json.decode(score.payload, type=wire.Score).seq == 1
