"""The booth's figures and trends as labels and values; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from edge.booth.page.snapshot import AlertState, Snapshot
from edge.booth.page.text import Text
from edge.booth.trends import TOO_FEW, Row, code
from edge.booth.trends_words import now_text, share, usual_text, verdict
from edge.phrase.outfit import words


@dataclass(frozen=True)
class Line:
    """One row of the table of trends."""

    what: str
    now: str
    usual: str
    sightings: str
    verdict: str


def figures(snapshot: Snapshot, text: Text) -> list[tuple[str, str]]:
    """Return label and value of each figure, the most important first."""
    counts = snapshot.counts
    found = [*_budget(snapshot, text), *_outcomes(snapshot, text)]
    found.append((text("since-start"), text("sightings", n=counts["scores"])))
    for label, name in (
        ("alerts-delivered", "alerts"),
        ("too-late", "late"),
        ("not-visible", "held_back"),
        ("alerts-expired", "lapsed"),
    ):
        found.append((text(label), text("number", n=counts[name])))
    return found


def _budget(snapshot: Snapshot, text: Text) -> Iterator[tuple[str, str]]:
    budget = snapshot.budget
    if budget is None:
        return
    if budget.traffic_per_h is not None:
        yield text("sightings-an-hour"), text("number", n=round(budget.traffic_per_h))
    if budget.alerts_per_h is None:
        yield text("alerts-an-hour"), text("alerts-most", most=budget.per_hour)
    else:
        yield text("alerts-an-hour"), text("alerts-of", n=round(budget.alerts_per_h, 1), most=budget.per_hour)
    if budget.threshold is not None:
        yield text("alerts-from"), text("rare", n=round(budget.threshold))
    if budget.stock is not None:
        yield text("left-to-give"), text("number", n=budget.stock)


def _outcomes(snapshot: Snapshot, text: Text) -> Iterator[tuple[str, str]]:
    outcomes = snapshot.outcomes
    if outcomes is None:
        return
    ends: tuple[AlertState, ...] = ("greeted", "not_found", "not_unusual", "declined")
    found = [(getattr(outcomes, end), end) for end in ends if getattr(outcomes, end)]
    if found:
        yield text("outcomes"), ", ".join(text("outcome-count", n=n, state=text(f"state-{end}")) for n, end in found)
    if outcomes.precision is not None:
        yield text("precision"), share(text, outcomes.precision, outcomes.low, outcomes.high)
    if outcomes.greet_s is not None:
        yield text("greet-time"), text("greet-seconds", n=round(outcomes.greet_s))


def trends(snapshot: Snapshot, text: Text) -> list[Line]:
    """Return the rows of the table of trends, as text; what is too few to say is left out."""
    return [_line(row, text) for row in snapshot.trends if row.verdict != TOO_FEW]


def _line(row: Row, text: Text) -> Line:
    what, sightings = words(code(row), text.language), text("number", n=round(row.n))
    return Line(what, now_text(row, text), usual_text(row, text), sightings, verdict(row, text))
