"""A walker posed, projected and dressed: what every part of the body is drawn from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edge.street.gait import AT
from edge.street.optics import Points, View
from edge.street.walker import Walker
from edge.street.wardrobe import Wardrobe


@dataclass(frozen=True)
class Figure:
    """A walker posed and projected."""

    walker: Walker
    wardrobe: Wardrobe
    view: View
    joints: Points
    """[joints, 3] metres."""
    heading: float
    light: int
    """-1 from the left, 1 from the right."""

    @cached_property
    def projected(self) -> tuple[Points, Points]:
        return self.view.project(self.joints)

    @property
    def height_px(self) -> float:
        """A body height at the walker's depth, in pixels."""
        return self.walker.gait.height_m * self.view.focal / float(self.projected[1][AT["pelvis"]])

    @cached_property
    def turn(self) -> float:
        """Where the camera is, as the walker sees it: 0 ahead, positive to their left."""
        away = self.view.place[:2] - self.joints[AT["pelvis"], :2]
        return wrap(float(np.arctan2(away[1], away[0])) - self.heading)

    def at(self, name: str) -> Points:
        point: Points = self.projected[0][AT[name]]
        return point

    def depth(self, *names: str) -> float:
        return sum(float(self.projected[1][AT[name]]) for name in names) / len(names)

    def shift(self, ahead: float, up: float, left: float = 0.0) -> Points:
        """Metres in the walker's own directions."""
        cos, sin = np.cos(self.heading), np.sin(self.heading)
        return np.array([ahead * cos - left * sin, ahead * sin + left * cos, up])

    def points(self, *moved: tuple[str, float, float]) -> Points:
        """[n, 2] pixels of joints moved ahead and up by shares of the body height."""
        joints = np.array([self.joints[AT[name]] for name, _, _ in moved])
        shifts = np.array([self.shift(ahead, up) for _, ahead, up in moved])
        return self.view.project(joints + self.walker.gait.height_m * shifts)[0]

    def point(self, name: str, ahead: float, up: float, left: float = 0.0) -> Points:
        """A joint moved by shares of the body height, in pixels."""
        moved = self.joints[AT[name]] + self.walker.gait.height_m * self.shift(ahead, up, left)
        return self.view.project(moved)[0]


def wrap(angle: float) -> float:
    """The angle between -pi and pi."""
    return (angle + np.pi) % (2 * np.pi) - np.pi


def half_width(figure: Figure, section: tuple[float, float]) -> float:
    """Half of the width in pixels that an elliptic section shows."""
    girth = figure.height_px * figure.walker.looks.girth
    return girth * float(np.hypot(section[0] * np.cos(figure.turn), section[1] * np.sin(figure.turn)))
