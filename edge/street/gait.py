"""The walking cycle in three dimensions: the places of all joints after some distance walked.

Joint angles follow the curves of normal gait over one cycle, from heel strike to heel strike (Perry, "Gait Analysis",
1992), rounded. The pelvis is as high as the lower foot allows, so feet stand on the ground. Segment lengths are shares
of the body's height (Drillis and Contini 1966, in Winter, "Biomechanics", table 4.1).
"""

from dataclasses import dataclass

import numpy as np

from edge.records import KEYPOINTS
from edge.street.optics import Points

EXTRA = (
    "head",
    "neck",
    "chest",
    "waist",
    "pelvis",
    "left_heel",
    "right_heel",
    "left_toe",
    "right_toe",
    "left_hand",
    "right_hand",
)
"""Joints besides the keypoints."""
JOINTS = KEYPOINTS + EXTRA
AT = {name: i for i, name in enumerate(JOINTS)}
"""Position of each joint in JOINTS."""

THIGH, SHIN, ANKLE = 0.245, 0.246, 0.039
UPPER_ARM, FOREARM, HAND = 0.186, 0.146, 0.055
"""Lengths, in body heights, as are the next constants."""
SHOULDER_Z, CHEST_Z, WAIST_Z, NECK_Z, HEAD_Z = 0.285, 0.20, 0.09, 0.315, 0.400
"""Heights above the hips."""
HEEL, TOE = 0.035, 0.105
"""Distances behind and before the ankle."""
HEAD_HALF = (0.056, 0.044, 0.068)
"""Half the head's depth, width and height."""


def _curve(points: dict[int, float]) -> Points:
    """[101] a smooth curve in radians over the cycle, from degrees at some percentages of it."""
    raw = np.interp(np.arange(100), list(points), list(points.values()))
    kernel = np.hanning(11) / np.hanning(11).sum()
    smooth = np.convolve(np.tile(raw, 3), kernel, mode="same")[100:200]
    return np.asarray(np.radians(np.append(smooth, smooth[0])), np.float64)


HIP = _curve({0: 25, 10: 22, 30: 4, 50: -17, 58: -14, 70: 12, 85: 27, 95: 27, 100: 25})
KNEE = _curve({0: 5, 12: 18, 25: 12, 40: 6, 50: 12, 60: 38, 72: 62, 85: 30, 95: 6, 100: 5})
FOOT = _curve({0: 18, 8: 0, 40: 0, 50: -15, 60: -48, 68: -52, 80: -12, 90: 5, 97: 18, 100: 18})
"""[101] angles over the cycle, radians: thigh forward, knee bent, toes up."""
MEAN_STEP = 2 * (THIGH + SHIN) * np.sin(np.radians(22))
"""Length of a step with these curves, in body heights."""


@dataclass(frozen=True, slots=True)
class Gait:
    """The parameters of one person's walk; lengths are shares of the body's height, angles radians."""

    height_m: float
    shoulder: float
    """Half of the width between the shoulder joints."""
    step: float
    """Length of a step, from one footfall to the next."""
    phase: float
    """Share (0..1) of the cycle at which the walk began."""
    arm_swing: float
    elbow: float
    """Angle by which the elbows stay bent."""
    lean: float
    head_turn: float


def pose(gait: Gait, walked: Points, place: Points, heading: Points) -> Points:
    """[t, joints, 3] joints x, y, z in metres.

    `walked` [t] is the distance in metres, `place` [t, 2] is x, y on the ground, `heading` [t] is in radians.
    """
    body = np.zeros((len(walked), len(JOINTS), 3))
    cycle = walked / (2 * gait.step * gait.height_m) + gait.phase
    _put_legs(body, gait, cycle)
    _put_trunk(body, gait, cycle)
    _put_arms(body, gait, cycle)
    _put_head(body, gait)
    soles = [AT[name] for name in ("left_heel", "right_heel", "left_toe", "right_toe")]
    body[..., 2] -= body[:, soles, 2].min(axis=1, keepdims=True)
    return _to_street(body * gait.height_m, place, heading)


def _put_legs(body: Points, gait: Gait, cycle: Points) -> None:
    """Place hips, knees, ankles and feet, in place; the hips are at height 0, the rest below."""
    reach = gait.step / MEAN_STEP
    turn = 0.07 * np.cos(2 * np.pi * cycle)
    for side, sign, lag in (("left", 1.0, 0.0), ("right", -1.0, 0.5)):
        share = ((cycle + lag) % 1) * 100
        thigh, knee, foot = (np.interp(share, np.arange(101), curve) for curve in (HIP, KNEE, FOOT))
        thigh, shin = thigh * reach, thigh * reach - knee
        hip = _point(sign * 0.055 * np.sin(turn), sign * 0.055, 0 * turn)
        bent = hip + _point(THIGH * np.sin(thigh), -sign * 0.008, -THIGH * np.cos(thigh))
        ankle = bent + _point(SHIN * np.sin(shin), -sign * 0.008, -SHIN * np.cos(shin))
        ahead, up = (np.cos(foot), np.sin(foot)), (-np.sin(foot), np.cos(foot))
        for name, along in (("heel", -HEEL), ("toe", TOE)):
            out = sign * 0.012 * along / TOE
            sole = _point(along * ahead[0] - ANKLE * up[0], out, along * ahead[1] - ANKLE * up[1])
            body[:, AT[f"{side}_{name}"]] = ankle + sole
        for name, point in (("hip", hip), ("knee", bent), ("ankle", ankle)):
            body[:, AT[f"{side}_{name}"]] = point


def _put_trunk(body: Points, gait: Gait, cycle: Points) -> None:
    sway = 0.008 * np.sin(2 * np.pi * cycle)
    for name, z in (("pelvis", 0.0), ("waist", WAIST_Z), ("chest", CHEST_Z), ("neck", NECK_Z)):
        body[:, AT[name]] = _point(np.tan(gait.lean) * z + 0 * sway, sway, z)
    turn = -0.10 * gait.arm_swing * np.cos(2 * np.pi * cycle)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        ahead = np.tan(gait.lean) * SHOULDER_Z + sign * gait.shoulder * np.sin(turn)
        body[:, AT[f"{side}_shoulder"]] = _point(ahead, sway + sign * gait.shoulder * np.cos(turn), SHOULDER_Z)


def _put_arms(body: Points, gait: Gait, cycle: Points) -> None:
    for side, sign in (("left", 1.0), ("right", -1.0)):
        swing = -sign * np.cos(2 * np.pi * cycle)
        upper = gait.arm_swing * (0.42 * swing + 0.02)
        lower = upper + gait.elbow + 0.18 * gait.arm_swing * (1 + swing)
        elbow = body[:, AT[f"{side}_shoulder"]] + UPPER_ARM * _point(np.sin(upper), sign * 0.16, -np.cos(upper))
        wrist = elbow + FOREARM * _point(np.sin(lower), sign * 0.02, -np.cos(lower))
        for name, point in (("elbow", elbow), ("wrist", wrist)):
            body[:, AT[f"{side}_{name}"]] = point
        body[:, AT[f"{side}_hand"]] = wrist + HAND * _point(np.sin(lower), sign * 0.0, -np.cos(lower))


def _put_head(body: Points, gait: Gait) -> None:
    """Place head, nose, eyes and ears, in place; they turn with the head."""
    centre = body[:, AT["neck"]] + np.array([0.012, 0.0, HEAD_Z - NECK_Z])
    body[:, AT["head"]] = centre
    cos, sin = np.cos(gait.head_turn), np.sin(gait.head_turn)
    face = {
        "nose": (1.06 * HEAD_HALF[0], 0.0, -0.010),
        "left_eye": (0.85 * HEAD_HALF[0], 0.018, 0.009),
        "right_eye": (0.85 * HEAD_HALF[0], -0.018, 0.009),
        "left_ear": (-0.006, HEAD_HALF[1], 0.0),
        "right_ear": (-0.006, -HEAD_HALF[1], 0.0),
    }
    for name, (ahead, left, up) in face.items():
        body[:, AT[name]] = centre + np.array([ahead * cos - left * sin, ahead * sin + left * cos, up])


def _point(ahead: Points | float, left: Points | float, up: Points | float) -> Points:
    point = np.empty((max(np.size(ahead), np.size(left), np.size(up)), 3))
    point[:, 0], point[:, 1], point[:, 2] = ahead, left, up
    return point


def _to_street(body: Points, place: Points, heading: Points) -> Points:
    """Convert joints [t, joints, (ahead, left, up)] to x, y, z of the street."""
    cos, sin = np.cos(heading)[:, None], np.sin(heading)[:, None]
    x = body[..., 0] * cos - body[..., 1] * sin + place[:, :1]
    y = body[..., 0] * sin + body[..., 1] * cos + place[:, 1:]
    return np.stack([x, y, body[..., 2]], axis=-1)
