"""A walker in one picture: posed, projected and dressed. All parts of the body are drawn from it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edge.street.gait import AT
from edge.street.optics import Points, View
from edge.street.walker import Walker
from edge.street.wardrobe import Wardrobe


@dataclass(frozen=True)
class Figure:
    """A walker with a pose, seen by one camera."""

    walker: Walker
    wardrobe: Wardrobe
    view: View
    joints: Points
    """[joints, 3] x, y, z in metres."""
    heading: float
    """Radians, 0 along x."""
    light: int
    """-1: from the left, 1: from the right."""

    @cached_property
    def projected(self) -> tuple[Points, Points]:
        """[joints, 2] pixels and [joints] depth in metres."""
        return self.view.project(self.joints)

    @property
    def height_px(self) -> float:
        """The walker's height, in pixels of the picture."""
        return self.walker.gait.height_m * self.view.focal / float(self.projected[1][AT["pelvis"]])

    @cached_property
    def turn(self) -> float:
        """Direction of the camera as the walker sees it, in radians: 0 ahead, positive to their left."""
        away = self.view.place[:2] - self.joints[AT["pelvis"], :2]
        return wrap(float(np.arctan2(away[1], away[0])) - self.heading)

    def at(self, name: str) -> Points:
        """[2] a joint, in pixels."""
        point: Points = self.projected[0][AT[name]]
        return point

    def depth(self, *names: str) -> float:
        """Mean depth of some joints, in metres."""
        return sum(float(self.projected[1][AT[name]]) for name in names) / len(names)

    def shift(self, ahead: float, up: float, left: float = 0.0) -> Points:
        """[3] x, y, z of a shift in the walker's own directions, all in the same unit."""
        cos, sin = np.cos(self.heading), np.sin(self.heading)
        return np.array([ahead * cos - left * sin, ahead * sin + left * cos, up])

    def points(self, *moved: tuple[str, float, float]) -> Points:
        """[n, 2] joints, each moved ahead and up by shares of the body height, in pixels."""
        joints = np.array([self.joints[AT[name]] for name, _, _ in moved])
        shifts = np.array([self.shift(ahead, up) for _, ahead, up in moved])
        return self.view.project(joints + self.walker.gait.height_m * shifts)[0]

    def point(self, name: str, ahead: float, up: float, left: float = 0.0) -> Points:
        """[2] a joint moved by shares of the body height, in pixels."""
        moved = self.joints[AT[name]] + self.walker.gait.height_m * self.shift(ahead, up, left)
        return self.view.project(moved)[0]


def wrap(angle: float) -> float:
    """Return the angle (radians) between -pi and pi."""
    return (angle + np.pi) % (2 * np.pi) - np.pi


def half_width(figure: Figure, section: tuple[float, float]) -> float:
    """Half the visible width, in pixels, of an elliptic section (half width, half depth) given in body heights."""
    girth = figure.height_px * figure.walker.looks.girth
    return girth * float(np.hypot(section[0] * np.cos(figure.turn), section[1] * np.sin(figure.turn)))
