"""The cameras of a street: their places and directions, and the projection of points into their pictures.

The street's axes: x along it (to the right as the booth sees it), y away from the booth, z up; metres.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

HEIGHT_M = 2.5
"""Height of every camera, metres: under the booth's awning."""
PITCH_DEG = 16.5
"""Angle downwards, degrees: feet at 4.3 m and heads at 9 m are both in the picture."""
SPACING_M = 2.2
"""Distance between neighbouring cameras, metres; their views overlap by half a metre or a little more."""
FOCAL = 1.94
"""Focal length in picture heights: 49 degrees across a 16:9 picture."""
YAW_STEP_DEG, YAW_SPAN_DEG = 18.0, 36.0
"""Angle between neighbouring cameras, and the largest angle between the outermost two, degrees."""
NEAREST_M = 0.2
"""Smallest depth, metres; nearer points are projected as if they had it."""


@dataclass(frozen=True)
class View:
    """A pinhole camera."""

    x: float
    """Metres along the booth."""
    yaw: float
    """Radians, to the right of straight across the street."""
    size: tuple[int, int]
    """Width and height of the picture."""

    @cached_property
    def place(self) -> Points:
        """[3] x, y, z of the lens, metres."""
        return np.array([self.x, 0.0, HEIGHT_M])

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return self.size[1] * FOCAL

    @property
    def angle_deg(self) -> float:
        """Horizontal field of view, degrees."""
        return float(np.degrees(2 * np.arctan(self.size[0] / 2 / self.focal)))

    @cached_property
    def centre(self) -> Points:
        """[2] x, y of the picture's middle, in pixels."""
        return np.array([self.size[0] / 2 - 0.5, self.size[1] / 2 - 0.5])

    @cached_property
    def rotation(self) -> Points:
        """[3, 3] rotation matrix; its rows are the picture's right, down and forward."""
        pitch = np.radians(PITCH_DEG)
        right = np.array([np.cos(self.yaw), -np.sin(self.yaw), 0.0])
        forward = np.array([np.sin(self.yaw) * np.cos(pitch), np.cos(self.yaw) * np.cos(pitch), -np.sin(pitch)])
        return np.stack([right, np.cross(forward, right), forward])

    def project(self, points: Points) -> tuple[Points, Points]:
        """Project points [..., 3] in metres: [..., 2] x, y in pixels and [...] depth in metres."""
        seen = (points - self.place) @ self.rotation.T
        depth = np.maximum(seen[..., 2], NEAREST_M)
        return self.centre + seen[..., :2] * (self.focal / depth)[..., None], depth

    def homography(self, origin: Points, u: Points, v: Points) -> Points:
        """[3, 3] homography from (a, b) on the plane origin + a u + b v (each [3], metres) to pixels."""
        x, y = self.centre
        lens = np.array([[self.focal, 0, x], [0, self.focal, y], [0, 0, 1]])
        return np.asarray(lens @ self.rotation @ np.stack([u, v, origin - self.place], axis=1))


def camera_places(cameras: int) -> list[tuple[float, float]]:
    """Return x (metres) and yaw (radians) of each camera of a street, from left to right."""
    step = min(YAW_STEP_DEG, YAW_SPAN_DEG / max(cameras - 1, 1))
    offsets = [i - (cameras - 1) / 2 for i in range(cameras)]
    return [(SPACING_M * offset, float(np.radians(step * offset))) for offset in offsets]
