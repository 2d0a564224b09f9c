"""The sensor mode that shows the whole lens, and the angle that a picture shows of it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Size = tuple[int, int]

FULL_SHARE = 0.99
"""Share of the sensor's width from which a mode counts as showing all of it; some modes leave out a few columns."""
LARGEST_ENLARGEMENT = 1.25
"""A mode may have this many times fewer columns than the main stream, which is then enlarged. Camera Module 2 at
1920x1080 so takes its 1640x1232 mode, which adds up four pixels each and needs a quarter of the light."""
LENSES_DEG = {
    "imx708_wide": 102.0,
    "imx708": 66.0,
    "imx500": 66.3,
    "imx219": 62.2,
    "ov5647": 53.5,
}
"""Horizontal field of view in degrees by the start of the sensor's name, longest name first: Camera Module 3 Wide,
Camera Module 3, AI Camera, Camera Module 2, Camera Module 1 (Raspberry Pi documentation, "Camera", table of hardware).
The HQ and the Global Shutter Camera take any lens, so they are not here: set frame.lens_deg."""


class Mode(NamedTuple):
    """One way to read the sensor."""

    size: Size
    """Width and height in pixels that it delivers."""
    bit_depth: int


def choose_mode(modes: Sequence[Mapping[str, Any]], main: Size, fps: float) -> Mode | None:
    """Return the smallest mode with the sensor's full width; None if the modes say too little.

    `modes` are picamera2's `sensor_modes`. A mode that is too slow for `fps`, or much smaller than the main stream
    (width, height), is chosen only if there is no other; among modes of one size the one with most bits is.

    >>> module_3 = [
    ...     {"size": (1536, 864), "bit_depth": 10, "fps": 120.1, "crop_limits": (768, 432, 3072, 1728)},
    ...     {"size": (2304, 1296), "bit_depth": 10, "fps": 56.0, "crop_limits": (0, 0, 4608, 2592)},
    ...     {"size": (4608, 2592), "bit_depth": 10, "fps": 14.4, "crop_limits": (0, 0, 4608, 2592)},
    ... ]
    >>> choose_mode(module_3, (1920, 1080), 15.0)
    Mode(size=(2304, 1296), bit_depth=10)
    """
    known = [mode for mode in modes if {"size", "bit_depth", "crop_limits"} <= mode.keys()]
    whole = [mode for mode in known if mode["crop_limits"][2] >= FULL_SHARE * full_width(known)]
    fast = [mode for mode in whole if mode.get("fps", fps) >= fps] or whole
    large = [mode for mode in fast if LARGEST_ENLARGEMENT * mode["size"][0] >= main[0]]
    if not large:
        found = max(fast, key=lambda mode: (_area(mode), mode["bit_depth"]), default=None)
    else:
        found = min(large, key=lambda mode: (_area(mode), -mode["bit_depth"]))
    return None if found is None else Mode(tuple(found["size"]), found["bit_depth"])


def full_width(modes: Sequence[Mapping[str, Any]]) -> int:
    """Return the width, in pixels of the sensor, of the widest mode; 0 if none says it."""
    return max((mode["crop_limits"][2] for mode in modes if "crop_limits" in mode), default=0)


def lens_deg(sensor: str) -> float | None:
    """Return the horizontal field of view (degrees) of the lens on a sensor, by libcamera's name of it.

    >>> lens_deg("imx708_wide_noir"), lens_deg("imx477")
    (102.0, None)
    """
    return next((degrees for name, degrees in LENSES_DEG.items() if sensor.startswith(name)), None)


def part_deg(whole_deg: float, share: float) -> float:
    """Return the angle (degrees) of the middle `share` (0..1) of a picture that shows `whole_deg`, without distortion.

    >>> round(part_deg(66.0, 2 / 3), 1)
    46.8
    """
    return 2 * math.degrees(math.atan(share * math.tan(math.radians(whole_deg) / 2)))


def _area(mode: Mapping[str, Any]) -> int:
    return int(mode["size"][0] * mode["size"][1])
