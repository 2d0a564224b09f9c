"""Count how a camera sees the people who pass: how tall, cut by which edge, unclear for what reason."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np

from edge.aim import LONGEST_MIN, Aim, in_fives
from edge.appearance.crop import HIPS, SHOULDERS, crop, torso_length
from edge.appearance.describe import SHARP_GRADIENT, STRONGEST
from edge.appearance.view import View, views
from edge.limits import FLOOR
from edge.node.sizes import SURE_PX
from edge.node.tamper import DARK_LEVEL
from edge.pipeline import Step
from edge.records import Detection, Floats, Frame, Sighting

LOOK_S = 0.2
"""Seconds between two looks at the people in view."""
GONE_S = 5.0
"""Seconds out of sight after which a person has left; a sighting comes earlier."""
STRETCH_S, MINUTE_S = 180.0, 60.0
"""Least seconds of a report, and what it grows by, so that its end tells nothing of the last person."""
NEAR = 0.8
"""Share of the height of the model's input from which a person is too near."""
NECK, LEGS, ARM = 0.3, 1.6, 0.3
"""What must be in the picture above the shoulders, below the hips and beside the torso, in torso lengths: a neck,
ankles (legs are 1.83 torso lengths long, the median of measured people), sleeves."""
HIDDEN = 0.5
"""Share of the torso behind somebody nearer from which a person is hidden."""
BLURRED = SHARP_GRADIENT / 2
"""Grey levels per pixel; clothes whose strongest edges are weaker are too blurred to use (appearance/describe.py)."""
DARK = 2 * DARK_LEVEL
"""Grey level of the brightest parts of clothes below which it is too dark; black cloth by day has brighter folds."""


class Passed(NamedTuple):
    """One person who has left; only counts of these are kept for longer than a stretch."""

    height: str
    """`far`, `good` or `near`."""
    cut: frozenset[str]
    """Edges of the picture that cut most views."""
    unclear: frozenset[str] | None
    """What was wrong with the best view (`blurred`, `dark`, `hidden`); None if the person was described."""


@dataclass
class _Seen:
    """A person in view, over all looks."""

    heights: list[float] = field(default_factory=list)
    """Body heights in pixels of the model's input."""
    cuts: Counter[str] = field(default_factory=Counter)
    """Looks in which each edge cut the person."""
    faults: frozenset[str] = frozenset()
    """Faults of the best view so far."""
    seen_at: float = 0.0
    has_moved: bool = False
    is_described: bool = False

    def absorb(self, other: "_Seen") -> None:
        """Take over the looks of a track that turned out to be the same person."""
        self.faults = self.faults if max(self.heights) >= max(other.heights) else other.faults
        self.heights += other.heights
        self.cuts += other.cuts
        self.seen_at, self.has_moved = max(self.seen_at, other.seen_at), self.has_moved or other.has_moved

    def passed(self, input_height: int) -> Passed:
        is_near = float(np.median(self.heights)) >= NEAR * input_height
        height = "far" if max(self.heights) < SURE_PX else "near" if is_near else "good"
        cut = frozenset(edge for edge, looks in self.cuts.items() if 2 * looks > len(self.heights))
        return Passed(height, cut, None if self.is_described else self.faults)


class AimTally:
    """Owner of the counts. Call `look` with every frame and its step; any thread may read `report`."""

    def __init__(self, input_size: tuple[int, int], *, stretch_s: float = STRETCH_S) -> None:
        """`input_size`: height and width of the model's input, in pixels; `stretch_s`: least seconds of a report."""
        self._input, self._stretch_s = input_size, stretch_s
        self._people: dict[int, _Seen] = {}
        """By track id."""
        self._passed: list[Passed] = []
        self._begun_at = self._closes_at = 0.0
        self._looked_at = np.inf
        self.report: Aim | None = None
        """The newest closed stretch; None before the first, or if too few people pass."""

    def look(self, frame: Frame, step: Step) -> None:
        """Take in one frame and what was found in it; its time counts, so that clips give the same at any speed."""
        at = frame.captured_at
        if at < self._looked_at:  # the first frame, or the clock was set back
            self._people, self._looked_at = {}, -np.inf
            self._begin(at)
        self._note_described([*step.early, *step.sightings])
        if at - self._looked_at < LOOK_S:
            return
        self._looked_at = at
        self._see(frame, step)
        self._leave(at - GONE_S)
        if at >= self._closes_at:
            self._close(at)

    def so_far(self) -> Aim | None:
        """Return the open stretch, for somebody who stands beside the camera; None with too few people."""
        return aim_of(self._passed, self._minutes(self._looked_at))

    def finish(self, sightings: list[Sighting]) -> None:
        """Count everybody who is still in view; `sightings` are theirs."""
        self._note_described(sightings)
        self._leave(np.inf)

    def _begin(self, at: float) -> None:
        self._passed, self._begun_at, self._closes_at = [], at, at + self._stretch_s

    def _minutes(self, at: float) -> int:
        return int(np.clip(round((at - self._begun_at) / MINUTE_S), 1, LONGEST_MIN))

    def _close(self, at: float) -> None:
        """Close the stretch if enough people passed; else it goes on for whole minutes, an hour at most."""
        found = aim_of(self._passed, self._minutes(at))
        if found is None and self._minutes(at) < LONGEST_MIN:
            self._closes_at += MINUTE_S * (1 + (at - self._closes_at) // MINUTE_S)
            return
        self.report = found
        self._begin(at)

    def _note_described(self, sightings: list[Sighting]) -> None:
        for found in sightings:
            known = [one for one in found.departure.track_ids if one in self._people]
            for other in known[1:]:
                self._people[known[0]].absorb(self._people.pop(other))
            if known:
                self._people[known[0]].is_described = True

    def _see(self, frame: Frame, step: Step) -> None:
        tracks = [track for track in step.tracks if track.is_visible and track.is_confirmed]
        people = [track.detection for track in tracks]
        shown = views(people, step.detections, frame.pixels.shape)
        height, width = frame.pixels.shape[:2]
        scale = max(height / self._input[0], width / self._input[1])
        for track, view in zip(tracks, shown, strict=True):
            person = self._people.setdefault(track.track_id, _Seen())
            person.seen_at, person.has_moved = frame.captured_at, track.has_moved or person.has_moved
            if view.height / scale > max(person.heights, default=0.0):
                person.faults = _faults(frame, track.detection, view)
            person.heights.append(view.height / scale)
            person.cuts.update(cut_by(track.detection, (height, width)))

    def _leave(self, before: float) -> None:
        """Count those who were last seen before that time and have moved; what stood still may be no person."""
        gone = [track_id for track_id, person in self._people.items() if person.seen_at <= before]
        people = [self._people.pop(track_id) for track_id in gone]
        self._passed += [person.passed(self._input[0]) for person in people if person.has_moved]


def aim_of(people: list[Passed], minutes: int) -> Aim | None:
    """Return the counts of these people; None for fewer than FLOOR."""
    if len(people) < FLOOR:
        return None
    unclear = [one.unclear for one in people if one.unclear is not None]
    counts = Counter(one.height for one in people)
    counts.update(edge for one in people for edge in one.cut)
    counts.update(fault for faults in unclear for fault in faults)
    told = {name: in_fives(counts[name]) for name in Aim.__struct_fields__ if name in counts}
    return Aim(minutes=minutes, people=in_fives(len(people)), unclear=in_fives(len(unclear)), **told)


def cut_by(person: Detection, size: tuple[int, int]) -> list[str]:
    """Return the edges of the picture that cut a person, by where the torso is; `size` is (height, width) in pixels.

    Keypoints outside the picture cannot be seen, so the rest of the body is reckoned from the torso.
    """
    length, points = torso_length(person), person.keypoints
    shoulder, hip = float(points[SHOULDERS, 1].mean()), float(points[HIPS, 1].mean())
    across = points[[*SHOULDERS, *HIPS], 0]
    is_cut = {
        "left": across.min() < ARM * length,
        "right": across.max() > size[1] - ARM * length,
        "top": shoulder < NECK * length,
        "bottom": hip + LEGS * length > size[0],
    }
    return [edge for edge, is_so in is_cut.items() if is_so]


def _faults(frame: Frame, person: Detection, view: View) -> frozenset[str]:
    """Return what is wrong with a view of a person, by the pixels of the torso alone."""
    near = crop(frame.pixels, person)
    corners = near.points[[*SHOULDERS, *HIPS]]
    (left, top), (right, bottom) = corners.min(axis=0).clip(0).astype(int), corners.max(axis=0).clip(0).astype(int) + 1
    torso = near.pixels[top:bottom, left:right]
    found = {"hidden": 1 - view.factors[3] > HIDDEN}
    if torso.size:
        light = np.asarray(cv2.cvtColor(np.ascontiguousarray(torso), cv2.COLOR_RGB2GRAY), np.float32)
        found["dark"] = float(np.quantile(light, STRONGEST)) < DARK
        found["blurred"] = not found["dark"] and _strongest_edges(light) < BLURRED
    return frozenset(fault for fault, is_so in found.items() if is_so)


def _strongest_edges(light: Floats) -> float:
    """Return the strength of the strongest edges of a patch [h, w], in grey levels per pixel."""
    dx, dy = cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.25)
    return float(np.quantile(np.hypot(dx, dy), STRONGEST))
