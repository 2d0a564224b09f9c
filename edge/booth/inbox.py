"""Messages from nodes to stored scores, alerts and acknowledgements, in that order and each exactly once.

A score counts once however often it is delivered. It is acknowledged only after its batch is committed and its alert
was tried, so that a booth killed anywhere in between gets it again and ends where it would have ended.
"""

import logging
import queue
from collections import Counter, deque
from dataclasses import dataclass, field

from edge import wire
from edge.booth.alert import alert_id, expires_at, is_rare, make_alert
from edge.booth.health import Roster
from edge.config import BoothConfig
from edge.errors import StoreError, WireError
from edge.seams import Broker, Clock, Publish, Received
from edge.store import Key, Outcome, Source, SqlStore, key

log = logging.getLogger(__name__)

QUEUED = 2000
"""Messages waiting at most; what does not fit is not acknowledged, so its node sends it again."""
BATCH = 200
"""Messages in one transaction: 4,000 a second were measured so."""
ANSWER_S = 1.0
"""How long to wait for the broker to take an alert."""
AGAIN_S = 2.0
"""Pause before an alert that reached nobody is tried again, until it expires."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
"""While the store cannot be written."""
SHOWN = 50


@dataclass
class Counts:
    """Since the booth started."""

    scores: int = 0
    """Stored for the first time."""
    repeats: int = 0
    """Delivered again; changed nothing."""
    late: int = 0
    """Stored after their alert would have expired; never alerted."""
    alerts: int = 0
    """Sent, and somebody was listening."""
    lapsed: int = 0
    """Alerts that expired before anybody listened."""
    overflow: int = 0
    """Messages that found the queue full; their nodes send them again."""


@dataclass
class _Batch:
    scores: list[wire.Score] = field(default_factory=list)
    gaps: list[wire.Gap] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)


class Inbox:
    """Owner of what came in; its one verb is `step`. Only `receive` may be called from another thread."""

    def __init__(self, config: BoothConfig, broker: Broker, store: SqlStore, clock: Clock) -> None:
        self._config = config
        self._broker = broker
        self._store = store
        self._clock = clock
        self._queue: queue.Queue[Received] = queue.Queue(QUEUED)
        self._batch: _Batch | None = None
        self._open: dict[str, wire.Alert] = {}
        """Alerts that nobody has got yet."""
        self._unsettled: dict[str, Outcome] = {}
        """Alerts whose end the store does not know yet."""
        self._try_at = 0.0
        self._pause_s = 0.0
        self._said: set[str] = set()
        self.counts = Counts()
        self.refused = Counter(store.refusals())
        """Refused messages by reason, since the store exists."""
        self.lost: dict[str, int] = {}
        """Scores each node had to drop."""
        self.alerts: deque[wire.Alert] = deque(maxlen=SHOWN)
        """The newest ones, oldest first; some have expired."""
        self.roster = Roster()
        self.trouble = ""
        """Why nothing is stored and acknowledged at the moment; empty when all is well."""

    @property
    def subscriptions(self) -> list[str]:
        """What to hand to Broker.connect."""
        return [wire.node_topic(self._config.site, "+", leaf) for leaf in ("score", "gap", "status", "health")]

    @property
    def queued(self) -> int:
        """Messages that wait."""
        return self._queue.qsize()

    def receive(self, message: Received) -> None:
        """Take one message in; never blocks, never raises."""
        try:
            self._queue.put_nowait(message)
        except queue.Full:
            self.counts.overflow += 1

    def step(self, wait_s: float) -> float:
        """Handle what came in, waiting up to `wait_s` for it; returns seconds to pause, above 0 in trouble."""
        if self._batch is None:
            self._batch = self._sort(self._take(wait_s))
        try:
            self._handle(self._batch)
            self._batch = _Batch()
            self._settle()
        except StoreError as err:
            return self._wait_for_store(err)
        self._batch, self._pause_s, self.trouble = None, 0.0, ""
        return 0.0

    def _wait_for_store(self, err: StoreError) -> float:
        """The batch is kept and nothing is acknowledged, so no node deletes anything."""
        if not self.trouble:
            log.error("nothing is stored or acknowledged until this is mended: %s", err)
        self.trouble = str(err)
        self._pause_s = min(max(FIRST_PAUSE_S, 2 * self._pause_s), LONGEST_PAUSE_S)
        return self._pause_s

    def _take(self, wait_s: float) -> list[Received]:
        taken = []
        try:
            taken.append(self._queue.get(timeout=wait_s) if wait_s else self._queue.get_nowait())
            while len(taken) < BATCH:
                taken.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return taken

    def _sort(self, messages: list[Received]) -> _Batch:
        """Good messages to where they belong, bad ones counted: the booth drops, counts, and carries on."""
        batch = _Batch()
        for message in messages:
            try:
                self._admit(message, batch)
            except WireError as err:
                self._refuse(batch, err.reason, message.topic)
            except Exception as err:  # noqa: BLE001 - whatever a node sends, the others must be served
                self._refuse(batch, "unexpected", message.topic)
                log.error("a message could not be read (%s); report this as a defect", type(err).__name__)  # noqa: TRY400
        return batch

    def _admit(self, message: Received, batch: _Batch) -> None:
        address, content = wire.decode(message.topic, message.payload)
        if address.site != self._config.site or address.node is None:
            raise WireError("topic", f"expected a node of site {self._config.site}, found {message.topic}")
        if isinstance(content, wire.Score):
            if message.is_retained:
                raise WireError("retained", "expected scores never to be retained")
            batch.scores.append(content)
        elif isinstance(content, wire.Gap):
            batch.gaps.append(content)
            self._note_losses(content)
        else:
            self.roster.note(address, content, is_retained=message.is_retained, now=self._clock.now())

    def _refuse(self, batch: _Batch, reason: str, topic: str) -> None:
        """Without the message: nothing of a score or alert is ever logged."""
        if reason not in self._said:
            self._said.add(reason)
            log.warning("refused a message on %.80r (%s); more of this kind are only counted", topic, reason)
        self.refused[reason] += 1
        batch.refusals[reason] += 1

    def _note_losses(self, gap: wire.Gap) -> None:
        if gap.dropped > self.lost.get(gap.node, 0):
            log.warning("%s lost %d scores in all: its outbox was full, the booth away too long", gap.node, gap.dropped)
            self.lost[gap.node] = gap.dropped

    def _handle(self, batch: _Batch) -> None:
        """Commit, alert, and only then acknowledge."""
        upto = self._record(batch) if batch.scores or batch.gaps or batch.refusals else {}
        self._send_alerts()
        for source, seq in upto.items():
            topic = wire.node_topic(self._config.site, source.node, "ack")
            payload = wire.encode(topic, wire.Ack(epoch=source.epoch, upto=seq))
            self._broker.publish(Publish(topic, payload, 1, is_retained=True), timeout_s=0)

    def _record(self, batch: _Batch) -> dict[Source, int]:
        now = self._clock.now()
        due = {key(score): alert_id(score) for score in batch.scores if self._is_due(score, now)}
        recorded = self._store.record(batch.scores, batch.gaps, due, batch.refusals, now=now)
        self._count(batch, recorded.new, now)
        for score in batch.scores:
            if key(score) in due:
                self._open_alert(score, recorded.pending, now)
        return recorded.upto

    def _is_due(self, score: wire.Score, now: float) -> bool:
        section = self._config.alert
        return is_rare(score, section.one_in) and expires_at(score, now, section.expires_s) >= now

    def _count(self, batch: _Batch, new: set[Key], now: float) -> None:
        first = {key(score): score for score in batch.scores if key(score) in new}
        self.counts.scores += len(first)
        self.counts.repeats += len(batch.scores) - len(first)
        expires_s = self._config.alert.expires_s
        self.counts.late += sum(1 for score in first.values() if expires_at(score, now, expires_s) < now)

    def _open_alert(self, score: wire.Score, pending: set[str], now: float) -> None:
        """Unless it is open already, or sent and merely not yet noted as such."""
        name = alert_id(score)
        if name in pending and name not in self._open and name not in self._unsettled:
            alert = make_alert(score, self._config, now)
            self._open[name] = alert
            self.alerts.append(alert)
            self._try_at = 0.0

    def _send_alerts(self) -> None:
        if not self._open or self._clock.monotonic() < self._try_at:
            return
        self._try_at = self._clock.monotonic() + AGAIN_S
        for name, alert in list(self._open.items()):
            left = int(wire.from_time(alert.expires_at) - self._clock.now())
            if left < 1:
                self.counts.lapsed += 1
                self._unsettled[name] = "lapsed"
            elif self._publish(alert, left):
                self.counts.alerts += 1
                self._unsettled[name] = "sent"
            else:
                continue
            del self._open[name]

    def _publish(self, alert: wire.Alert, expiry_s: int) -> bool:
        topic = wire.booth_topic(self._config.site, "alert")
        message = Publish(topic, wire.encode(topic, alert), 1, is_retained=False, expiry_s=expiry_s)
        return self._broker.publish(message, timeout_s=ANSWER_S)

    def _settle(self) -> None:
        """After acknowledging: killed just before, the booth leaves a wrong word in its store, never a second alert."""
        for name, state in list(self._unsettled.items()):
            self._store.settle(name, state)
            del self._unsettled[name]
