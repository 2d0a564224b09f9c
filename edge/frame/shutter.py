"""Exposure for people who walk: more gain before a longer shutter, so that they do not blur.

Left alone, the camera's automatic exposure keeps the gain low and the shutter open for up to a whole frame. In 1/15 s a
walker at 1.4 m/s, 10 m away, moves by 14 pixels of a picture with 1920 columns and 66 degrees; in 1/200 s by one.
"""

from collections.abc import Mapping
from typing import Any

STEPS = (0.8, 1.6, 3.2, 6.4)
"""Shutter times that are set, as multiples of the longest one by day; each needs half the gain of the one before. The
first leaves room to the longest one, so that the exposure does not go back and forth between set and automatic."""
MOST_GAIN = 8.0
"""Gain from which noise hides the texture of cloth more than a longer shutter blurs it (an estimate, not measured)."""
BRIGHT = 1.1
"""Multiple of the sensor's least gain below which there is so much light that the automatic exposure chooses a shorter
shutter than the first step."""
SETTLED = 12
"""Frames between two changes: the camera needs several until a change shows in its metadata."""
AUTOMATIC = 0
"""Value of libcamera's ExposureTime that hands the shutter back to the automatic exposure."""


class Shutter:
    """Owner of the shutter time. Call `next` with every frame's metadata."""

    def __init__(self, longest_s: float, *, gains: tuple[float, float] = (1.0, MOST_GAIN), frame_s: float) -> None:
        """`longest_s`: shutter time by day; `gains`: the sensor's least and most; `frame_s`: from frame to frame."""
        self._longest_us = 1e6 * longest_s
        self._steps_us = [round(self._longest_us * step) for step in STEPS if longest_s * step <= frame_s or step < 1]
        self._bright, self._most_gain = BRIGHT * gains[0], min(MOST_GAIN, gains[1])
        self._step: int | None = None
        """Position in the steps; None while the exposure is automatic."""
        self._frames = 0

    def next(self, metadata: Mapping[str, Any]) -> int | None:
        """Return the shutter time to set, in microseconds or AUTOMATIC; None to leave it."""
        exposure_us, gain = metadata.get("ExposureTime"), metadata.get("AnalogueGain")
        self._frames += 1
        if exposure_us is None or gain is None or self._frames < SETTLED:
            return None
        step = self._wanted(exposure_us, gain)
        if step == self._step:
            return None
        self._step, self._frames = step, 0
        return AUTOMATIC if step is None else self._steps_us[step]

    def _wanted(self, exposure_us: float, gain: float) -> int | None:
        if self._step is None:
            return 0 if exposure_us > self._longest_us else None
        if gain >= self._most_gain and self._step + 1 < len(self._steps_us):
            return self._step + 1
        if self._step > 0 and gain <= self._most_gain / 4:
            return self._step - 1
        return None if self._step == 0 and gain <= self._bright else self._step
