"""Run the booth: inbox, alerts, housekeeping and page around one broker and one store."""

import logging
import secrets
import threading
from contextlib import closing
from queue import SimpleQueue
from typing import Literal

import msgspec

from edge import __version__, wire
from edge.booth.active_alerts import ActiveAlerts, TrackedAlert
from edge.booth.baseline_publisher import BaselinePublisher
from edge.booth.facts import Fact
from edge.booth.failures import Failures
from edge.booth.figures import FiguresProcess
from edge.booth.homeassistant import HomeAssistant
from edge.booth.inbox import Inbox
from edge.booth.link_keys import LinkKeys
from edge.booth.node_marks import NodeMarks
from edge.booth.notify import Notifier
from edge.booth.page.server import Page
from edge.booth.page.snapshot import AlertView, BudgetView, Snapshot
from edge.booth.selection import Selection, resumed
from edge.booth.trends import outcomes
from edge.clock import SystemClock
from edge.command import stop_on_signals
from edge.config import BoothConfig
from edge.errors import BrokerError, StoreError
from edge.message.mqtt import MqttBroker
from edge.seams import Broker, Clock, Publish, Received
from edge.store.store import SqlStore

log = logging.getLogger(__name__)

POLL_S = 0.5
"""Time to wait for messages before doing everything else."""
HOUSEKEEPING_S = 600.0
"""Interval at which old scores and alerts are deleted."""
JUMP_S = 60.0
"""A change of the clock by less than this is ignored."""
MOST_NOTICES = 16
"""Most nodes in one notice, the limit of wire.Notice."""
SAID_S = 3600.0
"""The page reports this long that the clock was set."""
OUTCOMES_S = 30.0
"""Interval at which outcomes are counted."""
ANSWER_S = 2.0
"""Time to wait for the broker to take an outcome, or the last status."""
SESSION_S = 3600
"""The broker keeps what nodes send for this long while the booth restarts."""


class Booth:
    """Owner of all parts; `serve` until stopped."""

    def __init__(self, config: BoothConfig, broker: Broker, store: SqlStore, clock: Clock) -> None:
        self._config, self._broker, self._store, self._clock = config, broker, store, clock
        self._active_alerts = ActiveAlerts(config, broker, store, clock)
        self._selection: Selection = resumed(config, store, clock.now())
        self._inbox = Inbox(config, broker, store, clock, self._selection, self._active_alerts)
        self._link_keys = LinkKeys(config.site, broker, clock)
        self._home = HomeAssistant(config, broker, clock)
        self.notifier = Notifier(config, clock.monotonic)
        self._publisher = BaselinePublisher(config, broker, store, clock)
        self._marks = NodeMarks(config, broker, store, clock, self._inbox, self._selection)
        self._allowed: SimpleQueue[str] = SimpleQueue()
        """Nodes that staff allowed on the page."""
        self._boot = secrets.token_hex(8)
        self._failures = Failures()
        self._figures = FiguresProcess(store.database.url, config.site, clock)
        self._outcomes = outcomes([])
        self._cleaned_at = self._counted_at = clock.monotonic() - HOUSEKEEPING_S
        self._trouble = ""
        self._started_at = clock.now() - clock.monotonic()
        """UTC time at which the monotonic clock was 0; changes only when the clock is set."""
        self._noticed: dict[str, list[wire.Problem]] | None = None
        """Notices published last; None before the first."""
        self._jump: tuple[Fact | None, float] = (None, 0.0)
        """The last change of the clock, and when it was (monotonic)."""

    def connect(self) -> None:
        """Start connecting to the broker, in the background."""
        self._broker.connect(
            will=self._status("offline"),
            births=lambda: [self._status("online")],
            subscriptions=[*self._inbox.subscriptions, *self._home.subscriptions],
            on_message=self._receive,
        )

    def _receive(self, message: Received) -> None:
        try:
            receive = self._home.receive if self._home.is_ours(message) else self._inbox.receive
            receive(message)
        except Exception as err:  # noqa: BLE001 - it would end the broker's thread
            self._failures.note("receiving", err)

    def serve(self, page: Page, stop: threading.Event) -> None:
        """Handle messages and update the page until `stop` is set."""
        while not stop.is_set():
            pause = self.step(POLL_S)
            with self._failures.caught("the page"):
                self._figures.step()
                snapshot = self.snapshot()
                page.show(snapshot)
            with self._failures.caught("notifications"):
                self.notifier.note(snapshot)
            stop.wait(pause)

    def step(self, wait_s: float) -> float:
        """Handle one batch, waiting up to `wait_s` for it; returns seconds to pause, above 0 if the store fails."""
        pause = self._inbox.step(wait_s)
        with self._failures.caught("watching nodes"):
            self._inbox.roster.look(is_connected=self._broker.is_connected)
        with self._failures.caught("link keys"):
            self._link_keys.step(self._inbox.roster.nodes.values())
        with self._failures.caught("Home Assistant"):
            self._home.sync(self._inbox.roster.nodes)
        with self._failures.caught("notices"):
            self._notify()
        if not pause:
            with self._failures.caught("housekeeping"):
                self._look_after()
        return pause

    def _notify(self) -> None:
        """Publish what the booth noticed about nodes, for `spotter health`; as much as fits into one message."""
        notices = self._inbox.roster.notices()
        if notices == self._noticed or not self._broker.is_connected:
            return
        topic, at = wire.booth_topic(self._config.site, "notice"), wire.to_time(self._clock.now())
        nodes = dict(list(notices.items())[:MOST_NOTICES])
        while len(payload := msgspec.json.encode(wire.Notice(at=at, nodes=nodes))) > wire.MAX_BYTES:
            nodes.popitem()
        if self._broker.publish(Publish(topic, payload, 1, is_retained=True), timeout_s=0):
            self._noticed = notices

    @property
    def stored(self) -> int:
        """Scores stored since the booth started."""
        return self._inbox.counters.scores

    def leave(self) -> None:
        """Publish that the booth is offline, and disconnect."""
        self._figures.close()
        self.notifier.close()
        self._broker.publish(self._status("offline"), timeout_s=ANSWER_S)
        self._broker.close()

    def tell(self, alert_id: str, outcome: wire.Outcome | wire.Undoing, who: str) -> None:
        """Publish the outcome of an alert, chosen or undone on the page; this booth's inbox receives it too.

        Raises BrokerError if the broker did not take it.
        """
        topic = wire.booth_topic(self._config.site, "feedback")
        feedback = wire.Feedback(id=alert_id, outcome=outcome, at=wire.to_time(self._clock.now()), who=who)
        message = Publish(topic, wire.encode(topic, feedback), 1, is_retained=False)
        if not self._broker.publish(message, timeout_s=ANSWER_S):
            raise BrokerError("the broker cannot be reached; check that mosquitto is running, then try again")

    def allow(self, node: str) -> None:
        """Let a node's alerts through again, with the next step; from any thread."""
        self._allowed.put(node)

    def snapshot(self) -> Snapshot:
        """Return everything the page shows."""
        now, inbox, active_alerts = self._clock.now(), self._inbox, self._active_alerts
        clock = self._clock_facts()
        return Snapshot(
            site=self._config.site,
            at=wire.to_time(now),
            is_connected=self._broker.is_connected,
            broker=self._broker.trouble,
            refusals=self._broker.refusals,
            trouble=inbox.trouble or self._trouble,
            clock=" ".join(fact.sentence for fact in clock),
            clock_facts=clock,
            alerts=[_view(one, self._clock.monotonic()) for one in active_alerts.tracked()],
            nodes=inbox.roster.node_health(),
            facings=dict(self._config.nodes),
            people=self._people(),
            lost=dict(inbox.lost),
            counts={
                **vars(inbox.counters),
                "alerts": active_alerts.sent,
                "lapsed": active_alerts.lapsed,
                "held_back": self._selection.held_back,
            },
            refused=dict(inbox.refused),
            queued=inbox.queued,
            budget=self._budget(now),
            trends=self._figures.newest.trends,
            report=self._figures.newest.report,
            missing=self._missing(),
            outcomes=self._outcomes,
        )

    def _look_after(self) -> None:
        """Do what needs the store besides the inbox; a store that fails is tried again next time."""
        monotonic, now = self._clock.monotonic(), self._clock.now()
        try:
            self._follow_clock(now, monotonic)
            self._publisher.step()
            self._inbox.supports = self._publisher.supports
            while not self._allowed.empty():
                self._store.unmark(self._allowed.get())
            self._marks.step()
            if monotonic >= self._cleaned_at + HOUSEKEEPING_S:
                self._cleaned_at = monotonic
                self._store.lapse(now - self._config.alert.expires_s)
                self._store.purge(now - 3600 * self._config.retention_h)
                self._inbox.reload_epochs()
            if monotonic >= self._counted_at + OUTCOMES_S or self._active_alerts.has_news:
                self._counted_at = monotonic
                self._outcomes = outcomes(self._store.cells("outcome"))
            self._trouble = ""
        except StoreError as err:
            self._trouble = err.plain
            log.warning("could not delete old scores, or read counts and the baseline: %s", err)

    def _follow_clock(self, now: float, monotonic: float) -> None:
        """If the clock was set, shift all stored times before anything is deleted by it. Raises StoreError."""
        by_s = now - monotonic - self._started_at
        if abs(by_s) >= JUMP_S:
            self._store.shift_times(by_s)
            self._cleaned_at = monotonic
            way = "forward" if by_s > 0 else "back"
            said = Fact(f"clock-set-{way}", (round(abs(by_s)), wire.to_time(now)))
            self._jump = said, monotonic
            log.warning("%s", said.sentence)
        self._started_at += by_s

    def _clock_facts(self) -> list[Fact]:
        said, at = self._jump
        off_s = self._inbox.roster.off_s()
        found = [said] if said and self._clock.monotonic() < at + SAID_S else []
        if off_s:
            found.append(Fact(f"clock-is-{'behind' if off_s > 0 else 'ahead'}", (round(abs(off_s)),)))
        return found

    def _people(self) -> dict[str, int]:
        """Return how many people each node's scores come from: those of the frozen baseline, or of its own camera."""
        records = self._inbox.roster.nodes.values()
        beats = {node.name: node.health for node in records if node.health is not None}
        counts = {
            name: beat.recalibrating or self._publisher.supports.get(beat.baseline, 0) for name, beat in beats.items()
        }
        return {name: count for name, count in counts.items() if count}

    def _missing(self) -> dict[str, str]:
        """Return what is not available, and why."""
        failed = {**self._failures.counts, **self._inbox.failures.counts}
        found = {what: f"failed {count:,} times" for what, count in failed.items()}
        return {**found, "trends": self._figures.newest.missing} if self._figures.newest.missing else found

    def _budget(self, now: float) -> BudgetView | None:
        pacer, section = self._selection.pacer, self._config.alert
        if pacer is None or section.per_hour is None:
            return None
        pace, stock = pacer.look(now, open_alerts=self._active_alerts.open_alerts()), self._active_alerts.stock_left
        why = Fact("stock-gone") if stock == 0 else pace.why
        return BudgetView(
            per_hour=section.per_hour,
            stock=stock,
            threshold=1 / pace.threshold if pace.threshold else None,
            traffic_per_h=self._selection.sightings_last_hour(now),
            alerts_per_h=pace.last_hour,
            silence=why.sentence if why else "",
            why_silent=why,
        )

    def _status(self, state: Literal["online", "offline"]) -> Publish:
        topic = wire.booth_topic(self._config.site, "status")
        status = wire.Status(state=state, boot=self._boot, software=__version__)
        return Publish(topic, wire.encode(topic, status), 1, is_retained=True)


def _view(one: TrackedAlert, monotonic: float) -> AlertView:
    state = one.outcome or one.alert.state
    changed_s = max(monotonic - one.changed_at, 0.0)
    return AlertView(
        alert=one.alert, state=state, claimed_by=one.who, left_s=one.left_s(monotonic), changed_s=changed_s
    )


def run(config: BoothConfig, broker: Broker, *, clock: Clock, stop: threading.Event) -> int:
    """Serve until `stop`; returns 0. Raises StoreError or ConfigError if it cannot even start."""
    with closing(SqlStore(config.store, config.site)) as store:
        booth = Booth(config, broker, store, clock)
        with closing(Page(config, booth.tell, clock, on_allow=booth.allow, push=booth.notifier.push)) as page:
            booth.connect()
            log.info("page at %s", page.url)
            try:
                booth.serve(page, stop)
            finally:
                booth.leave()
    return 0


def run_booth(config: BoothConfig) -> int:
    """`spotter booth`: 0 once stopped by SIGTERM or Ctrl-C.

    Raises StoreError, BrokerError or ConfigError (exit code 2) for what can never work; a broker that is away is
    waited for.
    """
    stop = threading.Event()
    stop_on_signals(stop)
    broker = MqttBroker(config.broker, f"booth-{config.site}", session_expiry_s=SESSION_S)
    return run(config, broker, clock=SystemClock(), stop=stop)
