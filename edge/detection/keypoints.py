"""People from the output tensors of a multi-person PoseNet: pure numpy, all root candidates at once.

Method: Papandreou et al., "PersonLab" (ECCV 2018), sections 3.1-3.2, in the fast greedy form of the published
PoseNet decoders. Local maxima of the keypoint heatmaps are roots. From each root the skeleton is followed along the
mid-range offsets, and every step is refined by the short-range offsets. A root that falls on a keypoint of an accepted
pose is dropped. A pose's confidence counts only keypoints that no better pose has claimed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.config import DetectionSection
from edge.detection.anatomy import foreign, long_bones
from edge.errors import ModelError
from edge.records import KEYPOINTS, Detection, Flags, Floats
from edge.seams import TensorSpec

STRIDE = 16
"""Pixels of the model's input per grid cell: outputs are ((size - 1) / 16) + 1 wide (aligned corners)."""

ROOT_CONFIDENCE = 0.3
"""Confidence (0..1) from which a heatmap maximum may start a pose."""

REFINEMENTS = 2
"""Short-offset steps after each step along an edge; the published decoders use 2."""

LEFT_BIAS_PX = 1.1
"""Pixels of the model's input by which these models place every keypoint too far left. Measured on 400 mirrored photos:
keypoints and mirrored keypoints differ by a median of 2.2 (353x481) and 2.8 (481x641), where 0 is right."""

_CHAIN = (
    ("nose", "left_eye"),
    ("left_eye", "left_ear"),
    ("nose", "right_eye"),
    ("right_eye", "right_ear"),
    ("nose", "left_shoulder"),
    ("nose", "right_shoulder"),
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_wrist"),
    ("left_shoulder", "left_hip"),
    ("left_hip", "left_knee"),
    ("left_knee", "left_ankle"),
    ("right_shoulder", "right_elbow"),
    ("right_elbow", "right_wrist"),
    ("right_shoulder", "right_hip"),
    ("right_hip", "right_knee"),
    ("right_knee", "right_ankle"),
)
"""Edges of the skeleton's tree, in the order of the mid-offset channels (forward y, x, backward y, x).

The order is measured, since the published decoder lists the edge to the right shoulder elsewhere: on 35 photos of one
person, keypoints from the heatmaps alone agree with the channels in just this order.
"""

_EDGES = len(_CHAIN)
_PARTS = len(KEYPOINTS)


def _walks() -> NDArray[np.intp]:
    """[17 roots, 16 steps, (from part, to part, directed edge)]: the steps through the tree from each root.

    Directed edges 0-15 lead along the chain, 16-31 back.
    """
    edges = [(KEYPOINTS.index(parent), KEYPOINTS.index(child)) for parent, child in _CHAIN]
    steps = [(p, c, k) for k, (p, c) in enumerate(edges)] + [(c, p, _EDGES + k) for k, (p, c) in enumerate(edges)]
    walks = []
    for root in range(_PARTS):
        known, walk = {root}, []
        while len(known) < _PARTS:
            step = next(s for s in steps if s[0] in known and s[1] not in known)
            known.add(step[1])
            walk.append(step)
        walks.append(walk)
    return np.array(walks, dtype=np.intp)


_WALKS = _walks()


class PoseLayout(NamedTuple):
    """Size of a PoseNet's input, and which output is which."""

    height: int
    width: int
    heatmaps: int
    short_offsets: int
    mid_offsets: int
    """Positions among the outputs."""


def read_layout(model_input: TensorSpec, outputs: Sequence[TensorSpec]) -> PoseLayout:
    """Find a PoseNet's tensors by shape; raises ModelError, which says what was expected, for any other model."""
    shape = model_input.shape
    if model_input.dtype != "uint8" or len(shape) != 4 or shape[0] != 1 or shape[3] != 3:
        raise ModelError(f"expected one uint8 [1, height, width, 3] input, found {model_input.dtype} {list(shape)}")
    low, high = (-model_input.zero_point * model_input.scale, (255 - model_input.zero_point) * model_input.scale)
    if not (abs(low + 1) < 0.02 and abs(high - 1) < 0.02):
        raise ModelError(
            f"expected an input whose 0..255 means -1..1, found {low:.3f}..{high:.3f} (scale {model_input.scale}, zero "
            f"point {model_input.zero_point}): calibrated without full-range frames? Raw pixels would be mis-scaled"
        )
    grid = (1, (shape[1] - 1) // STRIDE + 1, (shape[2] - 1) // STRIDE + 1)
    by_shape = {output.shape: position for position, output in enumerate(outputs)}
    wanted = [(*grid, channels) for channels in (_PARTS, 2 * _PARTS, 4 * _EDGES)]
    if any(one not in by_shape for one in wanted):
        raise ModelError(
            f"expected heatmaps, short and mid offsets {wanted}, found outputs {sorted(by_shape)}: is it a PoseNet "
            "with its decoder stripped? Run spotter models fetch"
        )
    return PoseLayout(shape[1], shape[2], *(by_shape[one] for one in wanted))


def decode(
    outputs: Sequence[Floats], layout: PoseLayout, section: DetectionSection, *, scale: float = 1.0
) -> list[Detection]:
    """Decode the people of one frame, surest first; keypoints are in pixels of the frame.

    `outputs` are [1, rows, columns, channels]; `scale` is pixels of the frame per pixel of the model's input.
    """
    heat, short, mid = (outputs[i][0] for i in (layout.heatmaps, layout.short_offsets, layout.mid_offsets))
    confidence = 1.0 / (1.0 + np.exp(-np.clip(heat, -30, 30)))
    roots = _find_roots(confidence)
    if len(roots) == 0:
        return []
    poses, sure = _walk(roots, confidence, short, mid)
    order = _order(poses, sure, section)
    poses, sure = _assemble(poses[order], sure[order], roots[order, 2], section)
    people = _detections(poses, sure, section, scale)
    return sorted(people, key=lambda person: -person.confidence)


def _find_roots(confidence: Floats) -> NDArray[np.intp]:
    """[n, (row, column, part)] of 3x3 local maxima, surest first."""
    padded = np.pad(confidence, ((1, 1), (1, 1), (0, 0)))
    rows = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    around = np.maximum(np.maximum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])
    roots = np.argwhere((confidence >= ROOT_CONFIDENCE) & (confidence == around))
    return roots[np.argsort(-confidence[tuple(roots.T)], kind="stable")]


def _walk(roots: NDArray[np.intp], confidence: Floats, short: Floats, mid: Floats) -> tuple[Floats, Floats]:
    """Whole skeleton of every root: [n, 17, (y, x)] in pixels of the model's input, and [n, 17] confidences."""
    rows, columns = confidence.shape[:2]
    corners = np.indices((rows, columns), np.float32).reshape(2, -1).T * np.float32(STRIDE)
    targets = corners[:, None] + short.reshape(-1, 2, _PARTS).swapaxes(1, 2)  # [cells, parts, (y, x)]
    steps = mid.reshape(-1, 2, 2, _EDGES).swapaxes(2, 3).reshape(-1, 2 * _EDGES, 2)  # [cells, directed edges, (y, x)]
    last, pitch = np.array([rows - 1, columns - 1], np.float32), np.array([columns, 1], np.float32)

    def cell(points: Floats) -> NDArray[np.intp]:
        nearest = points * np.float32(1 / STRIDE)
        np.rint(nearest, out=nearest)
        np.maximum(nearest, 0, out=nearest)
        np.minimum(nearest, last, out=nearest)
        return np.asarray((nearest @ pitch).astype(np.intp))

    count, parts = np.arange(len(roots)), roots[:, 2]
    poses = np.zeros((len(roots), _PARTS, 2), np.float32)
    poses[count, parts] = targets[roots[:, 0] * columns + roots[:, 1], parts]
    walks = _WALKS[parts]
    for step in range(_EDGES):
        source, target, edge = walks[:, step].T
        at = poses[count, source]
        point = at + steps[cell(at), edge]
        for _ in range(REFINEMENTS):
            point = targets[cell(point), target]
        poses[count, target] = point
    sure = confidence.reshape(-1, _PARTS)[cell(poses), np.arange(_PARTS)]
    sure[count, parts] = confidence[tuple(roots.T)]
    return poses, sure


def _order(poses: Floats, sure: Floats, section: DetectionSection) -> NDArray[np.intp]:
    """Return the positions of the skeletons that may be people, the best first: sure ones without a bone too long."""
    total = sure.sum(axis=1)
    likely = np.flatnonzero(total >= section.person_threshold * _PARTS)
    worth = total[likely] - long_bones(poses[likely], sure[likely] >= section.keypoint_threshold)
    return likely[np.argsort(-worth, kind="stable")]


def _assemble(poses: Floats, sure: Floats, parts: NDArray[np.intp], section: DetectionSection) -> tuple[Floats, Floats]:
    """Return the skeletons [n, 17, 2] and the confidences [n, 17] of their own keypoints; the others have 0.

    A keypoint too far from the others of its skeleton (anatomy.py) is not its own, so its true owner is looked for once
    more, from the roots that only such keypoints had kept from starting a skeleton. A keypoint that a better skeleton
    owns is not a skeleton's own either.
    """
    roots = poses[np.arange(len(poses)), parts]
    is_open = np.ones(len(poses), bool)
    kept: list[int] = []
    is_own = np.zeros((0, _PARTS), bool)
    while is_open.any() and len(kept) < section.max_people:
        new = _suppress(poses, roots, parts, is_open, section)[: section.max_people - len(kept)]
        gone = foreign(poses[new], sure[new], section.keypoint_threshold)
        is_own = np.concatenate([is_own, ~gone])
        is_last = bool(kept) or not gone.any()
        kept += new
        if is_last:
            break
        claimed = _is_near(poses[kept][:, parts], roots, section) & is_own[:, parts]
        is_open = np.asarray(~claimed.any(axis=0), bool)
        is_open[kept] = False
    near = _is_near(poses[kept][:, None], poses[kept], section)
    for i in np.flatnonzero(np.tril(near.any(axis=2), -1).any(axis=1)):
        is_own[i] &= ~(near[i, :i] & is_own[:i]).any(axis=0)
    return poses[kept], sure[kept] * is_own


def _suppress(
    poses: Floats, roots: Floats, parts: NDArray[np.intp], is_open: Flags, section: DetectionSection
) -> list[int]:
    """Return the positions of the poses, of those that are open, whose root is not a keypoint of a better pose."""
    is_open = is_open.copy()
    kept: list[int] = []
    while is_open.any() and len(kept) < section.max_people:
        best = int(np.argmax(is_open))
        kept.append(best)
        is_open &= ~_is_near(poses[best][parts], roots, section)
        is_open[best] = False
    return kept


def _is_near(one: Floats, other: Floats, section: DetectionSection) -> Flags:
    """[...] True where two points [..., 2] of one kind are the same."""
    step = one - other
    return np.asarray(step[..., 0] ** 2 + step[..., 1] ** 2 < section.nms_radius_px**2, bool)


def _detections(poses: Floats, sure: Floats, section: DetectionSection, scale: float) -> list[Detection]:
    """Return the skeletons that are people."""
    people = []
    for pose, confidences in zip(poses, sure, strict=True):
        confidence = float(confidences.sum() / _PARTS)
        believed = confidences >= section.keypoint_threshold
        if confidence < section.person_threshold or believed.sum() < 2:
            continue
        input_px = pose[:, ::-1] + np.array([LEFT_BIAS_PX, 0], np.float32)
        keypoints = (input_px + np.float32(0.5)) * np.float32(scale) - np.float32(0.5)  # between pixel centres
        (x1, y1), (x2, y2) = keypoints[believed].min(axis=0), keypoints[believed].max(axis=0)
        box = (float(x1), float(y1), float(x2), float(y2))
        people.append(Detection(keypoints, confidences, box, confidence, section.keypoint_threshold))
    return people
