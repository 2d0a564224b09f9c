"""`spotter health` lists the nodes that answer."""

import pytest

from edge import wire
from edge.booth.health import collect
from edge.clock import SystemClock
from edge.errors import BrokerError
from edge.fakes import InProcessBroker
from edge.seams import Publish
from tests.messages import make_health


def test_collect_hears_what_is_retained_and_stops_when_quiet() -> None:
    hub = InProcessBroker()
    node = hub.client()
    node.connect(will=None, births=tuple, subscriptions=(), on_message=print)
    for leaf, payload in (("health", wire.pack(make_health())), ("status", b"nonsense")):
        node.publish(Publish(wire.node_topic("booth", "camera-1", leaf), payload, 1, is_retained=True))
    roster = collect(hub.client(), "booth", SystemClock(), 5.0)
    assert list(roster.nodes) == ["camera-1"]
    assert roster.nodes["camera-1"].heard_at is None


def test_collect_without_a_broker() -> None:
    hub = InProcessBroker()
    hub.stop()
    with pytest.raises(BrokerError, match="is mosquitto running"):
        collect(hub.client(), "booth", SystemClock(), 0.1)
