"""The camera sways in the wind: how far did the whole picture move since the frame before? Pure.

The people say so: each is expected somewhere, and if all of them are found beside it in one direction, it was the
camera. A few people who turn at once do not agree.
"""

import numpy as np

from edge.records import Floats
from edge.track.match import squared_distance

LEAST = 3
"""People needed; two often walk and turn together."""
REACH = 0.5
"""Longest movement of the picture between two frames that is considered, in body heights."""
AGREEMENT = 0.08
"""Tolerated distance of a torso from its expected place in the moved picture, in body heights."""
BETTER = 1.6
"""A movement must explain the people this many times better than a still camera does."""
MOST = 0.5
"""Share of the people who must agree."""
ROUNDING = 1e-3
"""People by which float32 may be off."""


def sway(expected: Floats, heights: Floats, found: Floats) -> Floats:
    """Return [2] x, y, the movement of the picture in pixels; 0 if a still camera explains the people about as well.

    `expected` [people, 2] are places of torsos in a still picture, `heights` [people] body heights, `found`
    [detections, 2] torsos, all in pixels.
    """
    still = np.zeros(2, np.float32)
    if min(len(expected), len(found)) < LEAST:
        return still
    away = found[None] - expected[:, None]
    if BETTER * float(_agreeing(away, still[None], heights)[0]) > len(expected) + ROUNDING:
        return still  # no movement can explain everybody more than fully
    near = np.hypot(away[..., 0], away[..., 1]) < REACH * heights[:, None]
    tried = np.concatenate([still[None], away[near]])
    agreeing = _agreeing(away, tried, heights)
    best = int(agreeing.argmax())
    is_sure = agreeing[best] >= max(BETTER * agreeing[0], MOST * len(expected))
    return tried[best] if is_sure else still


def _agreeing(away: Floats, tried: Floats, heights: Floats) -> Floats:
    """[movements] how many people each of the movements `tried` [movements, 2] explains.

    `away` [people, detections, 2] are the distances of all detections from the people's expected places.
    """
    squared = squared_distance(away[None], tried[:, None, None])
    return np.asarray(np.exp(-squared / (2 * (AGREEMENT * heights[:, None]) ** 2)).max(axis=2).sum(axis=1), np.float32)
