"""The figures of speed and memory: ratios of CPU time where possible, so that they hold on any busy machine."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import thread_time

import msgspec
import numpy as np

from edge.appearance.colour import Light
from edge.appearance.describe import describe
from edge.appearance.view import views
from edge.config import NodeConfig
from edge.node.crowd import crowd
from edge.node.people_bench import by_people
from edge.pipeline import Pipeline
from tools.benchmark.growth import BOXES, OURS, growths
from tools.benchmark.node_run import clip, run
from tools.evaluation.models import open_model
from tools.simulated_site import mosquitto

SIZES = {(1280, 720): (0, 1, 5, 10, 20), (1920, 1080): (5, 10)}
"""People in view for each size of picture."""
RUN_S = 30.0
"""Seconds that a node runs for its start and memory."""
INBOX_S = 10.0
"""Seconds of each measurement of the booth's inbox."""


class Figure(msgspec.Struct, frozen=True):
    """One figure and how far another run may be from it."""

    value: float
    tolerance: float
    """Share of the value by which a run may be worse before it is called slower."""
    is_lower_better: bool = True

    def is_worse(self, found: float) -> bool:
        """Return True if `found` is worse than this by more than the tolerance.

        >>> Figure(2.0, 0.1).is_worse(2.3), Figure(2.0, 0.1).is_worse(2.1), Figure(2.0, 0.1, False).is_worse(1.7)
        (True, False, True)
        """
        sign = 1 if self.is_lower_better else -1
        return sign * found > sign * self.value + self.tolerance * self.value


Figures = dict[str, Figure]


def overhead() -> Figures:
    """CPU time of the whole pipeline without second looks, divided by that of the model."""
    found = {}
    for size, people in SIZES.items():
        for cost in by_people([1], people, size):
            found[f"pipeline / model, {size[0]}x{size[1]}, {cost.people} people wanted"] = Figure(cost.ratio, 0.2)
    return found


def description() -> Figures:
    """CPU time of one description, divided by that of one run of the model."""
    model, config = open_model(NodeConfig().detection.model), NodeConfig()
    pipeline = Pipeline(model, config, thread_time)
    took, invoke, light = [], [], Light(np.ones(3, np.float32))
    for frame in crowd(5, (1280, 720), 30):
        people = pipeline.step(frame).detections
        invoke.append(pipeline.stage_s["invoke"])
        garments = pipeline.garments
        for person, view in zip(people, views(people, people, frame.pixels.shape), strict=True):
            begun = thread_time()
            seen = describe(frame.pixels, person, people, garments, light, view.quality(config.appearance, 1))
            took += [thread_time() - begun] if seen is not None else []
    return {"description / model": Figure(round(float(np.median(took) / np.median(invoke)), 3), 0.15)}


def growth() -> Figures:
    """How the time of a frame grows with each person, ours and what others would use."""
    found = {one.name: one.ms_a_person for one in growths()[0]}
    figures = {f"ms a person, {name}": Figure(round(value, 2), 0.4) for name, value in found.items()}
    if BOXES in found:
        figures["their ms a person / ours"] = Figure(round(found[BOXES] / found[OURS], 2), 0.4, is_lower_better=False)
    return figures


def node() -> Figures:
    """Start and memory of a node with a stream of 1920x1080."""
    with tempfile.TemporaryDirectory() as folder:
        seen = run(RUN_S, clip(Path(folder) / "stream.mp4", RUN_S + 10))
    return {
        "CPU seconds until the first frame": Figure(round(seen.first_cpu_s, 2), 0.3),
        "memory with a stream of 1920x1080, MB": Figure(round(max(seen.rss_mb)), 0.1),
        "scores that the booth lacks": Figure(seen.issued - seen.stored, 0.0),
    }


def inbox() -> Figures:
    """Scores a second that a booth stores, divided by those that a bare subscriber counts."""
    with tempfile.TemporaryDirectory() as folder, mosquitto(Path(folder)) as broker:
        words = ["bench", "--booth", "--json", "--seconds", str(INBOX_S), "--broker", f"127.0.0.1:{broker.port}"]
        done = subprocess.run([sys.executable, "-m", "edge.cli", *words], capture_output=True, text=True, check=True)
    return {"inbox / bare subscriber": Figure(json.loads(done.stdout)["ratio"], 0.15, is_lower_better=False)}


PARTS: dict[str, Callable[[], Figures]] = {
    "overhead": overhead,
    "description": description,
    "growth": growth,
    "node": node,
    "inbox": inbox,
}
