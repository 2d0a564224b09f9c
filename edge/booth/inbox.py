"""Store the scores of nodes, send alerts and acknowledge, in that order and each exactly once.

A score counts once however often it is delivered. It is acknowledged only after its batch is committed and its alert
was tried, so a booth killed at any point receives it again and reaches the same state.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from edge import wire
from edge.baseline_codec import Counted
from edge.booth.acknowledge import Acknowledger
from edge.booth.active_alerts import ActiveAlerts
from edge.booth.admission import Admission
from edge.booth.alert import expires_at
from edge.booth.batch import Batch
from edge.booth.buckets import Allowance, Buckets
from edge.booth.failures import Failures
from edge.booth.fair_queue import FairQueue
from edge.booth.roster import Roster
from edge.booth.selection import Selection
from edge.booth.unsealer import Unsealer
from edge.booth.violations import is_impossible
from edge.config import BoothConfig
from edge.errors import StoreError, WireError
from edge.limits import MOST_SIGHTINGS
from edge.seams import Broker, Clock, Received
from edge.store.store import Decision, Recorded, Source, SqlStore

log = logging.getLogger(__name__)

REPORTS = ("/status", "/health", "/update")
QUEUED = 2000
"""Most messages waiting; what does not fit is not acknowledged, so its node sends it again."""
SCORES = Allowance(25.0, 1_000_000.0)
"""Scores that a node may send: a dense crowd's (limits.MOST_IN_WINDOW) for good, and twenty full outboxes at once. More
could fill the disk: a million are about 400 MB."""
ALLOWED: Mapping[str, Allowance] = {
    "score": SCORES,
    "stored": SCORES,
    "gap": Allowance(0.2, 2000.0),
    "trend": Allowance(0.01, 2000.0),
    "baseline": Allowance(0.05, 200.0),
    "feedback": Allowance(1.0, 500.0),
    "status": Allowance(1.0, 2000.0),
    "health": Allowance(1.0, 2000.0),
    "update": Allowance(0.5, 100.0),
}
"""Messages a second from one node or laptop, by the last part of their topic. Healthy ones stay far below."""
BATCH = 500
"""Most messages in one transaction."""
GATHER_S = 0.01
"""Time to wait for more messages once there is one: most of what a batch costs is the same for one and for many."""
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
    """Messages dropped because the queue was full, or a node sent too many; nodes send scores again."""


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
        self._queue = FairQueue[Received](QUEUED)
        self._allowed = {leaf: Buckets(allowance) for leaf, allowance in ALLOWED.items()}
        self._reports = FairQueue[_Report](QUEUED)
        """Statuses and heartbeats; they need no store, so they are handled even while it fails."""
        self._batch: Batch | None = None
        self._pause_s = 0.0
        self._said: set[str] = set()
        self.failures = Failures()
        self._admission = Admission(config, store, clock)
        self._flooding: set[str] = set()
        """Senders that sent more than they may since the last step."""
        self.supports: Mapping[str, int] = {}
        """Sightings of the site's baseline, by its id: the rarest it can tell is 1 in one more."""
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
        leaves = ["score", "sealed", "gap", "status", "health", "trend", "baseline", "update"] + [
            "stored"
        ] * self._config.centre
        nodes = [wire.node_topic(self._config.site, "+", leaf) for leaf in leaves]
        site = self._config.site
        return [*nodes, wire.booth_topic(site, "feedback"), wire.feedback_topic(site, "+")]

    @property
    def revoked(self) -> frozenset[str]:
        """Nodes whose messages are refused."""
        return self._admission.revoked

    @revoked.setter
    def revoked(self, nodes: frozenset[str]) -> None:
        self._admission.revoked = nodes

    @property
    def queued(self) -> int:
        """Messages waiting in the queue."""
        return self._queue.qsize()

    def receive(self, message: Received) -> None:
        """Queue one message; never blocks, never raises."""
        came_from, _, leaf = message.topic.rpartition("/")
        if came_from.endswith("/booth/feedback"):
            came_from, leaf = message.topic, "feedback"
        monotonic, buckets = self._clock.monotonic(), self._allowed.get(leaf)
        if not message.payload and came_from.rpartition("/")[2] in self.revoked:
            return  # the booth itself clears what the broker retained
        if buckets is not None and not buckets.take(came_from, monotonic):
            self.counters.overflow += 1
            self._flooding.add(message.topic)
        elif message.topic.endswith(REPORTS):
            report = _Report(message, (self._clock.now(), monotonic))
            self.counters.overflow += not self._reports.put(came_from, report)
        else:
            self.counters.overflow += not self._queue.put(came_from, message)

    def step(self, wait_s: float) -> float:
        """Handle one batch, waiting up to `wait_s` for it; returns seconds to pause, above 0 if the store fails."""
        batch = self.gather(wait_s)
        try:
            self._keep_counts(batch)
            self.finish(self._record(batch) if batch.is_recorded else {})
        except StoreError as err:
            return self._wait_for_store(err)
        return 0.0

    def gather(self, wait_s: float) -> Batch:
        """Return what is to be handled next, waiting up to `wait_s` for it: the last batch until it is finished."""
        if self._batch is None:
            messages = self._queue.take(BATCH, wait_s, GATHER_S)
            self._hear()
            self._batch = self._sort(messages)
        else:
            self._hear()
        return self._batch

    def _wait_for_store(self, err: StoreError) -> float:
        """Keep the batch and acknowledge nothing, so that no node deletes anything."""
        if not self.trouble:
            log.error("nothing is stored or acknowledged until this is fixed: %s", err)
        self.trouble = err.plain
        self._pause_s = min(max(FIRST_PAUSE_S, 2 * self._pause_s), LONGEST_PAUSE_S)
        return self._pause_s

    def _hear(self) -> None:
        """Handle statuses and heartbeats, also while nothing can be stored."""
        for message, heard in self._reports.take(QUEUED, 0.0):
            with self._refusing(message.topic):
                address, content = self._admission.read(message)
                self.roster.note(address, content, is_retained=message.is_retained, heard=heard)
        while self._flooding:
            self._note_violation("flood", self._flooding.pop())

    def _sort(self, messages: list[Received]) -> Batch:
        """Sort the messages by type; bad ones are dropped and counted."""
        batch = Batch()
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

    def _admit(self, message: Received, batch: Batch) -> None:
        address, content = self._admission.read(message)
        self._admission.check(content, is_retained=message.is_retained)
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

    def reload_epochs(self) -> None:
        """Read again which epochs the store knows, after some were deleted; raises StoreError."""
        self._admission.reload_epochs()

    def forget(self, node: str) -> None:
        """Forget everything about a node."""
        self._admission.forget(node)
        self.lost.pop(node, None)
        self.roster.nodes.pop(node, None)

    def _refuse(self, reason: str, topic: str) -> None:
        """Count and log a refusal, without the message: no score or alert is ever logged."""
        if reason not in self._said:
            self._said.add(reason)
            log.warning("refused a message on %.80r (%s); more of this kind are only counted", topic, reason)
        self.refused[reason] += 1
        self._unsaved[reason] += 1
        self._note_violation("refused", topic)

    def _note_violation(self, kind: str, topic: str) -> None:
        """Count a violation against the node that sent the message, if that node is known."""
        try:
            node = self.roster.nodes.get(wire.parse_topic(topic).node or "")
        except WireError:
            return
        if node is not None:
            node.violations.note(kind, self._clock.monotonic())

    def _note_losses(self, gap: wire.Gap) -> None:
        if gap.dropped and gap.node not in self.lost:
            log.warning("%s lost %d scores: its outbox was full; more are only counted", gap.node, gap.dropped)
        if gap.dropped:
            self.lost[gap.node] = max(gap.dropped, self.lost.get(gap.node, 0))

    def finish(self, upto: Mapping[Source, int]) -> None:
        """Send alerts and then acknowledge, once the batch is stored; what fails is counted.

        `upto` is how far the scores are stored. Raises StoreError, after which the batch is tried again.
        """
        assert self._batch is not None
        caught, batch = self.failures.caught, self._batch
        while batch.feedback:
            with caught("an outcome"):
                self._active_alerts.record(batch.feedback[0])
            del batch.feedback[0]
        with caught("alerts"):
            self._active_alerts.step()
        with caught("an acknowledgement"):
            self._acknowledger.stored_here(upto)
        for node, ack in batch.stored:
            with caught("an acknowledgement"):
                self._acknowledger.stored_there(node, ack)
        self._batch = Batch()
        self._active_alerts.settle()
        self._batch, self._pause_s, self.trouble = None, 0.0, ""

    def _keep_counts(self, batch: Batch) -> None:
        for trend in batch.trends:
            with self.failures.caught("a trend"):
                self._store.save_trend(trend)
        for node, counted in batch.baselines:
            with self.failures.caught("a baseline"):
                self._store.keep_baseline(node, counted)

    def _record(self, batch: Batch) -> dict[Source, int]:
        """Store scores, gaps and refusals, and open alerts; a message that cannot be stored is set aside alone."""
        now = self._clock.now()
        try:
            recorded = self._store.record(batch.scores, batch.gaps, self._decide, batch.refusals, now=now)
        except StoreError:
            raise
        except Exception as err:  # noqa: BLE001 - one message may not stop the others
            parts = batch.parts()
            if len(parts) <= 1:
                self.failures.note("a message", err)
                return {}
            return {source: seq for part in parts for source, seq in self._record(part).items()}
        return self.recorded(batch, recorded, now)

    def recorded(self, batch: Batch, recorded: Recorded, now: float) -> dict[Source, int]:
        """Take in that a batch is stored, and open its alerts; returns how far each outbox is stored."""
        self._selection.stored()
        with self.failures.caught("counting"):
            self._count(batch, recorded.new, now)
            self._watch(batch, recorded, now)
        for score in batch.scores:
            key = wire.key(score)
            if key in recorded.pending:
                with self.failures.caught("an alert"):
                    name = recorded.pending[key]
                    self._active_alerts.open(name, score, self._selection.cameras(name))
            elif score.follows is not None and key in recorded.new:
                with self.failures.caught("an alert"):
                    self._active_alerts.reconsider(self._selection.person(score, now), score)
        return recorded.upto

    def _decide(self, new: Sequence[wire.Score]) -> Decision:
        """Choose whom to alert; a score that cannot be judged is stored, and causes no alert."""
        now, alerts = self._clock.now(), self._active_alerts
        open_alerts, stock_left = alerts.open_alerts(), alerts.stock_left
        for score in new:
            try:
                if not is_impossible(score) and self._is_supported(score):
                    self._selection.consider(score, now, open_alerts, stock_left)
            except Exception as err:  # noqa: BLE001 - one score may not stop the others
                self.failures.note("choosing whom to alert", err)
        return self._selection.decision()

    def _is_supported(self, score: wire.Score) -> bool:
        """Whether the baseline has enough sightings to say that somebody is so rare."""
        most = self.supports.get(score.baseline, MOST_SIGHTINGS) + 1
        return score.one_in is None or score.one_in <= most

    def _count(self, batch: Batch, new: set[wire.ScoreKey], now: float) -> None:
        first = {key: score for score in batch.scores if (key := wire.key(score)) in new}
        self.counters.scores += len(first)
        self.counters.repeats += len(batch.scores) - len(first)
        expires_s = self._config.alert.expires_s
        candidates = [score for score in first.values() if score.is_candidate]
        self.counters.late += sum(expires_at(score, now, expires_s) < now for score in candidates)

    def _watch(self, batch: Batch, recorded: Recorded, now: float) -> None:
        """Note what no healthy node does (violations.py)."""
        monotonic, new = self._clock.monotonic(), set(recorded.new)
        for gap in batch.gaps:
            self.roster.violations(gap.node).announced()
        for score in batch.scores:
            violations = self.roster.violations(score.node)
            if (key := wire.key(score)) in new:
                new.remove(key)
                violations.stored(score, monotonic)
                if not self._is_supported(score):
                    violations.note("impossible", monotonic)
            else:
                behind = recorded.upto[Source(score.node, score.epoch)] - score.seq
                violations.repeated(score, behind, now, monotonic)
