"""Everything the page shows at one moment, as plain values; also `/state.json`."""

from typing import Literal, get_args

import msgspec

from edge import wire
from edge.booth.facts import Fact
from edge.booth.roster import NodeHealth
from edge.booth.trends import Outcomes, Row
from edge.booth.trends_report import TrendsReport

Outcome = wire.Outcome
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
AlertState = Literal["open", "claimed", "greeted", "not_found", "not_unusual", "declined", "lapsed", "withdrawn"]


class AlertView(msgspec.Struct, frozen=True, kw_only=True):
    """An alert and what became of it."""

    alert: wire.Alert
    state: AlertState = "open"
    claimed_by: str = ""
    """Name of the laptop that claimed it; empty while unclaimed."""
    left_s: float = 0.0
    """Seconds until it expires; once claimed, until the claim does."""
    changed_s: float = 0.0
    """Seconds since its state changed."""


class BudgetView(msgspec.Struct, frozen=True, kw_only=True):
    """The budget of alerts, and the threshold that follows from it."""

    per_hour: float
    """People the booth can greet."""
    stock: int | None = None
    """Items left to give away; None if stock is not counted."""
    threshold: float | None = None
    """People at least this rare (1 in N) are alerted now; None while nobody is."""
    traffic_per_h: float | None = None
    """Sightings in the last hour: each camera's, so a person who passes three is three of them."""
    alerts_per_h: float | None = None
    """Alerts in the last hour."""
    silence: str = ""
    """Why nobody is alerted right now; empty if alerts are possible."""
    why_silent: Fact | None = None
    """The reason as a code with values, for other languages."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page shows."""

    site: str
    at: str
    is_connected: bool
    broker: str = ""
    """Why the broker refused the last connection; empty if it took it, or is merely away."""
    refusals: int
    """Connections, subscriptions and messages that the broker refused."""
    trouble: str
    """Why nothing is stored; empty when all is well."""
    clock: str = ""
    """What is wrong with this machine's clock; empty when all is well."""
    clock_facts: list[Fact] = []
    """The sentences as codes with values, for other languages."""
    alerts: list[AlertView]
    """Newest first."""
    nodes: list[NodeHealth]
    facings: dict[str, int | None]
    """Facing of each camera, degrees clockwise from north."""
    people: dict[str, int] = {}
    """People whose clothes each node's scores are compared with; a node of which it is not known is left out."""
    lost: dict[str, int]
    """Scores dropped by each node because its outbox was full."""
    counts: dict[str, int]
    """Counters of the inbox, the alerts sent and lapsed, and the sightings held back, since the booth started."""
    refused: dict[str, int]
    """Refused messages by reason."""
    queued: int = 0
    """Messages waiting in the booth's queue."""
    budget: BudgetView | None = None
    trends: list[Row] = []
    report: TrendsReport | None = None
    """The week's trends and exceptions, of every site in the store; None until they are computed."""
    outcomes: Outcomes | None = None
    missing: dict[str, str] = {}
    """What failed or is not available, and why."""

    @property
    def angles(self) -> dict[str, int]:
        """The field of view of each camera that says it, in degrees."""
        return {row.node: row.angle for row in self.nodes if row.angle is not None}


def news(snapshot: Snapshot) -> tuple[object, ...]:
    """Return what a browser should learn at once; figures, which change with every person, are not part of it."""
    budget = snapshot.budget
    return (
        [(view.alert.id, view.alert.state, view.state, view.claimed_by) for view in snapshot.alerts],
        [(row.node, row.state, row.problems, row.is_held) for row in snapshot.nodes],
        (snapshot.is_connected, snapshot.trouble, snapshot.clock, snapshot.refusals, snapshot.missing),
        (snapshot.lost, snapshot.refused),
        (budget.silence, budget.stock) if isinstance(budget, BudgetView) else (),
    )
