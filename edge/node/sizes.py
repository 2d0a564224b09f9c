"""What each size of the network costs on this board, and how small a person may be in its camera's picture."""

from time import perf_counter

import msgspec
import numpy as np

from edge.config import DetectionSection
from edge.model.interpreter import TfliteInterpreter
from edge.model.registry import chosen, ready_path
from edge.node.load_model import open_interpreter

STREAMS = ((1280, 720), (1920, 1080))
"""Width and height of a camera's picture."""
FOUND_PX, SURE_PX = 70, 90
"""Height of a person in the network's input: under the first many are missed, from the second most are found
(models/README.md)."""
PERSON_M = 1.7
ROUNDS = 15
WARM_UP = 2


class SizeCost(msgspec.Struct, frozen=True):
    """One model on this board, with one CPU thread."""

    model: str
    accelerator: str
    """What ran it."""
    input: str
    """Height x width."""
    invoke_ms: float
    """Median of one run."""
    ratio: float
    """To the default model's."""
    person_px: dict[str, tuple[int, int]]
    """Camera's picture to the heights, in its pixels, that become FOUND_PX and SURE_PX."""
    width_m: float
    """Width of street, where people walk, that a 16:9 picture may show for a person of PERSON_M to be SURE_PX tall."""


def costs(default: str, rounds: int = ROUNDS) -> list[SizeCost]:
    """Every pose model whose file is here, in turn in each round, so that the machine's noise hits all alike."""
    names = [name for name, entry in chosen(()).items() if entry.accelerator == "cpu" and ready_path(name).exists()]
    networks = {name: open_interpreter(DetectionSection(model=name, threads=1)) for name in names}
    took = _milliseconds(networks, rounds)
    return [_cost(name, network, took[name], took[default]) for name, network in networks.items()]


def frame_px(network_px: float, stream: tuple[int, int], size: tuple[int, int]) -> float:
    """Height in the picture that becomes `network_px`; `stream` is (width, height), `size` (height, width).

    >>> round(frame_px(90, (1280, 720), (353, 481)))
    240
    """
    return network_px * max(stream[0] / size[1], stream[1] / size[0])


def street_m(size: tuple[int, int], stream: tuple[int, int] = STREAMS[0]) -> float:
    """Metres of street across the picture at which a person of PERSON_M is SURE_PX tall in the network's input."""
    return stream[0] * PERSON_M / frame_px(SURE_PX, stream, size)


def _cost(name: str, network: TfliteInterpreter, took_ms: float, default_ms: float) -> SizeCost:
    height, width = network.input.shape[1:3]

    def tall(px: float, stream: tuple[int, int]) -> int:
        return round(frame_px(px, stream, (height, width)))

    people = {f"{one[0]}x{one[1]}": (tall(FOUND_PX, one), tall(SURE_PX, one)) for one in STREAMS}
    return SizeCost(
        name,
        network.accelerator,
        f"{height}x{width}",
        round(took_ms, 3),
        round(took_ms / default_ms, 2),
        people,
        round(street_m((height, width)), 1),
    )


def _milliseconds(networks: dict[str, TfliteInterpreter], rounds: int) -> dict[str, float]:
    rng = np.random.default_rng(0)
    tensors = {name: rng.integers(0, 256, network.input.shape[1:], np.uint8) for name, network in networks.items()}
    took: dict[str, list[float]] = {name: [] for name in networks}
    for _ in range(WARM_UP + rounds):
        for name, network in networks.items():
            begun = perf_counter()
            network.invoke(tensors[name])
            took[name].append(perf_counter() - begun)
    return {name: float(np.median(times[WARM_UP:])) * 1000 for name, times in took.items()}
