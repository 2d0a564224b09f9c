"""Finds whom an alert is really about: the score behind it, where that person was followed, and who walked there."""

import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from edge import wire
from edge.records import Detection, Track
from edge.seams import Received
from edge.street.camera import StreetCamera
from tools.beside_truth.witness import Detected, Note
from tools.evaluation.street import NOBODY, Votes

MOST_FRAMES = 12
"""Frames of a person, evenly spread, that are compared with the truth."""


class Scores:
    """The scores that came over the broker; it may call `hear` in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: list[wire.Score] = []

    def hear(self, received: Received) -> None:
        _, message = wire.decode(received.topic, received.payload)
        if isinstance(message, wire.Score):
            with self._lock:
                self._heard.append(message)

    def behind(self, alert: wire.Alert) -> wire.Score | None:
        """Return the newest score that says what an alert says; None if none does."""
        with self._lock:
            found = [one for one in self._heard if _says(one) == _says(alert)]
        return found[-1] if found else None


def _says(one: wire.Score | wire.Alert) -> tuple[object, ...]:
    return one.node, one.at, one.zone, one.heading, one.one_in, one.reasons


def walkers(path: Path, seq: int, camera: StreetCamera) -> set[int]:
    """Return the ids of the walkers whom a score may be about: one, or several if nothing tells them apart."""
    lines = path.read_bytes().splitlines() if path.exists() else []
    notes = [msgspec.json.decode(line, type=Note) for line in lines]
    found = [_walker(person, camera) for note in notes if note.seq == seq for person in note.people]
    return set(found) - {NOBODY}


def _walker(person: Sequence[Detected], camera: StreetCamera) -> int:
    """Return the walker on whom most of these detections lie; NOBODY if on none."""
    if not person:
        return NOBODY
    votes = Votes()
    chosen = np.unique(np.linspace(0, len(person) - 1, MOST_FRAMES).round().astype(int))
    for one in (person[i] for i in chosen):
        votes.count([_track(one)], camera.truth(one.frame))
    return votes.of(0)


def _track(one: Detected) -> Track:
    points = np.array(one.keypoints, np.float32)
    x1, y1, x2, y2 = (float(value) for value in (*points.min(axis=0), *points.max(axis=0)))
    found = Detection(points, np.array(one.believed, np.float32), (x1, y1, x2, y2), confidence=1.0, threshold=0.5)
    return Track(0, found, is_visible=True, is_confirmed=True, has_moved=True)
