"""Readings of a healthy node, to be spoilt, and what it reports of them."""

import numpy as np

from edge import wire
from edge.model.interpreter import TfliteInterpreter
from edge.node.health import Counters, Pulse, Start, heartbeat
from edge.node.tamper import View
from edge.seams import BoardReading
from tests.fakes import FakeBoard

NOW = 1_750_000_000.0
WELL = Counters(
    frames_dropped=0,
    reconnects=0,
    held_back={"still": 1, "unclear": 2},
    accelerator="cpu",
    fallbacks=0,
    outbox_depth=0,
    outbox_max=1000,
    outbox_lost=0,
    refused_publishes=0,
    model="0123456789ab",
    baseline="ba9876543210",
    mode="spot",
    is_calibrated=True,
)
BOARD = FakeBoard().reading


def running(*, fps: float = 10.0, seconds: float = 30.0, people: int = 1) -> Pulse:
    pulse = Pulse(started_at=0.0)
    for i in range(int(fps * seconds)):
        pulse.beat((i + 1) / fps, invoke_s=0.012, people=people)
    return pulse


def report(
    pulse: Pulse,
    now: float = 30.0,
    counters: Counters = WELL,
    board: BoardReading = BOARD,
    view: View = View(),
    start: Start = Start(),
) -> wire.Health:
    found = heartbeat("north", NOW, now, pulse, counters, board, view, start)
    topic = wire.node_topic("soho", "north", "health")
    assert wire.decode(topic, wire.encode(topic, found))[1] == found
    return found


def passing(every_s: int, until: int) -> Pulse:
    """Return a pulse with one frame per second, and a person every `every_s` seconds."""
    pulse = Pulse(started_at=0.0)
    for second in range(1, until + 1):
        pulse.beat(float(second), invoke_s=0.012, people=second % every_s == 0)
    return pulse


class Deaf(TfliteInterpreter):
    """The real model with all outputs zero: a chip that answers, but nonsense."""

    def __init__(self, interpreter: TfliteInterpreter) -> None:
        self.__dict__ |= interpreter.__dict__

    def invoke(self, tensor: np.ndarray) -> list[np.ndarray]:
        return [np.zeros_like(output) for output in super().invoke(tensor)]
