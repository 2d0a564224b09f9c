"""The uplink thread: sends scores, heartbeats, trends and counts to the broker, and receives the booth's messages."""

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
from edge.wire_update import Progress

log = logging.getLogger(__name__)

DRAIN_S = 15.0
"""Most seconds a stopping node waits for the booth to acknowledge its last scores."""
SETTLE_S = 3.0
"""Most seconds it waits once all of them are sent, if the booth does not answer."""
TRENDS = 96
"""Most closed trend windows that wait for the broker: those of a day; the oldest are dropped first."""
ANSWER_S = 1.0
"""Seconds to wait for the broker to acknowledge a trend or a snapshot."""
AGAIN_S = 0.5
"""Seconds to the next try if the outbox cannot be read."""


class Talk(NamedTuple):
    """The rest of the node as the uplink sees it: messages to send, topics to subscribe to."""

    model_id: str
    heartbeat: Callable[[float], wire.Health | None]
    """Returns the heartbeat for a monotonic second; None: not yet."""
    snapshot: Callable[[], bytes | None]
    """Returns the counts that may leave this node; another object when there are more."""
    topics: Sequence[str]
    hear: Callable[[Received], None]
    """Takes each message on these topics, in the broker's thread."""
    progress: Callable[[], Progress | None] = lambda: None
    """Returns how far an update is, which root writes down."""


class Uplink:
    """Owner of the connection. `work` runs in its own thread; others may call `wake`, `queue_trend` and `drain`."""

    def __init__(self, config: NodeConfig, broker: Broker, outbox: Outbox, clock: Clock, talk: Talk) -> None:
        self._config, self._broker, self._outbox, self._clock, self._talk = config, broker, outbox, clock, talk
        self._sender = Sender(outbox, broker, site=config.site, node=config.node)
        self._boot = secrets.token_hex(4)
        self._is_over = threading.Event()
        self._published: bytes | None = None
        """The snapshot last published; the broker retains it."""
        self._progress: Progress | None = None
        """The progress of an update that was last published; the broker retains it."""
        self._trends: deque[wire.Trend] = deque(maxlen=TRENDS)
        """Closed windows that are not sent yet, oldest first."""

    def connect(self) -> None:
        self._broker.connect(
            will=self._status("offline"),
            births=lambda: [self._status("online")],
            subscriptions=[*self._sender.subscriptions, *self._talk.topics],
            on_message=self._receive,
        )

    def wake(self) -> None:
        """Tell the uplink that there is a new score in the outbox."""
        self._sender.wake()

    def queue_trend(self, trend: wire.Trend) -> None:
        """Queue a trend; it is sent with the next heartbeat."""
        self._trends.append(trend)

    def work(self) -> None:
        """Send waiting scores, and a heartbeat every `health_s` seconds, until `stop` is called."""
        next_health = 0.0
        while not self._is_over.is_set():
            now = self._clock.monotonic()
            if now >= next_health and (beat := self._talk.heartbeat(now)) is not None:
                topic = self._topic("health")
                self._broker.publish(Publish(topic, wire.encode(topic, beat), 0, is_retained=True), timeout_s=0)
                self._send_trends()
                self._send_snapshot()
                self._send_progress()
                next_health = now + self._config.health_s
            self._sender.wait(min(self._deliver(now), max(next_health - now, 0.1)))
        self._send_snapshot()

    def stop(self) -> None:
        self._is_over.set()

    def leave(self) -> None:
        """Publish `offline` and disconnect; call it after `work` has ended."""
        self._broker.publish(self._status("offline"), timeout_s=2.0)
        self._broker.close()

    def drain(self) -> None:
        """Wait up to DRAIN_S for the booth to acknowledge the last scores; the rest stays on disk for the next run.

        Once all of them are sent to the broker, this waits SETTLE_S at most, since no booth may be listening.
        """
        now = self._clock.monotonic()
        until, all_sent_until = now + DRAIN_S, now + DRAIN_S
        while self._outbox.depth and self._clock.monotonic() < min(until, all_sent_until):
            is_all_sent = self._sender.in_flight == self._outbox.depth
            all_sent_until = min(all_sent_until, self._clock.monotonic() + SETTLE_S) if is_all_sent else until
            self._clock.sleep(0.1)

    def _receive(self, message: Received) -> None:
        """Hand a message to sender and node, in the broker's thread; each ignores the other's topics."""
        self._sender.receive(message)
        self._talk.hear(message)

    def _deliver(self, now: float) -> float:
        """Run one step of the sender and return the seconds to the next. A full or busy disk is tried again."""
        try:
            return self._sender.step(now)
        except StoreError as err:
            log.error("%s; trying again", err)
            return AGAIN_S

    def _send_trends(self) -> None:
        """Send the waiting trends in order; stop at one that is not acknowledged and try it with the next heartbeat."""
        topic = self._topic("trend")
        while self._trends and self._broker.is_connected:
            message = Publish(topic, wire.encode(topic, self._trends[0]), qos=1, is_retained=False)
            if not self._broker.publish(message, timeout_s=ANSWER_S):
                return
            self._trends.popleft()

    def _send_snapshot(self) -> None:
        """Publish a new snapshot once; without the broker's acknowledgement, again with the next heartbeat."""
        snapshot = self._talk.snapshot()
        if snapshot is None or snapshot is self._published or not self._broker.is_connected:
            return
        topic = self._topic("baseline")
        wire.decode(topic, snapshot)
        if self._broker.publish(Publish(topic, snapshot, qos=1, is_retained=True), timeout_s=ANSWER_S):
            self._published = snapshot

    def _send_progress(self) -> None:
        """Publish how far an update is, once for each change."""
        progress, topic = self._talk.progress(), self._topic("update")
        if progress is None or progress == self._progress or not self._broker.is_connected:
            return
        message = Publish(topic, wire.encode(topic, progress), qos=1, is_retained=True)
        if self._broker.publish(message, timeout_s=ANSWER_S):
            self._progress = progress

    def _status(self, state: Literal["online", "offline"]) -> Publish:
        topic = self._topic("status")
        status = wire.Status(state=state, boot=self._boot, software=__version__, model=self._talk.model_id)
        return Publish(topic, wire.encode(topic, status), qos=1, is_retained=True)

    def _topic(self, leaf: str) -> str:
        return wire.node_topic(self._config.site, self._config.node, leaf)
