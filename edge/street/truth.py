"""What is really in a picture of the simulated street: known, since the picture was drawn from the same geometry."""

from dataclasses import dataclass
from typing import Literal

from edge.records import Floats, Heading
from edge.street.outfit import Outfit

PATTERNS = ("none", "plain", "striped", "checked", "dotted", "floral", "graphic")
"""Values of a pattern map, in order; `none` is background, skin and hair."""

FRONT_DEG, BACK_DEG = 45.0, 135.0
"""Up to the first the camera sees a face, beyond the second a back, between them a side."""


@dataclass(frozen=True, slots=True, eq=False)
class WalkerTruth:
    """One walker in one frame of one camera."""

    walker_id: int
    """The same in every camera of one street."""
    box: tuple[float, float, float, float]
    """x1, y1, x2, y2 around the whole body and its clothes, in pixels of the frame; may reach out of it."""
    keypoints: Floats
    """[17, 2] x, y in pixels of the frame, records.KEYPOINTS order, hidden ones too."""
    visible: float
    """0..1: share of the body's pixels that are in the frame and not behind another walker or an object."""
    is_full_height: bool
    """The box is wholly inside the frame."""
    distance: float
    """Metres from the camera along the ground."""
    facing_deg: float
    """0 walks straight at the camera, 90 across, 180 straight away."""
    heading: Heading
    outfit: Outfit

    @property
    def is_exception(self) -> bool:
        return bool(self.outfit.exceptional)

    @property
    def view(self) -> Literal["front", "side", "back"]:
        """Which side of the walker the camera sees."""
        if self.facing_deg <= FRONT_DEG:
            return "front"
        return "side" if self.facing_deg <= BACK_DEG else "back"


@dataclass(frozen=True, slots=True)
class Visit:
    """One walker passing one camera; times are street seconds, all on the camera's frame times."""

    walker_id: int
    camera: int
    first_at: float
    """First frame with the walker at full height."""
    last_at: float
    full_height_s: float
    """Time at full height in all, occlusion not counted."""
    tallest_px: float
    """Height of the tallest full-height box."""
    is_exception: bool
