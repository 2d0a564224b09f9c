"""Follow alerts from the decision to their end: sent, claimed, greeted, lapsed or withdrawn."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import get_args

from edge import wire
from edge.booth.alert import make_alert
from edge.config import BoothConfig
from edge.seams import Broker, Clock, Publish
from edge.store.store import AlertEnd, SqlStore

UNDOING = get_args(wire.Undoing)

ANSWER_S = 1.0
"""Time to wait for the broker to take an alert."""
SENDING_S = 1.0
"""Longest time that one step sends alerts, as each waits for the broker's answer."""
AGAIN_S = 2.0
"""Pause before an alert that reached no laptop is sent again, until it expires."""
CLAIM_S = 600.0
"""A claimed alert without an outcome counts as over after this."""
SHOWN_S = 120.0
"""An ended alert stays on the page this long, so that staff see how it ended."""


@dataclass(frozen=True, slots=True)
class TrackedAlert:
    """An alert, and what staff reported about it."""

    alert: wire.Alert
    outcome: wire.Outcome | None = None
    who: str = ""
    """Name of the laptop that reported the outcome."""
    is_sent: bool = False
    changed_at: float = 0.0
    expires_at: float = 0.0
    """In monotonic seconds, as `changed_at`, so that setting the clock does not change how long an alert lasts."""
    seen_at: float = 0.0
    """When the person was seen, in monotonic seconds."""
    greet_s: float | None = None
    """Seconds from then until the last outcome."""

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be sent; an alert claimed on the page needs no sending."""
        return not self.is_sent and self.alert.state == "open" and self.outcome is None

    def is_open(self, monotonic: float) -> bool:
        """Whether staff can still claim it, or have claimed it and not reported the outcome."""
        is_live = self.outcome == "claimed" or (self.outcome is None and self.alert.state == "open")
        return is_live and self.left_s(monotonic) > 0

    def left_s(self, monotonic: float) -> float:
        """Return the seconds until it expires; once claimed, until the claim does."""
        end = self.changed_at + CLAIM_S if self.outcome == "claimed" else self.expires_at
        return max(end - monotonic, 0.0)


class ActiveAlerts:
    """Owner of the alerts of the last minutes; what must survive a restart is in the store."""

    def __init__(self, config: BoothConfig, broker: Broker, store: SqlStore, clock: Clock) -> None:
        self._config, self._broker, self._store, self._clock = config, broker, store, clock
        self._tracked: dict[str, TrackedAlert] = {}
        self._unsettled: dict[str, AlertEnd] = {}
        """States by alert id that the store does not know yet."""
        self._try_at = 0.0
        self._greeted = _greeted(store)
        self._has_news = False
        self.sent = self.lapsed = 0
        """Since the booth started: alerts delivered to a laptop; alerts that expired undelivered or unclaimed."""

    def tracked(self) -> list[TrackedAlert]:
        """Return the alerts, newest first."""
        return list(self._tracked.values())[::-1]

    @property
    def stock_left(self) -> int | None:
        """Items left to give away; None if stock is not counted."""
        stock = self._config.alert.stock
        return None if stock is None else max(stock - self._greeted, 0)

    @property
    def has_news(self) -> bool:
        """Whether an outcome came in since this property was last read."""
        had, self._has_news = self._has_news, False
        return had

    def open_alerts(self) -> int:
        """Return how many alerts are open or claimed."""
        return sum(one.is_open(self._clock.monotonic()) for one in self._tracked.values())

    def open(self, name: str, score: wire.Score, cameras: list[str]) -> None:
        """Open an alert, unless it is open already, or sent and the store does not know it yet.

        Raises WireError if the schema refuses the alert.
        """
        if name not in self._tracked and name not in self._unsettled:
            now, monotonic = self._clock.now(), self._clock.monotonic()
            alert = make_alert(score, self._config, now, name=name, cameras=cameras)
            wire.pack(alert)
            self._tracked[name] = TrackedAlert(
                alert,
                changed_at=monotonic,
                expires_at=monotonic + wire.from_time(alert.expires_at) - now,
                seen_at=monotonic - max(now - wire.from_time(alert.at), 0.0),
            )
            self._try_at = monotonic

    def reconsider(self, name: str, final: wire.Score) -> None:
        """Withdraw an open alert if the final score is clearly less rare than the early one."""
        one = self._tracked.get(name)
        if one is not None and one.is_open(self._clock.monotonic()) and (final.one_in or 0.0) < one.alert.low:
            self._end(one, "withdrawn")

    def record(self, feedback: wire.Feedback) -> None:
        """Store the outcome of an alert; one of an unknown alert is ignored. Raises StoreError."""
        monotonic, one = self._clock.monotonic(), self._tracked.get(feedback.id)
        greet_s = None if one is None else one.greet_s if feedback.outcome in UNDOING else monotonic - one.seen_at
        is_new = self._store.feedback(feedback.id, feedback.outcome, now=self._clock.now(), greet_s=greet_s)
        self._greeted = _greeted(self._store) if is_new else self._greeted
        if one is not None and is_new:
            outcome = _after(feedback.outcome)
            who = feedback.who if outcome else ""
            changed = replace(one, outcome=outcome, who=who, changed_at=monotonic, greet_s=greet_s)
            self._tracked[feedback.id] = changed
        self._has_news = self._has_news or is_new

    def step(self) -> None:
        """Send new alerts, end those that have lapsed, and forget those that are long over."""
        now = self._clock.monotonic()
        if now >= self._try_at:
            self._try_at = now + AGAIN_S
            self._send_waiting(now)
        for one in [one for one in self._tracked.values() if one.is_sent and self._has_lapsed(one, now)]:
            self._end(one, "lapsed")
        for name in [name for name, one in self._tracked.items() if self._is_over(one, now)]:
            del self._tracked[name]

    def settle(self) -> None:
        """Write the states of alerts to the store; call after acknowledging.

        A booth killed just before this leaves an outdated state in the store, but makes no second alert.
        """
        for name, state in list(self._unsettled.items()):
            self._store.settle(name, state)
            del self._unsettled[name]

    def _send_waiting(self, now: float) -> None:
        """Send the alerts that wait, one of each node in turn; what is left after SENDING_S waits for the next step.

        If one is heard by nobody, the others would not be either, and each would wait for the broker's answer.
        """
        for one in [one for one in self._tracked.values() if one.is_waiting and one.expires_at < now + 1]:
            self._note(one, "lapsed")
        mine = Counter[str]()
        turns: list[tuple[int, TrackedAlert]] = []
        for one in self._tracked.values():
            if one.is_waiting:
                mine[one.alert.node] += 1
                turns.append((mine[one.alert.node], one))
        for _, one in sorted(turns, key=lambda turn: turn[0]):
            if self._clock.monotonic() >= now + SENDING_S:
                self._try_at = now
                return
            if not self._publish(one.alert, int(one.expires_at - now)):
                return
            self.sent += 1
            self._tracked[one.alert.id] = replace(one, is_sent=True)
            self._unsettled[one.alert.id] = "sent"

    def _has_lapsed(self, one: TrackedAlert, now: float) -> bool:
        return one.alert.state == "open" and one.outcome is None and now >= one.expires_at

    def _end(self, one: TrackedAlert, state: AlertEnd) -> None:
        """End an alert and publish that it is over, if it was sent; no laptop has to be listening."""
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


def _after(outcome: wire.Outcome | wire.Undoing) -> wire.Outcome | None:
    """Return the outcome of an alert after a report of staff."""
    if outcome == "unclaimed":
        return None
    return "claimed" if outcome == "reopened" else outcome


def _greeted(store: SqlStore) -> int:
    return sum(cell.n for cell in store.cells("outcome") if cell.words == "greeted")
