"""A node's half of the talk with broker and booth, in a thread of its own: scores, heartbeats, trends, counts."""

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from edge import __version__, wire
from edge.config import NodeConfig
from edge.errors import StoreError
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from edge.seams import Broker, Clock, Publish, Received

log = logging.getLogger(__name__)

DRAIN_S = 15.0
"""How long a node whose source ended, or that is told to stop, waits for its last scores to be taken."""
SETTLE_S = 3.0
"""The same once all of them are on their way, for a booth that does not answer."""
TRENDS = 96
"""Closed windows that wait for the broker: a day of them; the oldest go first."""
ANSWER_S = 1.0
"""How long to wait for the broker to take one."""
AGAIN_S = 0.5
"""Pause where the disk does not give the outbox."""


class Talk(NamedTuple):
    """What the rest of the node has to say and to hear."""

    model_id: str
    heartbeat: Callable[[float], wire.Health | None]
    """By monotonic seconds; None: not yet."""
    snapshot: Callable[[], bytes | None]
    """The counts that may leave this node; another object as soon as there is more."""
    topics: Sequence[str]
    hear: Callable[[Received], None]
    """Takes what comes on them; from the broker's thread."""


class Uplink:
    """Owner of the connection. `work` is the thread's; `wake`, `note` and `drain` may be called from others."""

    def __init__(self, config: NodeConfig, broker: Broker, outbox: Outbox, clock: Clock, talk: Talk) -> None:
        self._config, self._broker, self._outbox, self._clock, self._talk = config, broker, outbox, clock, talk
        self._sender = Sender(outbox, broker, site=config.site, node=config.node)
        self._boot = secrets.token_hex(4)
        self._is_over = threading.Event()
        self._published: bytes | None = None
        """The snapshot that the broker keeps."""
        self._trends: deque[wire.Trend] = deque(maxlen=TRENDS)
        """Closed windows that the broker did not take yet, oldest first."""

    def connect(self) -> None:
        self._broker.connect(
            will=self._status("offline"),
            births=lambda: [self._status("online")],
            subscriptions=[*self._sender.subscriptions, *self._talk.topics],
            on_message=self._receive,
        )

    def wake(self) -> None:
        """There is a new score in the outbox."""
        self._sender.wake()

    def queue_trend(self, trend: wire.Trend) -> None:
        """It waits for the next heartbeat."""
        self._trends.append(trend)

    def work(self) -> None:
        """What waits goes out, and a heartbeat every `health_s`; until `stop`."""
        next_health = 0.0
        while not self._is_over.is_set():
            now = self._clock.monotonic()
            if now >= next_health and (beat := self._talk.heartbeat(now)) is not None:
                topic = self._topic("health")
                self._broker.publish(Publish(topic, wire.encode(topic, beat), 0, is_retained=True), timeout_s=0)
                self._send_trends()
                self._send_snapshot()
                next_health = now + self._config.health_s
            self._sender.wait(min(self._deliver(now), max(next_health - now, 0.1)))
        self._send_snapshot()

    def stop(self) -> None:
        self._is_over.set()

    def leave(self) -> None:
        """Once `work` is over."""
        self._broker.publish(self._status("offline"), timeout_s=2.0)
        self._broker.close()

    def drain(self) -> None:
        """Give the last scores time to be acknowledged; what is not stays on disk for the next run.

        Where no booth listens it is enough that the broker took them.
        """
        now = self._clock.monotonic()
        until, all_sent_until = now + DRAIN_S, now + DRAIN_S
        while self._outbox.depth and self._clock.monotonic() < min(until, all_sent_until):
            is_all_sent = self._sender.in_flight == self._outbox.depth
            all_sent_until = min(all_sent_until, self._clock.monotonic() + SETTLE_S) if is_all_sent else until
            self._clock.sleep(0.1)

    def _receive(self, message: Received) -> None:
        """In the broker's thread: each takes what is its own."""
        self._sender.receive(message)
        self._talk.hear(message)

    def _deliver(self, now: float) -> float:
        """One step of the sender; a disk that is full or held is expected."""
        try:
            return self._sender.step(now)
        except StoreError as err:
            log.error("%s; trying again", err)  # noqa: TRY400 - it goes on
            return AGAIN_S

    def _send_trends(self) -> None:
        """All that wait, until one that the broker does not take or nobody hears: with the next heartbeat again."""
        topic = self._topic("trend")
        while self._trends and self._broker.is_connected:
            message = Publish(topic, wire.encode(topic, self._trends[0]), qos=1, is_retained=False)
            if not self._broker.publish(message, timeout_s=ANSWER_S):
                return
            self._trends.popleft()

    def _send_snapshot(self) -> None:
        """Once, unless the broker does not take it: with the next heartbeat again."""
        snapshot = self._talk.snapshot()
        if snapshot is None or snapshot is self._published or not self._broker.is_connected:
            return
        topic = self._topic("baseline")
        wire.decode(topic, snapshot)
        if self._broker.publish(Publish(topic, snapshot, qos=1, is_retained=True), timeout_s=ANSWER_S):
            self._published = snapshot

    def _status(self, state: Literal["online", "offline"]) -> Publish:
        topic = self._topic("status")
        status = wire.Status(state=state, boot=self._boot, software=__version__, model=self._talk.model_id)
        return Publish(topic, wire.encode(topic, status), qos=1, is_retained=True)

    def _topic(self, leaf: str) -> str:
        return wire.node_topic(self._config.site, self._config.node, leaf)
