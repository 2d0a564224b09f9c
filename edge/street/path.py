"""The line a walker follows, by metres walked."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from edge.street.optics import Points

LOOKAHEAD_M = 0.3
"""Half the length, in metres, of the stretch whose direction is the heading, so that it turns softly."""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A polyline on the ground."""

    points: Points
    """[n, 2] x, y in metres."""
    reached: Points
    """[n] distance from the first point along the line, metres."""

    @property
    def length(self) -> float:
        """Metres."""
        return float(self.reached[-1])

    def place(self, walked: Points) -> Points:
        """[t, 2] x, y after `walked` [t] metres."""
        return np.stack([np.interp(walked, self.reached, axis) for axis in self.points.T], axis=-1)

    def heading(self, walked: Points) -> Points:
        """[t] heading after `walked` [t] metres, radians: 0 along x, pi / 2 along y."""
        inside = np.clip(walked, LOOKAHEAD_M, self.length - LOOKAHEAD_M)
        way = self.place(inside + LOOKAHEAD_M) - self.place(inside - LOOKAHEAD_M)
        return np.arctan2(way[:, 1], way[:, 0])


def along(points: Points) -> Path:
    """Return the path through points [n, 2], metres."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    return Path(points, np.concatenate([[0.0], np.cumsum(steps)]))


def straight(start: tuple[float, float], end: tuple[float, float]) -> Path:
    """Return a straight path between two points (x, y), metres."""
    return along(np.array([start, end]))


def curve(corners: list[tuple[float, float]], steps: int = 48) -> Path:
    """Return a Bezier curve with these control points (x, y), metres."""
    share = np.linspace(0, 1, steps)[:, None]
    layer = [np.array([corner]) for corner in corners]
    while len(layer) > 1:
        layer = [a * (1 - share) + b * share for a, b in pairwise(layer)]
    return along(layer[0])
