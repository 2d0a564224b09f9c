"""Place cameras and alerts on a compass around the booth, north up; pure.

Cameras stand at the booth and look outwards, so the right of a picture lies clockwise of its middle.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge import wire
from edge.booth.page.snapshot import AlertView

VIEW_DEG = 66
"""Horizontal field of view of the Raspberry Pi camera module 3, degrees, for cameras that do not say theirs."""
ZONES: dict[wire.Zone, int] = {"left": -1, "centre": 0, "right": 1}
"""Each zone of a picture is a third of its field of view."""
HEADINGS: dict[wire.Heading, int] = {"away": 0, "right": 90, "toward": 180, "left": 270}
"""Degrees clockwise from where the camera looks."""
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
RIM, MARK, CLOSER, NAME = 100.0, 80.0, 22.0, 112.0
"""Distances from the middle, in units of the drawing: the rim, an alert, the step inwards for each further alert in the
same direction, and a camera's name."""
NARROW = 30.0
"""A camera's name is centred where |x| is below this, in units of the drawing; elsewhere it starts or ends there."""
NEAR_DEG = 15
"""Alerts closer together than this would cover each other."""


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
        """Alignment of its name, clear of the rim: `across` (centred), `east` (starts here) or `west` (ends here)."""
        return "across" if abs(self.x) < NARROW else "east" if self.x > 0 else "west"


@dataclass(frozen=True)
class Mark:
    """One alert on the compass."""

    alert_id: str
    state: str
    x: float
    y: float
    heading_deg: int
    """Direction in which the person walks, degrees clockwise from north."""


def bearing(alert: wire.Alert, angles: Mapping[str, int] = {}) -> int | None:
    """Direction to look in, degrees clockwise from north; None if the camera's facing is not known.

    `angles` are the cameras' fields of view in degrees, as far as they are known.
    """
    aside = ZONES[alert.zone] * angles.get(alert.node, VIEW_DEG) // 3
    return None if alert.facing is None else (alert.facing + aside) % 360


def wind(degrees: float) -> str:
    """Name of the nearest of eight compass points.

    >>> [wind(degrees) for degrees in (0, 22, 23, 190, 359)]
    ['north', 'north', 'north-east', 'south', 'north']
    """
    return WINDS[round(degrees / 45) % 8]


def place(degrees: float, distance: float) -> tuple[float, float]:
    """SVG coordinates (x to the right, y down) of a point; `degrees` clockwise from north.

    >>> place(90, 100)
    (100.0, 0.0)
    """
    angle = math.radians(degrees)
    return round(distance * math.sin(angle), 1), round(-distance * math.cos(angle), 1) + 0.0


def cameras(facings: Mapping[str, int | None], angles: Mapping[str, int] = {}) -> list[Camera]:
    """Return the cones of cameras whose facing is known, one for each direction, as wide as their `angles` (degrees).

    Of cameras that look the same way the widest is drawn.
    """
    names = defaultdict(list)
    for name, facing in sorted(facings.items()):
        if facing is not None:
            names[facing].append(name)
    return [
        Camera(", ".join(group), _cone(facing, max(angles.get(one, VIEW_DEG) for one in group)), *place(facing, NAME))
        for facing, group in names.items()
    ]


def _cone(facing: int, angle: int) -> str:
    (x1, y1), (x2, y2) = (place(facing + side * angle / 2, RIM) for side in (-1, 1))
    return f"M0 0L{x1} {y1}A{RIM} {RIM} 0 0 1 {x2} {y2}Z"


def marks(alerts: Iterable[AlertView], angles: Mapping[str, int] = {}) -> list[Mark]:
    """Return marks for open and claimed alerts whose camera's facing is known; `angles` as in `bearing`."""
    found: list[Mark] = []
    taken: list[int] = []
    for view in alerts:
        where = bearing(view.alert, angles)
        if where is None or view.alert.facing is None or view.state not in ("open", "claimed"):
            continue
        near = sum(1 for other in taken if abs((other - where + 180) % 360 - 180) < NEAR_DEG)
        heading = (view.alert.facing + HEADINGS[view.alert.heading]) % 360
        found.append(Mark(view.alert.id, view.state, *place(where, max(MARK - CLOSER * near, CLOSER)), heading))
        taken.append(where)
    return found
