"""Are two tracklets one person? Pure.

A person is lost behind another or a lamp post, and found again: a *continuation*. Or the pose jitters, so that a second
track is born on one person and both take turns: *twins*. Costs are squared errors over their tolerances, summed. The
tolerances were measured on street clips with known identities.
"""

import math
from typing import NamedTuple

import numpy as np

from edge.records import Floats
from edge.track.tracklet import Tracklet

SAME, TWIN = 2.2, 2.0
"""Costs below which a tracklet continues another one, and below which two are twins."""
END_S = 0.5
"""Seconds at a tracklet's end or start from which its line is drawn."""
LINE_S = 0.1
"""Shortest time from which a velocity is taken."""
OVERLAP_S = 0.25
"""Seconds by which a tracklet may end after its continuation began: both see a bit of one person."""
LEAST_HITS = 2
"""Detections that a tracklet needs to be compared."""
REACH, SPEED = 0.4, 1.6
"""Longest distance to a continuation: body heights, and body heights per second of gap."""
AWAY, AWAY_PER_S = 0.3, 0.35
"""Tolerated error of predicting one line from the other, in body heights, and its growth per second of gap."""
GROWN = 0.15
"""Tolerated logarithm of the ratio of body heights, and its growth per second of gap."""
COLOURS, LIGHTNESS = 12.0, 0.7
"""Tolerated CIE76 difference of running colours, and the weight of lightness in it: shade changes."""
TOGETHER = 0.1
"""Largest share of the shorter tracklet's frames in which twins are seen both at once."""
TWIN_S = 0.2
"""Shortest time over which twins are compared."""
TWIN_AWAY = 0.2
"""Tolerated median distance of twins, in body heights."""
NEVER = math.inf


def cost(one: Tracklet, other: Tracklet, max_gap_s: float) -> float:
    """Return the cost, as a share of what is tolerated, of two tracklets being one person: below 1 they are."""
    older, newer = sorted((one, other), key=lambda tracklet: tracklet.first_seen_at)
    return min(continuation(older, newer, max_gap_s) / SAME, twins(older, newer) / TWIN)


def continuation(old: Tracklet, new: Tracklet, max_gap_s: float) -> float:
    """Return the cost of `new` continuing `old`; NEVER if it cannot."""
    gap = new.first_seen_at - old.last_seen_at
    is_later = -OVERLAP_S <= gap <= max_gap_s and new.last_seen_at > old.last_seen_at
    if not is_later or min(old.hits, new.hits) < LEAST_HITS or _together(old, new):
        return NEVER
    ending, starting, gap = old.ending(END_S), new.starting(END_S), max(gap, 0.0)
    before, after = (float(np.median(steps[:, 3])) for steps in (ending, starting))
    height = math.sqrt(before * after)
    if math.hypot(*(starting[0, 1:3] - ending[-1, 1:3])) > (REACH + SPEED * gap) * height:
        return NEVER
    return (
        (_missed(ending, starting) / height / (AWAY + AWAY_PER_S * gap)) ** 2
        + (math.log(after / before) / (GROWN + GROWN * gap)) ** 2
        + _recoloured(old, new)
    )


def twins(one: Tracklet, other: Tracklet) -> float:
    """Return the cost of two tracklets in view at the same time being one person; NEVER if they cannot be."""
    begin, end = max(one.way[0].at, other.way[0].at), min(one.way[-1].at, other.way[-1].at)
    if end - begin < TWIN_S or _together(one, other) > TOGETHER * min(len(one.way), len(other.way)):
        return NEVER
    short, long = sorted((one, other), key=lambda tracklet: len(tracklet.way))
    mine, theirs = np.array([step for step in short.way if begin <= step.at <= end]), np.array(long.way)
    if not len(mine):
        return NEVER
    x, y = (np.interp(mine[:, 0], theirs[:, 0], theirs[:, axis]) for axis in (1, 2))
    away = float(np.median(np.hypot(x - mine[:, 1], y - mine[:, 2]) / mine[:, 3]))
    return (away / TWIN_AWAY) ** 2 + _recoloured(one, other)


def _together(one: Tracklet, other: Tracklet) -> int:
    """Count the frames in which both were seen."""
    return len({step.at for step in one.way} & {step.at for step in other.way})


def _recoloured(one: Tracklet, other: Tracklet) -> float:
    """Return the cost of the difference of colours of torso and thighs."""
    step = (one.look - other.look) * np.array([LIGHTNESS, 1, 1], np.float32)
    return float((step**2).sum(axis=1).mean()) / COLOURS**2


class _Line(NamedTuple):
    """Movement in a straight line: mean time, mean place [2] and velocity [2]."""

    middle: float
    place: Floats
    velocity: Floats

    def at(self, time: float) -> Floats:
        return self.place + self.velocity * np.float32(time - self.middle)


def _missed(ending: Floats, starting: Floats) -> float:
    """Return the mean error, in pixels, of predicting each of the two from the other's line."""
    before, after = _line(ending), _line(starting)
    return float(np.mean([math.hypot(*(before.at(at) - after.at(at))) for at in (ending[-1, 0], starting[0, 0])]))


def _line(steps: Floats) -> _Line:
    """Fit a line to steps [n, (time, x, y, height)] by least squares."""
    times, places = steps[:, 0], steps[:, 1:3]
    middle, place = float(times.mean()), places.mean(axis=0)
    if times[-1] - times[0] < LINE_S:
        return _Line(middle, place, np.zeros(2, np.float32))
    away = times - middle
    return _Line(middle, place, (away[:, None] * (places - place)).sum(axis=0) / (away**2).sum())
