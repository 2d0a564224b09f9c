"""`spotter bench --threads`: frames a second by people in view and by threads of the model."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from queue import Empty
from time import perf_counter, thread_time

import cv2
import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

from edge.config import DetectionSection, NodeConfig
from edge.node.capture import Capture
from edge.node.crowd import crowd
from edge.node.load_model import open_interpreter
from edge.node.model_thread import ModelThread
from edge.pipeline import Glance, Pipeline
from edge.records import Frame
from edge.seams import Interpreter, Optics

PEOPLE = (0, 1, 5, 10, 20)
SIZE = (1280, 720)
FRAMES, WARM_UP = 64, 16
"""Frames with each number of people, and how many of them do not count: most people are described when they come."""


class PeopleCost(msgspec.Struct, frozen=True):
    """What one frame costs with some people in view."""

    people: int
    """Wanted in view."""
    found: float
    """Found in a frame, on average."""
    ratio: float
    """CPU time of one thread for all stages but second looks, divided by that for the model: with one thread of it.
    Other load of the machine hardly changes it."""
    overhead_ms: float
    """CPU time for all stages but the model and second looks: mean over the frames."""
    fps: dict[str, tuple[float, float]]
    """By threads of the model: frames a second of the model alone, with fitting frames into its input; and of the
    whole as `spotter node` runs it, with the model beside all that follows it."""


def by_people(
    threads: Sequence[int], people: Sequence[int] = PEOPLE, size: tuple[int, int] = SIZE, frames: int = FRAMES
) -> list[PeopleCost]:
    """Measure each number of threads with each number of people in pictures of (width, height) `size`."""
    models = {count: open_interpreter(DetectionSection(threads=count)) for count in {1, *threads}}
    cv2.cvtColor(np.zeros((1, 1, 3), np.float32), cv2.COLOR_RGB2LAB)  # its tables are made once: 75 ms
    found = []
    for wanted in people:
        pictures = crowd(wanted, size, frames)
        stages, seen = _one_by_one(pictures, models[1])
        invoke = stages.pop("invoke")
        fps = {
            str(count): (_model_fps(pictures, models[count]), _node_fps(pictures, models[count])) for count in threads
        }
        overhead = sum(stages.values())
        cost = PeopleCost(wanted, round(seen, 1), round(1 + overhead / invoke, 3), round(1000 * overhead, 2), fps)
        found.append(cost)
    return found


def show(costs: Sequence[PeopleCost], console: Console) -> None:
    """Print the table."""
    columns = [f"{count} thread{'s' * (count != '1')}: model, node (fps)" for count in costs[0].fps]
    table = Table("people", "found", "ratio", "overhead, ms", *columns, box=None)
    for one in costs:
        fps = (f"{model:.1f}, {node:.1f}" for model, node in one.fps.values())
        table.add_row(f"{one.people}", f"{one.found:.1f}", f"{one.ratio:.2f}", f"{one.overhead_ms:.1f}", *fps)
    console.print(table)
    console.print(
        "people: wanted in view, and found; ratio: CPU time of the whole without second looks / of the model, one "
        "thread; fps: frames a second of the model alone, and of the node with the model beside the rest.",
        soft_wrap=True,
    )


def _one_by_one(pictures: list[Frame], model: Interpreter) -> tuple[dict[str, float], float]:
    """Return the mean CPU seconds of each stage but second looks, and the mean number of people found."""
    pipeline = Pipeline(model, NodeConfig(), thread_time)
    totals, people = Counter[str](), 0
    for number, frame in enumerate(pictures):
        found = pipeline.step(frame).detections
        if number >= WARM_UP:
            totals.update(pipeline.stage_s)
            people += len(found)
    del totals["look"]
    count = len(pictures) - WARM_UP
    return {stage: total / count for stage, total in totals.items()}, people / count


def _model_fps(pictures: list[Frame], model: Interpreter) -> float:
    pipeline, begun = Pipeline(model, NodeConfig()), 0.0
    for number, frame in enumerate(pictures):
        begun = perf_counter() if number == WARM_UP else begun
        pipeline.see(frame)
    return round((len(pictures) - WARM_UP) / (perf_counter() - begun), 1)


def _node_fps(pictures: list[Frame], model: Interpreter) -> float:
    """Frames a second with capture, model and the rest in threads of their own."""
    stop, begun = threading.Event(), 0.0
    pipeline = Pipeline(model, NodeConfig())
    capture = Capture(_Ready(pictures), "fast", stop)
    models = ModelThread(capture, pipeline, stop)
    for work in (capture.work, models.work):
        threading.Thread(target=work, daemon=True).start()
    for number, (frame, glance) in enumerate(_seen(models)):
        pipeline.step(frame, glance)
        begun = perf_counter() if number == WARM_UP - 1 else begun
    return round((len(pictures) - WARM_UP) / (perf_counter() - begun), 1)


def _seen(models: ModelThread) -> Iterator[tuple[Frame, Glance]]:
    while True:
        with suppress(Empty):
            seen = models.next()
            if seen is None:
                return
            yield seen


class _Ready:
    """A camera whose frames are ready at once."""

    name, frames_dropped, reconnects, optics = "ready", 0, 0, Optics()

    def __init__(self, frames: list[Frame]) -> None:
        self._frames = iter(frames)

    def read(self) -> Frame | None:
        return next(self._frames, None)

    def close(self) -> None:
        pass
