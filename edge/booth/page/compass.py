"""Place cameras and alerts on a map around the booth; pure.

Cameras stand at the booth and look outwards, so the right of a picture lies clockwise of its middle. Up is where staff
look as they step out of the booth if that is known, else north.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from edge import wire
from edge.booth.page.snapshot import AlertView

VIEW_DEG = 66
"""Horizontal field of view of the Raspberry Pi camera module 3, degrees, for cameras that do not say theirs."""
ZONES: dict[wire.Zone, int] = {"left": -1, "centre": 0, "right": 1}
"""Each zone of a picture is a third of its field of view."""
HEADINGS: dict[wire.Heading, int] = {"away": 0, "right": 90, "toward": 180, "left": 270}
"""Degrees clockwise from where the camera looks."""
RIM, MARK, CLOSER, NAME, WIND = 100.0, 80.0, 22.0, 112.0, 90.0
"""Distances from the middle, in units of the drawing: the rim, an alert, the step inwards for each further alert in the
same direction, a camera's name, and the letters of the compass points."""
NARROW = 30.0
"""A camera's name is centred where |x| is below this, in units of the drawing; elsewhere it starts or ends there."""
NEAR_DEG = 15
"""Alerts closer together than this would cover each other."""
LINE = 18
"""Units from one line of a name to the next."""
LONG = 12
"""A name with more characters is written on two lines."""


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

    @property
    def first_line(self) -> int:
        """Units by which the first line is moved down, so that all lines are clear of the rim."""
        more = LINE * (len(self.lines) - 1)
        return -more // 2 if self.side != "across" else -more if self.y < 0 else 0

    @property
    def lines(self) -> list[str]:
        """Its names on one or two lines.

        >>> Camera("Mercer Street door", "", 0, 0).lines
        ['Mercer', 'Street door']
        """
        words = self.names.split(" ")
        if len(self.names) <= LONG or len(words) == 1:
            return [self.names]
        cut = min(range(1, len(words)), key=lambda at: abs(len(" ".join(words[:at])) - len(" ".join(words[at:]))))
        return [" ".join(words[:cut]), " ".join(words[cut:])]


@dataclass(frozen=True)
class Mark:
    """One alert on the map."""

    alert_id: str
    state: str
    x: float
    y: float
    heading_deg: int
    """Direction in which the person walks, degrees clockwise from up."""


def bearing(alert: wire.Alert, angles: Mapping[str, int] = {}) -> int | None:
    """Direction to look in, degrees clockwise from north; None if the camera's facing is not known.

    `angles` are the cameras' fields of view in degrees, as far as they are known.
    """
    aside = ZONES[alert.zone] * angles.get(alert.node, VIEW_DEG) // 3
    return None if alert.facing is None else (alert.facing + aside) % 360


def eighth(degrees: float) -> int:
    """Number of the nearest of eight directions, clockwise from 0.

    >>> [eighth(degrees) for degrees in (0, 22, 23, 190, 359, -90)]
    [0, 0, 1, 4, 0, 6]
    """
    return round(degrees / 45) % 8


def place(degrees: float, distance: float) -> tuple[float, float]:
    """SVG coordinates (x to the right, y down) of a point; `degrees` clockwise from up.

    >>> place(90, 100)
    (100.0, 0.0)
    """
    angle = math.radians(degrees)
    return round(distance * math.sin(angle), 1), round(-distance * math.cos(angle), 1) + 0.0


def winds(up: int) -> list[tuple[str, float, float]]:
    """Return the four compass points with their coordinates; `up` is the direction that is up, degrees from north.

    >>> winds(90)[0]
    ('north', -90.0, 0.0)
    """
    names = ("north", "east", "south", "west")
    return [(name, *place(90 * i - up, WIND)) for i, name in enumerate(names)]


def cameras(
    facings: Mapping[str, int | None],
    called: Callable[[str], str] = str,
    up: int = 0,
    angles: Mapping[str, int] = {},
) -> list[Camera]:
    """Return the cones of cameras whose facing is known, one for each direction, by the names they are `called`.

    Each is as wide as its camera's angle (degrees); of cameras that look the same way the widest is drawn.
    """
    names, widths = defaultdict(list), defaultdict[int, int](int)
    for name, facing in sorted(facings.items()):
        if facing is not None:
            names[facing].append(called(name))
            widths[facing] = max(widths[facing], angles.get(name, VIEW_DEG))
    return [
        Camera(", ".join(group), _cone(facing - up, widths[facing]), *place(facing - up, NAME))
        for facing, group in names.items()
    ]


def _cone(degrees: int, angle: int) -> str:
    (x1, y1), (x2, y2) = (place(degrees + side * angle / 2, RIM) for side in (-1, 1))
    return f"M0 0L{x1} {y1}A{RIM} {RIM} 0 0 1 {x2} {y2}Z"


def marks(alerts: Iterable[AlertView], up: int = 0, angles: Mapping[str, int] = {}) -> list[Mark]:
    """Return marks for open and claimed alerts whose camera's facing is known; `angles` as in `bearing`."""
    found: list[Mark] = []
    taken: list[int] = []
    for view in alerts:
        where = bearing(view.alert, angles)
        if where is None or view.alert.facing is None or view.state not in ("open", "claimed"):
            continue
        near = sum(1 for other in taken if abs((other - where + 180) % 360 - 180) < NEAR_DEG)
        heading = (view.alert.facing + HEADINGS[view.alert.heading] - up) % 360
        distance = max(MARK - CLOSER * near, CLOSER)
        found.append(Mark(view.alert.id, view.state, *place(where - up, distance), heading))
        taken.append(where)
    return found
