"""Say where to look in the words of the site: the camera's name, a landmark, left or right as staff step out; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge import wire
from edge.booth.page.compass import HEADINGS, bearing, eighth
from edge.booth.page.text import Text
from edge.config import BoothConfig, PlaceSection

SIDES = ("ahead", "ahead-right", "right", "behind-right", "behind", "behind-left", "left", "ahead-left")
"""Eight directions, clockwise from straight ahead as staff step out."""


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody is, in words, and as a direction to turn to."""

    place: str
    """`Mercer Street door, by the lamp`."""
    side: str
    """`left of the booth as you step out`; a compass point if it is not known where that is; empty if neither is."""
    heading: str
    """`coming towards you`."""
    turn_deg: int | None
    """Direction of the place, degrees clockwise from straight ahead (else from north); None if unknown."""
    walk_deg: int | None
    """Direction in which the person walks, as `turn_deg`."""


def called(config: BoothConfig, node: str) -> str:
    """Return what staff call a camera."""
    section = config.places.get(node)
    return section.name if section is not None and section.name else node


def strange_places(config: BoothConfig) -> list[str]:
    """Return the places in booth.yaml that name no camera."""
    return sorted(set(config.places) - set(config.nodes)) if config.nodes else []


def whereabouts(alert: wire.Alert, config: BoothConfig, text: Text, angles: Mapping[str, int] = {}) -> Whereabouts:
    """Return where the person of an alert is; `angles` are the cameras' fields of view, as in `bearing`."""
    section = config.places.get(alert.node, PlaceSection())
    landmark = getattr(section, alert.zone) or text(f"third-{alert.zone}")
    towards, up = bearing(alert, angles), config.faces or 0
    side = ""
    if towards is not None:
        number = eighth(towards - up)
        side = text(f"wind-{number}" if config.faces is None else f"side-{SIDES[number]}")
    return Whereabouts(
        place=text("place", place=called(config, alert.node), landmark=landmark),
        side=side,
        heading=text(f"heading-{alert.heading}"),
        turn_deg=None if towards is None else (towards - up) % 360,
        walk_deg=None if alert.facing is None else (alert.facing + HEADINGS[alert.heading] - up) % 360,
    )
