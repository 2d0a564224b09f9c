"""Alerts from the decision to their end: sent once somebody listens, claimed and greeted, or lapsed, or withdrawn."""

from dataclasses import dataclass, replace

from edge import wire
from edge.booth.alert import make_alert
from edge.config import BoothConfig
from edge.seams import Broker, Clock, Publish
from edge.store.store import AlertEnd, SqlStore

ANSWER_S = 1.0
"""How long to wait for the broker to take an alert."""
AGAIN_S = 2.0
"""Pause before an alert that reached nobody is tried again, until it expires."""
CLAIM_S = 600.0
"""Whoever claimed an alert and then says nothing has forgotten to."""
SHOWN_S = 120.0
"""An ended alert stays to be seen, and its outcome to be corrected."""


@dataclass(frozen=True, slots=True)
class TrackedAlert:
    """An alert, and what staff made of it."""

    alert: wire.Alert
    outcome: wire.Outcome | None = None
    who: str = ""
    """Where that was said."""
    is_sent: bool = False
    changed_at: float = 0.0
    expires_at: float = 0.0
    """As of `changed_at`, in monotonic seconds: no clock that is set makes an alert longer or shorter."""
    seen_at: float = 0.0
    """When the person was, likewise."""

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be sent; who claims it on the page has heard of it."""
        return not self.is_sent and self.alert.state == "open" and self.outcome is None

    def is_open(self, monotonic: float) -> bool:
        """Whether somebody may still go, or is on the way."""
        if self.outcome == "claimed":
            return monotonic < self.changed_at + CLAIM_S
        return self.alert.state == "open" and self.outcome is None and monotonic < self.expires_at


class ActiveAlerts:
    """Owner of the alerts of the last minutes; what must survive the booth is in the store."""

    def __init__(self, config: BoothConfig, broker: Broker, store: SqlStore, clock: Clock) -> None:
        self._config, self._broker, self._store, self._clock = config, broker, store, clock
        self._tracked: dict[str, TrackedAlert] = {}
        self._unsettled: dict[str, AlertEnd] = {}
        """Alerts whose end the store does not know yet."""
        self._try_at = 0.0
        self._greeted = _greeted(store)
        self._has_news = False
        self.sent = self.lapsed = 0
        """Since the booth started: alerts that somebody heard; alerts that nobody did, or nobody claimed."""

    def tracked(self) -> list[TrackedAlert]:
        """Newest first."""
        return list(self._tracked.values())[::-1]

    @property
    def stock_left(self) -> int | None:
        """Left to give away; None if nobody counts them."""
        stock = self._config.alert.stock
        return None if stock is None else max(stock - self._greeted, 0)

    @property
    def has_news(self) -> bool:
        """Whether an outcome came since this was last asked."""
        had, self._has_news = self._has_news, False
        return had

    def open_alerts(self) -> int:
        return sum(one.is_open(self._clock.monotonic()) for one in self._tracked.values())

    def open(self, name: str, score: wire.Score, cameras: list[str]) -> None:
        """Unless it is open already, or sent and merely not yet noted as such."""
        if name not in self._tracked and name not in self._unsettled:
            now, monotonic = self._clock.now(), self._clock.monotonic()
            alert = make_alert(score, self._config, now, name=name, cameras=cameras)
            self._tracked[name] = TrackedAlert(
                alert,
                changed_at=monotonic,
                expires_at=monotonic + wire.from_time(alert.expires_at) - now,
                seen_at=monotonic - max(now - wire.from_time(alert.at), 0.0),
            )
            self._try_at = monotonic

    def reconsider(self, name: str, final: wire.Score) -> None:
        """Withdraw an alert of an early score whose final one is clearly less rare."""
        one = self._tracked.get(name)
        if one is not None and one.is_open(self._clock.monotonic()) and (final.one_in or 0.0) < one.alert.low:
            self._end(one, "withdrawn")

    def record(self, feedback: wire.Feedback) -> None:
        """What somebody said of an alert; of one that is unknown nothing is kept. Raises StoreError."""
        monotonic, one = self._clock.monotonic(), self._tracked.get(feedback.id)
        greet_s = None if one is None else monotonic - one.seen_at
        is_new = self._store.feedback(feedback.id, feedback.outcome, now=self._clock.now(), greet_s=greet_s)
        self._greeted = _greeted(self._store) if is_new else self._greeted
        if one is not None and is_new:
            self._tracked[feedback.id] = replace(one, outcome=feedback.outcome, who=feedback.who, changed_at=monotonic)
        self._has_news = self._has_news or is_new

    def step(self) -> None:
        """Send what is due, say what has lapsed, forget what is long over."""
        now = self._clock.monotonic()
        if now >= self._try_at:
            self._try_at = now + AGAIN_S
            for one in [one for one in self._tracked.values() if one.is_waiting]:
                self._send(one, now)
        for one in [one for one in self._tracked.values() if one.is_sent and self._has_lapsed(one, now)]:
            self._end(one, "lapsed")
        for name in [name for name, one in self._tracked.items() if self._is_over(one, now)]:
            del self._tracked[name]

    def settle(self) -> None:
        """After acknowledging: killed just before, the booth leaves a wrong state stored, never a second alert."""
        for name, state in list(self._unsettled.items()):
            self._store.settle(name, state)
            del self._unsettled[name]

    def _send(self, one: TrackedAlert, now: float) -> None:
        left = int(one.expires_at - now)
        if left < 1:
            self._note(one, "lapsed")
        elif self._publish(one.alert, left):
            self.sent += 1
            self._tracked[one.alert.id] = replace(one, is_sent=True)
            self._unsettled[one.alert.id] = "sent"

    def _has_lapsed(self, one: TrackedAlert, now: float) -> bool:
        return one.alert.state == "open" and one.outcome is None and now >= one.expires_at

    def _end(self, one: TrackedAlert, state: AlertEnd) -> None:
        """Whoever heard the alert hears that it is over; who does not listen now misses nothing."""
        self._note(one, state)
        if one.is_sent:
            self._publish(self._tracked[one.alert.id].alert, self._config.alert.expires_s, timeout_s=0.0)

    def _note(self, one: TrackedAlert, state: AlertEnd) -> None:
        assert state != "sent"
        self.lapsed += state == "lapsed"
        alert = wire.ended(one.alert, state)
        self._tracked[alert.id] = replace(one, alert=alert, changed_at=self._clock.monotonic())
        self._unsettled[alert.id] = state

    def _is_over(self, one: TrackedAlert, now: float) -> bool:
        has_ended = one.alert.state != "open" or one.outcome is not None
        return has_ended and not one.is_open(now) and now >= one.changed_at + SHOWN_S

    def _publish(self, alert: wire.Alert, expiry_s: int, timeout_s: float = ANSWER_S) -> bool:
        topic = wire.booth_topic(self._config.site, "alert")
        message = Publish(topic, wire.encode(topic, alert), 1, is_retained=False, expiry_s=expiry_s)
        return self._broker.publish(message, timeout_s=timeout_s)


def _greeted(store: SqlStore) -> int:
    return sum(cell.n for cell in store.cells("outcome") if cell.words == "greeted")
