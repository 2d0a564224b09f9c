"""Send the outbox to the broker until the booth has acknowledged it: go-back-N with a window."""

import itertools
import logging
import threading
from collections import deque

from edge import wire
from edge.errors import WireError
from edge.message.outbox import Outbox, Pending
from edge.seams import Broker, Publish, Received

log = logging.getLogger(__name__)

WINDOW = 100
"""Most scores sent and not yet acknowledged; the booth commits up to 200 at once."""
TIMEOUT_S, LONGEST_S = 10.0, 60.0
"""An unacknowledged window is sent again after this; the pause doubles while the booth stays silent."""
IDLE_S = 1.0
"""Seconds between looks for new scores if `wake` is not called."""


class Sender:
    """Owner of what was sent and not acknowledged; call `step` from the network thread only."""

    def __init__(self, outbox: Outbox, broker: Broker, *, site: str, node: str, window: int = WINDOW) -> None:
        """`window` is the most scores that are sent and not acknowledged."""
        self._outbox, self._window = outbox, window
        self._broker = broker
        self._topics = {leaf: wire.node_topic(site, node, leaf) for leaf in ("score", "sealed", "gap", "ack")}
        self._booth_topic = wire.booth_topic(site, "status")
        self._acks: deque[wire.Ack] = deque()
        self._is_stale = threading.Event()
        self._awake = threading.Event()
        self._is_booth_there = False
        """Whether the booth's retained status is `online`. While it is not, nothing is sent again."""
        self._connections = 0
        self._live = 0
        """Newest score that was sent once ahead of its turn, or was old when the connection began."""
        self._flight: deque[int] = deque()
        """Numbers sent and not yet acknowledged, ascending."""
        self._sent_at = 0.0
        self._timeout_s = TIMEOUT_S
        self._announced: wire.Gap | None = None
        self.refused = 0
        """Invalid messages on the subscribed topics."""

    @property
    def in_flight(self) -> int:
        """Number of scores sent and not yet acknowledged."""
        return len(self._flight)

    @property
    def subscriptions(self) -> list[str]:
        """Topics to hand to Broker.connect."""
        return [self._topics["ack"], self._booth_topic]

    def receive(self, message: Received) -> None:
        """Take in a message on `subscriptions` and ignore all others; from any thread, never raises."""
        if message.topic not in self.subscriptions:
            return
        try:
            _, content = wire.decode(message.topic, message.payload)
        except WireError as err:
            self.refused += 1
            log.warning("ignored a message: %s", err)
            return
        if isinstance(content, wire.Ack):
            self._acks.append(content)
            self.wake()
        elif isinstance(content, wire.Status):
            self._is_booth_there = content.state == "online"
            if self._is_booth_there and not message.is_retained:
                self._is_stale.set()  # it restarted and may have missed what was sent
                self.wake()

    def wake(self) -> None:
        """End `wait`: there is a new score."""
        self._awake.set()

    def wait(self, seconds: float) -> None:
        """Sleep until the next step is due or there is something to do."""
        self._awake.wait(seconds)
        self._awake.clear()

    def step(self, now: float) -> float:
        """Do what is due at `now` (monotonic seconds); returns the seconds until the next step at the latest.

        Raises StoreError only: a broker or booth that is away is expected.
        """
        self._take_acks(now)
        if not self._broker.is_connected:
            return IDLE_S
        if self._connections != self._broker.connections or self._is_stale.is_set():
            self._connections = self._broker.connections
            self._is_stale.clear()
            self._timeout_s = TIMEOUT_S
            self._start_again()
        elif self._awaits_ack and now >= self._sent_at + self._timeout_s:
            self._timeout_s = min(2 * self._timeout_s, LONGEST_S)
            self._start_again()
        self._announce_gap()
        self._fill_window(now)
        self._send_live()
        return max(0.0, min(IDLE_S, self._sent_at + self._timeout_s - now)) if self._awaits_ack else IDLE_S

    @property
    def _awaits_ack(self) -> bool:
        return self._is_booth_there and bool(self._flight)

    def _take_acks(self, now: float) -> None:
        while self._acks:
            ack = self._acks.popleft()
            if not self._outbox.acknowledge(ack.epoch, ack.upto):
                continue
            self._sent_at, self._timeout_s = now, TIMEOUT_S
            while self._flight and self._flight[0] <= ack.upto:
                self._flight.popleft()

    def _start_again(self) -> None:
        """Forget what was sent; announce the gap again, since it may have been lost too."""
        self._flight.clear()
        self._announced = None
        self._live = self._outbox.issued

    def _announce_gap(self) -> None:
        """Publish the gap on every start, and whenever the outbox has dropped something."""
        gap = self._outbox.gap()
        if self._announced is not None and self._announced.dropped == gap.dropped:
            return
        if self._publish("gap", wire.pack(gap)):
            self._announced = gap

    def _fill_window(self, now: float) -> None:
        room = self._window - len(self._flight)
        newest = self._flight[-1] if self._flight else 0
        for row in itertools.takewhile(self._sent, self._outbox.pending(newest, room) if room else ()):
            if not self._flight:
                self._sent_at = now
            self._flight.append(row.seq)

    def _send_live(self) -> None:
        """Send new scores once immediately, so that the booth can alert; they are sent again in their turn.

        Otherwise they would wait while the window is full: during a backlog, or while the centre is away.
        """
        newest = max(self._live, self._flight[-1] if self._flight else 0)
        if self._is_booth_there and newest < self._outbox.issued:
            for row in itertools.takewhile(self._sent, self._outbox.pending(newest, self._window)):
                self._live = row.seq

    def _sent(self, row: Pending) -> bool:
        return self._publish("sealed" if row.is_sealed else "score", row.payload, expiry_s=wire.SCORE_EXPIRY_S)

    def _publish(self, leaf: str, payload: bytes, *, expiry_s: int | None = None) -> bool:
        return self._broker.publish(
            Publish(self._topics[leaf], payload, 1, is_retained=False, expiry_s=expiry_s), timeout_s=0
        )
