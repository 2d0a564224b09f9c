"""Which keypoints of a skeleton cannot belong to one body, as they lie too far from the others: pure numpy."""

import numpy as np

from edge.records import KEYPOINTS, Flags, Floats

TOLERANCE = 1.25
"""Factor on the distances of a straight body that a sound skeleton may reach: people lean, and keypoints are uncertain.
Of large people who walk alone 1 % have a keypoint beyond it."""
WIDTH_TOLERANCE = 1.1
"""Such a factor for the widths of shoulders and hips, which only a turn changes: it makes them narrower."""
UNCERTAIN_PX = 3.0
"""Pixels of the model's input by which two keypoints may be farther apart, whatever the person's size."""

_WIDE = WIDTH_TOLERANCE / TOLERANCE
_BONES = (
    ("nose", "left_eye", 0.04),
    ("nose", "right_eye", 0.04),
    ("left_eye", "left_ear", 0.08),
    ("right_eye", "right_ear", 0.08),
    ("nose", "left_shoulder", 0.19),
    ("nose", "right_shoulder", 0.19),
    ("left_shoulder", "right_shoulder", 0.259 * _WIDE),
    ("left_shoulder", "left_hip", 0.288),
    ("right_shoulder", "right_hip", 0.288),
    ("left_shoulder", "right_hip", 0.365),
    ("right_shoulder", "left_hip", 0.365),
    ("nose", "left_hip", 0.42),
    ("nose", "right_hip", 0.42),
    ("left_hip", "right_hip", 0.191 * _WIDE),
    ("left_shoulder", "left_elbow", 0.186),
    ("right_shoulder", "right_elbow", 0.186),
    ("left_elbow", "left_wrist", 0.146),
    ("right_elbow", "right_wrist", 0.146),
    ("left_hip", "left_knee", 0.245),
    ("right_hip", "right_knee", 0.245),
    ("left_knee", "left_ankle", 0.246),
    ("right_knee", "right_ankle", 0.246),
)
"""Distances in body heights: Drillis and Contini, "Body segment parameters" (1966), as in Winter, "Biomechanics and
motor control of human movement" (2009), figure 4.1. Those of the head and of the trunk's diagonals follow from its
heights of eyes, shoulders and hips."""

_PARTS = len(KEYPOINTS)
_AT = {name: i for i, name in enumerate(KEYPOINTS)}
_ENDS = np.array([(_AT[one], _AT[other]) for one, other, _ in _BONES])
_LENGTHS = np.array([length for *_, length in _BONES], np.float32)
_SPANS = np.array([(5, 6, 11, 12), (11, 12, 13, 14), (13, 14, 15, 16)])
_SPAN_LENGTHS = np.array([0.288, 0.245, 0.246], np.float32)
"""Torso, thighs and shins: left and right joint at either end, and the length in body heights."""


def _reach() -> Floats:
    """[17, 17] largest distance of two keypoints in body heights: the shortest way along the bones."""
    reach = np.full((_PARTS, _PARTS), np.inf)
    np.fill_diagonal(reach, 0)
    reach[_ENDS[:, 0], _ENDS[:, 1]] = reach[_ENDS[:, 1], _ENDS[:, 0]] = _LENGTHS
    for via in range(_PARTS):  # Floyd and Warshall
        reach = np.minimum(reach, reach[:, via, None] + reach[None, via])
    return reach.astype(np.float32)


def _limbs() -> Flags:
    """[17, 17] True where the second keypoint is the first, or hangs on it: without the elbow there is no wrist."""
    hangs = np.eye(_PARTS, dtype=bool)
    for chain in (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")):
        for side in ("left", "right"):
            at = [_AT[f"{side}_{joint}"] for joint in chain]
            hangs[at[0], at[1:]] = hangs[at[1], at[2]] = True
    return hangs


_REACH, _LIMBS = _reach(), _limbs()


def stature(poses: Floats, is_sure: Flags) -> Floats:
    """[n] body heights in pixels by torso, thighs and shins of poses [n, 17, 2]; infinite if none of them is sure.

    Each length is that between the middles of the left and the right joints, which a swinging leg changes little. A
    camera that looks down shortens legs more than the torso: so the torso counts, from once to twice the median.
    """
    ends = poses.take(_SPANS, axis=1)
    told = _length(ends[:, :, 0] + ends[:, :, 1] - (ends[:, :, 2] + ends[:, :, 3])) / (2 * _SPAN_LENGTHS)
    told[~is_sure.take(_SPANS, axis=1).all(axis=2)] = np.nan
    low, middle, high = np.sort(told, axis=1).T  # NaN last
    median = np.where(np.isnan(high), np.where(np.isnan(middle), low, (low + middle) / 2), middle)
    torso = np.where(np.isnan(told[:, 0]), median, told[:, 0])
    return np.asarray(np.where(np.isnan(median), np.inf, np.clip(torso, median, 2 * median)), np.float32)


def long_bones(poses: Floats, is_sure: Flags, tall: Floats) -> Floats:
    """[n] number of bones between sure keypoints that are too long for the rest of the skeletons [n, 17, 2].

    `tall` [n] are their body heights (`stature`).
    """
    lengths = _length(poses.take(_ENDS[:, 0], axis=1) - poses.take(_ENDS[:, 1], axis=1))
    limits = TOLERANCE * _LENGTHS * tall[:, None] + np.float32(UNCERTAIN_PX)
    is_bone = is_sure.take(_ENDS[:, 0], axis=1) & is_sure.take(_ENDS[:, 1], axis=1)
    return np.asarray(((lengths > limits) & is_bone).sum(axis=1), np.float32)


def foreign(poses: Floats, sure: Floats, threshold: float, tall: Floats) -> Flags:
    """[n, 17] True for keypoints that lie too far from the others to be of the same body.

    `poses` [n, 17, 2] are in pixels of the model's input; `sure` [n, 17] are confidences, and keypoints below
    `threshold` neither accuse nor are accused; `tall` [n] are body heights (`stature`). The keypoint with the most
    contradictions goes first, with the limb that hangs on it, until none is left.
    """
    is_sure: Flags = sure >= threshold
    x, y = poses[..., 0], poses[..., 1]
    step_x, step_y = x[:, :, None] - x[:, None], y[:, :, None] - y[:, None]
    limit = (TOLERANCE * _REACH) * np.minimum(tall, 1e6)[:, None, None] + np.float32(UNCERTAIN_PX)
    wrong = (step_x * step_x + step_y * step_y > limit * limit) & is_sure[:, :, None] & is_sure[:, None]
    gone = np.zeros_like(is_sure)
    accused = np.flatnonzero(wrong.any(axis=(1, 2)))
    wrong, sure = wrong[accused], sure[accused]
    while accused.size:
        against = (wrong @ sure[:, :, None])[..., 0] - sure
        against[~wrong.any(axis=2)] = -np.inf
        limbs = _LIMBS[against.argmax(axis=1)]
        gone[accused] |= limbs
        wrong &= ~(limbs[:, :, None] | limbs[:, None])
        still = wrong.any(axis=(1, 2))
        accused, wrong, sure = accused[still], wrong[still], sure[still]
    return gone


def _length(steps: Floats) -> Floats:
    x, y = steps[..., 0], steps[..., 1]
    return np.asarray(np.sqrt(x * x + y * y), np.float32)
