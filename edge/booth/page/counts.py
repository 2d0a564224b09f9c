"""The booth's figures and trends as labels and values; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from edge.booth.page.snapshot import AlertState, Snapshot
from edge.booth.page.text import Text
from edge.booth.trends import TOO_FEW, Row, code
from edge.booth.trends_words import LITTLE, UNKNOWN
from edge.phrase.outfit import words

LEAST = 0.001
"""Smallest share that is given as a number."""


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
    now = _known(row.share_now, row.high, text, row.low)
    usual = _known(row.share_usual, row.usual_high, text)
    return Line(words(code(row), text.language), now, usual, text("number", n=round(row.n)), row.verdict)


def _known(part: float | None, high: float, text: Text, low: float | None = None) -> str:
    """Return a share; one that is withheld is a dash, or `under` the most that it can be."""
    if part is None:
        return UNKNOWN if high >= LITTLE else text("under", share=share(text, high))
    return share(text, part) if low is None else share(text, part, low, high)


def share(text: Text, part: float, low: float | None = None, high: float | None = None) -> str:
    r"""Percentage, with its interval if one is given.

    >>> share(Text("en"), 0.126, 0.08, 0.171).replace("\N{EN DASH}", "-"), share(Text("en"), 0.004)
    ('13 % (8-17)', '0.4 %')
    >>> share(Text("en"), 0.0004), share(Text("en"), 0.0)
    ('under 0.1 %', '0 %')
    """
    if 0 < part < LEAST and low is None:  # what is not zero is never `0 %`
        return text("under", share=text("share", n=100 * LEAST))
    percent = round(100 * part, 1) if part < 0.1 else round(100 * part)
    if low is None or high is None:
        return text("share", n=percent)
    return text("share-range", n=percent, low=round(100 * low), high=round(100 * high))
