"""Runs a node of the simulated street that also writes down where each person it scored was seen.

The notes go to a file for the comparison with the truth; the booth never gets them.
"""

import json
import sys
import threading
from collections import defaultdict, deque
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from edge import wire
from edge.clock import SystemClock
from edge.command import stop_on_signals
from edge.config import NodeConfig, load
from edge.frame.source import open_camera
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.node.load_model import open_interpreter
from edge.node.run import Node
from edge.pipeline import Glance, Step
from edge.records import Frame, Sighting

KEPT = 60
"""Newest detections of each track that are kept, enough for any walker's way through the picture."""


class Detected(msgspec.Struct, frozen=True):
    """Where a person was found in one frame."""

    frame: int
    keypoints: list[tuple[float, float]]
    """17 points x, y in pixels of the frame, in the order of records.KEYPOINTS."""
    believed: list[bool]


class Note(msgspec.Struct, frozen=True):
    """Whom one score is about."""

    seq: int
    people: list[list[Detected]]
    """One person, as it was followed; several if the score could be about any of them, none if it is not known."""


class Notes:
    """Owner of the file, and of where each track was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tracks: defaultdict[int, deque[Detected]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._step: Step | None = None

    def look(self, frame: Frame, step: Step) -> None:
        """Remember where everybody is, and which sightings this frame has."""
        self._step = step
        for track in step.tracks:
            if track.is_visible:
                found = track.detection
                points = [(float(x), float(y)) for x, y in found.keypoints]
                self._tracks[track.track_id].append(Detected(frame.number, points, [bool(b) for b in found.believed]))

    def write(self, seq: int, score: wire.Score) -> None:
        """Write whom a candidate's score is about, which the node has just made of the newest frame's sightings."""
        if not score.is_candidate:
            return
        step = self._step
        sightings = [] if step is None else step.early if score.early else step.sightings
        people = [self._followed(one) for one in sightings if _may_be(score, one)]
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(msgspec.to_builtins(Note(seq, people))) + "\n")

    def _followed(self, sighting: Sighting) -> list[Detected]:
        return [one for track in sighting.departure.track_ids for one in self._tracks[track]]


def _may_be(score: wire.Score, sighting: Sighting) -> bool:
    left = sighting.departure
    return (score.zone, score.heading, score.at) == (left.zone, left.heading, wire.to_time(left.last_seen_at))


class NotedOutbox(Outbox):
    """An outbox that tells of each score that it has numbered."""

    def __init__(self, path: Path, notes: Notes, **options: Any) -> None:
        super().__init__(path, **options)
        self._notes = notes

    def put(self, score: wire.Score) -> int:
        seq = super().put(score)
        self._notes.write(seq, score)
        return seq


class Witness(Node):
    """A node that shows each step to the notes."""

    def __init__(self, config: NodeConfig, notes: Notes, **parts: Any) -> None:
        super().__init__(config, **parts)
        self._notes = notes

    def _step(self, frame: Frame, glance: Glance) -> Step:
        step = super()._step(frame, glance)
        self._notes.look(frame, step)
        return step


def run(config: NodeConfig, path: Path) -> int:
    """Run the node until SIGTERM, and write its notes to `path`, one Note as JSON in each line."""
    Path(config.state).mkdir(parents=True, exist_ok=True)
    clock, stop, notes = SystemClock(), threading.Event(), Notes(path)
    broker = MqttBroker(config.broker, config.node)
    outbox = NotedOutbox(Path(config.state) / "outbox.sqlite", notes, node=config.node, max_rows=1000)
    with closing(outbox), closing(open_camera(config.frame.source, clock=clock)) as camera:
        parts = {"camera": camera, "interpreter": open_interpreter(config.detection), "outbox": outbox}
        node = Witness(config, notes, broker=broker, clock=clock, stop=stop, **parts)
        stop_on_signals(stop)
        return node.run()


if __name__ == "__main__":
    sys.exit(run(load(Path(sys.argv[1]), NodeConfig), Path(sys.argv[2])))
