"""The memory of one person in view: pose, motion, two coarse colours, and the way walked in the last seconds."""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from edge.config import TrackSection
from edge.records import KEYPOINTS, Departure, Detection, Floats, Heading, Track, Zone
from edge.track.motion import Motion

TORSO = (5, 6, 11, 12)
"""Positions in KEYPOINTS of shoulders and hips."""
_PARTS = len(KEYPOINTS)

HEIGHT_SMOOTHING_S = 0.12
"""Seconds in which the running body height takes over 63 % of a change."""
LOOK_SMOOTHING_S = 0.8
"""Such a time for the running colours; long, since an arm or a lamp post in front passes."""
KEPT_S = 3.0
"""Seconds of the way walked that are kept, to see whether two tracklets are one person."""


class Seen(NamedTuple):
    """One detection as a camera would see it that does not sway."""

    detection: Detection
    """The detection itself, in the picture as it is."""
    pose: Floats
    """[17, 2] keypoints in pixels."""
    place: Floats
    """[2] x, y of the torso in pixels."""
    look: Floats
    """[2, 3] colours (colour_cue.py)."""
    height: float
    """Body height in pixels (see `body_heights`)."""


class Step(NamedTuple):
    """One place on the way, in pixels."""

    at: float
    x: float
    y: float
    height: float


@dataclass(eq=False)
class Tracklet:
    """What is remembered of one person from frame to frame; places are those of a camera that does not sway."""

    track_id: int
    detection: Detection
    pose: Floats
    """[17, 2] the newest keypoints."""
    look: Floats
    """[2, 3] running colours (colour_cue.py)."""
    first_seen_at: float
    last_seen_at: float
    motion: Motion
    start: Step
    height: float
    """Running body height in pixels (see `body_heights`)."""
    way: deque[Step]
    hits: int = 1
    has_moved: bool = False
    joined: list[int] = field(default_factory=list)
    """Ids of absorbed tracklets."""
    is_compared: bool = False
    """True once it was compared with the others, at its confirmation."""

    @classmethod
    def born(cls, track_id: int, seen: Seen, at: float) -> "Tracklet":
        x, y = seen.place.tolist()
        start, motion = Step(at, x, y, seen.height), Motion((x, y))
        return cls(track_id, seen.detection, seen.pose, seen.look, at, at, motion, start, start.height, deque([start]))

    def see(self, seen: Seen, at: float, min_motion: float) -> None:
        """Continue with a detection; `min_motion` is that of the settings."""
        elapsed = max(at - self.last_seen_at, 1e-3)
        x, y = seen.place.tolist()
        self.motion = self.motion.after(elapsed).seen((x, y))
        self.height += _share(elapsed, HEIGHT_SMOOTHING_S) * (seen.height - self.height)
        self.look = self.look + np.float32(_share(elapsed, LOOK_SMOOTHING_S)) * (seen.look - self.look)
        self.detection, self.pose, self.last_seen_at = seen.detection, seen.pose, at
        self.hits += 1
        self.way.append(Step(at, x, y, self.height))
        self._walked(min_motion)

    def absorb(self, other: "Tracklet", min_motion: float) -> None:
        """Take over another tracklet of the same person; the newer of both says where the person is now."""
        old, new = sorted((self, other), key=lambda one: one.last_seen_at)
        share = np.float32(old.hits / (old.hits + new.hits))
        self.look = new.look + share * (old.look - new.look)
        self.way = deque(sorted({step.at: step for step in (*old.way, *new.way)}.values()))
        self.start = min(self.start, other.start)
        self.first_seen_at, self.last_seen_at = self.start.at, new.last_seen_at
        self.detection, self.pose, self.motion, self.height = new.detection, new.pose, new.motion, new.height
        self.hits += other.hits
        self.joined += [other.track_id, *other.joined]
        self.has_moved |= other.has_moved
        self._walked(min_motion)

    def starting(self, seconds: float) -> Floats:
        """[n, (time, x, y, height)] of the first seconds of the way that is kept."""
        return np.array([step for step in self.way if step.at <= self.way[0].at + seconds])

    def ending(self, seconds: float) -> Floats:
        """[n, (time, x, y, height)] of the last seconds."""
        return np.array([step for step in self.way if step.at >= self.last_seen_at - seconds])

    def is_confirmed(self, settings: TrackSection) -> bool:
        seen_s = self.last_seen_at - self.first_seen_at
        return self.hits >= settings.confirm_frames and seen_s >= settings.confirm_s

    def track(self, at: float, settings: TrackSection) -> Track:
        return Track(
            self.track_id,
            self.detection,
            is_visible=self.last_seen_at == at,
            is_confirmed=self.is_confirmed(settings),
            has_moved=self.has_moved,
        )

    def departure(self, width: int, settings: TrackSection) -> Departure:
        """Return the departure as if the person left now; `width` is the frame's in pixels."""
        third = int(3 * float(centres([self.detection])[0, 0]) / width)
        return Departure(
            self.track_id,
            self.first_seen_at,
            self.last_seen_at,
            zone=list(Zone)[min(max(third, 0), 2)],
            heading=self._heading(),
            is_confirmed=self.is_confirmed(settings),
            has_moved=self.has_moved,
            joined=tuple(self.joined),
        )

    def _heading(self) -> Heading:
        """Direction of the larger movement since the start: sideways or in depth (growth), both in body heights."""
        sideways = (self.way[-1].x - self.start.x) / max(self.height, self.start.height)
        grown = math.log(self.height / self.start.height)
        if abs(sideways) >= abs(grown):
            return Heading.RIGHT if sideways >= 0 else Heading.LEFT
        return Heading.TOWARD if grown > 0 else Heading.AWAY

    def _walked(self, min_motion: float) -> None:
        """Note whether the person has moved, and forget the way of long ago."""
        here, start = self.way[-1], self.start
        travelled = math.hypot(here.x - start.x, here.y - start.y) / max(self.height, start.height)
        grown = abs(math.log(self.height / start.height))
        self.has_moved = self.has_moved or max(travelled, grown) >= min_motion
        while self.way[0].at < self.last_seen_at - KEPT_S:
            self.way.popleft()


def centres(detections: list[Detection]) -> Floats:
    """[n, 2] x, y of torsos in pixels: means of the believed shoulders and hips, without any the middle of the box."""
    points = np.array([one.keypoints for one in detections], np.float32).reshape(-1, _PARTS, 2).take(TORSO, axis=1)
    sure = np.array([one.confidences for one in detections], np.float32).reshape(-1, _PARTS).take(TORSO, axis=1)
    believed = sure >= np.array([[one.threshold] for one in detections], np.float32).reshape(-1, 1)
    count = believed.sum(axis=1)
    places = np.where(believed[..., None], points, 0).sum(axis=1) / np.maximum(count, 1)[:, None].astype(np.float32)
    for row in np.flatnonzero(count == 0).tolist():
        x1, y1, x2, y2 = detections[row].box
        places[row] = (x1 + x2) / 2, (y1 + y2) / 2
    return np.asarray(places, np.float32)


def body_heights(detections: list[Detection]) -> list[float]:
    """[n] pixels from the highest to the lowest keypoint, believed or not; at least 1.

    All keypoints count: a hidden leg is still guessed about right, while the set of believed keypoints changes often.
    """
    ys = np.array([one.keypoints[:, 1] for one in detections], np.float32).reshape(-1, _PARTS)
    return [max(height, 1.0) for height in (ys.max(axis=1) - ys.min(axis=1)).tolist()]


def _share(elapsed_s: float, smoothing_s: float) -> float:
    """Return the share of a change that a running value takes over."""
    return 1 - math.exp(-elapsed_s / smoothing_s)
