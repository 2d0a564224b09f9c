"""A snapshot to the sentences and figures the page is made of; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from edge.booth.alert import span, where, why
from edge.booth.page.compass import bearing, wind
from edge.booth.page.snapshot import AlertState, AlertView, Outcome, Snapshot
from edge.booth.trends import Row

STALE_S = 20.0
"""A booth at work shows something new twice a second, one that waits for its store every ten seconds."""

ACTIONS: dict[AlertState, tuple[Outcome, ...]] = {
    "open": ("claimed",),
    "claimed": ("greeted", "not_found", "not_unusual", "declined"),
}
"""What is offered in a state; whatever is not named here is over."""
LABELS: dict[Outcome, tuple[str, str]] = {
    "claimed": ("Claim", "c"),
    "greeted": ("Greeted", "g"),
    "not_found": ("Not found", "n"),
    "not_unusual": ("Not unusual", "u"),
    "declined": ("Declined", "d"),
}
"""Button and key."""
STATES: dict[AlertState, str] = {
    "open": "open",
    "claimed": "claimed",
    "greeted": "greeted",
    "not_found": "not found",
    "not_unusual": "not unusual",
    "declined": "declined",
    "lapsed": "lapsed",
    "withdrawn": "withdrawn",
}
REFUSALS = {
    "schema": "they were not of the agreed form; are node and booth of the same version?",
    "version": "node and booth speak different versions; update the older one.",
    "topic": "they came on a topic of another site; check `site` in node.yaml.",
    "too_large": "they were too large; no node of ours sends such.",
    "not_json": "they could not be read; no node of ours sends such.",
    "sender": "they named another node than their topic; check `node` in node.yaml.",
    "retained": "scores must never be retained; who else publishes to this broker?",
    "baseline": "a node's counts could not be read; is its software newer than the booth's?",
    "too_many_nodes": "too many nodes; who else publishes to this broker?",
}
"""What a technician does about each."""


@dataclass(frozen=True)
class Card:
    """One alert as it is read and heard."""

    id: str
    state: AlertState
    standing: str
    rare: str
    look: str
    where: str
    why: str
    hint: str
    cameras: str
    left: str
    actions: tuple[Outcome, ...]


@dataclass(frozen=True)
class Line:
    """One row of the table of trends."""

    facet: str
    what: str
    now: str
    usual: str
    sightings: str
    verdict: str


def troubles(snapshot: Snapshot, silent_s: float = 0.0) -> list[str]:
    """What keeps the booth from its work, worst first; `silent_s` since it last showed anything."""
    return list(_troubles(snapshot, silent_s))


def _troubles(snapshot: Snapshot, silent_s: float) -> Iterator[str]:
    if silent_s > STALE_S:
        yield f"The booth has said nothing new for {silent_s:.0f} s; is it still running?"
    if not snapshot.is_connected:
        yield "The MQTT broker is away; is mosquitto running? Cameras keep their scores."
    if snapshot.trouble:
        yield f"Nothing is stored, cameras keep their scores: {snapshot.trouble}"
    if snapshot.clock:
        yield snapshot.clock
    if snapshot.refusals:
        yield f"The broker refused {snapshot.refusals:,} times; see the log."
    for node, count in sorted(snapshot.lost.items()):
        yield f"{node} lost {_many(count, 'sighting')}: its outbox was full, the booth away too long."
    for reason, count in sorted(snapshot.refused.items()):
        if count:
            yield f"Refused {_many(count, 'message')} ({reason}): {REFUSALS.get(reason, 'see the log.')}"


def _many(count: int, noun: str) -> str:
    """
    >>> _many(1, "sighting"), _many(1200, "sighting")
    ('1 sighting', '1,200 sightings')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def cards(snapshot: Snapshot) -> list[Card]:
    """Newest first, without open ones that have expired since."""
    return [_card(view) for view in current(snapshot)]


def current(snapshot: Snapshot) -> list[AlertView]:
    """Whatever is open has not expired."""
    return [view for view in snapshot.alerts if view.state != "open" or view.left_s > 0]


def _card(view: AlertView) -> Card:
    alert, degrees = view.alert, bearing(view.alert)
    return Card(
        id=alert.id,
        state=view.state,
        standing=STATES[view.state] + (f" by {view.claimed_by}" if view.claimed_by else ""),
        rare=span(alert),
        look=f"Look at the {alert.zone}" if degrees is None else f"Look {wind(degrees)}",
        where=where(alert),
        why=why(alert),
        hint=alert.hint if alert.hint and alert.hint != why(alert) else "",
        cameras=", ".join(alert.cameras) if len(alert.cameras) > 1 else "",
        left=f"{view.left_s:.0f} s left" if view.state == "open" else "",
        actions=ACTIONS.get(view.state, ()),
    )


def nobody(snapshot: Snapshot) -> str:
    """Why there is no alert."""
    if snapshot.budget is not None and snapshot.budget.silence:
        return snapshot.budget.silence
    return "Nobody exceptional in the last minute."


def unplaced(snapshot: Snapshot) -> list[str]:
    """Cameras the compass cannot show."""
    names = {row.node for row in snapshot.nodes} | set(snapshot.facings)
    return sorted(name for name in names if snapshot.facings.get(name) is None)


def figures(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Label and value, what matters most first."""
    counts = snapshot.counts
    found = [*_budget(snapshot), *_outcomes(snapshot)]
    found.append(("Since the booth started", _many(counts["scores"], "sighting")))
    found.append(("Alerts that a laptop heard", f"{counts['alerts']:,}"))
    found.append(("Too late for an alert", f"{counts['late']:,}"))
    found.append(("Lapsed: nobody went in time", f"{counts['lapsed']:,}"))
    return found


def _budget(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    budget = snapshot.budget
    if budget is None:
        return
    if budget.traffic_per_h is not None:
        yield "People an hour", f"{budget.traffic_per_h:,.0f}"
    rate = "" if budget.alerts_per_h is None else f"{budget.alerts_per_h:.1f} of "
    yield "Alerts an hour", f"{rate}{budget.per_hour:g} that can be greeted"
    if budget.threshold is not None:
        yield "Alerts start at", f"1 in {budget.threshold:,.0f}"
    if budget.stock is not None:
        yield "Left to hand out", f"{budget.stock:,}"


def _outcomes(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    outcomes = snapshot.outcomes
    if outcomes is None:
        return
    ends: tuple[AlertState, ...] = ("greeted", "not_found", "not_unusual", "declined")
    told = [f"{getattr(outcomes, end):,} {STATES[end]}" for end in ends if getattr(outcomes, end)]
    if told:
        yield "What became of alerts", ", ".join(told)
    if outcomes.precision is not None:
        yield "Found people who were unusual", _share(outcomes.precision, outcomes.low, outcomes.high)
    if outcomes.greet_s is not None:
        yield "From sighting to greeting", f"{outcomes.greet_s:.0f} s on average"


def trends(snapshot: Snapshot) -> list[Line]:
    return [_line(row) for row in snapshot.trends]


def _line(row: Row) -> Line:
    what = f"{row.value} {row.where}".strip().replace("-", " ")
    now = _share(row.share_now, row.low, row.high)
    return Line(row.facet, what, now, _share(row.share_usual), f"{row.n:,}", row.verdict)


def _share(share: float, low: float | None = None, high: float | None = None) -> str:
    """With its error bar, as people say it.

    >>> _share(0.126, 0.08, 0.171), _share(0.004)
    ('13 % (8-17)', '0.4 %')
    """
    if low is None or high is None:
        return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"
    return f"{_share(share)} ({100 * low:.0f}-{100 * high:.0f})"
