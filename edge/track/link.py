"""Are two tracklets one person? Pure.

A person is lost behind another or a lamp post, and found again: a *continuation*. Or the pose jitters, so that a second
track is born on one person and both take turns: *twins*. Costs are squared errors over their variances. That of a
continuation is twice the logarithm of a ratio of likelihoods, somebody else's over the same person's: the growth of the
variances with the gap is added, since in a larger area somebody else fits more easily. The tolerances at no gap were
measured on street clips with known identities; they grow as a Kalman filter's do (motion.py).
"""

import math
from typing import NamedTuple

import numpy as np

from edge.records import Floats
from edge.track.motion import AGILITY, FIRST_SPEED, NOISE
from edge.track.tracklet import Step, Tracklet

SAME, TWIN = 4.4, 2.0
"""Costs below which a tracklet continues another one where there is one person per square body height of the picture,
and below which two are twins."""
EMPTY, FULL = 0.03, 1.5
"""Limits of the people per square body height: on an empty street a stranger may still appear, and a crowd may be
counted too high, as skeletons are double."""
END_S = 0.5
"""Seconds at a tracklet's end or start from which its line is drawn."""
OVERLAP_S = 0.25
"""Seconds by which a tracklet may end after its continuation began: both see a bit of one person."""
LEAST_HITS = 2
"""Detections that a tracklet needs to be compared."""
REACH, SPEED = 0.4, 1.6
"""Longest distance to a continuation: body heights, and body heights per second of gap."""
AWAY = 0.3
"""Tolerated error, in body heights, of predicting a place near the end of a line: a pose half hidden is askew."""
GROWN = 0.15
"""Tolerated logarithm of the ratio of body heights, and its growth per second of gap."""
COLOURS, LIGHTNESS = 12.0, 0.7
"""Tolerated CIE76 difference of running colours, and the weight of lightness in it: shade changes."""
TOGETHER = 0.1
"""Largest share of the shorter tracklet's frames in which both are seen at once: a second skeleton on one person."""
TWIN_S = 0.2
"""Shortest time over which twins are compared."""
TWIN_AWAY = 0.2
"""Tolerated median distance of twins, in body heights."""
NEVER = math.inf


def cost(one: Tracklet, other: Tracklet, max_gap_s: float, crowd: float) -> float:
    """Return the cost, as a share of what is tolerated, of two tracklets being one person: below 1 they are.

    `crowd` is the number of people per square body height of the picture. Where there are twice as many, it is twice as
    likely that somebody else appears at the place where a lost person is expected.
    """
    older, newer = sorted((one, other), key=lambda tracklet: tracklet.first_seen_at)
    same = SAME - 2 * math.log(min(max(crowd, EMPTY), FULL))
    return min(continuation(older, newer, max_gap_s) / same, twins(older, newer) / TWIN)


def continuation(old: Tracklet, new: Tracklet, max_gap_s: float) -> float:
    """Return the cost of `new` continuing `old`; NEVER if it cannot."""
    gap = new.first_seen_at - old.last_seen_at
    is_later = -OVERLAP_S <= gap <= max_gap_s and new.last_seen_at > old.last_seen_at
    if not is_later or min(old.hits, new.hits) < LEAST_HITS or _are_together(old, new):
        return NEVER
    ending, starting, gap = old.ending(END_S), new.starting(END_S), max(gap, 0.0)
    before, after = (float(np.median(steps[:, 3])) for steps in (ending, starting))
    height = math.sqrt(before * after)
    if math.hypot(*(starting[0, 1:3] - ending[-1, 1:3])) > (REACH + SPEED * gap) * height:
        return NEVER
    missed = _missed(_line(ending), Step(*starting[0]), height) + _missed(_line(starting), Step(*ending[-1]), height)
    grown = (math.log(after / before) / (GROWN + GROWN * gap)) ** 2 + 2 * math.log(1 + gap)
    return missed / 2 + grown + _recoloured(old, new)


def twins(one: Tracklet, other: Tracklet) -> float:
    """Return the cost of two tracklets in view at the same time being one person; NEVER if they cannot be."""
    begin, end = max(one.way[0].at, other.way[0].at), min(one.way[-1].at, other.way[-1].at)
    if end - begin < TWIN_S or _are_together(one, other):
        return NEVER
    short, long = sorted((one, other), key=lambda tracklet: len(tracklet.way))
    mine, theirs = np.array([step for step in short.way if begin <= step.at <= end]), np.array(long.way)
    if not len(mine):
        return NEVER
    x, y = (np.interp(mine[:, 0], theirs[:, 0], theirs[:, axis]) for axis in (1, 2))
    away = float(np.median(np.hypot(x - mine[:, 1], y - mine[:, 2]) / mine[:, 3]))
    return (away / TWIN_AWAY) ** 2 + _recoloured(one, other)


def _are_together(one: Tracklet, other: Tracklet) -> bool:
    """Return True if both were seen at once in more frames than one person's could be."""
    shared = {step.at for step in one.way} & {step.at for step in other.way}
    return len(shared) > TOGETHER * min(len(one.way), len(other.way))


def _recoloured(one: Tracklet, other: Tracklet) -> float:
    """Return the cost of the difference of colours of torso and thighs."""
    step = (one.look - other.look) * np.array([LIGHTNESS, 1, 1], np.float32)
    return float((step**2).sum(axis=1).mean()) / COLOURS**2


class _Line(NamedTuple):
    """Movement in a straight line: mean time, mean place [2] and velocity [2] in pixels, variance of the velocity."""

    middle: float
    place: Floats
    velocity: Floats
    velocity_var: float
    """In squared body heights per squared second."""


def _missed(line: _Line, step: Step, height: float) -> float:
    """Return the cost of the error of predicting a step from a line; `height` is the body height in pixels."""
    away = step.at - line.middle
    x, y = (line.place + line.velocity * away).tolist()
    squared = ((x - step.x) ** 2 + (y - step.y) ** 2) / height**2
    grown = (line.velocity_var * away**2 + AGILITY * abs(away) ** 3 / 3) / AWAY**2
    return float(squared / (AWAY**2 * (1 + grown)) + 2 * math.log(1 + grown))


def _line(steps: Floats) -> _Line:
    """Fit a line to steps [n, (time, x, y, height)] by least squares.

    Before any is known, the velocity is 0 with deviation FIRST_SPEED: short tracklets hardly tell theirs.
    """
    middle, place = float(steps[:, 0].mean()), steps[:, 1:3].mean(axis=0)
    away = steps[:, 0] - middle
    known = float((away**2).sum()) + (NOISE / FIRST_SPEED) ** 2
    velocity = (away[:, None] * (steps[:, 1:3] - place)).sum(axis=0) / known
    return _Line(middle, place, velocity, NOISE**2 / known)
