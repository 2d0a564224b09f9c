"""Time to describe and score one person, compared with one run of the model: same photos, one thread, alternating."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import cv2
import numpy as np

from edge.config import NodeConfig
from edge.pipeline import Pipeline
from edge.records import Appearance, Frame, Pixels
from edge.score.baseline import Baseline
from edge.seams import Interpreter


def cost(
    interpreter: Interpreter, baseline: Baseline, photos: Sequence[Pixels], people: Sequence[Appearance]
) -> dict[str, Any]:
    """Return medians in milliseconds, and their ratio to one invoke."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    describe, invoke, score = [], [], []
    pipeline = Pipeline(interpreter, NodeConfig())
    for pixels, one in zip(photos, people, strict=True):
        frame = Frame(pixels, 0.0, 0)
        found = pipeline.people(frame)
        invoke.append(pipeline.stage_s["invoke"])
        begun = perf_counter()
        if pipeline.still(frame, found) is not None:
            describe.append(perf_counter() - begun)
        begun = perf_counter()
        baseline.score(one)
        score.append(perf_counter() - begun)
    cv2.setNumThreads(threads)
    ms = {
        name: 1000 * float(np.median(each))
        for name, each in (("describe", describe), ("score", score), ("invoke", invoke))
    }
    return {
        **{f"{name}, ms, one thread": value for name, value in ms.items()},
        "describe and score one person, ratio to one invoke": (ms["describe"] + ms["score"]) / ms["invoke"],
    }
