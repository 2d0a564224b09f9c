"""How the time of a frame grows with the people in view: ours beside what people would use instead.

All is CPU time of one thread with one thread of each model, so that other load of the machine hardly changes it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import thread_time
from typing import NamedTuple

import cv2
import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from edge.config import NodeConfig
from edge.node.crowd import crowd
from edge.pipeline import Pipeline
from edge.records import Detection, Frame
from edge.seams import Interpreter
from tools.evaluation.peers import MOVENET, SSD, TEACHER, MoveNet, Ssd, available

PEOPLE = (0, 1, 5, 10, 20)
FRAMES, WARM_UP = 64, 16
OURS, LOOKS = "Exception Spotter", "Exception Spotter with second looks"
BOXES, POSES = "SSD-MobileNet, then MoveNet for each person", "published PoseNet, then crops"


Way = Callable[[Frame, list[Detection]], object]
"""What would be done with a frame in which these people are."""


class Growth(NamedTuple):
    """The time of frames against the people found in them."""

    name: str
    people: list[float]
    """Found by our model, mean of the frames."""
    ms: list[float]
    """CPU time of a frame, mean."""

    @property
    def ms_a_person(self) -> float:
        """Slope of the least-squares line."""
        return float(np.polyfit(self.people, self.ms, 1)[0])


def growths(size: tuple[int, int] = (1280, 720)) -> tuple[list[Growth], list[str]]:
    """Return the growth of each way, and why others are left out; pictures are of (width, height) `size`."""
    ours, posenet, ssd, movenet = (available(name) for name in (NodeConfig().detection.model, TEACHER, SSD, MOVENET))
    ways: dict[str, Way] = {}
    missing = sorted({one for one in (ours, posenet, ssd, movenet) if isinstance(one, str)})
    if isinstance(ours, str):
        return [], missing
    if not isinstance(ssd, str) and not isinstance(movenet, str):
        ways[BOXES] = _boxes(Ssd(ssd), MoveNet(movenet))
    cv2.cvtColor(np.zeros((1, 1, 3), np.float32), cv2.COLOR_RGB2LAB)  # its tables are made once: 75 ms
    found = {name: Growth(name, [], []) for name in (OURS, LOOKS, *ways, POSES)}
    for wanted in PEOPLE:
        pictures = crowd(wanted, size, FRAMES)
        seen, ms, looks_ms = zip(*_pipeline(pictures, ours), strict=True)
        took = {OURS: ms, LOOKS: np.add(ms, looks_ms)}
        if not isinstance(posenet, str):
            took[POSES] = [each for _, each, _ in _pipeline(pictures, posenet)]
        for name, way in ways.items():
            took[name] = [_timed(way, frame, people) for frame, people in zip(pictures, seen, strict=True)]
        for name, each in took.items():
            found[name].people.append(float(np.mean([len(people) for people in seen[WARM_UP:]])))
            found[name].ms.append(float(np.mean(each[WARM_UP:])))
    return [one for one in found.values() if one.ms], missing


def plot(found: list[Growth], path: Path) -> None:
    """Draw time against people to an .svg."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for one in found:
        order = np.argsort(one.people)
        label = f"{one.name}: {one.ms_a_person:.1f} ms a person"
        axes.plot(np.array(one.people)[order], np.array(one.ms)[order], "o-", label=label)
    axes.set(xlabel="people in view", ylabel="CPU time of a frame, ms (one thread)", ylim=(0, None), xlim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "growth"}):
        figure.savefig(path, metadata={"Date": None})


def _pipeline(pictures: list[Frame], model: Interpreter) -> Iterator[tuple[list[Detection], float, float]]:
    """Yield the people of each picture, and the milliseconds of the pipeline without second looks and of these."""
    pipeline = Pipeline(model, NodeConfig(), thread_time)
    for frame in pictures:
        people = pipeline.step(frame).detections
        look = pipeline.stage_s["look"]
        yield people, 1000 * (sum(pipeline.stage_s.values()) - look), 1000 * look


def _boxes(ssd: Ssd, movenet: MoveNet) -> Way:
    """Return a way that finds boxes, and then the pose in each; boxes are as many as people, whatever SSD finds."""

    def look(frame: Frame, people: list[Detection]) -> object:
        ssd.boxes(frame.pixels)
        return [movenet.person(frame.pixels, person.box) for person in people]

    return look


def _timed(way: Way, frame: Frame, people: list[Detection]) -> float:
    begun = thread_time()
    way(frame, people)
    return 1000 * (thread_time() - begun)
