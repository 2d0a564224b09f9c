"""Generated sites: each has one connection with its own certificate, as its bridge would, and nodes that send scores.

A node keeps every score until the centre has stored it, and sends what was not confirmed again after RESEND_S, as
message/sender.py does. Scores go out with QoS 0, as by the bridge. One thread serves all connections.
"""

import random
import secrets
import selectors
import ssl
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from edge import wire
from edge.booth.bench import candidate_score, ordinary_score
from edge.message.sender import TIMEOUT_S as RESEND_S
from edge.message.sender import WINDOW
from tools.sites.centre import Certificates

IN_FLIGHT = 1000
"""Scores sent and not yet confirmed, of all nodes, while as many are sent as are stored: half a worker's queue."""
TICK_S = 0.01
MISC_S = 1.0
"""Interval at which connections are kept alive, and scores sent again."""
BURST = 200
"""Most scores sent before the connections are read again."""
KEEPALIVE_S = 60


class Waiting(NamedTuple):
    """A score that was sent and is not confirmed."""

    seq: int
    made_at: float
    """Monotonic seconds."""
    payload: bytes


class Node:
    """A node of a generated site."""

    def __init__(self, site: "Site", name: str) -> None:
        self.site, self.name, self.epoch = site, name, secrets.token_hex(8)
        self.topic = wire.node_topic(site.name, name, "score")
        self.issued = self.upto = 0
        self.waiting: deque[Waiting] = deque()
        self.sent_at = 0.0

    def issue(self, now: float) -> None:
        """Make a score and send it."""
        self.issued += 1
        payload = msgspec.json.encode(make_score(self.name, self.epoch, self.issued))
        if not self.waiting:
            self.sent_at = now
        self.waiting.append(Waiting(self.issued, now, payload))
        self.site.client.publish(self.topic, payload, qos=0)

    def confirm(self, ack: wire.Ack, now: float) -> list[float]:
        """Forget what is stored; returns the age of each in seconds."""
        ages = []
        if ack.epoch == self.epoch and ack.upto > self.upto:
            self.upto, self.sent_at = ack.upto, now
            while self.waiting and self.waiting[0].seq <= ack.upto:
                ages.append(now - self.waiting.popleft().made_at)
        return ages

    def resend(self, now: float) -> int:
        """Send what waits once more if that is due; returns how many were sent."""
        if not self.waiting or now < self.sent_at + RESEND_S:
            return 0
        self.sent_at = now
        again = list(self.waiting)[:WINDOW]
        for one in again:
            self.site.client.publish(self.topic, one.payload, qos=0)
        return len(again)


class Site:
    """The connection of one generated site."""

    def __init__(self, traffic: "Traffic", name: str, nodes: int, port: int, certificates: Certificates) -> None:
        self.name, self._traffic = name, traffic
        self.descriptor: int | None = None
        """File descriptor of the watched socket; None while there is no connection."""
        self.nodes = {node.name: node for node in (Node(self, f"camera-{number + 1}") for number in range(nodes))}
        self.client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTv5)
        context = ssl.create_default_context(cafile=certificates.ca)
        context.load_cert_chain(*certificates.of(name))
        self.client.tls_set_context(context)
        self.client.on_message = self._hear
        self.client.on_connect = lambda client, *_: client.subscribe(wire.node_topic(name, "+", "stored"), qos=1)
        self.client.connect("localhost", port, keepalive=KEEPALIVE_S)

    def read(self) -> None:
        """Handle everything that has arrived."""
        while self.client.loop_read() == 0:
            connection = self.client.socket()
            if not isinstance(connection, ssl.SSLSocket) or not connection.pending():
                break
        if self.client.want_write():
            self.client.loop_write()

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        address, ack = wire.decode(message.topic, bytes(message.payload))
        if isinstance(ack, wire.Ack) and address.node in self.nodes:
            self._traffic.confirm(self.nodes[address.node], ack)


class Traffic:
    """All generated sites; `rate` may be changed at any time."""

    def __init__(self, sites: Sequence[str], nodes: int, port: int, certificates: Certificates) -> None:
        self.rate: float | None = 0.0
        """Scores a second of all nodes together; None: as many as are stored."""
        self.ages: list[float] = []
        """Seconds from the making of each score until it was confirmed."""
        self.confirmed = self.sent_again = 0
        self._selector = selectors.DefaultSelector()
        self._stop, self._in_flight, self._random = threading.Event(), 0, random.Random(1)  # noqa: S311 - no secret
        self.sites = [Site(self, name, nodes, port, certificates) for name in sites]
        self.nodes = [node for site in self.sites for node in site.nodes.values()]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Scores that are not confirmed."""
        return self._in_flight

    def confirm(self, node: Node, ack: wire.Ack) -> None:
        """Take in a confirmation."""
        ages = node.confirm(ack, time.monotonic())
        self.ages += ages
        self.confirmed += len(ages)
        self._in_flight -= len(ages)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        for site in self.sites:
            site.client.disconnect()

    def _run(self) -> None:
        for site in self.sites:
            self._register(site)
        due, then = 0.0, time.monotonic()
        misc_at = then
        while not self._stop.is_set():
            for key, _ in self._selector.select(TICK_S):
                key.data.read()
            now, rate = time.monotonic(), self.rate
            due = float(IN_FLIGHT - self._in_flight) if rate is None else min(due + (now - then) * rate, 4.0 * BURST)
            then = now
            count = max(min(int(due), BURST), 0)
            due -= count
            self._issue(count, now)
            if now >= misc_at + MISC_S:
                misc_at = now
                self._look_after(now)

    def _issue(self, count: int, now: float) -> None:
        self._in_flight += count
        for node in self._random.choices(self.nodes, k=count) if count else ():
            node.issue(now)

    def _look_after(self, now: float) -> None:
        self.sent_again += sum(node.resend(now) for node in self.nodes)
        for site in self.sites:
            if site.client.loop_misc() or site.client.socket() is None:
                self._connect_again(site)

    def _register(self, site: Site) -> None:
        connection = site.client.socket()
        if connection is not None:
            site.descriptor = connection.fileno()
            self._selector.register(site.descriptor, selectors.EVENT_READ, site)

    def _connect_again(self, site: Site) -> None:
        """Connect a site whose connection was lost; what it sent meanwhile is sent again when that is due."""
        if site.descriptor is not None:
            self._selector.unregister(site.descriptor)
            site.descriptor = None
        with suppress(OSError):
            site.client.reconnect()
            self._register(site)


def make_score(node: str, epoch: str, seq: int) -> wire.Score:
    """Return one in ten scores as a candidate's, the others as ordinary."""
    if seq % 10:
        return ordinary_score(node, epoch, seq)
    return candidate_score(node, epoch, seq, link=secrets.token_hex(4))
