"""Output tensors of a network that knows garments to a map of them, over the whole frame at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from edge.errors import ModelError
from edge.records import CLASSES, KEYPOINTS, Detection, Floats, GarmentMap
from edge.seams import TensorSpec
from edge.vocabulary import PATTERNS

GARMENT_STRIDE, PATTERN_STRIDE = 4, 8
"""Pixels of the network's input per cell; the corner cells lie on the corner pixels."""

PERSON = 0.5
"""Probability of all classes but background together, from which a cell is somebody's. Who is there is decided before
what they wear: one garment that could be a top or a coat is still somebody's."""
DRESSED = 0.4
"""Of the torso that must be skin, hair or something worn, whichever."""
_TORSO = [KEYPOINTS.index(name) for name in ("right_shoulder", "left_shoulder", "right_hip", "left_hip")]
_SHARES = np.array([0.2, 0.35, 0.5, 0.65, 0.8], np.float32)


class Layout(NamedTuple):
    """Positions among the outputs."""

    garments: int
    patterns: int


def read_layout(model_input: TensorSpec, outputs: Sequence[TensorSpec]) -> Layout | None:
    """None for a network that knows poses alone; raises ModelError for one that has half of what it takes."""
    by_shape = {output.shape: position for position, output in enumerate(outputs)}
    wanted = [
        (1, *((side - 1) // stride + 1 for side in model_input.shape[1:3]), channels)
        for stride, channels in ((GARMENT_STRIDE, len(CLASSES)), (PATTERN_STRIDE, len(PATTERNS)))
    ]
    found = [by_shape.get(shape) for shape in wanted]
    if found == [None, None] and len(outputs) == 3:
        return None
    garments, patterns = found
    if garments is None or patterns is None:
        raise ModelError(
            f"expected a garment and a pattern map {wanted} beside the pose, or the pose alone, found outputs "
            f"{sorted(by_shape)}; run spotter models verify"
        )
    return Layout(garments, patterns)


def decode(outputs: Sequence[Floats], layout: Layout, *, scale: float = 1.0) -> GarmentMap:
    """Each cell's garment, or background, and the pattern kinds; `scale` is frame pixels per network pixel.

    A cell is somebody's from PERSON on, and then of the likeliest class that is not background.
    """
    logits = outputs[layout.garments][0]
    classes = logits.argmax(axis=-1).astype(np.uint8)
    background = logits[..., :1]
    is_doubtful = (classes == 0) & (np.exp(logits - background).sum(axis=-1) >= 1 / (1 - PERSON))
    classes[is_doubtful] = logits[is_doubtful, 1:].argmax(axis=-1) + 1
    return GarmentMap(classes, _softmax(outputs[layout.patterns][0]), GARMENT_STRIDE * scale)


def dressed(
    people: list[Detection], outputs: Sequence[Floats], layout: Layout, *, scale: float = 1.0
) -> list[Detection]:
    """Those whose torso is on somebody, unsure as it may be what they wear: a skeleton on bare background is none."""
    logits = outputs[layout.garments][0]
    return [person for person in people if _torso_share(person, logits, GARMENT_STRIDE * scale) >= DRESSED]


def _torso_share(person: Detection, logits: Floats, pitch: float) -> float:
    """How likely points between shoulders and hips are not background, on average."""
    right_shoulder, left_shoulder, right_hip, left_hip = person.keypoints[_TORSO] / np.float32(pitch)
    top = right_shoulder + _SHARES[:, None] * (left_shoulder - right_shoulder)
    bottom = right_hip + _SHARES[:, None] * (left_hip - right_hip)
    points = np.rint(top[:, None] + _SHARES[:, None] * (bottom - top)[:, None]).astype(np.intp).reshape(-1, 2)
    x, y = np.clip(points, 0, np.array(logits.shape[1::-1]) - 1).T
    return 1 - float(_softmax(logits[y, x])[:, 0].mean())


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
