"""The light of one street and its effect in each camera: sun, shadows, exposure, white balance, noise."""

from dataclasses import dataclass

import cv2
import numpy as np

from edge.records import Pixels
from edge.street.optics import Points, View

NOISE_SIGMA = 2.2
"""Standard deviation of the noise, grey levels."""
DRIFT_S = (170.0, 410.0)
"""Periods of slow changes of white balance and exposure (clouds, the camera's automatic), seconds."""
EXPOSURE_DRIFT, WARMTH_DRIFT = 0.05, 0.02
"""Largest change over time, as a share."""
EXPOSURE_SPREAD, WARMTH_SPREAD = 0.08, 0.045
"""Largest difference between cameras and the plain picture, as a share."""

NIGHT_DIMMED, NIGHT_WARMTH = 0.6, 0.08
"""Light lost and warmth added by street lamps at night, as shares; noise doubles. Set by eye on pictures of lit
streets."""


@dataclass(frozen=True, slots=True)
class Sun:
    """Direction of the shadows, in metres along x and y per metre of height, and their strength."""

    x: float
    y: float
    strength: float
    """Darkness of the shadows: 0 under clouds, 0.5 at noon in summer."""

    def side(self, view: View) -> int:
        """Return -1 if the light comes from the picture's left, 1 if from its right."""
        right = view.rotation[0]
        return -1 if self.x * right[0] + self.y * right[1] > 0 else 1

    def shadow(self, points: Points) -> Points:
        """[..., 3] places on the ground of the shadows of points [..., 3], metres."""
        height = points[..., 2:]
        return np.concatenate([points[..., :1] + self.x * height, points[..., 1:2] + self.y * height, 0 * height], -1)


def draw_sun(seed: int, dark: float = 0.0) -> Sun:
    """Draw the sun of a street; `dark` is 0 by day, 1 by night."""
    rng = np.random.default_rng([seed, 3])
    sign = 1.0 if rng.random() < 0.5 else -1.0
    return Sun(
        sign * float(rng.uniform(0.35, 0.8)), float(rng.uniform(0.0, 0.45)), float(rng.uniform(0.18, 0.42)) * (1 - dark)
    )


class Sensor:
    """One camera's exposure, white balance and noise."""

    def __init__(self, seed: int, camera: int, size: tuple[int, int], dark: float = 0.0) -> None:
        rng = np.random.default_rng([seed, 4, camera])
        self._exposure = 1 + float(rng.uniform(-EXPOSURE_SPREAD, EXPOSURE_SPREAD))
        self._exposure *= 1 - NIGHT_DIMMED * dark
        self._warmth = float(rng.uniform(-WARMTH_SPREAD, WARMTH_SPREAD)) + NIGHT_WARMTH * dark
        self._phases: Points = rng.uniform(0, 2 * np.pi, 2)
        self._seed = [seed, 5, camera]
        self._size = size
        noise = np.rint(rng.normal(0, NOISE_SIGMA * (1 + dark), (size[1] + 64, size[0] + 64, 3)))
        self._more, self._less = (np.clip(sign * noise, 0, 255).astype(np.uint8) for sign in (1, -1))

    def gains(self, at: float) -> Points:
        """[3] factors on red, green and blue at a street time (seconds)."""
        slow, fast = (
            np.sin(2 * np.pi * at / period + phase) for period, phase in zip(DRIFT_S, self._phases, strict=True)
        )
        exposure = self._exposure * (1 + EXPOSURE_DRIFT * fast)
        warmth = self._warmth + WARMTH_DRIFT * slow
        return np.array([exposure * (1 + warmth), exposure, exposure * (1 - warmth)])

    def expose(self, pixels: Pixels, at: float, number: int) -> Pixels:
        """Apply exposure, white balance and noise to `pixels` [h, w, 3]; the frame's `number` selects the noise."""
        levels = np.arange(256)[:, None] * self.gains(at)
        table = np.clip(np.rint(levels), 0, 255).astype(np.uint8)[None]
        seen = cv2.LUT(pixels, table.reshape(1, 256, 3))
        x, y = np.random.default_rng([*self._seed, number]).integers(0, 64, 2)
        part = np.s_[y : y + self._size[1], x : x + self._size[0]]
        cv2.add(seen, self._more[part], dst=seen)
        cv2.subtract(seen, self._less[part], dst=seen)
        return np.asarray(seen, np.uint8)


SHADOW_SCALE = 4
"""Factor by which shadows are drawn smaller, then blurred, since their edges are soft."""


class Shadows:
    """The shadows of one frame."""

    def __init__(self, view: View, sun: Sun) -> None:
        self._view, self._sun = view, sun
        self._small = View(view.x, view.yaw, (view.size[0] // SHADOW_SCALE, view.size[1] // SHADOW_SCALE))
        self.mask = np.zeros((self._small.size[1], self._small.size[0]), np.uint8)

    def cast(self, chain: Points, radius_m: float) -> None:
        """Add the shadow of a bar along points [n, 3], metres."""
        self.cast_all(chain, [(list(range(len(chain))), radius_m)])

    def cast_all(self, joints: Points, bars: list[tuple[list[int], float]]) -> None:
        """Add the shadows of bars; each is a chain of positions in `joints` [n, 3] and a radius in metres."""
        points, depth = self._small.project(self._sun.shadow(joints))
        fixed = np.rint(points * 8).astype(np.int32)
        for chain, radius_m in bars:
            width = max(1, round(2 * radius_m * self._small.focal / float(depth[chain[0]])))
            cv2.polylines(self.mask, [fixed[chain]], False, (255,), width, cv2.LINE_AA, 3)

    def darken(self, pixels: Pixels) -> None:
        """Darken a picture [h, w, 3] by the shadows, in place."""
        if not self.mask.any():
            return
        x, y, width, height = cv2.boundingRect(self.mask)
        soft = cv2.GaussianBlur(self.mask, (5, 5), 0)
        left, top = max(x - 3, 0), max(y - 3, 0)
        part = soft[top : y + height + 3, left : x + width + 3]
        size = (part.shape[1] * SHADOW_SCALE, part.shape[0] * SHADOW_SCALE)
        scaled = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)
        roi = pixels[top * SHADOW_SCALE :, left * SHADOW_SCALE :][: size[1], : size[0]]
        keep = cv2.LUT(scaled, self._table())[: roi.shape[0], : roi.shape[1]]
        cv2.multiply(roi, cv2.merge([keep, keep, keep]), dst=roi, scale=1 / 255)

    def _table(self) -> Pixels:
        return (255 - np.arange(256) * self._sun.strength).astype(np.uint8)
