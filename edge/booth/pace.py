"""Decide for each person, at once and for good, whether to alert: as many as staff can greet; pure.

A person is alerted if their bits, -log2 p, reach the price of an alert:

    price = log2(people an hour / per_hour) - step * (saved - burst / 2) + shift

The logarithm is the best fixed price if p-values are uniform and traffic stays as in the last hours. The rest is dual
subgradient descent: each alert raises the price by a step, and the time that the budget allows for one lowers it by as
much (Balseiro, Lu and Mirrokni 2023, "The Best of Many Worlds: Dual Mirror Descent for Online Allocation Problems",
Operations Research 71(1), algorithm 1 with reward = bits and cost = 1). Those steps add up to the alerts saved, a token
bucket (Turner 1986, "New directions in communications"), so no hour exceeds `per_hour` plus one burst. The shift is the
same descent counted in people instead of seconds, without a bound: with an aged baseline, more people have low p-values
than should.
"""

from collections import deque
from math import ceil, exp, expm1
from typing import NamedTuple, Self

from edge.booth.facts import Fact

HOUR_S = 3600.0
LEAST_BURST = 4.0
"""Alerts. Half an hour's budget can be saved up, but at least this many: with fewer, a lull's budget is lost."""
SWING_BITS = 1.0
"""The price is lower by this with a full burst saved, higher by it with none; .5 loses alerts, 2 loses bits."""
MEMORY_S = 7200.0
"""Time constant of the traffic estimate: a person has the weight exp(-age / MEMORY_S)."""
LONGEST_S = 1800.0
"""A longer pause counts as this: the street was empty or the clock was set, and neither predicts traffic."""
PRIOR_S, PRIOR_PEOPLE = 120.0, 10.0
"""Assumed traffic at the start: 300 people an hour, between a quiet place's 40 and a busy one's 2,000."""
SHIFT_BITS = 0.3
"""The price rises by this with each alert, and falls by it where uniform p-values would have given one; .1 follows an
aging baseline too slowly at 4 alerts an hour, .4 oscillates. Only people who could be alerted count, so that a crowd
in one rare dress does not silence the booth."""


class Budget(NamedTuple):
    """Limits on alerts: how many people staff can greet."""

    per_hour: float
    """Alerts an hour, above 0."""
    max_open: int | None = None
    """Most alerts open at the same time; None: no limit."""
    at_most_p: float = 1.0
    """People with a higher p-value are never alerted, even if budget is left over."""


class Pace(NamedTuple):
    """The pace at one moment, for the page."""

    threshold: float
    """Highest p-value at which the next person would be alerted; 0 while alerts are impossible."""
    last_hour: int
    """Alerts in the last hour."""
    why: Fact | None
    """Why alerts are impossible now; None if they are possible."""

    @property
    def why_closed(self) -> str:
        """Return why no alert is possible, as an English sentence; empty if alerts are possible."""
        return self.why.sentence if self.why else ""


def burst(per_hour: float) -> float:
    """Return how many alerts more than `per_hour` one hour can have.

    >>> burst(12), burst(4)
    (6.0, 4.0)
    """
    return max(per_hour / 2, LEAST_BURST)


class _Ledger(NamedTuple):
    """Everything a decision depends on, at one moment."""

    saved: float
    """Alerts saved up, at most a burst."""
    people: float = PRIOR_PEOPLE
    """Recent people, weighted by age."""
    seconds: float = PRIOR_S
    """Time in which they came, weighted likewise."""
    shift: float = 0.0
    """Bits added to the price because p-values are not uniform."""

    def after(self, seconds: float, per_hour: float) -> "_Ledger":
        """Return the ledger after `seconds` in which nobody came."""
        kept = exp(-seconds / MEMORY_S)
        return _Ledger(
            min(self.saved + seconds * per_hour / HOUR_S, burst(per_hour)),
            self.people * kept,
            self.seconds * kept + seconds,
            self.shift,
        )

    def threshold(self, per_hour: float) -> float:
        """Return 2 ** -price: the highest p-value that is worth an alert."""
        people_per_hour = HOUR_S * self.people / self.seconds
        swing = SWING_BITS * (2 * self.saved / burst(per_hour) - 1)
        return float(per_hour / people_per_hour * 2 ** (swing - self.shift))


class Pacer:
    """Owner of the budget; call `admit`.

    Times are seconds on one clock. If it is set back, no time passes; if it is set ahead, at most LONGEST_S.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._ledger = _Ledger(burst(budget.per_hour) / 2)
        self._at: float | None = None
        self._alerts: deque[float] = deque()
        """Times of the alerts in the last hour."""

    @classmethod
    def resume(cls, budget: Budget, at: float, *, alerts: int, people: int, hours: float) -> Self:
        """Resume after a restart, from the `alerts` of the last hour and the `people` of the last `hours` of operation.

        The alerts are assumed to be spread evenly over the hour, and at most half a burst to be saved up: that is the
        most a restart right after a burst can gain. The shift starts from 0 again.
        """
        pacer = cls(budget)
        half = burst(budget.per_hour) / 2
        remembered = -MEMORY_S / HOUR_S * expm1(-hours * HOUR_S / MEMORY_S)
        pacer._ledger = _Ledger(
            saved=min(max(half + budget.per_hour - alerts, 0.0), half),
            people=PRIOR_PEOPLE + (people * remembered / hours if hours else 0.0),
            seconds=PRIOR_S + remembered * HOUR_S,
        )
        pacer._alerts.extend(at - HOUR_S * (1 - (i + 0.5) / alerts) for i in range(alerts))
        pacer._at = at
        return pacer

    def admit(self, p: float, at: float, *, open_alerts: int, reserve: float = 0.0, is_counted: bool = True) -> bool:
        """Decide whether to alert for one person with p-value `p`; call once for each person.

        `reserve` alerts are kept for others (trunk reservation: Akinpelu 1984, "The overload performance of engineered
        networks with nonhierarchical routing", AT&T Bell Laboratories Technical Journal 63(7)). A person who is not
        counted does not change the estimate of traffic.
        """
        now = self._ledger_at(at)
        is_open = not self._why_closed(now, at, open_alerts) and now.saved >= 1 + reserve
        threshold = self._threshold(now)
        is_admitted = is_open and p <= threshold
        surprise = is_admitted - threshold * 2**now.shift if is_open else 0.0
        self._at = at
        self._ledger = now._replace(
            saved=now.saved - is_admitted,
            people=now.people + is_counted,
            shift=now.shift + SHIFT_BITS * surprise,
        )
        if is_admitted:
            self._alerts.append(at)
        while self._alerts and not _is_last_hour(self._alerts[0], at):
            self._alerts.popleft()
        return is_admitted

    def look(self, at: float, *, open_alerts: int) -> Pace:
        """Return the pace now; changes nothing."""
        now = self._ledger_at(at)
        why = self._why_closed(now, at, open_alerts)
        return Pace(0.0 if why else self._threshold(now), self._last_hour(at), why)

    def _ledger_at(self, at: float) -> _Ledger:
        passed_s = 0.0 if self._at is None else min(max(at - self._at, 0.0), LONGEST_S)
        return self._ledger.after(passed_s, self._budget.per_hour)

    def _threshold(self, now: _Ledger) -> float:
        return min(now.threshold(self._budget.per_hour), self._budget.at_most_p, 1.0)

    def _why_closed(self, now: _Ledger, at: float, open_alerts: int) -> Fact | None:
        if self._budget.max_open is not None and open_alerts >= self._budget.max_open:
            return Fact("one-open") if open_alerts == 1 else Fact("many-open", (open_alerts,))
        if now.saved < 1:
            return Fact("saving-up", (self._last_hour(at), ceil((1 - now.saved) * 60 / self._budget.per_hour)))
        return None

    def _last_hour(self, at: float) -> int:
        return sum(_is_last_hour(alerted_at, at) for alerted_at in self._alerts)


def _is_last_hour(alerted_at: float, at: float) -> bool:
    return at - HOUR_S < alerted_at <= at
