"""The booth put together: inbox, housekeeping and page around one broker and one store."""

import logging
import secrets
import signal
import threading
from contextlib import closing

from edge import __version__, wire
from edge.booth.inbox import Inbox
from edge.booth.page.app import OnOutcome
from edge.booth.page.server import Page
from edge.booth.page.snapshot import AlertView, Outcome, Snapshot
from edge.clock import SystemClock
from edge.config import BoothConfig
from edge.errors import StoreError
from edge.message.mqtt import MqttBroker
from edge.seams import Broker, Clock, Publish
from edge.store import SqlStore

log = logging.getLogger(__name__)

POLL_S = 0.5
"""How long to wait for messages before looking after everything else."""
HOUSEKEEPING_S = 600.0
FAREWELL_S = 2.0
"""How long to wait for the broker to take the last word."""
SESSION_S = 3600
"""So long the broker keeps what nodes send while the booth restarts."""


def ignore(_alert_id: str, _outcome: Outcome, _who: str) -> None:
    """What staff say about an alert is not kept."""


def run(
    config: BoothConfig, broker: Broker, *, clock: Clock, stop: threading.Event, on_outcome: OnOutcome = ignore
) -> int:
    """Serve until `stop`; returns 0. Raises StoreError or ConfigError if it cannot even start."""
    boot = secrets.token_hex(8)
    with closing(SqlStore(config.store)) as store, closing(Page(config, on_outcome, clock)) as page:
        inbox = Inbox(config, broker, store, clock)
        broker.connect(
            will=_status(config.site, "offline", boot),
            births=lambda: [_status(config.site, "online", boot)],
            subscriptions=inbox.subscriptions,
            on_message=inbox.receive,
        )
        log.info("page at %s", page.url)
        try:
            _serve(config, inbox, store, page, broker, clock, stop)
        finally:
            broker.publish(_status(config.site, "offline", boot), timeout_s=FAREWELL_S)
            broker.close()
    return 0


def _serve(
    config: BoothConfig, inbox: Inbox, store: SqlStore, page: Page, broker: Broker, clock: Clock, stop: threading.Event
) -> None:
    cleaned_at = clock.monotonic() - HOUSEKEEPING_S
    while not stop.is_set():
        pause = inbox.step(POLL_S)
        if not pause and clock.monotonic() >= cleaned_at + HOUSEKEEPING_S:
            cleaned_at = clock.monotonic()
            _clean(config, store, clock.now())
        page.show(_snapshot(config, inbox, broker, clock.now()))
        stop.wait(pause)


def _clean(config: BoothConfig, store: SqlStore, now: float) -> None:
    """A store in trouble is tried again next time; the inbox says so meanwhile."""
    try:
        store.lapse(now - config.alert.expires_s)
        store.purge(now - 3600 * config.retention_h)
    except StoreError as err:
        log.warning("old scores could not be deleted: %s", err)


def _snapshot(config: BoothConfig, inbox: Inbox, broker: Broker, now: float) -> Snapshot:
    return Snapshot(
        site=config.site,
        at=wire.to_time(now),
        is_connected=broker.is_connected,
        refusals=broker.refusals,
        trouble=inbox.trouble,
        alerts=[AlertView(alert=alert) for alert in inbox.alerts if wire.from_time(alert.expires_at) > now][::-1],
        nodes=inbox.roster.verdicts(now),
        facings=dict(config.nodes),
        lost=dict(inbox.lost),
        counts=vars(inbox.counts).copy(),
        refused=dict(inbox.refused),
        queued=inbox.queued,
    )


def _status(site: str, state: str, boot: str) -> Publish:
    topic = wire.booth_topic(site, "status")
    status = wire.Status(state="online" if state == "online" else "offline", boot=boot, software=__version__)
    return Publish(topic, wire.encode(topic, status), 1, is_retained=True)


def run_booth(config: BoothConfig) -> int:
    """`spotter booth`: 0 once stopped by SIGTERM or Ctrl-C.

    Raises StoreError, BrokerError or ConfigError (exit code 2) for what can never work; a broker that is away is
    waited for.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    broker = MqttBroker(config.broker, f"booth-{config.site}", session_expiry_s=SESSION_S)
    return run(config, broker, clock=SystemClock(), stop=stop)
