"""Stick people with known keypoints, their pictures, and the tensors a perfect PoseNet would give for them."""

import cv2
import numpy as np

from edge.config import DetectionSection
from edge.detection.garments import GARMENT_STRIDE
from edge.detection.keypoints import _CHAIN, LEFT_BIAS_PX, STRIDE
from edge.records import CLASSES, KEYPOINTS, Detection, Floats, Frame, GarmentMap, Pixels
from edge.seams import TensorSpec
from edge.vocabulary import PATTERNS

# Keypoints of a standing person facing the camera, x and y in body heights from the middle of the head's top.
_STANDING = {
    "nose": (0.0, 0.08),
    "left_eye": (0.02, 0.06),
    "right_eye": (-0.02, 0.06),
    "left_ear": (0.04, 0.07),
    "right_ear": (-0.04, 0.07),
    "left_shoulder": (0.11, 0.18),
    "right_shoulder": (-0.11, 0.18),
    "left_elbow": (0.14, 0.33),
    "right_elbow": (-0.14, 0.33),
    "left_wrist": (0.14, 0.47),
    "right_wrist": (-0.14, 0.47),
    "left_hip": (0.07, 0.48),
    "right_hip": (-0.07, 0.48),
    "left_knee": (0.07, 0.71),
    "right_knee": (-0.07, 0.71),
    "left_ankle": (0.07, 0.94),
    "right_ankle": (-0.07, 0.94),
}
REACH_PX = 40.0
"""Distance in pixels within which a cell's offsets point to a keypoint."""


def standing(x: float, top: float, height: float) -> Floats:
    """Return [17, 2] x, y of a person whose head's top is at (x, top), `height` pixels tall."""
    return np.array(
        [(x + dx * height, top + dy * height) for dx, dy in (_STANDING[name] for name in KEYPOINTS)], np.float32
    )


def detection(keypoints: Floats, confidence: float = 0.9) -> Detection:
    (x1, y1), (x2, y2) = keypoints.min(axis=0), keypoints.max(axis=0)
    sure = np.full(len(KEYPOINTS), confidence, np.float32)
    return Detection(
        keypoints, sure, (float(x1), float(y1), float(x2), float(y2)), confidence, DetectionSection().keypoint_threshold
    )


def tensors(people: list[Floats], height: int = 353, width: int = 481) -> list[Floats]:
    """Return heatmaps (logits), short offsets and mid offsets, [1, h, w, channels] each; later people win overlaps."""
    rows, columns = (height - 1) // STRIDE + 1, (width - 1) // STRIDE + 1
    grid = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"), axis=-1) * float(STRIDE)
    heat = np.full((rows, columns, 17), -6.0, np.float32)
    short = np.zeros((rows, columns, 34), np.float32)
    mid = np.zeros((rows, columns, 64), np.float32)
    for person in people:
        at = person[:, ::-1]
        for part in range(17):
            away = at[part] - grid
            near = np.hypot(away[..., 0], away[..., 1])
            heat[..., part] = np.maximum(heat[..., part], 4.0 - near / 4.0)
            short[near < REACH_PX, part] = away[near < REACH_PX, 0]
            short[near < REACH_PX, part + 17] = away[near < REACH_PX, 1]
            for k, (parent, child) in enumerate(_CHAIN):
                for here, there, channel in ((parent, child, k), (child, parent, k + 32)):
                    if KEYPOINTS.index(here) == part:
                        step = at[KEYPOINTS.index(there)] - at[part]
                        mid[near < REACH_PX, channel], mid[near < REACH_PX, channel + 16] = step
    return [heat[None], short[None], mid[None]]


SKIN, HAIR, COAT, JEANS, BOOTS, BAG = (
    (205, 150, 120),
    (60, 35, 20),
    (180, 30, 40),
    (40, 60, 120),
    (240, 240, 235),
    (20, 120, 110),
)


def person_picture(
    height: float = 300, *, bare_legs: bool = False, long_hair: bool = False
) -> tuple[Pixels, Detection, Pixels]:
    """Draw a flat-coloured person on green: hair, skin, a red coat, blue jeans or bare legs, white boots, a teal bag.

    Returns the picture, the person, and the class of each pixel (records.CLASSES).
    """
    pixels = np.full((360, 260, 3), (60, 160, 60), np.uint8)
    classes = np.zeros((360, 260), np.uint8)
    found = detection(standing(130, 20, height))
    points, unit = found.keypoints, height

    def fill(x1: float, y1: float, x2: float, y2: float, colour: tuple[int, int, int], name: str) -> None:
        corners = (round(x1), round(y1)), (round(x2), round(y2))
        cv2.rectangle(pixels, *corners, colour, -1)
        cv2.rectangle(classes, *corners, CLASSES.index(name), -1)

    fill(130 - 0.06 * unit, 20, 130 + 0.06 * unit, points[0, 1] - 0.05 * unit, HAIR, "hair")
    fill(130 - 0.05 * unit, points[0, 1] - 0.05 * unit, 130 + 0.05 * unit, points[5, 1], SKIN, "skin")
    fill(points[6, 0] - 8, points[5, 1], points[5, 0] + 8, points[11, 1], COAT, "outer")
    if long_hair:
        fill(130 - 0.05 * unit, points[5, 1], 130 + 0.05 * unit, points[5, 1] + 0.12 * unit, HAIR, "hair")
    for hip, ankle in ((11, 15), (12, 16)):
        x, legs = points[hip, 0], (SKIN, "skin") if bare_legs else (JEANS, "lower")
        fill(x - 0.07 * unit, points[11, 1], x + 0.07 * unit, points[ankle, 1] + 5, *legs)
        fill(x - 0.05 * unit, points[ankle, 1] + 5, x + 0.05 * unit, points[ankle, 1] + 5 + 0.04 * unit, BOOTS, "shoes")
    fill(points[9, 0] + 0.02 * unit, points[9, 1], points[9, 0] + 0.1 * unit, points[9, 1] + 0.12 * unit, BAG, "bag")
    return pixels, found, classes


def garment_map(classes: Pixels, kind: str = "plain") -> GarmentMap:
    """Return what a perfect model would say of those pixels, at its map's stride; everything has one pattern kind."""
    cells = classes[::GARMENT_STRIDE, ::GARMENT_STRIDE]
    patterns = np.zeros((*((side + 1) // 2 for side in cells.shape), len(PATTERNS)), np.float32)
    patterns[..., PATTERNS.index(kind)] = 1
    return GarmentMap(np.ascontiguousarray(cells), patterns, float(GARMENT_STRIDE))


class KnowingInterpreter:
    """Returns the tensors of the people that are set for the next frame."""

    model_id, accelerator, fallbacks, failures = "0123456789ab", "cpu", 0, 0
    input = TensorSpec("image", (1, 353, 481, 3), "uint8", 1 / 128, 128)
    outputs = tuple(TensorSpec(str(c), (1, 23, 31, c), "float32", 0.0, 0) for c in (17, 34, 64))

    def __init__(self) -> None:
        self.people: list[np.ndarray] = []

    def invoke(self, tensor: Pixels) -> list[np.ndarray]:
        assert tensor.shape == (353, 481, 3)
        return tensors(self.people)


def draw(people: list[tuple[np.ndarray, tuple[int, int, int]]], number: int, fps: float = 8.0) -> Frame:
    """Draw a textured grey street with people whose whole body box has one colour."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(100, 140, (353, 481, 3)).astype(np.uint8)
    for person, colour in people:
        (x1, y1), (x2, y2) = person.min(axis=0) - 12, person.max(axis=0)
        cv2.rectangle(pixels, (int(x1), int(y1) + 40), (int(x2) + 12, int(y2)), colour, -1)
    return Frame(pixels, number / fps, number)


class SightedInterpreter(KnowingInterpreter):
    """Finds the people of `painted` in the picture itself, at any size; all their cloth has one pattern kind."""

    outputs = (
        *KnowingInterpreter.outputs,
        TensorSpec("classes", (1, 89, 121, len(CLASSES)), "float32", 0.0, 0),
        TensorSpec("kinds", (1, 45, 61, len(PATTERNS)), "float32", 0.0, 0),
    )

    def __init__(self, kind: str = "plain") -> None:
        super().__init__()
        self._kind = PATTERNS.index(kind)
        self.inputs: list[Pixels] = []

    def invoke(self, tensor: Pixels) -> list[np.ndarray]:
        self.inputs.append(tensor)
        is_painted = (np.ptp(tensor.astype(int), axis=-1) > 60).astype(np.uint8)
        boxes = [box for box in cv2.connectedComponentsWithStats(is_painted)[2][1:] if box[3] > 20]
        people, classes = [], np.zeros((353, 481), np.uint8)
        for x, y, width, height, _ in boxes:
            tall = height / PAINTED_SHARE
            people.append(standing(x + (width - 1) / 2 - LEFT_BIAS_PX, y - 0.06 * tall, tall))
            hips = y + round(0.42 * tall)
            classes[y:hips, x : x + width] = CLASSES.index("upper")
            classes[hips : y + height, x : x + width] = CLASSES.index("lower")
        logits = np.eye(len(CLASSES), dtype=np.float32)[classes[::4, ::4]] * 8
        kinds = np.zeros((1, 45, 61, len(PATTERNS)), np.float32)
        kinds[..., self._kind] = 8
        return [*tensors(people), logits[None], kinds]


PAINTED_SHARE = 0.88
"""Height of the box that `painted` draws, in heights of the person."""


def painted(people: list[Floats], number: int, size: tuple[int, int] = (720, 960), fps: float = 8.0) -> Frame:
    """Draw people of `standing` as boxes around their keypoints, red above and blue below, on a grey street."""
    pixels = np.random.default_rng(0).integers(100, 130, (*size, 1), np.uint8).repeat(3, axis=2)
    for person in people:
        (x1, y1), (x2, y2) = np.rint(person.min(axis=0)).astype(int), np.rint(person.max(axis=0)).astype(int)
        hips = round(float(person[11, 1]))
        cv2.rectangle(pixels, (x1, y1), (x2, hips), (200, 30, 40), -1)
        cv2.rectangle(pixels, (x1, hips), (x2, y2), (30, 40, 160), -1)
    return Frame(pixels, number / fps, number)
