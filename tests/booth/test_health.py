"""`spotter health` lists the nodes that answer."""

import io
import threading
import time

import pytest
from rich.console import Console

from edge import wire
from edge.booth.health import collect, shown, watch
from edge.booth.roster import NodeHealth
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


LONG = ["The lens is covered: take off the cap, tape or bag, and wipe it.", "No frame for 12 s: check [the] camera."]
ROWS = [
    NodeHealth("north-entrance", "degraded", LONG, "spot", 12.5, 1234, 17, 0),
    NodeHealth("south", "ok", [], "spot", 24.0, 99, 0, 0),
    NodeHealth("west", "failing", ["is offline: check power, network and `systemctl status spotter-node`"]),
]


def printed(width: int) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(shown(ROWS, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [32, 40, 48, 60, 79])
def test_a_narrow_terminal_has_a_block_for_each_node_of_whole_words(width: int) -> None:
    text = printed(width)
    assert max(map(len, text.splitlines())) <= width
    assert " ".join(text.split()) == (
        f"north-entrance degraded spot 12.5 frames a second, 1234 sightings, 17 waiting, 0 lost {' '.join(LONG)} "
        "south ok spot 24 frames a second, 99 sightings, 0 waiting, 0 lost "
        f"west failing {ROWS[2].problems[0]}"
    )


@pytest.mark.parametrize("width", [110, 160])
def test_a_wide_terminal_has_a_table_of_whole_words(width: int) -> None:
    text = printed(width)
    assert text.split()[:3] == ["node", "state", "mode"]
    assert max(map(len, text.splitlines())) <= width
    words = {word for row in ROWS for problem in row.problems for word in problem.split()}
    assert words <= set(text.split())


def test_watching_goes_on_until_stopped_and_says_the_last_state(capsys: pytest.CaptureFixture[str]) -> None:
    hub, stop = InProcessBroker(), threading.Event()
    node = hub.client()
    node.connect(will=None, births=tuple, subscriptions=(), on_message=print)
    topic = wire.node_topic("booth", "camera-1", "health")
    node.publish(Publish(topic, wire.pack(make_health()), 1, is_retained=True))
    codes: list[int] = []
    watching = threading.Thread(
        target=lambda: codes.append(watch(hub.client(), "booth", SystemClock(), stop, as_json=True))
    )
    watching.start()
    said = ""
    for _ in range(100):
        said += capsys.readouterr().out
        if said.count("camera-1") >= 2:
            break
        time.sleep(0.1)
    stop.set()
    watching.join(10)
    assert said.count("camera-1") >= 2
    assert codes == [1], "the retained heartbeat is old"


def test_collect_says_why_the_broker_takes_no_connection() -> None:
    hub = InProcessBroker()
    hub.stop()
    client = hub.client()
    client.trouble = "broker x refused the connection (Not authorized)"
    with pytest.raises(BrokerError, match=r"^broker x refused the connection \(Not authorized\)$"):
        collect(client, "booth", SystemClock(), 0.1)


def test_collect_without_a_broker() -> None:
    hub = InProcessBroker()
    hub.stop()
    with pytest.raises(BrokerError, match="is mosquitto running"):
        collect(hub.client(), "booth", SystemClock(), 0.1)
