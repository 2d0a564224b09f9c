"""The values that the stages pass on, in this order; they are frozen and have no behaviour.

Frame -> Detection -> Track -> Appearance -> Sighting -> Score. None of them leaves the node: only
`message/compose.py` turns a Score into a message that may (edge/wire.py).
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Counts = NDArray[np.int64]

KEYPOINTS = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
"""The 17 COCO keypoints in the order of every keypoint array here. Left is the person's own left."""

CLASSES = ("background", "skin", "hair", "upper", "outer", "lower", "dress", "shoes", "bag", "accessory")
"""The classes of a garment map; a cell's value is a position in this list."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture; it never leaves the node and is never written to its disk."""

    pixels: Pixels
    """[height, width, 3] RGB."""
    captured_at: float
    """Seconds since 1970, UTC."""
    number: int
    """Counts the frames of one source from 0; a gap is a dropped frame."""
    lores: Pixels | None = None
    """[h, w, 3] RGB, the same view already scaled to fit the model's input (the Pi camera's second stream)."""
    is_balanced: bool = False
    """True if the camera has balanced the colours for the light itself and says so."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One person in one frame."""

    keypoints: Floats
    """[17, 2] x, y in pixels of the frame, KEYPOINTS order."""
    confidences: Floats
    """[17] 0..1, how sure the model is of each keypoint."""
    box: tuple[float, float, float, float]
    """x1, y1, x2, y2 around the keypoints, in pixels of the frame."""
    confidence: float
    """0..1, how sure the model is that this is a person."""
    threshold: float
    """Confidence from which a keypoint is believed: `detection.keypoint_threshold` of the settings."""

    @property
    def believed(self) -> Flags:
        """[17] True for keypoints that are sure enough to use."""
        return self.confidences >= self.threshold


@dataclass(frozen=True, slots=True, eq=False)
class GarmentMap:
    """Garment classes and patterns over one frame, or a part of it, without regard to whose they are."""

    classes: Pixels
    """[h, w] positions in CLASSES; background also where the model is unsure. Cell (0, 0) of the frame lies on its
    first pixel."""
    patterns: Floats
    """[(h + 1) / 2, (w + 1) / 2, kinds] share of each pattern kind, at every second cell; only valid on garments."""
    pitch: float
    """Pixels of the frame from one cell of `classes` to the next."""
    corner: tuple[int, int] = (0, 0)
    """x, y of the first cell of `classes` among the frame's; even, so that the first cell of `patterns` lies on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person followed over several frames, as of one frame. `track_id` is local to one run of one node."""

    track_id: int
    detection: Detection
    """The newest detection."""
    is_visible: bool
    """True if seen in this frame; False during an occlusion."""
    is_confirmed: bool
    """True if seen often enough to be a person and not a false detection."""
    has_moved: bool
    """True once it has moved; a track that never does (mannequin, poster) gives no sighting."""


class Zone(StrEnum):
    """Third of the camera's view, as the camera sees it."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Heading(StrEnum):
    """Direction in which the person walks, as the camera sees it."""

    LEFT = "left"
    RIGHT = "right"
    TOWARD = "toward"
    AWAY = "away"


@dataclass(frozen=True, slots=True, eq=False)
class Departure:
    """A track that ended: its times, place and direction, and whether it counts as a person."""

    track_id: int
    first_seen_at: float
    """UTC seconds, as is the next."""
    last_seen_at: float
    zone: Zone
    heading: Heading
    is_confirmed: bool
    has_moved: bool
    joined: tuple[int, ...] = ()
    """Ids of other tracks that turned out to be the same person; they have no departures of their own."""

    @property
    def track_ids(self) -> tuple[int, ...]:
        """All ids under which this person was followed."""
        return (self.track_id, *self.joined)


WORN = ("upper", "outer", "lower", "dress", "shoes", "bag")
"""The classes of a garment map that are garments staff can name, in the order of every array of Worn."""


@dataclass(frozen=True, slots=True, eq=False)
class Worn:
    """How each garment looks, for the words that staff read; no score and no count uses it."""

    areas: Floats
    """[garments] area in torso lengths squared."""
    shades: Floats
    """[garments, colours, 3] share of the garment's pixels with each colour name, and that share times their mean L*
    and times their mean chroma; all 0 for a garment that was not seen or in light too dim to tell."""
    patterns: Floats
    """[garments, kinds] share of each pattern kind; a row is all 0 if unknown."""
    cut: Floats
    """[3] what tells skirts, shorts, trousers and dresses apart (CUT of appearance/worn.py); NaN where unseen."""


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """A person's clothes as features of fixed size, from garment pixels only. Never on disk, never sent."""

    palettes: Floats
    """[regions, cells] share of each CIELAB cell in each region; a row sums to 1, or is all 0 if unseen."""
    words: Floats
    """[regions, colours] share of the same pixels with each colour name, in the light in which names are right: what is
    said. All 0 also where it was too dark to tell."""
    counted_words: Floats
    """[regions, colours] the same in the light in which counts are alike (colour.py): what is scored."""
    patterns: Floats
    """[regions, kinds] share of each pattern kind in each region; a row sums to 1, or is all 0 if unseen."""
    garments: Floats
    """[kinds] share of each garment arrangement; sums to 1, or is all 0 if the legs were not seen."""
    colour: Floats
    """[values] colour moments of upper and lower, in CIELAB units; NaN for a region that was not seen."""
    texture: Floats
    """[values] texture statistics of upper and lower; NaN for a region that was not seen."""
    composition: Floats
    """[values] areas and hems of the garments, in the order of SILHOUETTES, in torso lengths; NaN without legs."""
    quality: float
    """0..1, from the size, sharpness, occlusion and completeness of the views, and their agreement."""
    views: int = 1
    """Number of frames that were averaged."""
    looked_again: int = 0
    """Number of them that were described from a second look; if there are any, all of `patterns` is from these."""
    height: float = 0.0
    """Height of the person in pixels of the camera's picture, mean of the views; 0 if unknown."""
    worn: Worn | None = None
    """The single garments; None if they were not looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One person walking past one camera: the unit that is scored and counted."""

    departure: Departure
    appearance: Appearance


class ScoreState(StrEnum):
    SCORED = "scored"
    WARMING_UP = "warming_up"
    """Too little data for a score: a state of its own, never a low score."""
    RECALIBRATING = "recalibrating"
    """The baseline is of other cameras: figures come from this camera's own first sightings, and none until there are
    enough of them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a score: a code such as `colour:upper:orange`, and its share of the bits."""

    words: str
    bits: float


@dataclass(frozen=True, slots=True)
class Score:
    """The result of comparing one appearance with one baseline."""

    state: ScoreState
    sightings: int
    """Number of sightings the baseline was calibrated on."""
    surprisal_bits: float = 0.0
    """-log2 of the p-value."""
    p_value: float = 1.0
    """Share of calibration sightings at least this unusual: (1 + at least as unusual) / (n + 1)."""
    one_in: float = 1.0
    """1 / p_value; never above sightings + 1."""
    low: float = 1.0
    """Lower end of the 95 % interval of one_in."""
    high: float | None = None
    """Upper end; None if no calibration sighting was as unusual: "rarer than 1 in `one_in`"."""
    facets: dict[str, float] = field(default_factory=dict)
    """Bits per facet: colour, pattern, garment, combination."""
    reasons: tuple[Reason, ...] = ()
    """Most bits first."""
    worn: tuple[str, ...] = ()
    """Garments by which the reasons can be told to staff, such as `top:red:checked` (vocabulary.WORN)."""

    @property
    def has_figures(self) -> bool:
        """False where too few sightings were seen for any figure: a score with figures has bits per facet."""
        return self.state is ScoreState.SCORED or (self.state is ScoreState.RECALIBRATING and bool(self.facets))
