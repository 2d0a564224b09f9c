"""Finds people in a picture who have no label: there the truth is unknown, and not "background".

Street photos label the person in front. Passers-by behind, counted as background, would teach the model to overlook
small people. The published PoseNet looks for them in the picture and, enlarged, in its halves.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge.records import KEYPOINTS, Detection, Pixels

if TYPE_CHECKING:  # a pack (pack.py) needs no model's runtime
    from tools.evaluation.peers import PoseNet

Mask = NDArray[np.bool_]

TORSO = [KEYPOINTS.index(name) for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]
REACH = (0.25, 0.12)
"""Margin around the box of the keypoints, in heights of the person: to the sides, and above and below."""
OWN = 0.5
"""Share of a skeleton's keypoints on labelled people from which it counts as one of them."""


def bystanders(pixels: Pixels, labelled: Mask, posenet: "PoseNet") -> Mask:
    """Return [h, w]: True where an unlabelled person may be. `pixels` [h, w, 3] RGB; `labelled` [h, w] marks labels."""
    unknown = np.zeros(labelled.shape, bool)
    for person in _people(pixels, posenet):
        if _share_on(labelled, person) < OWN:
            unknown[_around(person, labelled.shape)] = True
    return unknown & ~labelled


def _people(pixels: Pixels, posenet: "PoseNet") -> Iterator[Detection]:
    """Yield everyone in the picture and in its halves along the longer side, in pixels of the picture."""
    yield from posenet.people(pixels)
    axis = int(pixels.shape[1] > pixels.shape[0])
    for half, start in ((0, 0), (1, pixels.shape[axis] // 2)):
        part = np.ascontiguousarray(np.array_split(pixels, 2, axis=axis)[half])
        for person in posenet.people(part):
            shift = np.array([start, 0] if axis else [0, start], np.float32)
            yield replace(person, keypoints=person.keypoints + shift)


def _share_on(labelled: Mask, person: Detection) -> float:
    x, y = np.clip(np.rint(person.keypoints).astype(int), 0, np.array(labelled.shape[::-1]) - 1).T
    return float(np.average(labelled[y, x], weights=person.confidences + 1e-6))


def _around(person: Detection, shape: tuple[int, ...]) -> tuple[slice, slice]:
    points = person.keypoints[person.confidences >= min(0.3, person.confidences[TORSO].max())]
    (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
    tall = max(y2 - y1, x2 - x1)
    edges = np.array([y1 - REACH[1] * tall, y2 + REACH[1] * tall, x1 - REACH[0] * tall, x2 + REACH[0] * tall])
    top, bottom, left, right = np.clip(np.rint(edges), 0, [shape[0], shape[0], shape[1], shape[1]]).astype(int).tolist()
    return slice(top, bottom), slice(left, right)
