"""The garment map of a whole frame, from the output tensors of a model with a garment head."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from edge.errors import ModelError
from edge.records import CLASSES, KEYPOINTS, Detection, Floats, GarmentMap
from edge.seams import TensorSpec
from edge.vocabulary import PATTERNS

GARMENT_STRIDE, PATTERN_STRIDE = 4, 8
"""Pixels of the model's input per cell; the corner cells lie on the corner pixels."""

PERSON = 0.5
"""Summed probability of all classes but background from which a cell belongs to a person. This is decided before the
garment is, so that a cell that may be a top or a coat is not lost."""
BLANK = 0.4
"""Share of the torso's points on garments, skin or hair below which the map shows nobody there."""
SURE_POSE = 0.6
"""Confidence of a detection from which its pose alone shows a person: on Penn-Fudan's photos and the clips that may
train, three of four people have it, and no false detection on a blank map has."""
_TORSO = [KEYPOINTS.index(name) for name in ("right_shoulder", "left_shoulder", "right_hip", "left_hip")]
_SHARES = np.array([0.2, 0.35, 0.5, 0.65, 0.8], np.float32)


class Layout(NamedTuple):
    """Positions of the two maps among the outputs."""

    garments: int
    patterns: int


def read_layout(model_input: TensorSpec, outputs: Sequence[TensorSpec]) -> Layout | None:
    """Find the garment and pattern maps by shape; None for a pose model, ModelError if only one of them is there."""
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
    """Decode the garment classes and pattern shares of a frame; the shapes are those of GarmentMap.

    `outputs` are [1, h, w, channels] logits; `scale` is pixels of the frame per pixel of the model's input. A cell that
    belongs to a person (PERSON) gets the likeliest class other than background.
    """
    logits = outputs[layout.garments][0]
    classes = logits.argmax(axis=-1).astype(np.uint8)
    background = logits[..., :1]
    is_doubtful = (classes == 0) & (np.exp(logits - background).sum(axis=-1) >= 1 / (1 - PERSON))
    classes[is_doubtful] = logits[is_doubtful, 1:].argmax(axis=-1) + 1
    return GarmentMap(classes, _softmax(outputs[layout.patterns][0]), GARMENT_STRIDE * scale)


def blank(people: list[Detection], garments: GarmentMap) -> list[Detection]:
    """Return the people where the map shows background between shoulders and hips (see BLANK)."""
    if not people:
        return []
    corners = np.stack([person.keypoints[_TORSO] for person in people])[..., None, :] / np.float32(garments.pitch)
    right_shoulder, left_shoulder, right_hip, left_hip = corners.swapaxes(0, 1)  # each [people, 1, 2]
    top = right_shoulder + _SHARES[:, None] * (left_shoulder - right_shoulder)
    bottom = right_hip + _SHARES[:, None] * (left_hip - right_hip)
    points = top[:, None] + _SHARES[:, None, None] * (bottom - top)[:, None]
    x, y = np.moveaxis(np.clip(np.rint(points), 0, np.array(garments.classes.shape[::-1]) - 1).astype(np.intp), -1, 0)
    shown = (garments.classes[y, x] > 0).mean(axis=(1, 2))
    return [person for person, share in zip(people, shown, strict=True) if share < BLANK]


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
