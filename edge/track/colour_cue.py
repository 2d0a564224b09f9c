"""The colours of torso and thighs, which tell apart two people who cross; taken from the model's input. Pure.

They are coarse, in memory only, and deleted with the track; they are not part of any score.
"""

import cv2
import numpy as np

from edge.records import Detection, Floats, Pixels

SAME_COLOUR = 16.0
"""CIE76 difference of one person's clothes between frames, due to shade, blur or an arm in front."""

OTHER_COLOUR = 0.25
"""Factor on the similarity of two people in quite different colours."""

# Sampling points: shares of the way from the right to the left side, and from the upper to the lower joints.
_ACROSS = np.array([0.3, 0.5, 0.7], np.float32)
_DOWN = np.array([0.25, 0.5, 0.75], np.float32)
_CORNERS = np.array([[[6, 5], [12, 11]], [[12, 11], [14, 13]]])
"""Positions in KEYPOINTS of right and left shoulders, hips and knees: of torso and thighs, at top and bottom."""


def looks(small: Pixels, people: list[Detection], scale: float) -> Floats:
    """[n, 2, 3] CIELAB colour of each person's torso and thighs.

    `small` is RGB [h, w, 3]; `scale` is pixels of the frame per pixel of `small`.
    """
    if not people:
        return np.zeros((0, 2, 3), np.float32)
    points = np.array([person.keypoints for person in people], np.float32) / np.float32(scale)
    corners = points.take(_CORNERS, axis=1).reshape(-1, 2, 2, 2)
    at = np.rint(_between(corners[:, 0], corners[:, 1]))
    x, y = np.minimum(np.maximum(at, 0), [small.shape[1] - 1, small.shape[0] - 1]).astype(np.intp).T
    middle = len(_ACROSS) * len(_DOWN) // 2
    colours = np.partition(small[y, x], middle, axis=0)[middle].reshape(-1, 2, 3).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2LAB), np.float32)


def _between(tops: Floats, bottoms: Floats) -> Floats:
    """[n, 9, 2] points inside the quadrilaterals of two upper and two lower joints, each [n, (right, left), 2]."""
    across = _ACROSS[None, :, None]
    top = tops[:, :1] * (1 - across) + tops[:, 1:] * across
    bottom = bottoms[:, :1] * (1 - across) + bottoms[:, 1:] * across
    down = _DOWN[None, :, None, None]
    return np.asarray((top[:, None] * (1 - down) + bottom[:, None] * down).reshape(len(tops), -1, 2), np.float32)


def likeness(one: Floats, other: Floats) -> Floats:
    """Similarity [...], OTHER_COLOUR..1, of two people's colours [..., 2, 3] from `looks`.

    >>> float(likeness(np.zeros((2, 3), np.float32), np.zeros((2, 3), np.float32)))
    1.0
    """
    step = one - other
    step *= step
    squares = step[..., 0] + step[..., 1] + step[..., 2]  # much faster than sums over axes of three and two
    squared = (squares[..., 0] + squares[..., 1]) / np.float32(2)
    return np.asarray(OTHER_COLOUR + (1 - OTHER_COLOUR) * np.exp(-squared / (2 * SAME_COLOUR**2)), np.float32)
