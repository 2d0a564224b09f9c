"""Store the scores of nodes, send alerts and acknowledge, in that order and each exactly once.

A score counts once however often it is delivered. It is acknowledged only after its batch is committed and its alert
was tried, so a booth killed at any point receives it again and reaches the same state.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from edge import wire
from edge.baseline_codec import Counted
from edge.booth.acknowledge import Acknowledger
from edge.booth.active_alerts import ActiveAlerts
from edge.booth.alert import CLOCK_S, expires_at
from edge.booth.buckets import Allowance, Buckets
from edge.booth.failures import Failures
from edge.booth.fair_queue import FairQueue
from edge.booth.roster import Roster
from edge.booth.selection import Selection
from edge.booth.unsealer import Unsealer
from edge.booth.violations import is_impossible
from edge.config import BoothConfig
from edge.errors import StoreError, WireError
from edge.limits import MOST_SIGHTINGS, WINDOW_S
from edge.seams import Broker, Clock, Received
from edge.store.store import DAY_S, MOST_EPOCHS, Decision, Recorded, Source, SqlStore

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
MOST_NAMES = 1000
"""Most nodes whose outboxes are remembered."""
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
    """Messages dropped because the queue was full, or a node sent too many; nodes send scores again."""


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


def _parts(batch: _Batch) -> list[_Batch]:
    """Return a batch for each score and gap, and one for the refusals."""
    alone = [*(_Batch(scores=[score]) for score in batch.scores), *(_Batch(gaps=[gap]) for gap in batch.gaps)]
    return [*alone, *([_Batch(refusals=batch.refusals)] if batch.refusals else [])]


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
        self._batch: _Batch | None = None
        self._pause_s = 0.0
        self._said: set[str] = set()
        self.failures = Failures()
        self._epochs = store.epochs()
        """Epochs that the store knows, by node."""
        self._flooding: set[str] = set()
        """Senders that sent more than they may since the last step."""
        self.revoked: frozenset[str] = frozenset()
        """Nodes whose messages are refused."""
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
        if self._batch is None:
            messages = self._queue.take(BATCH, wait_s)
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
        for message, heard in self._reports.take(QUEUED, 0.0):
            with self._refusing(message.topic):
                address, content = self._read(message)
                self.roster.note(address, content, is_retained=message.is_retained, heard=heard)
        while self._flooding:
            self._note_violation("flood", self._flooding.pop())

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
        if self.revoked and (node := wire.parse_topic(message.topic).node) in self.revoked:
            raise WireError("revoked", f"expected nothing from {node}, whose certificate was revoked")
        address, content = wire.decode(message.topic, message.payload)
        if address.site != self._config.site:
            raise WireError("topic", f"expected site {self._config.site}, found {message.topic}")
        return address, content

    def _admit(self, message: Received, batch: _Batch) -> None:
        address, content = self._read(message)
        if isinstance(content, wire.Score | wire.Sealed | wire.Feedback | wire.Trend) and message.is_retained:
            raise WireError("retained", f"expected a {type(content).__name__.lower()} never to be retained")
        if isinstance(content, wire.Score):
            self._check_epoch(content.node, content.epoch)
            batch.scores.append(content)
        elif isinstance(content, wire.Sealed):
            self._unsealer.take(content)
        elif isinstance(content, wire.Feedback):
            batch.feedback.append(content)
        elif isinstance(content, wire.Trend):
            self._check_window(wire.from_time(content.window))
            batch.trends.append(content)
        elif isinstance(content, wire.Gap):
            self._check_epoch(content.node, content.epoch)
            batch.gaps.append(content)
            self._note_losses(content)
        elif isinstance(content, Counted):
            assert address.node is not None
            self._check_period(content)
            batch.baselines.append((address.node, content))
        elif isinstance(content, wire.Ack):
            batch.stored.append((message.topic.split("/")[-2], content))
        else:
            raise WireError("topic", f"expected nothing on {address.leaf}")

    def _check_epoch(self, node: str, epoch: str) -> None:
        """Raise WireError if a node has begun too many outboxes, each of which the store has to remember."""
        known = self._epochs.get(node, set())
        if epoch not in known and (len(known) >= MOST_EPOCHS or len(self._epochs) >= MOST_NAMES):
            raise WireError("epochs", f"expected at most {MOST_EPOCHS} outboxes of {node}, found one more")
        self._epochs.setdefault(node, set()).add(epoch)

    def _check_window(self, start: float) -> None:
        """Raise WireError if a window of counts is ahead, or older than any that a node still has."""
        now = self._clock.now()
        age_s = max(3600 * self._config.retention_h, DAY_S) + 2 * WINDOW_S
        if not now - age_s <= start <= now + CLOCK_S:
            raise WireError("window", f"expected a window of the last {age_s:g} s, found one at {start:.0f}")

    def _check_period(self, counted: Counted) -> None:
        """Raise WireError if counts are from the future; a clock may be wrong by a day, as they are never compared."""
        if counted.period is not None and counted.period[1] > self._clock.now() + DAY_S:
            raise WireError("window", f"expected counts until now, found some until {counted.period[1]}")

    def reload_epochs(self) -> None:
        """Read again which epochs the store knows, after some were deleted; raises StoreError."""
        self._epochs = self._store.epochs()

    def forget(self, node: str) -> None:
        """Forget everything about a node."""
        self._epochs.pop(node, None)
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

    def _handle(self, batch: _Batch) -> None:
        """Commit the batch, send alerts, and only then acknowledge; what fails is counted, and the rest goes on."""
        caught = self.failures.caught
        for trend in batch.trends:
            with caught("a trend"):
                self._store.save_trend(trend)
        for node, counted in batch.baselines:
            with caught("a baseline"):
                self._store.keep_baseline(node, counted)
        upto = self._record(batch) if batch.scores or batch.gaps or batch.refusals else {}
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

    def _record(self, batch: _Batch) -> dict[Source, int]:
        """Store scores, gaps and refusals, and open alerts; a message that cannot be stored is set aside alone."""
        now = self._clock.now()
        try:
            recorded = self._store.record(batch.scores, batch.gaps, self._decide, batch.refusals, now=now)
        except StoreError:
            raise
        except Exception as err:  # noqa: BLE001 - one message may not stop the others
            parts = _parts(batch)
            if len(parts) <= 1:
                self.failures.note("a message", err)
                return {}
            return {source: seq for part in parts for source, seq in self._record(part).items()}
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

    def _count(self, batch: _Batch, new: set[wire.ScoreKey], now: float) -> None:
        first = {key: score for score in batch.scores if (key := wire.key(score)) in new}
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
            if (key := wire.key(score)) in new:
                new.remove(key)
                violations.stored(score, monotonic)
                if not self._is_supported(score):
                    violations.note("impossible", monotonic)
            else:
                behind = recorded.upto[Source(score.node, score.epoch)] - score.seq
                violations.repeated(score, behind, now, monotonic)
