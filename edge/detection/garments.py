"""The garment map of a frame or a part of it, from the output tensors of a model with a garment head.

A frame's map has 10,000 cells; those around one person are some hundreds, so only these are decoded.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.outputs import Stored, stored
from edge.records import CLASSES, KEYPOINTS, Detection, Flags, Floats, GarmentMap, Pixels
from edge.seams import TensorSpec
from edge.vocabulary import PATTERNS

GARMENT_STRIDE, PATTERN_STRIDE = 4, 8
"""Pixels of the model's input per cell; the corner cells lie on the corner pixels."""

PERSON = 0.5
"""Summed probability of all classes but background from which a cell belongs to a person. This is decided before the
garment is, so that a cell that may be a top or a coat is not lost."""
LEAST_LOGIT = math.log((1 / (1 - PERSON) - 1) / (len(CLASSES) - 1)) - 1e-3
"""Logit over the background's that the likeliest other class has at least in a cell of a person."""
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


def decode(
    outputs: Sequence[Floats],
    layout: Layout,
    *,
    scale: float = 1.0,
    box: tuple[float, float, float, float] | None = None,
) -> GarmentMap:
    """Decode the garment classes and pattern shares of a frame; the shapes are those of GarmentMap.

    `outputs` are [1, h, w, channels] logits; `scale` is pixels of the frame per pixel of the model's input. With `box`,
    x1, y1, x2, y2 in pixels of the frame, only the cells that it touches are decoded. A cell that belongs to a person
    (PERSON) gets the likeliest class other than background.
    """
    classes, patterns = stored(outputs, layout.garments), stored(outputs, layout.patterns)
    rows, columns, _ = patterns.values.shape[1:]
    pitch = GARMENT_STRIDE * scale
    x1, y1, x2, y2 = (0, 0, columns, rows) if box is None else _cells(box, 2 * pitch, (columns, rows))
    return GarmentMap(
        _classes(classes, classes.values[0, 2 * y1 : 2 * y2, 2 * x1 : 2 * x2]),
        _softmax(patterns.real(patterns.values[0, y1:y2, x1:x2])),
        pitch,
        (2 * x1, 2 * y1),
    )


def _cells(box: tuple[float, float, float, float], pitch: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return x1, y1, x2, y2 of the cells that a box touches, also by rounding; `size` is (columns, rows)."""
    low = [min(max(int(side / pitch), 0), most) for side, most in zip(box[:2], size, strict=True)]
    high = [min(max(int(side / pitch) + 2, 0), most) for side, most in zip(box[2:], size, strict=True)]
    return low[0], low[1], high[0], high[1]


def _classes(garments: Stored, values: NDArray[Any]) -> Pixels:
    """[h, w] class of each cell, of `values` [h, w, classes] as they are stored.

    Most cells are street, where the background alone is so much likelier than each other class that no sum is needed.
    """
    by_class = np.ascontiguousarray(np.moveaxis(values, -1, 0)).reshape(len(CLASSES), -1)  # reduces much faster
    background, other = by_class[0], by_class[1:].max(axis=0)
    is_shown = other > background
    unsure = np.flatnonzero(~is_shown & (garments.real(other) - garments.real(background) > LEAST_LOGIT))
    is_shown[unsure] = _is_person(garments.real(by_class.take(unsure, axis=1).T))
    shown = np.flatnonzero(is_shown)
    classes = np.zeros(len(other), np.uint8)
    classes[shown] = by_class[1:].take(shown, axis=1).T.argmax(axis=-1) + 1
    return classes.reshape(values.shape[:2])


def _is_person(logits: Floats) -> Flags:
    """[...] True where the classes other than background, together, have PERSON: `logits` are [..., classes]."""
    return np.asarray(np.exp(logits - logits[..., :1]).sum(axis=-1) >= 1 / (1 - PERSON), bool)


def blank(people: list[Detection], outputs: Sequence[Floats], layout: Layout, *, scale: float = 1.0) -> list[Detection]:
    """Return the people where the map shows background between shoulders and hips (see BLANK).

    `outputs` and `scale` are those of `decode`; only the cells that count are decoded.
    """
    if not people:
        return []
    garments = stored(outputs, layout.garments)
    pitch = np.float32(GARMENT_STRIDE * scale)
    corners = np.array([person.keypoints for person in people])[:, _TORSO, None] / pitch
    right_shoulder, left_shoulder, right_hip, left_hip = corners.swapaxes(0, 1)  # each [people, 1, 2]
    top = right_shoulder + _SHARES[:, None] * (left_shoulder - right_shoulder)
    bottom = right_hip + _SHARES[:, None] * (left_hip - right_hip)
    points = np.rint(top[:, None] + _SHARES[:, None, None] * (bottom - top)[:, None])
    rows, columns = garments.values.shape[1:3]
    x, y = np.moveaxis(np.minimum(np.maximum(points, 0), [columns - 1, rows - 1]).astype(np.intp), -1, 0)
    shown = _is_person(garments.real(garments.values[0, y, x])).mean(axis=(1, 2))
    return [person for person, share in zip(people, shown.tolist(), strict=True) if share < BLANK]


def _softmax(logits: Floats) -> Floats:
    """[..., kinds] softmax of logits [..., kinds]."""
    by_kind = np.ascontiguousarray(np.moveaxis(logits, -1, 0))
    powers = np.exp(by_kind - by_kind.max(axis=0))
    powers /= powers.sum(axis=0)
    return np.ascontiguousarray(np.moveaxis(powers, 0, -1))
