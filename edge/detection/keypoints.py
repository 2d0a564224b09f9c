"""People from the output tensors of a multi-person PoseNet: pure numpy, all root candidates at once.

Method: Papandreou et al., "PersonLab" (ECCV 2018), sections 3.1-3.2, in the fast greedy form of the published
PoseNet decoders. Local maxima of the keypoint heatmaps are roots. From each root the skeleton is followed along the
mid-range offsets, and every step is refined by the short-range offsets. A root that falls on a keypoint of an accepted
pose is dropped. A pose's confidence counts only keypoints that no better pose has claimed.
"""

import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.config import DetectionSection
from edge.detection.anatomy import foreign, long_bones, stature
from edge.errors import ModelError
from edge.outputs import Stored, stored
from edge.records import KEYPOINTS, Detection, Flags, Floats
from edge.seams import TensorSpec

STRIDE = 16
"""Pixels of the model's input per grid cell: outputs are ((size - 1) / 16) + 1 wide (aligned corners)."""

ROOT_CONFIDENCE = 0.3
"""Confidence (0..1) from which a heatmap maximum may start a pose."""
_ROOT_LOGIT = math.log(ROOT_CONFIDENCE / (1 - ROOT_CONFIDENCE))

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
    """[(from part, to part, channel, depth), 17 roots, 16 steps]: the steps through the tree from each root.

    The channel is that of the mid offset's y, that of x is _EDGES further on. Depth counts the steps from the root.
    """
    edges = [(KEYPOINTS.index(parent), KEYPOINTS.index(child)) for parent, child in _CHAIN]
    steps = [(p, c, k) for k, (p, c) in enumerate(edges)] + [(c, p, 2 * _EDGES + k) for k, (p, c) in enumerate(edges)]
    walks = []
    for root in range(_PARTS):
        depths, walk = {root: 0}, []
        while len(depths) < _PARTS:
            parent, child, channel = next(s for s in steps if s[0] in depths and s[1] not in depths)
            depths[child] = depths[parent] + 1
            walk.append((parent, child, channel, depths[child]))
        walks.append(walk)
    return np.ascontiguousarray(np.moveaxis(np.array(walks, dtype=np.intp), -1, 0))


_WALKS = _walks()
_BITS = 1 << np.arange(_PARTS, dtype=np.int32)
_AXES = np.array([[0], [_EDGES]])
"""What is added to the channel of a mid offset's y for y and x."""


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
    heat, short, mid = (stored(outputs, i) for i in (layout.heatmaps, layout.short_offsets, layout.mid_offsets))
    roots, parts, certain = _find_roots(heat)
    if len(roots) == 0:
        return []
    poses, sure = _walk(roots, parts, heat, short, mid)
    sure[np.arange(len(roots)), parts] = certain
    likely, tall = _order(poses, sure, section)
    is_large = tall >= section.min_body_px
    likely, tall = likely[is_large], tall[is_large]
    if len(likely) == 0:
        return []
    poses, sure = _assemble(poses[likely], sure[likely], parts[likely], tall, section)
    people = _detections(poses, sure, section, scale)
    return sorted(people, key=lambda person: -person.confidence)


def _confidence(heat: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.minimum(np.maximum(heat, -30), 30))), np.float32)


def _find_roots(heat: Stored) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Return the cells [n], parts [n] and confidences [n] of 3x3 local maxima, surest first; heat is [1, h, w, 17].

    Maxima are found among the stored values, of which there are 256 at most, so that few need a confidence.
    """
    values = heat.values[0]
    rows, columns, _ = values.shape
    lowest = np.iinfo(values.dtype).min if values.dtype.kind in "iu" else -np.inf
    padded = np.full((rows + 2, columns + 2, _PARTS), lowest, values.dtype)
    padded[1:-1, 1:-1] = values
    tall = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    around = np.maximum(np.maximum(tall[:, :-2], tall[:, 1:-1]), tall[:, 2:])
    maxima = np.flatnonzero((values == around) & (values >= heat.level(_ROOT_LOGIT)))
    confidence = heat.mapped(_confidence, values.ravel()[maxima])
    order = np.argsort(-confidence, kind="stable")[: np.count_nonzero(confidence >= ROOT_CONFIDENCE)]
    cells, parts = np.divmod(maxima[order], _PARTS)
    return cells, parts, confidence[order]


class _Targets(NamedTuple):
    """Where the short offsets of every cell lead, part by part."""

    places: Floats
    """[2, cells * 17] y and x, in cells."""
    cells: NDArray[np.intp]
    """[cells * 17] the cell nearest to it."""


def _targets(short: Stored, last: Floats) -> _Targets:
    offsets = short.real(np.ascontiguousarray(short.values.reshape(-1, 2, _PARTS).swapaxes(0, 1)))
    offsets *= np.float32(1 / STRIDE)
    offsets += _corners(*short.values.shape[1:3])
    places = offsets.reshape(2, -1)
    return _Targets(places, _cell(places, last))


@cache
def _corners(rows: int, columns: int) -> Floats:
    """[2, cells, 1] y and x of every cell."""
    return np.indices((rows, columns), np.float32).reshape(2, -1, 1)


def _cell(places: Floats, last: Floats) -> NDArray[np.intp]:
    """[n] nearest cell of places [2, n], y and x in cells; `last` [2, 1] is the last row and column."""
    nearest = np.rint(places)
    np.maximum(nearest, 0, out=nearest)
    np.minimum(nearest, last, out=nearest)
    y, x = nearest
    y *= last[1] + 1
    y += x
    return np.asarray(y.astype(np.intp))


def _in_cells(offset: Floats) -> Floats:
    """Convert offsets from pixels of the model's input to cells."""
    return offset * np.float32(1 / STRIDE)


def _walk(
    roots: NDArray[np.intp], parts: NDArray[np.intp], heat: Stored, short: Stored, mid: Stored
) -> tuple[Floats, Floats]:
    """Whole skeleton of every root: [n, 17, (y, x)] in pixels of the model's input, and [n, 17] confidences.

    A refined keypoint lies where some cell's short offset leads, so a skeleton is walked as 17 such cells. All steps at
    one depth of the trees are made at once.
    """
    last = np.array(heat.values.shape[1:3], np.float32)[:, None] - 1
    targets, offsets = _targets(short, last), mid.values.ravel()
    first = targets.cells * _PARTS
    own = np.arange(len(roots))[:, None] * _PARTS
    found = np.zeros(len(roots) * _PARTS, np.intp)
    found[own[:, 0] + parts] = roots * _PARTS + parts  # [skeletons * 17] positions in targets
    for start, end, target, channel in _levels(parts, own):
        here = found[start]
        offset = mid.mapped(_in_cells, offsets.take(targets.cells.take(here) * (4 * _EDGES) + channel))
        at = _cell(targets.places.take(here, axis=1) + offset, last) * _PARTS + target
        for _ in range(REFINEMENTS - 1):
            at = first.take(at) + target
        found[end] = at
    spots = found.reshape(-1, _PARTS)
    poses = np.moveaxis(targets.places.take(spots, axis=1), 0, -1) * np.float32(STRIDE)
    return poses, heat.mapped(_confidence, heat.values.ravel()[first.take(spots) + np.arange(_PARTS)])


def _levels(
    parts: NDArray[np.intp], own: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the steps of all trees by their depth: slots they start at and lead to, part they lead to, [2] channels.

    `parts` [n] are the roots' parts, `own` [n, 1] is the first slot of each skeleton.
    """
    walks = _WALKS.take(parts, axis=1)
    depth = walks[3].astype(np.uint8).ravel()
    by_depth = np.argsort(depth, kind="stable")
    slots = (walks[:2] + own).reshape(2, -1)
    start, end = slots.take(by_depth, axis=1)
    target, channel = walks[1:3].reshape(2, -1).take(by_depth, axis=1)
    channels = channel + _AXES
    for low, high in pairwise(np.cumsum(np.bincount(depth)).tolist()):
        yield start[low:high], end[low:high], target[low:high], channels[:, low:high]


def _order(poses: Floats, sure: Floats, section: DetectionSection) -> tuple[NDArray[np.intp], Floats]:
    """Return the positions of the skeletons that may be people, the best first, and their body heights in pixels.

    The best are sure and have no bone too long.
    """
    total = sure.sum(axis=1)
    likely = np.flatnonzero(total >= section.person_threshold * _PARTS)
    poses, is_sure = poses[likely], sure[likely] >= section.keypoint_threshold
    tall = stature(poses, is_sure)
    order = np.argsort(long_bones(poses, is_sure, tall) - total[likely], kind="stable")
    return likely[order], tall[order]


def _assemble(
    poses: Floats, sure: Floats, parts: NDArray[np.intp], tall: Floats, section: DetectionSection
) -> tuple[Floats, Floats]:
    """Return the skeletons [n, 17, 2] and the confidences [n, 17] of their own keypoints; the others have 0.

    A keypoint too far from the others of its skeleton (anatomy.py) is not its own, so its true owner is looked for once
    more, from the roots that only such keypoints had kept from starting a skeleton. A keypoint that a better skeleton
    owns is not a skeleton's own either.
    """
    roots = poses[np.arange(len(poses)), parts]
    is_open = np.ones(len(poses), bool)
    kept, claims = _suppress(poses, roots, parts, is_open, section)
    is_own = ~foreign(poses[kept], sure[kept], section.keypoint_threshold, tall[kept])
    if not is_own.all() and len(kept) < section.max_people:
        is_open = np.asarray(~(np.stack(claims) & is_own[:, parts]).any(axis=0), bool)
        is_open[kept] = False
        more = _suppress(poses, roots, parts, is_open, section)[0][: section.max_people - len(kept)]
        is_own = np.concatenate([is_own, ~foreign(poses[more], sure[more], section.keypoint_threshold, tall[more])])
        kept += more
    poses = poses[kept]
    near = _is_near(poses[:, None], poses, section)
    return poses, sure[kept] * _unclaimed(near, is_own)


def _unclaimed(near: Flags, is_own: Flags) -> Flags:
    """[n, 17] True for the keypoints of `is_own` [n, 17] that no better skeleton owns.

    `near` [n, n, 17] says which keypoints of two skeletons are the same. The better ones decide first. Done in whole
    numbers, one bit for each keypoint, since few skeletons share any.
    """
    rows, better = np.nonzero(np.tril(near.any(axis=2), -1))
    own = (is_own @ _BITS).tolist()
    for row, other, shared in zip(rows.tolist(), better.tolist(), (near[rows, better] @ _BITS).tolist(), strict=True):
        own[row] &= ~(shared & own[other])
    return np.asarray(np.array(own, np.int32)[:, None] & _BITS > 0)


def _suppress(
    poses: Floats, roots: Floats, parts: NDArray[np.intp], is_open: Flags, section: DetectionSection
) -> tuple[list[int], list[Flags]]:
    """Return the positions of the poses, of those that are open, whose root is not a keypoint of a better pose.

    With each comes [n] True for all the roots on its keypoints.
    """
    is_open = is_open.copy()
    by_axis, radius = np.ascontiguousarray(np.moveaxis(poses, 2, 0)), section.nms_radius_px**2
    at = np.ascontiguousarray(roots.T)
    kept: list[int] = []
    claims: list[Flags] = []
    while len(kept) < section.max_people and is_open[best := int(is_open.argmax())]:
        away = by_axis[:, best].take(parts, axis=1) - at
        away *= away
        claims.append(away[0] + away[1] < radius)
        kept.append(best)
        is_open[claims[-1]] = False
        is_open[best] = False
    return kept, claims


def _is_near(one: Floats, other: Floats, section: DetectionSection) -> Flags:
    """[...] True where two points [..., 2] of one kind are the same."""
    step = one - other
    step *= step
    return np.asarray(step[..., 0] + step[..., 1] < section.nms_radius_px**2, bool)


def _detections(poses: Floats, sure: Floats, section: DetectionSection, scale: float) -> list[Detection]:
    """Return the skeletons that are people."""
    confidence = sure.sum(axis=1) / np.float32(_PARTS)
    believed = sure >= section.keypoint_threshold
    is_person = (confidence >= section.person_threshold) & (believed.sum(axis=1) >= 2)
    input_px = poses[is_person][..., ::-1] + np.array([LEFT_BIAS_PX, 0], np.float32)
    keypoints = (input_px + np.float32(0.5)) * np.float32(scale) - np.float32(0.5)  # between pixel centres
    shown = believed[is_person, :, None]
    low, high = keypoints.min(axis=1, initial=np.inf, where=shown), keypoints.max(axis=1, initial=-np.inf, where=shown)
    boxes = np.concatenate([low, high], axis=1).tolist()
    return [
        Detection(points, confidences, tuple(box), total, section.keypoint_threshold)
        for points, confidences, box, total in zip(
            keypoints, sure[is_person], boxes, confidence[is_person].tolist(), strict=True
        )
    ]
