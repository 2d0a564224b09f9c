"""`spotter health`: one row for each node, with its state and what to do."""

import queue
import secrets
import sys

import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edge import wire
from edge.booth.roster import NodeHealth, Roster
from edge.clock import SystemClock
from edge.config import BrokerSection
from edge.errors import BrokerError, WireError
from edge.message.mqtt import MqttBroker
from edge.seams import Broker, Clock, Received

QUIET_S = 0.5
"""Retained messages arrive together; after this much silence there are no more."""


def collect(broker: Broker, site: str, clock: Clock, wait_s: float) -> Roster:
    """Return what all nodes report: listens until it has been quiet for QUIET_S, `wait_s` seconds at most.

    Raises BrokerError if there is no broker.
    """
    inbox: queue.Queue[Received] = queue.Queue()
    topics = [wire.node_topic(site, "+", leaf) for leaf in ("status", "health", "update")]
    topics += [wire.booth_topic(site, leaf) for leaf in ("notice", "status")]
    broker.connect(will=None, births=tuple, subscriptions=topics, on_message=inbox.put)
    roster, end = Roster(clock), clock.monotonic() + wait_s
    while (left := end - clock.monotonic()) > 0:
        try:
            message = inbox.get(timeout=min(left, QUIET_S))
            address, content = wire.decode(message.topic, message.payload)
            if address.node is None:
                roster.note_booth(content)
            else:
                roster.note(address, content, is_retained=message.is_retained)
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
    rows = roster.node_health()
    if as_json:
        for row in rows:
            print(msgspec.json.encode(row).decode())
    elif rows:
        Console().print(_table(rows))
    if not rows:
        print(f"no node of site {site} has reported to this broker; is --site right?", file=sys.stderr)
    return 0 if rows and all(row.state == "ok" for row in rows) else 1


def _table(rows: list[NodeHealth]) -> Table:
    table = Table("node", "state", "mode", "fps", "sightings", "waiting", "lost", "what to do", box=SIMPLE)
    colours = {"ok": "green", "degraded": "yellow", "failing": "red"}
    for row in rows:
        figures = (row.fps, row.sightings, row.outbox_depth, row.outbox_lost)
        table.add_row(
            row.node,
            f"[{colours[row.state]}]{row.state}",
            row.mode,
            *("" if figure is None else f"{figure:g}" for figure in figures),
            escape("\n".join(row.problems)),
        )
    return table
