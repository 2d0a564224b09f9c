"""Nodes' last words to verdicts: also about what a node cannot say itself."""

import pytest

from edge import wire
from edge.booth.health import Node, Roster, collect, judge
from edge.clock import SystemClock
from edge.errors import BrokerError
from edge.fakes import InProcessBroker
from edge.seams import Publish
from tests.messages import NOW, make_health, make_status


def note(roster: Roster, leaf: str, message: wire.Message, *, is_retained: bool = False) -> None:
    roster.note(wire.Address("booth", "camera-1", leaf), message, is_retained=is_retained, now=NOW)


def test_its_own_words() -> None:
    roster = Roster()
    note(roster, "status", make_status())
    note(roster, "health", make_health(state="degraded", problems=["too dark: clean the lens"]))
    (verdict,) = roster.verdicts(NOW + 5)
    assert (verdict.state, verdict.problems, verdict.fps) == ("degraded", ["too dark: clean the lens"], 12.5)


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (Node("camera-1", make_status("offline"), make_health(), NOW), "is offline: check power"),
        (Node("camera-1", make_status()), "has sent no heartbeat"),
        (Node("camera-1", make_status(), make_health(), NOW - 45), "45 s ago: is it running"),
        (Node("camera-1", make_status(), make_health(at=wire.to_time(NOW - 300))), "5 min ago by its own clock"),
    ],
)
def test_silence(node: Node, words: str) -> None:
    verdict = judge(node, NOW)
    assert verdict.state == "failing"
    assert words in verdict.problems[0]


def test_a_wrong_clock_does_not_matter_once_it_speaks() -> None:
    assert judge(Node("camera-1", make_status(), make_health(at="1970-01-01T00:00:00Z"), NOW - 5), NOW).state == "ok"


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
