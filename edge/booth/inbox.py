"""Store the scores of nodes, send alerts and acknowledge, in that order and each exactly once.

A score counts once however often it is delivered. It is acknowledged only after its batch is committed and its alert
was tried, so a booth killed at any point receives it again and reaches the same state.
"""

import logging
import queue
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from edge import wire
from edge.baseline_codec import Counted
from edge.booth.acknowledge import Acknowledger
from edge.booth.active_alerts import ActiveAlerts
from edge.booth.alert import expires_at
from edge.booth.roster import Roster
from edge.booth.selection import Selection
from edge.booth.unsealer import Unsealer
from edge.booth.violations import is_impossible
from edge.config import BoothConfig
from edge.errors import StoreError, WireError
from edge.seams import Broker, Clock, Received
from edge.store.store import Decision, Recorded, Source, SqlStore

log = logging.getLogger(__name__)

REPORTS = ("/status", "/health")
QUEUED = 2000
"""Most messages waiting; what does not fit is not acknowledged, so its node sends it again."""
BATCH = 200
"""Most messages in one transaction; with this size 4,000 a second were measured."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
"""Shortest and longest pause while the store cannot be written."""


@dataclass
class InboxCounters:
    """Counts since the booth started."""

    scores: int = 0
    """Stored for the first time."""
    repeats: int = 0
    """Delivered again, without effect."""
    late: int = 0
    """Candidates stored too late for an alert."""
    overflow: int = 0
    """Messages dropped because the queue was full; their nodes send them again."""


@dataclass
class _Batch:
    scores: list[wire.Score] = field(default_factory=list)
    gaps: list[wire.Gap] = field(default_factory=list)
    trends: list[wire.Trend] = field(default_factory=list)
    feedback: list[wire.Feedback] = field(default_factory=list)
    baselines: list[tuple[str, Counted]] = field(default_factory=list)
    """Each with the name of its node."""
    stored: list[tuple[str, wire.Ack]] = field(default_factory=list)
    """Names of nodes, and how far the centre has stored their scores."""
    refusals: Counter[str] = field(default_factory=Counter)


def take(waiting: queue.Queue[Received], wait_s: float) -> list[Received]:
    """Take up to BATCH messages from the queue; waits up to `wait_s` seconds for the first."""
    taken = []
    try:
        taken.append(waiting.get(timeout=wait_s) if wait_s else waiting.get_nowait())
        while len(taken) < BATCH:
            taken.append(waiting.get_nowait())
    except queue.Empty:
        pass
    return taken


class _Report(NamedTuple):
    """A node's status or heartbeat, and when it came: UTC and monotonic seconds."""

    message: Received
    heard: tuple[float, float]


class Inbox:
    """Owner of the incoming messages; call `step`. Only `receive` may be called from another thread."""

    def __init__(
        self,
        config: BoothConfig,
        broker: Broker,
        store: SqlStore,
        clock: Clock,
        selection: Selection,
        active_alerts: ActiveAlerts,
        *,
        leaf: str = "ack",
    ) -> None:
        """`leaf` is the last part of the topic on which it acknowledges: `ack`, or `stored` for a worker."""
        self._config = config
        self._acknowledger = Acknowledger(broker, config.site, leaf, has_centre=config.centre)
        self._unsealer = Unsealer(config, broker)
        self._store = store
        self._clock = clock
        self._selection = selection
        self._active_alerts = active_alerts
        self._queue: queue.Queue[Received] = queue.Queue(QUEUED)
        self._reports: queue.Queue[_Report] = queue.Queue(QUEUED)
        """Statuses and heartbeats; they need no store, so they are handled even while it fails."""
        self._batch: _Batch | None = None
        self._pause_s = 0.0
        self._said: set[str] = set()
        self.counters = InboxCounters()
        self.refused = Counter(store.refusals())
        """Refused messages by reason, since the store was made."""
        self.lost: dict[str, int] = {}
        """Scores each node had to drop."""
        self._unsaved: Counter[str] = Counter()
        """Refusals by reason that are not stored yet."""
        self.roster = Roster(clock, config.nodes)
        self.trouble = ""
        """Why nothing can be stored and acknowledged now; empty when all is well."""

    @property
    def subscriptions(self) -> list[str]:
        """Topic filters to hand to Broker.connect."""
        leaves = ["score", "sealed", "gap", "status", "health", "trend", "baseline"] + ["stored"] * self._config.centre
        nodes = [wire.node_topic(self._config.site, "+", leaf) for leaf in leaves]
        return [*nodes, wire.booth_topic(self._config.site, "feedback")]

    @property
    def queued(self) -> int:
        """Messages waiting in the queue."""
        return self._queue.qsize()

    def receive(self, message: Received) -> None:
        """Queue one message; never blocks, never raises."""
        try:
            if message.topic.endswith(REPORTS):
                self._reports.put_nowait(_Report(message, (self._clock.now(), self._clock.monotonic())))
            else:
                self._queue.put_nowait(message)
        except queue.Full:
            self.counters.overflow += 1

    def step(self, wait_s: float) -> float:
        """Handle one batch, waiting up to `wait_s` for it; returns seconds to pause, above 0 if the store fails."""
        if self._batch is None:
            messages = take(self._queue, wait_s)
            self._hear()
            self._batch = self._sort(messages)
        else:
            self._hear()
        try:
            self._handle(self._batch)
            self._batch = _Batch()
            self._active_alerts.settle()
        except StoreError as err:
            return self._wait_for_store(err)
        self._batch, self._pause_s, self.trouble = None, 0.0, ""
        return 0.0

    def _wait_for_store(self, err: StoreError) -> float:
        """Keep the batch and acknowledge nothing, so that no node deletes anything."""
        if not self.trouble:
            log.error("nothing is stored or acknowledged until this is fixed: %s", err)
        self.trouble = err.plain
        self._pause_s = min(max(FIRST_PAUSE_S, 2 * self._pause_s), LONGEST_PAUSE_S)
        return self._pause_s

    def _hear(self) -> None:
        """Handle statuses and heartbeats, also while nothing can be stored."""
        for _ in range(self._reports.qsize()):
            message, heard = self._reports.get_nowait()
            with self._refusing(message.topic):
                address, content = self._read(message)
                self.roster.note(address, content, is_retained=message.is_retained, heard=heard)

    def _sort(self, messages: list[Received]) -> _Batch:
        """Sort the messages by type; bad ones are dropped and counted."""
        batch = _Batch()
        for message in messages:
            with self._refusing(message.topic):
                self._admit(message, batch)
        batch.refusals, self._unsaved = self._unsaved, Counter()
        return batch

    @contextmanager
    def _refusing(self, topic: str) -> Iterator[None]:
        try:
            yield
        except WireError as err:
            self._refuse(err.reason, topic)
        except Exception as err:  # noqa: BLE001 - no message of one node may stop the others
            self._refuse("unexpected", topic)
            log.error("a message could not be read (%s); report this as a defect", type(err).__name__)

    def _read(self, message: Received) -> tuple[wire.Address, wire.Message]:
        address, content = wire.decode(message.topic, message.payload)
        if address.site != self._config.site:
            raise WireError("topic", f"expected site {self._config.site}, found {message.topic}")
        return address, content

    def _admit(self, message: Received, batch: _Batch) -> None:
        address, content = self._read(message)
        if isinstance(content, wire.Score | wire.Sealed | wire.Feedback | wire.Trend) and message.is_retained:
            raise WireError("retained", f"expected a {type(content).__name__.lower()} never to be retained")
        if isinstance(content, wire.Score):
            batch.scores.append(content)
        elif isinstance(content, wire.Sealed):
            self._unsealer.take(content)
        elif isinstance(content, wire.Feedback):
            batch.feedback.append(content)
        elif isinstance(content, wire.Trend):
            batch.trends.append(content)
        elif isinstance(content, wire.Gap):
            batch.gaps.append(content)
            self._note_losses(content)
        elif isinstance(content, Counted):
            assert address.node is not None
            batch.baselines.append((address.node, content))
        elif isinstance(content, wire.Ack):
            batch.stored.append((message.topic.split("/")[-2], content))
        else:
            raise WireError("topic", f"expected nothing on {address.leaf}")

    def _refuse(self, reason: str, topic: str) -> None:
        """Count and log a refusal, without the message: no score or alert is ever logged."""
        if reason not in self._said:
            self._said.add(reason)
            log.warning("refused a message on %.80r (%s); more of this kind are only counted", topic, reason)
        self.refused[reason] += 1
        self._unsaved[reason] += 1
        self._note_refusal(topic)

    def _note_refusal(self, topic: str) -> None:
        """Count the refusal against the node that sent it, if that node is known."""
        try:
            node = self.roster.nodes.get(wire.parse_topic(topic).node or "")
        except WireError:
            return
        if node is not None:
            node.violations.note("refused", self._clock.monotonic())

    def _note_losses(self, gap: wire.Gap) -> None:
        if gap.dropped > self.lost.get(gap.node, 0):
            log.warning("%s lost %d scores in all: its outbox was full while the booth was away", gap.node, gap.dropped)
            self.lost[gap.node] = gap.dropped

    def _handle(self, batch: _Batch) -> None:
        """Commit the batch, send alerts, and only then acknowledge."""
        for trend in batch.trends:
            self._store.save_trend(trend)
        for node, counted in batch.baselines:
            self._store.keep_baseline(node, counted)
        upto = self._record(batch) if batch.scores or batch.gaps or batch.refusals else {}
        while batch.feedback:
            self._active_alerts.record(batch.feedback[0])
            del batch.feedback[0]
        self._active_alerts.step()
        self._acknowledger.stored_here(upto)
        for node, ack in batch.stored:
            self._acknowledger.stored_there(node, ack)

    def _record(self, batch: _Batch) -> dict[Source, int]:
        now = self._clock.now()

        def decide(new: Sequence[wire.Score]) -> Decision:
            possible = [score for score in new if not is_impossible(score)]
            return self._selection.choose(
                possible, now, self._active_alerts.open_alerts(), self._active_alerts.stock_left
            )

        recorded = self._store.record(batch.scores, batch.gaps, decide, batch.refusals, now=now)
        self._selection.stored()
        self._count(batch, recorded.new, now)
        self._watch(batch, recorded, now)
        for score in batch.scores:
            if wire.key(score) in recorded.pending:
                name = recorded.pending[wire.key(score)]
                self._active_alerts.open(name, score, self._selection.cameras(name))
            elif score.follows is not None and wire.key(score) in recorded.new:
                self._active_alerts.reconsider(self._selection.person(score, now), score)
        return recorded.upto

    def _count(self, batch: _Batch, new: set[wire.ScoreKey], now: float) -> None:
        first = {wire.key(score): score for score in batch.scores if wire.key(score) in new}
        self.counters.scores += len(first)
        self.counters.repeats += len(batch.scores) - len(first)
        expires_s = self._config.alert.expires_s
        candidates = [score for score in first.values() if score.is_candidate]
        self.counters.late += sum(expires_at(score, now, expires_s) < now for score in candidates)

    def _watch(self, batch: _Batch, recorded: Recorded, now: float) -> None:
        """Note what no healthy node does (violations.py)."""
        monotonic, new = self._clock.monotonic(), set(recorded.new)
        for gap in batch.gaps:
            self.roster.violations(gap.node).announced()
        for score in batch.scores:
            violations = self.roster.violations(score.node)
            if wire.key(score) in new:
                new.remove(wire.key(score))
                violations.stored(score, monotonic)
            else:
                behind = recorded.upto[Source(score.node, score.epoch)] - score.seq
                violations.repeated(score, behind, now, monotonic)
