"""Everything the page shows at one moment, as plain values; also `/state.json`."""

from typing import Literal, get_args

import msgspec

from edge import wire
from edge.booth.roster import NodeHealth
from edge.booth.trends import Outcomes, Row

Outcome = wire.Outcome
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
AlertState = Literal["open", "claimed", "greeted", "not_found", "not_unusual", "declined", "lapsed", "withdrawn"]


class AlertView(msgspec.Struct, frozen=True, kw_only=True):
    """An alert and what became of it."""

    alert: wire.Alert
    state: AlertState = "open"
    claimed_by: str = ""
    """Name of the laptop that claimed it; empty while nobody has."""
    left_s: float = 0.0
    """Until it expires."""


class BudgetView(msgspec.Struct, frozen=True, kw_only=True):
    """How many people can be greeted, and what that makes of the threshold."""

    per_hour: float
    """People the booth can greet."""
    stock: int | None = None
    """What is left to hand out; None: nobody counts it."""
    threshold: float | None = None
    """Alerts now start at 1 in this; None: not known yet."""
    traffic_per_h: float | None = None
    """People who pass."""
    alerts_per_h: float | None = None
    silence: str = ""
    """Why nobody is alerted right now, as a sentence; empty while people are."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page shows."""

    site: str
    at: str
    is_connected: bool
    refusals: int
    """What the broker refused."""
    trouble: str
    """Why nothing is stored; empty when all is well."""
    clock: str = ""
    """What is wrong with the time of this machine; empty when all is well."""
    alerts: list[AlertView]
    """Newest first, none expired."""
    nodes: list[NodeHealth]
    facings: dict[str, int | None]
    """Where each camera looks, degrees clockwise from north."""
    lost: dict[str, int]
    """Scores that nodes had to drop."""
    counts: dict[str, int]
    refused: dict[str, int]
    """Messages by reason."""
    queued: int = 0
    """Messages that wait for the booth."""
    budget: BudgetView | None = None
    trends: list[Row] = []
    outcomes: Outcomes | None = None
