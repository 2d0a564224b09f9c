"""The tracker: follows people from frame to frame, through occlusions. One confirmed track is one sighting."""

from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

import numpy as np

from edge.config import TrackSection
from edge.records import Departure, Detection, Floats, Heading, Track, Zone
from edge.track.colour_cue import likeness
from edge.track.match import KAPPA, keypoint_similarity, match, overlap

FIRST_MATCH = 0.1
"""Similarity from which a sure detection may continue a track."""

SECOND_MATCH = 0.25
"""Similarity from which an unsure detection may continue a track; higher, since it may be background."""

SAME_PERSON = 0.3
"""An unmatched detection this similar to a track of this frame is a second skeleton on the same person."""


GAP_TOLERANCE = 2.0
"""Growth of the search distance per second without a detection, as a share: the velocity becomes a guess."""

STEADY = 0.08
"""Typical distance, in body heights, of a walker's torso from its predicted place in the next frame."""
UNSTEADY = 0.15
"""Factor on the similarity if the torso is much farther away: people rarely turn at once, but others come near."""
SETTLED_HITS = 4
"""Detections from which the velocity is known."""

COAST_S = 0.4
"""Seconds without a detection after which a track that is predicted to be outside the picture has ended."""

SMOOTHING = 0.25
"""Weight of the newest step in the running velocity."""

LOOK_SMOOTHING = 0.2
"""Weight of the newest colours in the running ones: low, since an arm or a lamp post in front passes."""

TORSO = (5, 6, 11, 12)
"""Positions in KEYPOINTS of shoulders and hips."""


_Seen = tuple[Detection, Floats]


class TrackerStep(NamedTuple):
    """The tracks alive after one frame, and those that ended with it."""

    tracks: list[Track]
    departures: list[Departure]


@dataclass
class _Person:
    """The tracker's memory of one person: positions, and two coarse colours."""

    track_id: int
    detection: Detection
    look: Floats
    """[2, 3] running colours (colour_cue.py)."""
    first_seen_at: float
    last_seen_at: float
    start: Floats
    start_height: float
    height: float
    """Running body height in pixels (see `_height`)."""
    velocity: Floats = field(default_factory=lambda: np.zeros(2, np.float32))
    hits: int = 1
    has_moved: bool = False

    def similarity(self, detection: Detection, look: Floats, at: float) -> float:
        """Similarity (0..1) of a detection to this person's predicted pose, place and velocity, and to its colours."""
        return self._nearness(detection, at) * self._steadiness(detection, at) * likeness(self.look, look)

    def _steadiness(self, detection: Detection, at: float) -> float:
        if self.hits < SETTLED_HITS:
            return 1.0
        gap = at - self.last_seen_at
        strayed = np.hypot(*(centre(detection) - centre(self.detection) - self.velocity * np.float32(gap)))
        tolerance = STEADY * self.height * (1 + GAP_TOLERANCE * gap)
        return UNSTEADY + (1 - UNSTEADY) * float(np.exp(-(float(strayed) ** 2) / (2 * tolerance**2)))

    def _nearness(self, detection: Detection, at: float) -> float:
        gap = at - self.last_seen_at
        shift = self.velocity * np.float32(gap)
        tolerance = KAPPA * self.height * (1 + GAP_TOLERANCE * gap)
        mine = self.detection
        alike = keypoint_similarity(
            mine.keypoints + shift,
            mine.believed,
            detection.keypoints,
            detection.believed,
            tolerance,
        )
        if alike is not None:
            return alike
        x, y = (float(move) for move in shift)
        box = mine.box
        return overlap((box[0] + x, box[1] + y, box[2] + x, box[3] + y), detection.box)

    def see(self, detection: Detection, look: Floats, at: float, min_motion: float) -> None:
        elapsed = max(at - self.last_seen_at, 1e-3)
        step = (centre(detection) - centre(self.detection)) / np.float32(elapsed)
        weight = np.float32(max(SMOOTHING, 1 / self.hits))
        self.velocity = self.velocity + weight * (step - self.velocity)
        self.height += SMOOTHING * (_height(detection) - self.height)
        self.look = self.look + np.float32(LOOK_SMOOTHING) * (look - self.look)
        self.detection, self.last_seen_at = detection, at
        self.hits += 1
        travelled = float(np.hypot(*(centre(detection) - self.start))) / max(self.height, self.start_height)
        grown = abs(np.log(self.height / self.start_height))
        self.has_moved = self.has_moved or max(travelled, float(grown)) >= min_motion

    def is_confirmed(self, settings: TrackSection) -> bool:
        seen_s = self.last_seen_at - self.first_seen_at
        return self.hits >= settings.confirm_frames and seen_s >= settings.confirm_s

    def heading(self) -> Heading:
        """Direction of the larger movement since the start: sideways or in depth (growth), both in body heights."""
        sideways = float((centre(self.detection) - self.start)[0]) / max(self.height, self.start_height)
        grown = float(np.log(self.height / self.start_height))
        if abs(sideways) >= abs(grown):
            return Heading.RIGHT if sideways >= 0 else Heading.LEFT
        return Heading.TOWARD if grown > 0 else Heading.AWAY


class Tracker:
    """Owner of the tracks. Call `update` with every frame, and `finish` at the end of a source."""

    def __init__(self, settings: TrackSection) -> None:
        self._settings = settings
        self._people: list[_Person] = []
        self._ids = count(1)
        self._width = 1

    def update(self, detections: list[Detection], looks: Floats, at: float, size: tuple[int, int]) -> TrackerStep:
        """Add the detections of one frame; returns the tracks alive after it, and those that ended with it.

        `looks` [n, 2, 3] are the detections' colours (colour_cue.py), `at` is UTC seconds, `size` is the frame's
        (height, width). If the clock was set back, all tracks end and the people in view get new ones.
        """
        self._width = size[1]
        orphaned = [person for person in self._people if at < person.last_seen_at - self._settings.max_gap_s]
        self._people = [person for person in self._people if person not in orphaned]
        seen = list(zip(detections, looks, strict=True))
        sure = [one for one in seen if one[0].confidence >= self._settings.birth_confidence]
        unsure = [one for one in seen if one[0].confidence < self._settings.birth_confidence]
        waiting = self._associate(self._people, sure, at, FIRST_MATCH)
        missed = [person for person in self._people if person.last_seen_at < at]
        self._associate(missed, unsure, at, SECOND_MATCH)
        for detection, look in waiting:
            self._bear(detection, look, at)
        ended = [person for person in self._people if self._has_ended(person, at, size)]
        self._people = [person for person in self._people if person not in ended]
        departures = [self._depart(person) for person in orphaned + ended]
        return TrackerStep([self._track(person, at) for person in self._people], departures)

    def so_far(self, track_id: int) -> Departure:
        """Return the departure of a live track as if it ended now."""
        return self._depart(next(person for person in self._people if person.track_id == track_id))

    def finish(self) -> list[Departure]:
        """End all tracks, at the end of a source."""
        ended, self._people = self._people, []
        return [self._depart(person) for person in ended]

    def _associate(self, people: list[_Person], seen: list[_Seen], at: float, threshold: float) -> list[_Seen]:
        """Continue tracks with the detections that match; return the other detections."""
        table = np.array([[person.similarity(*one, at) for one in seen] for person in people], np.float32)
        pairs = match(table.reshape(len(people), len(seen)), threshold)
        for row, column in pairs:
            people[row].see(*seen[column], at, self._settings.min_motion)
        taken = {column for _, column in pairs}
        return [one for i, one in enumerate(seen) if i not in taken]

    def _bear(self, detection: Detection, look: Floats, at: float) -> None:
        doubles = (p.similarity(detection, look, at) >= SAME_PERSON for p in self._people if p.last_seen_at == at)
        if any(doubles):
            return
        height = _height(detection)
        self._people.append(_Person(next(self._ids), detection, look, at, at, centre(detection), height, height))

    def _has_ended(self, person: _Person, at: float, size: tuple[int, int]) -> bool:
        gap = at - person.last_seen_at
        x, y = centre(person.detection) + person.velocity * np.float32(gap)
        is_outside = not (0 <= x < size[1] and 0 <= y < size[0])
        return gap > self._settings.max_gap_s or (is_outside and gap > COAST_S)

    def _track(self, person: _Person, at: float) -> Track:
        return Track(
            person.track_id,
            person.detection,
            is_visible=person.last_seen_at == at,
            is_confirmed=person.is_confirmed(self._settings),
            has_moved=person.has_moved,
        )

    def _depart(self, person: _Person) -> Departure:
        third = int(3 * float(centre(person.detection)[0]) / self._width)
        return Departure(
            person.track_id,
            person.first_seen_at,
            person.last_seen_at,
            zone=list(Zone)[min(max(third, 0), 2)],
            heading=person.heading(),
            is_confirmed=person.is_confirmed(self._settings),
            has_moved=person.has_moved,
        )


def centre(detection: Detection) -> Floats:
    """[2] x, y of the torso in pixels: mean of the believed shoulders and hips, else the middle of the box."""
    torso = [part for part in TORSO if detection.believed[part]]
    if torso:
        return np.asarray(detection.keypoints[torso].mean(axis=0), np.float32)
    x1, y1, x2, y2 = detection.box
    return np.array([(x1 + x2) / 2, (y1 + y2) / 2], np.float32)


def _height(detection: Detection) -> float:
    """Pixels from the highest to the lowest keypoint, believed or not; at least 1.

    All keypoints count: a hidden leg is still guessed about right, while the set of believed keypoints changes often.
    """
    ys = detection.keypoints[:, 1]
    return max(float(ys.max() - ys.min()), 1.0)
