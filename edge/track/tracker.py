"""The tracker: follows people from frame to frame, through occlusions. One confirmed track is one sighting.

Detections continue tracks that were seen a moment ago. Who is lost for longer begins a second tracklet, which is then
compared with the lost ones: at its confirmation, and before either of them departs.
"""

from itertools import count
from typing import NamedTuple

import numpy as np

from edge.config import TrackSection
from edge.records import KEYPOINTS, Departure, Detection, Flags, Floats, Track
from edge.track import link
from edge.track.colour_cue import likeness
from edge.track.match import GAP_TOLERANCE, KAPPA, freshness, match, pose_similarity, steadiness
from edge.track.motion import Motion
from edge.track.sway import sway
from edge.track.tracklet import Seen, Tracklet, body_heights, centres

FIRST_MATCH, LATE_MATCH = 0.2, 0.5
"""Similarity from which a sure detection may continue a track that was seen a frame ago, and one that was not seen for
any time. Below, linking decides: it knows more."""

SECOND_MATCH = 0.25
"""Claim (similarity by freshness) from which an unsure detection may continue a track; higher, since it may be
background."""

SAME_PERSON, SAME_PERSON_S = 0.2, 0.1
"""An unmatched detection this similar to a track seen in these last seconds is a second skeleton on that person, or the
person with a limb astray; it begins no track."""

SETTLED_HITS = 4
"""Detections from which the velocity is known."""


class TrackerStep(NamedTuple):
    """The tracks alive after one frame, and those that ended with it."""

    tracks: list[Track]
    departures: list[Departure]


class Tracker:
    """Owner of the tracks. Call `update` with every frame, and `finish` at the end of a source."""

    def __init__(self, settings: TrackSection) -> None:
        self._settings = settings
        self._people: list[Tracklet] = []
        self._ids = count(1)
        self._width = 1
        self._at = 0.0
        self._crowd = 0.0
        """People per square body height of the picture, with those lost for less than `max_gap_s`."""
        self._sway = np.zeros(2, np.float32)
        """x, y in pixels by which the picture has moved since the start."""

    def update(self, detections: list[Detection], looks: Floats, at: float, size: tuple[int, int]) -> TrackerStep:
        """Add the detections of one frame; returns the tracks alive after it, and those that ended with it.

        `looks` [n, 2, 3] are the detections' colours (colour_cue.py), `at` is UTC seconds, `size` is the frame's
        (height, width). A track ends `max_gap_s` after it was last seen, so that its continuation can be linked. If the
        clock was set back, all tracks end and the people in view get new ones.
        """
        departures = self.finish() if at < self._at - self._settings.max_gap_s else []
        frame_s, self._at, self._width = max(at - self._at, 1e-3), at, size[1]
        self._crowd = sum(one.height**2 for one in self._people if one.hits >= link.LEAST_HITS) / (size[0] * size[1])
        after = [person.motion.after(self._gap(person)) for person in self._people]
        self._follow(self._steadied(detections, looks, frame_s, after), frame_s, after)
        for person in [one for one in self._people if not one.is_compared and one.is_confirmed(self._settings)]:
            person.is_compared = True
            self._join(person)
        departures += self._end()
        return TrackerStep([person.track(at, self._settings) for person in self._people], departures)

    def track_ids(self, track_id: int) -> tuple[int, ...]:
        """Return all ids under which the person of a live track was followed."""
        return (track_id, *next(person.joined for person in self._people if person.track_id == track_id))

    def so_far(self, track_id: int) -> Departure:
        """Return the departure of a live track as if it ended now."""
        return self._depart(next(person for person in self._people if person.track_id == track_id))

    def finish(self) -> list[Departure]:
        """End all tracks, at the end of a source."""
        for person in list(self._people):
            while self._join(person):
                pass
        ended, self._people = self._people, []
        return [self._depart(person) for person in ended]

    def _steadied(self, detections: list[Detection], looks: Floats, frame_s: float, after: list[Motion]) -> list[Seen]:
        """Return the detections as they would be seen by a camera that does not sway; `after` is where people are."""
        found = centres(detections) - self._sway
        known = [
            (motion.place, one.height)
            for one, motion in zip(self._people, after, strict=True)
            if one.hits >= SETTLED_HITS and self._gap(one) <= 1.5 * frame_s
        ]
        places = np.array([place for place, _ in known], np.float32).reshape(-1, 2)
        step = sway(places, np.array([height for _, height in known], np.float32), found)
        self._sway = self._sway + step
        poses = np.array([one.keypoints for one in detections], np.float32).reshape(-1, len(KEYPOINTS), 2) - self._sway
        return [
            Seen(*each) for each in zip(detections, poses, found - step, looks, body_heights(detections), strict=True)
        ]

    def _follow(self, seen: list[Seen], frame_s: float, after: list[Motion]) -> None:
        """Continue tracks with the detections that match, and begin tracks with the sure ones that are left."""
        alike = self._similarity(seen, after)
        claims = alike * freshness(np.array([self._gap(one) for one in self._people], np.float32), frame_s)[:, None]
        is_sure: Flags = np.array([one.detection.confidence >= self._settings.birth_confidence for one in seen], bool)
        pairs = match(claims, is_sure & ((claims >= FIRST_MATCH) | (alike >= LATE_MATCH)))
        claims[[row for row, _ in pairs]] = 0
        pairs += match(claims, ~is_sure & (claims >= SECOND_MATCH))
        for row, column in pairs:
            self._people[row].see(seen[column], self._at, self._settings.min_motion)
        taken = {column for _, column in pairs}
        for column in np.flatnonzero(is_sure).tolist():
            if column not in taken and not self._is_known(seen[column]):
                self._people.append(Tracklet.born(next(self._ids), seen[column], self._at))

    def _similarity(self, seen: list[Seen], after: list[Motion]) -> Floats:
        """Similarity [tracks, detections], 0..1, of poses, places and colours."""
        people = self._people
        if not people or not seen:
            return np.zeros((len(people), len(seen)), np.float32)
        gaps = np.array([self._gap(person) for person in people], np.float32)
        heights = np.array([person.height for person in people], np.float32)
        shifts = np.array([person.motion.velocity for person in people], np.float32) * gaps[:, None]
        expected = np.array([person.pose for person in people]) + shifts[:, None]
        places = np.array([motion.place for motion in after], np.float32)
        spreads = [m.spread if p.hits >= SETTLED_HITS else np.inf for m, p in zip(after, people, strict=True)]
        poses, found, looks = (np.array(each) for each in zip(*(one[1:4] for one in seen), strict=True))
        table = pose_similarity(expected, poses, KAPPA * heights * (1 + GAP_TOLERANCE * gaps))
        table *= steadiness(places, found, np.array(spreads, np.float32) * heights)
        return table * likeness(np.array([person.look for person in people])[:, None], looks[None])

    def _is_known(self, seen: Seen) -> bool:
        """Return True for a detection on a person who was seen this very moment."""
        here = [person for person in self._people if self._gap(person) <= SAME_PERSON_S]
        if not here:
            return False
        tolerance = KAPPA * np.array([person.height for person in here], np.float32)
        alike = pose_similarity(np.stack([person.pose for person in here]), seen.pose[None], tolerance)[:, 0]
        alike *= likeness(np.stack([person.look for person in here]), seen.look[None])
        return bool(alike.max() >= SAME_PERSON)

    def _join(self, person: Tracklet) -> bool:
        """Join a tracklet with the one that is most surely the same person; returns False if there is none."""
        others = [one for one in self._people if one is not person] if person in self._people else []
        costs = [link.cost(person, one, self._settings.max_gap_s, self._crowd) for one in others]
        if not costs or min(costs) >= 1:
            return False
        older, newer = sorted((person, others[costs.index(min(costs))]), key=lambda one: one.first_seen_at)
        older.absorb(newer, self._settings.min_motion)
        self._people.remove(newer)
        return True

    def _end(self) -> list[Departure]:
        """End the tracks that were not seen for too long, and that nobody continues."""
        departures = []
        for person in [one for one in self._people if self._gap(one) > self._settings.max_gap_s]:
            if person in self._people and not self._join(person):
                self._people.remove(person)
                departures.append(self._depart(person))
        return departures

    def _gap(self, person: Tracklet) -> float:
        return self._at - person.last_seen_at

    def _depart(self, person: Tracklet) -> Departure:
        return person.departure(self._width, self._settings)
