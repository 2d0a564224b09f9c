"""The truth about a picture of the simulated street, from the same geometry that it was drawn from."""

from dataclasses import dataclass
from typing import Literal

from edge.records import Floats, Heading
from edge.street.outfit import Outfit

PATTERNS = ("none", "plain", "striped", "checked", "dotted", "floral", "graphic")
"""The values of a pattern map, which are positions in this list; `none` is background, skin and hair."""

FRONT_DEG, BACK_DEG = 45.0, 135.0
"""Angles to the camera, degrees: up to the first it sees the front, beyond the second the back, else a side."""


@dataclass(frozen=True, slots=True, eq=False)
class WalkerTruth:
    """One walker in one frame of one camera."""

    walker_id: int
    """The walker's number in the street, shared by all its cameras."""
    box: tuple[float, float, float, float]
    """x1, y1, x2, y2 around the whole body and its clothes, in pixels of the frame; may reach beyond the frame."""
    keypoints: Floats
    """[17, 2] x, y in pixels of the frame, in the order of records.KEYPOINTS, with hidden ones."""
    visible: float
    """0..1: share of the body's pixels that are in the frame and not behind another walker or an object."""
    is_full_height: bool
    """True if the box is wholly inside the frame."""
    distance: float
    """Metres from the camera along the ground."""
    facing_deg: float
    """Walking direction in degrees: 0 straight at the camera, 90 across, 180 straight away."""
    heading: Heading
    outfit: Outfit

    @property
    def is_exception(self) -> bool:
        return bool(self.outfit.exceptional)

    @property
    def view(self) -> Literal["front", "side", "back"]:
        """The side of the walker that the camera sees."""
        if self.facing_deg <= FRONT_DEG:
            return "front"
        return "side" if self.facing_deg <= BACK_DEG else "back"


@dataclass(frozen=True, slots=True)
class Visit:
    """One walker passing one camera; times are street seconds of frames."""

    walker_id: int
    camera: int
    first_at: float
    """Time of the first frame with the walker at full height."""
    last_at: float
    """Time of the last frame with the walker at full height."""
    full_height_s: float
    """Total time at full height, regardless of occlusion."""
    tallest_px: float
    """Height of the tallest full-height box, in pixels."""
    is_exception: bool
