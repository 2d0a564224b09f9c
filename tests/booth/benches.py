"""An inbox and its alerts with a node and a laptop, in memory, for the tests of both."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from edge import wire
from edge.baseline_codec import Counted
from edge.booth.active_alerts import ActiveAlerts
from edge.booth.inbox import Inbox
from edge.booth.selection import resumed
from edge.config import AlertSection, BoothConfig
from edge.fakes import InProcessBroker
from edge.seams import Publish, Received
from tests.fakes import FakeClock, WatchedBroker
from tests.messages import NOW
from tests.store.watched import WatchedStore

COUNTS = wire.node_topic("booth", "camera-1", "baseline")


def hand_in(bench: "Bench", counted: Counted, *, is_retained: bool = True) -> None:
    """Give the inbox the counts of a node."""
    bench.inbox.receive(Received(COUNTS, wire.encode(COUNTS, counted), is_retained=is_retained))


class Bench:
    """An inbox, a node that sends to it, and a laptop that receives alerts."""

    def __init__(self, url: str = "sqlite://", config: BoothConfig | None = None, *, with_laptop: bool = True) -> None:
        self.hub, self.clock, self.store = InProcessBroker(), FakeClock(NOW), WatchedStore(url, "booth")
        self.heard: list[tuple[str, Any]] = []
        self.node = self.join(wire.node_topic("booth", "+", "ack"))
        if with_laptop:
            self.join(wire.booth_topic("booth", "alert"))
        self.start(config or BoothConfig(alert=AlertSection(one_in=100.0)))

    def start(self, config: BoothConfig) -> None:
        self.broker = WatchedBroker(self.hub)
        self.alerts = ActiveAlerts(config, self.broker, self.store, self.clock)
        selection = resumed(config, self.store, self.clock.now())
        self.inbox = Inbox(config, self.broker, self.store, self.clock, selection, self.alerts)
        self.broker.connect(
            will=None, births=tuple, subscriptions=self.inbox.subscriptions, on_message=self.inbox.receive
        )

    def join(self, topic: str) -> Any:
        client = self.hub.client()
        client.connect(will=None, births=tuple, subscriptions=[topic], on_message=self._hear)
        return client

    def _hear(self, message: Received) -> None:
        self.heard.append((message.topic.rsplit("/", 1)[1], wire.decode(message.topic, message.payload)[1]))

    def say(self, *messages: wire.Message) -> None:
        for message in messages:
            leaf = type(message).__name__.lower()
            is_staff = isinstance(message, wire.Feedback)
            node = getattr(message, "node", "camera-1")
            topic = wire.booth_topic("booth", leaf) if is_staff else wire.node_topic("booth", node, leaf)
            self.node.publish(Publish(topic, wire.encode(topic, message), 1, is_retained=False))

    def step(self) -> list[tuple[str, Any]]:
        """Run one step; returns what was received since the last: acknowledged numbers and the `one_in` of alerts."""
        self.inbox.step(0.0)
        found = [(leaf, m.upto if isinstance(m, wire.Ack) else m.one_in) for leaf, m in self.heard]
        self.heard.clear()
        return found


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    with closing(made.store):
        yield made
