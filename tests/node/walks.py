"""Walkers to play to a whole node, and a booth that hears it."""

import threading
from collections.abc import Callable, Iterator

import numpy as np

from edge import wire
from edge.fakes import InProcessBroker
from edge.message.outbox import Outbox
from edge.records import Frame
from edge.seams import Optics, Publish, Received
from tests.messages import make_status
from tests.people import KnowingInterpreter, draw, standing

STEPS, WALKERS = 40, 3


class PictureModel(KnowingInterpreter):
    """Finds the drawn person in the picture itself, so that frames may be lost on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[bytes, list[np.ndarray]] = {}
        self._turn = threading.Lock()

    def know(self, frame: Frame, people: list[np.ndarray]) -> None:
        self.at[frame.pixels[::8, ::8].tobytes()] = people

    def invoke(self, tensor: np.ndarray) -> list[np.ndarray]:
        with self._turn:
            self.people = self.at.get(tensor[::8, ::8].astype(np.uint8).tobytes(), [])
            return super().invoke(tensor)


def walk(model: PictureModel, walkers: int = WALKERS) -> Iterator[Frame]:
    """Yield frames in which one walker after the other crosses the picture."""
    for number in range(STEPS * walkers):
        person = standing(60 + 16 * (number % STEPS), 40, 260)
        people = [person] if person[:, 0].max() < 470 else []
        frame = draw([(person, (240, 130, 20)) for person in people], number)
        model.know(frame, people)
        yield frame


class Playing:
    """A camera that plays ready frames."""

    name, frames_dropped, reconnects, optics = "playing", 0, 0, Optics()

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames

    def read(self) -> Frame | None:
        return next(self._frames, None)

    def close(self) -> None:
        pass


class Booth:
    """Receives everything, and acknowledges each score at once."""

    def __init__(self, hub: InProcessBroker) -> None:
        self.scores: list[wire.Score] = []
        self.beats: list[wire.Health] = []
        self.statuses: list[wire.Status] = []
        self._broker = hub.client()
        topics = [wire.node_topic("booth", "+", leaf) for leaf in ("score", "status", "health", "gap")]
        self._broker.connect(will=None, births=self._births, subscriptions=topics, on_message=self._hear)

    def _births(self) -> list[Publish]:
        topic = wire.booth_topic("booth", "status")
        return [Publish(topic, wire.encode(topic, make_status()), 1, is_retained=True)]

    def _hear(self, received: Received) -> None:
        address, message = wire.decode(received.topic, received.payload)
        if isinstance(message, wire.Score):
            self.scores.append(message)
            topic = wire.node_topic(address.site, message.node, "ack")
            ack = wire.Ack(epoch=message.epoch, upto=message.seq)
            self._broker.publish(Publish(topic, wire.encode(topic, ack), 1, is_retained=True), timeout_s=0)
        elif isinstance(message, wire.Health):
            self.beats.append(message)
        elif isinstance(message, wire.Status):
            self.statuses.append(message)

    @property
    def said(self) -> str:
        """Return every problem of every heartbeat."""
        return " ".join(problem.sentence for beat in self.beats for problem in beat.problems)


RunNode = Callable[..., Outbox]
"""Runs a whole node on a camera and a model until the camera ends; returns its outbox."""
