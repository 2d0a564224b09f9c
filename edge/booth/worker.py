"""Store the scores of many sites, each exactly once: one of several workers that share a subscription.

The broker hands each message to one worker; the store keeps each score once and one cursor for each node. A worker
sends no alerts: the site's own booth does, on the spot.
"""

import logging
import secrets
import threading
from collections import Counter
from contextlib import closing

from edge import wire
from edge.booth.active_alerts import ActiveAlerts
from edge.booth.failures import Failures
from edge.booth.fair_queue import FairQueue
from edge.booth.inbox import BATCH, FIRST_PAUSE_S, GATHER_S, QUEUED, Inbox
from edge.booth.selection import Nobody
from edge.clock import SystemClock
from edge.command import stop_on_signals
from edge.config import BoothConfig, WorkerConfig
from edge.errors import StoreError, WireError
from edge.message.mqtt import MqttBroker
from edge.seams import Broker, Clock, Received
from edge.store.store import SiteBatch, SqlStore

log = logging.getLogger(__name__)

LEAVES = ("score", "gap", "trend")
"""Topics to subscribe to. Not `status` and `health`: shared subscriptions receive no retained messages."""
POLL_S = 0.5
"""Time to wait for messages before checking whether to stop."""
HOUSEKEEPING_S = 600.0
"""Interval at which old scores are deleted."""
MOST_SITES = 10_000
"""Messages of further sites are refused. Each takes 13 KB before its nodes are known (measured)."""


class Worker:
    """Owner of one inbox for each site; call `step` until stopped."""

    def __init__(self, config: WorkerConfig, broker: Broker, store: SqlStore, clock: Clock) -> None:
        self._config, self._broker, self._store, self._clock = config, broker, store, clock
        self._queue = FairQueue[Received](QUEUED)
        self._failures = Failures()
        self._inboxes: dict[str, Inbox] = {}
        self._busy: set[str] = set()
        """Sites with messages that are not handled yet."""
        self._cleaned_at = clock.monotonic() - HOUSEKEEPING_S
        self.refused: Counter[str] = Counter()
        """Refused messages that belong to no known site, by reason; all others are counted in the store."""
        self.trouble = ""
        """Why no new site can be served; empty when all is well. Each inbox has its own `trouble`."""

    def connect(self) -> None:
        """Start connecting to the broker, in the background."""
        topics = [f"$share/{self._config.group}/{wire.node_topic('+', '+', leaf)}" for leaf in LEAVES]
        self._broker.connect(will=None, births=tuple, subscriptions=topics, on_message=self._receive)

    @property
    def stored(self) -> dict[str, int]:
        """Scores stored since the worker started, by site."""
        return {site: inbox.counters.scores for site, inbox in sorted(self._inboxes.items())}

    def step(self, wait_s: float) -> float:
        """Handle one batch, waiting up to `wait_s` for it; returns seconds to pause, above 0 if the store fails."""
        try:
            for message in self._queue.take(BATCH, wait_s, GATHER_S):
                with self._failures.caught("a message"):
                    self._pass_on(message)
            pause = self._store_all()
            if not pause and self._clock.monotonic() >= self._cleaned_at + HOUSEKEEPING_S:
                self._cleaned_at = self._clock.monotonic()
                self._store.purge(self._clock.now() - 3600 * self._config.retention_h)
                for inbox in self._inboxes.values():
                    inbox.reload_epochs()
                log.info("stored since the start: %s", self.stored)
        except StoreError as err:
            if not self.trouble:
                log.error("nothing is stored or acknowledged until this is fixed: %s", err)
            self.trouble = str(err)
            return FIRST_PAUSE_S
        self.trouble = ""
        return pause

    def _store_all(self) -> float:
        """Store what all sites sent in one transaction, then acknowledge it; returns seconds to pause.

        If that fails for another reason than the store, each site is tried alone. Raises StoreError; nothing is lost.
        """
        busy = {site: self._inboxes[site] for site in self._busy}
        batches = {site: inbox.gather(0.0) for site, inbox in busy.items()}
        parts = {site: SiteBatch(one.scores, one.gaps, None, one.trends) for site, one in batches.items()}
        refusals = sum((one.refusals for one in batches.values()), Counter[str]())
        now, pause = self._clock.now(), 0.0
        try:
            done = self._store.record_sites(parts, refusals, now=now) if parts else {}
        except StoreError:
            raise
        except Exception as err:  # noqa: BLE001 - one message may not stop the others
            self._failures.note("a batch", err)
            pause = max(inbox.step(0.0) for inbox in busy.values())
        else:
            for site, inbox in busy.items():
                inbox.finish(inbox.recorded(batches[site], done[site], now))
        if not pause:
            self._busy = {site for site, inbox in busy.items() if inbox.queued}
        return pause

    def _receive(self, message: Received) -> None:
        """Queue a message from the broker's thread. One that does not fit is not acknowledged, so it comes again."""
        if not self._queue.put(message.topic.rpartition("/")[0], message):
            self.refused["overflow"] += 1

    def _pass_on(self, message: Received) -> None:
        try:
            site = wire.parse_topic(message.topic).site
            self._inbox(site).receive(message)
            self._busy.add(site)
        except WireError as err:
            if not self.refused[err.reason]:
                log.warning("refused a message (%s); more of this kind are only counted", err)
            self.refused[err.reason] += 1

    def _inbox(self, site: str) -> Inbox:
        if site not in self._inboxes:
            if len(self._inboxes) >= MOST_SITES:
                raise WireError("too_many_sites", f"expected at most {MOST_SITES} sites, found {site} too")
            config, store = BoothConfig(site=site), self._store.at(site)
            parts = config, self._broker, store, self._clock
            self._inboxes[site] = Inbox(*parts, Nobody(config, None), ActiveAlerts(*parts), leaf="stored")
        return self._inboxes[site]


def run(config: WorkerConfig, broker: Broker, *, clock: Clock, stop: threading.Event) -> int:
    """Serve until `stop`; returns 0. Raises StoreError if it cannot even start."""
    with closing(SqlStore(config.store)) as store:
        worker = Worker(config, broker, store, clock)
        worker.connect()
        try:
            while not stop.is_set():
                stop.wait(worker.step(POLL_S))
        finally:
            broker.close()
            log.info("stored since the start: %s", worker.stored)
    return 0


def run_worker(config: WorkerConfig) -> int:
    """`spotter worker`: 0 once stopped by SIGTERM or Ctrl-C.

    Raises StoreError or BrokerError (exit code 2) for what can never work, but waits for a broker that is away. It
    keeps no session at the broker, which would go on to hand messages to a dead worker.
    """
    stop = threading.Event()
    stop_on_signals(stop)
    broker = MqttBroker(config.broker, f"worker-{secrets.token_hex(4)}")
    return run(config, broker, clock=SystemClock(), stop=stop)
