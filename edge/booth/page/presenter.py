"""Turn a snapshot into the sentences and figures of the page; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from edge.booth.alert import span, where, why
from edge.booth.page.compass import bearing, wind
from edge.booth.page.snapshot import AlertState, AlertView, Outcome, Snapshot
from edge.booth.trends import TOO_FEW, Row, code
from edge.booth.trends_words import now_text, usual_text
from edge.phrase.outfit import words

STALE_S = 20.0
"""A working booth updates the page twice a second, one that waits for its store every ten seconds."""

ACTIONS: dict[AlertState, tuple[Outcome, ...]] = {
    "open": ("claimed",),
    "claimed": ("greeted", "not_found", "not_unusual", "declined"),
}
"""Outcomes that staff can choose in each state. An alert in any other state is over."""
LABELS: dict[Outcome, tuple[str, str]] = {
    "claimed": ("Claim", "c"),
    "greeted": ("Greeted", "g"),
    "not_found": ("Not found", "n"),
    "not_unusual": ("Not unusual", "u"),
    "declined": ("Declined", "d"),
}
"""Button label and keyboard key of each outcome."""
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
    "schema": "they do not match the message format; do node and booth run the same version?",
    "version": "node and booth use different message versions; update the older one.",
    "topic": "they came on a topic of another site; check `site` in node.yaml.",
    "too_large": "they were too large for our nodes; what else publishes to this broker?",
    "not_json": "they were not valid JSON; what else publishes to this broker?",
    "sender": "the node named inside is not the one in the topic; check `node` in node.yaml.",
    "retained": "scores must never be retained; what else publishes to this broker?",
    "baseline": "a node's counts could not be read; is its software newer than the booth's?",
    "epochs": "a node began too many outboxes; provision it under a new name.",
    "window": "a node's counts are of another time; check its clock.",
    "revoked": "a node whose certificate was revoked still sends; reload or restart the broker.",
    "sealed": "a node's sealed scores cannot be opened; are outbox_key and the node's outbox.pub this site's?",
    "too_many_nodes": "there were too many nodes; what else publishes to this broker?",
}
"""Why messages were refused and what to do about it, by reason."""


@dataclass(frozen=True)
class Card:
    """One alert as the page shows it."""

    id: str
    state: AlertState
    status: str
    """The state in plain English, and the laptop that claimed it."""
    rare: str
    look: str
    where: str
    why: str
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
    """Return the problems to show, worst first; `silent_s` is the age of the snapshot in seconds."""
    return list(_troubles(snapshot, silent_s))


def _troubles(snapshot: Snapshot, silent_s: float) -> Iterator[str]:
    if silent_s > STALE_S:
        yield f"This page has not been updated for {silent_s:.0f} s; is the booth still running?"
    if not snapshot.is_connected:
        yield "The MQTT broker cannot be reached; is mosquitto running? Cameras keep their scores until it is back."
    if snapshot.trouble:
        yield f"Scores cannot be stored; cameras keep them until they can: {snapshot.trouble}"
    if snapshot.clock:
        yield snapshot.clock
    if snapshot.refusals:
        yield f"The broker refused {_many(snapshot.refusals, 'request')} of the booth; see the log."
    for what, cause in snapshot.missing.items():
        yield missing(what, cause)
    for node, count in sorted(snapshot.lost.items()):
        yield f"{node} lost {_many(count, 'sighting')}: its outbox was full because the booth was away too long."
    for reason, count in sorted(snapshot.refused.items()):
        if count:
            yield f"Refused {_many(count, 'message')} ({reason}): {REFUSALS.get(reason, 'see the log.')}"


def missing(what: str, cause: str) -> str:
    """Return the sentence about what is not available."""
    return f"Not available: {what} ({cause}). The rest goes on; see the log, and report it if it stays."


def _many(count: int, noun: str) -> str:
    """Count and noun, plural where needed.

    >>> _many(1, "sighting"), _many(1200, "sighting")
    ('1 sighting', '1,200 sightings')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def cards(snapshot: Snapshot) -> list[Card]:
    """Return the alerts to show, newest first."""
    return [_card(view) for view in current(snapshot)]


def current(snapshot: Snapshot) -> list[AlertView]:
    """Return the alerts without those that are open but have expired."""
    return [view for view in snapshot.alerts if view.state != "open" or view.left_s > 0]


def _card(view: AlertView) -> Card:
    alert, degrees = view.alert, bearing(view.alert)
    return Card(
        id=alert.id,
        state=view.state,
        status=STATES[view.state] + (f" by {view.claimed_by}" if view.claimed_by else ""),
        rare=span(alert),
        look=f"Look at the {alert.zone}" if degrees is None else f"Look {wind(degrees)}",
        where=where(alert),
        why=why(alert),
        cameras=", ".join(alert.cameras) if len(alert.cameras) > 1 else "",
        left=f"{view.left_s:.0f} s left" if view.state == "open" else "",
        actions=ACTIONS.get(view.state, ()),
    )


def nobody(snapshot: Snapshot) -> str:
    """Return the sentence shown while there is no alert."""
    if snapshot.budget is not None and snapshot.budget.silence:
        return snapshot.budget.silence
    return "Nobody exceptional in the last minute."


def unplaced(snapshot: Snapshot) -> list[str]:
    """Return the cameras whose facing is not known, so that the compass cannot show them."""
    names = {row.node for row in snapshot.nodes} | set(snapshot.facings)
    return sorted(name for name in names if snapshot.facings.get(name) is None)


def figures(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return label and value of each figure, the most important first."""
    counts = snapshot.counts
    found = [*_budget(snapshot), *_outcomes(snapshot)]
    found.append(("Since the booth started", _many(counts["scores"], "sighting")))
    found.append(("Alerts delivered to a laptop", f"{counts['alerts']:,}"))
    found.append(("Sightings too late for an alert", f"{counts['late']:,}"))
    found.append(("Rare, but by nothing that can be seen from afar", f"{counts['held_back']:,}"))
    found.append(("Alerts that expired unclaimed", f"{counts['lapsed']:,}"))
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
        yield "Alerts from", f"1 in {budget.threshold:,.0f}"
    if budget.stock is not None:
        yield "Left to give away", f"{budget.stock:,}"


def _outcomes(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    outcomes = snapshot.outcomes
    if outcomes is None:
        return
    ends: tuple[AlertState, ...] = ("greeted", "not_found", "not_unusual", "declined")
    counts = [f"{getattr(outcomes, end):,} {STATES[end]}" for end in ends if getattr(outcomes, end)]
    if counts:
        yield "Outcomes of alerts", ", ".join(counts)
    if outcomes.precision is not None:
        yield "Unusual, of those found", _share(outcomes.precision, outcomes.low, outcomes.high)
    if outcomes.greet_s is not None:
        yield "From sighting to greeting", f"{outcomes.greet_s:.0f} s on average"


def trends(snapshot: Snapshot) -> list[Line]:
    """Return the rows of the table of trends, as text; what is too few to say is left out."""
    return [_line(row) for row in snapshot.trends if row.verdict != TOO_FEW]


def _line(row: Row) -> Line:
    return Line(row.facet, words(code(row)), now_text(row), usual_text(row), f"{row.n:,}", row.verdict)


def _share(share: float, low: float | None = None, high: float | None = None) -> str:
    """Percentage, with its interval if one is given.

    >>> _share(0.126, 0.08, 0.171), _share(0.004)
    ('13 % (8-17)', '0.4 %')
    """
    if low is None or high is None:
        return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"
    return f"{_share(share)} ({100 * low:.0f}-{100 * high:.0f})"
