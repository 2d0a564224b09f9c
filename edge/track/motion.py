"""Where a walker's torso is going: a Kalman filter with constant velocity. Noise is in body heights, near or far.

Both axes have the same noise, hence one covariance of place and velocity serves both. Bar-Shalom, Li and Kirubarajan,
"Estimation with Applications to Tracking and Navigation" (2001), section 6.2.2: continuous white noise acceleration,
whose growth does not depend on the frame rate.
"""

import math
from typing import NamedTuple

NOISE = 0.08
"""Standard deviation of a torso's measured place, in body heights: poses jitter."""
AGILITY = 0.07
"""Growth of the velocity's variance, in squared body heights per second, per second: people turn and stop."""
FIRST_SPEED = 1.0
"""Standard deviation of a new walker's velocity, in body heights per second."""

Point = tuple[float, float]


class Motion(NamedTuple):
    """Place and velocity of one walker at the time of the newest detection."""

    place: Point
    """x, y of the torso in pixels."""
    velocity: Point = (0.0, 0.0)
    """Pixels per second."""
    place_var: float = NOISE**2
    """Variances and covariance in body heights and seconds."""
    covariance: float = 0.0
    velocity_var: float = FIRST_SPEED**2

    def after(self, gap_s: float) -> "Motion":
        """Predict the motion `gap_s` seconds later."""
        g = max(gap_s, 0.0)
        (x, y), (vx, vy) = self.place, self.velocity
        return Motion(
            (x + vx * gap_s, y + vy * gap_s),
            self.velocity,
            self.place_var + 2 * g * self.covariance + g * g * self.velocity_var + AGILITY * g**3 / 3,
            self.covariance + g * self.velocity_var + AGILITY * g * g / 2,
            self.velocity_var + AGILITY * g,
        )

    def seen(self, at: Point) -> "Motion":
        """Correct a prediction by the measured place, in pixels."""
        total = self.place_var + NOISE**2
        near, turn = self.place_var / total, self.covariance / total
        (x, y), (vx, vy) = self.place, self.velocity
        dx, dy = at[0] - x, at[1] - y
        return Motion(
            (x + near * dx, y + near * dy),
            (vx + turn * dx, vy + turn * dy),
            (1 - near) * self.place_var,
            (1 - near) * self.covariance,
            self.velocity_var - turn * self.covariance,
        )

    @property
    def spread(self) -> float:
        """Standard deviation, in body heights, of the next measured place around a prediction."""
        return math.sqrt(self.place_var + NOISE**2)
