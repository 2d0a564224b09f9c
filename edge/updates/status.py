"""`spotter update status`: what software each node runs, and what it does with the newest update."""

import queue
import secrets
import time

import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from edge import wire
from edge.config import BrokerSection
from edge.errors import BrokerError, WireError
from edge.message.mqtt import MqttBroker
from edge.seams import Received
from edge.wire_update import Progress

QUIET_S, LONGEST_S = 0.5, 8.0
"""Retained messages come together: after QUIET_S without one there are no more; LONGEST_S in all."""


class NodeUpdate(msgspec.Struct):
    """One row."""

    node: str
    state: str = ""
    """online, offline, or empty if it never connected."""
    software: str = ""
    update: str = ""
    """What it does with the newest update, in words; empty if there was none."""
    is_over: bool = True


def collect(section: BrokerSection, site: str) -> list[NodeUpdate]:
    """Return a row for each node that the broker knows; raises BrokerError if it cannot be reached."""
    inbox: queue.Queue[Received] = queue.Queue()
    broker = MqttBroker(section, f"status-{secrets.token_hex(4)}")
    topics = [wire.node_topic(site, "+", leaf) for leaf in ("status", "update")]
    broker.connect(will=None, births=tuple, subscriptions=topics, on_message=inbox.put)
    rows: dict[str, NodeUpdate] = {}
    try:
        end = time.monotonic() + LONGEST_S
        while time.monotonic() < end:
            try:
                _note(rows, inbox.get(timeout=QUIET_S))
            except queue.Empty:
                if broker.is_connected:
                    break
        if not broker.connections:
            raise BrokerError("the broker cannot be reached; is mosquitto running there, and is the address right?")
    finally:
        broker.close()
    return [rows[name] for name in sorted(rows)]


def _note(rows: dict[str, NodeUpdate], message: Received) -> None:
    try:
        address, found = wire.decode(message.topic, message.payload)
    except WireError:
        return
    row = rows.setdefault(address.node or "", NodeUpdate(address.node or ""))
    if isinstance(found, wire.Status):
        row.state, row.software = found.state, found.software
    elif isinstance(found, Progress):
        row.update, row.is_over = found.sentence, found.is_over


def run_status(section: BrokerSection, site: str, *, as_json: bool) -> int:
    """Print a row for each node; returns 0, or 1 if there is none or a node is not on the newest software here."""
    rows = collect(section, site)
    if as_json:
        for row in rows:
            print(msgspec.json.encode(row).decode())
    elif rows:
        table = Table("node", "state", "software", "newest update", box=SIMPLE)
        for row in rows:
            table.add_row(row.node, row.state, row.software, row.update)
        Console().print(table)
    else:
        print(f"no node of site {site} has reported to this broker")
    return 0 if rows and len({row.software for row in rows}) == 1 else 1
