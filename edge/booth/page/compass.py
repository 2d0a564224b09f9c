"""Cameras and alerts to places on a compass around the booth, north up; pure.

Cameras stand at the booth and look outwards, so that the right of a picture lies clockwise of its middle.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge import wire
from edge.booth.page.snapshot import AlertView

VIEW_DEG = 66
"""Horizontal field of view of the Raspberry Pi camera module 3; the zones of a picture are thirds of it."""
ZONES: dict[wire.Zone, int] = {"left": -VIEW_DEG // 3, "centre": 0, "right": VIEW_DEG // 3}
HEADINGS: dict[wire.Heading, int] = {"away": 0, "right": 90, "toward": 180, "left": 270}
"""Degrees clockwise from where the camera looks."""
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
RIM, MARK, CLOSER, NAME = 100.0, 80.0, 22.0, 112.0
"""Distances from the middle, in units of the drawing: the rim, an alert, each further one there, a camera's name."""
NARROW = 30.0
"""A name nearer than this to the line from north to south stands across it, not beside."""
NEAR_DEG = 15
"""Alerts less than this apart would cover each other."""


@dataclass(frozen=True)
class Camera:
    """The cone that one camera sees, or several that look the same way."""

    names: str
    cone: str
    """SVG path."""
    x: float
    y: float

    @property
    def side(self) -> str:
        """Where its name goes from there, so that it stays clear of the rim."""
        return "across" if abs(self.x) < NARROW else "east" if self.x > 0 else "west"


@dataclass(frozen=True)
class Mark:
    """One alert."""

    alert_id: str
    state: str
    x: float
    y: float
    heading_deg: int
    """Where the person walks, degrees clockwise from north."""


def bearing(alert: wire.Alert) -> int | None:
    """Where to look, degrees clockwise from north; None where the camera's facing is not known."""
    return None if alert.facing is None else (alert.facing + ZONES[alert.zone]) % 360


def wind(degrees: float) -> str:
    """
    >>> [wind(degrees) for degrees in (0, 22, 23, 190, 359)]
    ['north', 'north', 'north-east', 'south', 'north']
    """
    return WINDS[round(degrees / 45) % 8]


def place(degrees: float, distance: float) -> tuple[float, float]:
    """To the right and downwards, as SVG has x and y.

    >>> place(90, 100)
    (100.0, 0.0)
    """
    angle = math.radians(degrees)
    return round(distance * math.sin(angle), 1), round(-distance * math.cos(angle), 1) + 0.0


def cameras(facings: Mapping[str, int | None]) -> list[Camera]:
    """Those whose facing is known."""
    names = defaultdict(list)
    for name, facing in sorted(facings.items()):
        if facing is not None:
            names[facing].append(name)
    return [Camera(", ".join(group), _cone(facing), *place(facing, NAME)) for facing, group in names.items()]


def _cone(facing: int) -> str:
    (x1, y1), (x2, y2) = (place(facing + side * VIEW_DEG / 2, RIM) for side in (-1, 1))
    return f"M0 0L{x1} {y1}A{RIM} {RIM} 0 0 1 {x2} {y2}Z"


def marks(alerts: Iterable[AlertView]) -> list[Mark]:
    """Alerts that are still to be looked for, where their camera's facing is known."""
    found: list[Mark] = []
    taken: list[int] = []
    for view in alerts:
        where = bearing(view.alert)
        if where is None or view.alert.facing is None or view.state not in ("open", "claimed"):
            continue
        near = sum(1 for other in taken if abs((other - where + 180) % 360 - 180) < NEAR_DEG)
        heading = (view.alert.facing + HEADINGS[view.alert.heading]) % 360
        found.append(Mark(view.alert.id, view.state, *place(where, max(MARK - CLOSER * near, CLOSER)), heading))
        taken.append(where)
    return found
