"""`spotter health`: each node with its state and what to do; as a table, or as blocks where the terminal is narrow."""

import queue
import secrets
import sys
import threading
from collections.abc import Sequence

import msgspec
from rich.box import SIMPLE
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from edge import wire
from edge.booth.roster import NodeHealth, Roster
from edge.clock import SystemClock
from edge.command import stop_on_signals
from edge.config import BrokerSection
from edge.errors import BrokerError, WireError
from edge.message.mqtt import MqttBroker
from edge.seams import Broker, Clock, Received

QUIET_S = 0.5
"""Retained messages arrive together; after this much silence there are no more."""
WATCH_S = 2.0
"""Interval at which --watch shows the nodes again."""
ADVICE_WIDTH = 34
"""Columns that the advice needs in the table; with less, each node gets a block."""
COLOURS = {"ok": "green", "degraded": "yellow", "failing": "red"}


class Listener:
    """Owner of what the nodes of one site report to one broker."""

    def __init__(self, broker: Broker, site: str, clock: Clock) -> None:
        """Start to connect and to listen."""
        self._broker, self._clock = broker, clock
        self._inbox: queue.Queue[Received] = queue.Queue()
        self.roster = Roster(clock)
        topics = [wire.node_topic(site, "+", leaf) for leaf in ("status", "health", "update")]
        topics += [wire.booth_topic(site, leaf) for leaf in ("notice", "status")]
        broker.connect(will=None, births=tuple, subscriptions=topics, on_message=self._inbox.put)

    def listen(self, seconds: float, *, is_until_quiet: bool) -> None:
        """Take in what arrives for so long; `is_until_quiet` ends once connected and quiet for QUIET_S."""
        end = self._clock.monotonic() + seconds
        while (left := end - self._clock.monotonic()) > 0:
            try:
                self._take(self._inbox.get(timeout=min(left, QUIET_S)))
            except queue.Empty:
                if is_until_quiet and self._broker.is_connected:
                    break
        self.roster.look(is_connected=self._broker.is_connected)

    def _take(self, message: Received) -> None:
        try:
            address, content = wire.decode(message.topic, message.payload)
            if address.node is None:
                self.roster.note_booth(content)
            else:
                self.roster.note(address, content, is_retained=message.is_retained)
        except WireError as err:
            print(f"ignored a message: {err}", file=sys.stderr)


def collect(broker: Broker, site: str, clock: Clock, wait_s: float) -> Roster:
    """Return what all nodes report: listens until it has been quiet for QUIET_S, `wait_s` seconds at most.

    Raises BrokerError if there is no broker, or if it takes no connection.
    """
    listener = Listener(broker, site, clock)
    listener.listen(wait_s, is_until_quiet=True)
    if not broker.connections:
        raise BrokerError(
            broker.trouble or "the broker cannot be reached; is mosquitto running, and is --broker right?"
        )
    return listener.roster


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
        _print_json(rows)
    elif rows:
        console = Console()
        console.print(shown(rows, console.width))
    if not rows:
        print(f"no node of site {site} has reported to this broker; is --site right?", file=sys.stderr)
    return _exit_code(rows)


def run_watch(section: BrokerSection, site: str, *, as_json: bool) -> int:
    """`spotter health --watch`: show the nodes again and again until Ctrl-C; returns what `run_health` would then."""
    stop = threading.Event()
    stop_on_signals(stop)
    broker = MqttBroker(section, f"health-{secrets.token_hex(4)}")
    try:
        return watch(broker, site, SystemClock(), stop, as_json=as_json)
    finally:
        broker.close()


def watch(broker: Broker, site: str, clock: Clock, stop: threading.Event, *, as_json: bool) -> int:
    """Show what the nodes report until `stop`; a broker that is away is said, and waited for."""
    listener, console, rows = Listener(broker, site, clock), Console(), list[NodeHealth]()
    with Live(console=console, auto_refresh=False, screen=console.is_terminal and not as_json) as live:
        is_first = True
        while not stop.is_set():
            listener.listen(WATCH_S, is_until_quiet=is_first)
            is_first, rows = False, listener.roster.node_health()
            if as_json:
                _print_json(rows)
            else:
                live.update(Group(_heading(broker, site, rows), shown(rows, console.width)), refresh=True)
    return _exit_code(rows)


def shown(rows: Sequence[NodeHealth], width: int) -> RenderableType:
    """Return the nodes for a terminal of so many columns."""
    table = _table(rows)
    return table if Console(width=1000).measure(table).minimum <= width else Group(*map(_block, rows))


def _table(rows: Sequence[NodeHealth]) -> Table:
    table = Table(box=SIMPLE)
    for name in ("node", "state", "mode", "fps", "sightings", "waiting", "lost"):
        table.add_column(name, no_wrap=True)
    table.add_column("what to do", min_width=ADVICE_WIDTH)
    for row in rows:
        figures = (row.fps, row.sightings, row.outbox_depth, row.outbox_lost)
        table.add_row(
            row.node,
            f"[{COLOURS[row.state]}]{row.state}",
            row.mode,
            *("" if figure is None else f"{figure:g}" for figure in figures),
            escape("\n".join(row.problems)),
        )
    return table


def _block(row: NodeHealth) -> RenderableType:
    """Return one node in lines of whole words: name and state, figures, then what to do."""
    lines = [Text.assemble((row.node, "bold"), "  ", (row.state, COLOURS[row.state]), f"  {row.mode}")]
    figures = {"frames a second": row.fps, "sightings": row.sightings, "waiting": row.outbox_depth}
    figures["lost"] = row.outbox_lost
    said = ", ".join(f"{figure:g} {what}" for what, figure in figures.items() if figure is not None)
    return Group(*lines, *(Padding(Text(text), (0, 0, 0, 2)) for text in [said, *row.problems] if text), "")


def _heading(broker: Broker, site: str, rows: Sequence[NodeHealth]) -> str:
    if not broker.is_connected:
        return escape(broker.trouble or "the broker cannot be reached; trying again until it can")
    return f"site {site}, Ctrl-C ends" if rows else f"no node of site {site} has reported yet; is --site right?"


def _print_json(rows: Sequence[NodeHealth]) -> None:
    for row in rows:
        print(msgspec.json.encode(row).decode(), flush=True)


def _exit_code(rows: Sequence[NodeHealth]) -> int:
    return 0 if rows and all(row.state == "ok" for row in rows) else 1
