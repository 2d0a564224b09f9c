"""The time each size of the model takes on this board, and how small a person may be in the camera's picture."""

from time import perf_counter

import msgspec
import numpy as np

from edge.config import DetectionSection
from edge.model.interpreter import TfliteInterpreter
from edge.model.registry import chosen, ready_path
from edge.node.load_model import open_interpreter

STREAMS = ((1280, 720), (1920, 1080))
"""Width and height of the usual camera pictures, in pixels."""
FOUND_PX, SURE_PX = 70, 90
"""Height of a person in the model's input, in pixels: below the first many are missed, from the second most are found
(models/README.md)."""
PERSON_M = 1.7
"""Height of a person, in metres."""
ROUNDS = 15
"""Runs of each model; WARM_UP more come before and do not count."""
WARM_UP = 2


class SizeCost(msgspec.Struct, frozen=True):
    """One model on this board, with one CPU thread."""

    model: str
    accelerator: str
    """`cpu` or `edgetpu`."""
    input: str
    """Height x width of the model's input, in pixels."""
    invoke_ms: float
    """Median time of one run."""
    ratio: float
    """This model's time divided by the default model's."""
    person_px: dict[str, tuple[int, int]]
    """For each camera picture (`1280x720`): the heights in it that become FOUND_PX and SURE_PX in the model's input."""
    width_m: float
    """Metres of street, where people walk, that a 16:9 picture may show so that a person is SURE_PX tall."""


def costs(default: str, rounds: int = ROUNDS) -> list[SizeCost]:
    """Time every pose model whose file is here; each round runs them all, so that other load slows all alike."""
    names = [name for name, entry in chosen(()).items() if entry.accelerator == "cpu" and ready_path(name).exists()]
    models = {name: open_interpreter(DetectionSection(model=name, threads=1)) for name in names}
    took = _milliseconds(models, rounds)
    return [_cost(name, model, took[name], took[default]) for name, model in models.items()]


def frame_px(input_px: float, stream: tuple[int, int], size: tuple[int, int]) -> float:
    """Pixels of the camera's picture that become `input_px` pixels of the model's input.

    `stream` is the picture's (width, height), `size` the input's (height, width).

    >>> round(frame_px(90, (1280, 720), (353, 481)))
    240
    """
    return input_px * max(stream[0] / size[1], stream[1] / size[0])


def street_m(size: tuple[int, int], stream: tuple[int, int] = STREAMS[0]) -> float:
    """Metres of street across the picture at which a person of PERSON_M is SURE_PX tall in the model's input."""
    return stream[0] * PERSON_M / frame_px(SURE_PX, stream, size)


def _cost(name: str, model: TfliteInterpreter, took_ms: float, default_ms: float) -> SizeCost:
    height, width = model.input.shape[1:3]

    def tall(px: float, stream: tuple[int, int]) -> int:
        return round(frame_px(px, stream, (height, width)))

    people = {f"{one[0]}x{one[1]}": (tall(FOUND_PX, one), tall(SURE_PX, one)) for one in STREAMS}
    return SizeCost(
        name,
        model.accelerator,
        f"{height}x{width}",
        round(took_ms, 3),
        round(took_ms / default_ms, 2),
        people,
        round(street_m((height, width)), 1),
    )


def _milliseconds(models: dict[str, TfliteInterpreter], rounds: int) -> dict[str, float]:
    rng = np.random.default_rng(0)
    tensors = {name: rng.integers(0, 256, model.input.shape[1:], np.uint8) for name, model in models.items()}
    took: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(WARM_UP + rounds):
        for name, model in models.items():
            begun = perf_counter()
            model.invoke(tensors[name])
            took[name].append(perf_counter() - begun)
    return {name: float(np.median(times[WARM_UP:])) * 1000 for name, times in took.items()}
