"""Every listener gets the signed baseline, now or later, even if the broker forgets it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge import wire
from edge.booth.baseline_publisher import LOOK_S, BaselinePublisher
from edge.config import BoothConfig
from edge.fakes import FakeBroker, InProcessBroker
from edge.seams import Publish, Received
from edge.store.store import SqlStore
from tests.fakes import FakeClock
from tests.messages import NOW

TOPIC = wire.booth_topic("booth", "baseline")


class FullBroker(FakeBroker):
    """Connected, but takes no message while `is_full`."""

    is_full = False

    def publish(self, message: Publish, *, timeout_s: float | None = None) -> bool:
        return not self.is_full and super().publish(message, timeout_s=timeout_s)


class Place:
    """A store, a hub with the booth on it, and what a permanent listener received."""

    def __init__(self, store: SqlStore) -> None:
        self.hub, self.clock, self.store = InProcessBroker(), FakeClock(NOW), store
        self.heard: list[Received] = []
        self.connect(self.heard)
        self.broker = FullBroker(self.hub)
        self.broker.connect(will=None, births=tuple, subscriptions=(), on_message=print)
        self.publisher = BaselinePublisher(BoothConfig(), self.broker, store, self.clock)

    def connect(self, heard: list[Received]) -> None:
        self.hub.client().connect(will=None, births=tuple, subscriptions=[TOPIC], on_message=heard.append)

    def step(self, times: int = 1) -> list[bytes]:
        for _ in range(times):
            self.clock.sleep(LOOK_S)
            self.publisher.step()
        said = [message.payload for message in self.heard]
        self.heard.clear()
        return said


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with closing(SqlStore(f"sqlite:///{tmp_path}/booth.sqlite", "booth")) as store:
        yield Place(store)


def test_each_is_said_once_to_a_connection(place: Place) -> None:
    assert place.step(3) == []
    for payload in (b"spot", b"collect"):
        place.store.save_signed_baseline(payload)
        assert place.store.published_at() is None
        assert place.step(3) == [payload]
        assert place.store.published_at() == int(place.clock.now() - 2 * LOOK_S)


def test_a_broker_that_forgot_is_told_again(place: Place) -> None:
    place.store.save_signed_baseline(b"spot")
    place.step()
    place.hub.route(Publish(TOPIC, b"", 1, is_retained=True))
    place.step()
    late: list[Received] = []
    place.connect(late)
    assert late == [], "the broker lost what it retained"
    place.hub.stop()
    place.hub.start()
    assert place.step(3) == [b"spot"]
    place.connect(late)
    assert [message.payload for message in late] == [b"spot"] * 2, "and every node that joins later"


def test_while_the_broker_is_away_it_waits(place: Place) -> None:
    place.hub.stop()
    place.store.save_signed_baseline(b"spot")
    assert place.step(3) == []
    assert place.store.published_at() is None
    place.hub.start()
    assert place.step(3) == [b"spot"]


def test_what_the_broker_did_not_take_is_tried_again(place: Place) -> None:
    place.store.save_signed_baseline(b"spot")
    place.broker.is_full = True
    place.step(2)
    assert place.store.published_at() is None
    place.broker.is_full = False
    assert place.step(2) == [b"spot"]
