"""What nodes report to plain sentences; `spotter health` shows them as a table, one row a node."""

import queue
import secrets
import sys
from dataclasses import dataclass

import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edge import wire
from edge.clock import SystemClock
from edge.config import BrokerSection
from edge.errors import BrokerError, WireError
from edge.message.mqtt import MqttBroker
from edge.seams import Broker, Clock, Received

STALE_S = 30.0
"""Three heartbeats: a node that missed them is not well, whatever its last words were."""
QUIET_S = 0.5
"""Retained messages all come at once; after this much silence there are no more."""
MOST_NODES = 200


@dataclass
class Node:
    """The last words of one node."""

    name: str
    status: wire.Status | None = None
    health: wire.Health | None = None
    heard_at: float | None = None
    """When its newest live heartbeat came, by the clock here; None if only a retained one is known."""


class Verdict(msgspec.Struct, frozen=True):
    """One row: a node, its state, and every problem as a sentence."""

    node: str
    state: str
    problems: list[str]
    mode: str = ""
    fps: float | None = None
    sightings: int | None = None
    outbox_depth: int | None = None
    outbox_lost: int | None = None
    baseline: str = ""
    """Id of what it spots against; empty while it collects."""


def judge(node: Node, now: float) -> Verdict:
    """Its own report, and what it cannot report itself: that it is gone or silent."""
    health, problems = node.health, [] if node.health is None else list(node.health.problems)
    silence = _silence(node, now)
    if silence:
        problems.insert(0, silence)
    state = "failing" if silence else "ok" if health is None else health.state
    if health is None:
        return Verdict(node.name, state, problems)
    return Verdict(
        node.name,
        state,
        problems,
        health.mode,
        health.fps,
        health.sightings,
        health.outbox_depth,
        health.outbox_lost,
        health.baseline,
    )


def _silence(node: Node, now: float) -> str | None:
    if node.status is not None and node.status.state == "offline":
        return "is offline: check power, network and, on the node, `systemctl status spotter-node`"
    if node.health is None:
        return "has sent no heartbeat: wait half a minute, then restart it"
    if node.heard_at is not None:
        age, clock = now - node.heard_at, ""
    else:
        age, clock = now - wire.from_time(node.health.at), " by its own clock: is that clock right,"
    if age > STALE_S:
        return f"sent its last heartbeat {_age(age)} ago{clock or ':'} is it running, is the network up?"
    return None


def _age(seconds: float) -> str:
    """
    >>> [_age(seconds) for seconds in (45, 300, 8000)]
    ['45 s', '5 min', '2 h']
    """
    return (
        f"{seconds:.0f} s"
        if seconds < 120
        else f"{seconds / 60:.0f} min"
        if seconds < 7200
        else f"{seconds / 3600:.0f} h"
    )


class Roster:
    """Owner of every node's last words; `note` takes in one message."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}

    def note(self, address: wire.Address, message: wire.Message, *, is_retained: bool, now: float) -> None:
        """Raises WireError `too_many_nodes` beyond MOST_NODES names."""
        assert address.node is not None
        if address.node not in self.nodes and len(self.nodes) >= MOST_NODES:
            raise WireError("too_many_nodes", f"expected at most {MOST_NODES} nodes, found {address.node} too")
        node = self.nodes.setdefault(address.node, Node(address.node))
        if isinstance(message, wire.Status):
            node.status = message
        elif isinstance(message, wire.Health):
            node.health = message
            node.heard_at = None if is_retained else now

    def verdicts(self, now: float) -> list[Verdict]:
        """One per node, by name."""
        return [judge(node, now) for _, node in sorted(self.nodes.items())]


def collect(broker: Broker, site: str, clock: Clock, wait_s: float) -> Roster:
    """Who is there: listens until it has been quiet, `wait_s` seconds at most.

    Raises BrokerError if there is no broker.
    """
    inbox: queue.Queue[Received] = queue.Queue()
    topics = [wire.node_topic(site, "+", leaf) for leaf in ("status", "health")]
    broker.connect(will=None, births=tuple, subscriptions=topics, on_message=inbox.put)
    roster, end = Roster(), clock.monotonic() + wait_s
    while (left := end - clock.monotonic()) > 0:
        try:
            message = inbox.get(timeout=min(left, QUIET_S))
            address, content = wire.decode(message.topic, message.payload)
            roster.note(address, content, is_retained=message.is_retained, now=clock.now())
        except queue.Empty:
            if broker.is_connected:
                break
        except WireError as err:
            print(f"ignored a message: {err}", file=sys.stderr)
    if not broker.connections:
        raise BrokerError("the broker cannot be reached; is mosquitto running, and is --broker right?")
    return roster


def run_health(section: BrokerSection, site: str, *, as_json: bool, wait_s: float = 5.0) -> int:
    """`spotter health`: 0 if every node is ok, 1 if any is not or none is found.

    Raises BrokerError (exit code 2) if there is no broker.
    """
    clock = SystemClock()
    broker = MqttBroker(section, f"health-{secrets.token_hex(4)}")
    try:
        roster = collect(broker, site, clock, wait_s)
    finally:
        broker.close()
    verdicts = roster.verdicts(clock.now())
    if as_json:
        for verdict in verdicts:
            print(msgspec.json.encode(verdict).decode())
    elif verdicts:
        Console().print(_table(verdicts))
    if not verdicts:
        print(f"no node of site {site} has reported to this broker; is --site right?", file=sys.stderr)
    return 0 if verdicts and all(verdict.state == "ok" for verdict in verdicts) else 1


def _table(verdicts: list[Verdict]) -> Table:
    table = Table("node", "state", "mode", "fps", "sightings", "waiting", "lost", "what to do", box=SIMPLE)
    colours = {"ok": "green", "degraded": "yellow", "failing": "red"}
    for verdict in verdicts:
        figures = (verdict.fps, verdict.sightings, verdict.outbox_depth, verdict.outbox_lost)
        table.add_row(
            verdict.node,
            f"[{colours[verdict.state]}]{verdict.state}",
            verdict.mode,
            *("" if figure is None else f"{figure:g}" for figure in figures),
            escape("\n".join(verdict.problems)),
        )
    return table
