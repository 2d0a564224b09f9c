"""What describing and scoring one person costs beside one run of the network: same photos, one thread, in turn."""

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

FRAMES, FPS = 4, 8.0
"""Times each photo is seen as the next frame; the first, when caches are cold and there is no track, does not count."""


def cost(
    network: Interpreter, baseline: Baseline, photos: Sequence[Pixels], people: Sequence[Appearance]
) -> dict[str, Any]:
    """Medians in milliseconds, and their ratio to one invoke."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    describe, invoke, score = [], [], []
    for pixels, one in zip(photos, people, strict=True):
        pipeline = Pipeline(network, NodeConfig())
        for number in range(FRAMES):
            step = pipeline.step(Frame(pixels, number / FPS, number))
            visible = sum(track.is_visible for track in step.tracks)
            if number and visible:
                describe.append(pipeline.stage_s["describe"] / visible)
                invoke.append(pipeline.stage_s["invoke"])
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
        "describe and score one person, to one invoke": (ms["describe"] + ms["score"]) / ms["invoke"],
    }
