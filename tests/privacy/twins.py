"""Recordings that differ only in what must not matter.

Twins 0 and 1: other faces, hair, skin and background, the same clothes. Twin 2: as 0, but with a little more
grain in the cloth, so that words and coarse figures are the same, and fine figures differ.

The model is a perfect one: it gives the truth of each frame, whatever the picture shows. So all that differs are pixels
that the product was given and must not use. Pixels within NEAR of a garment are the same, as the map of a real model is
coarse too, and so is every fourth pixel of every fourth row, from which the light is estimated.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from edge.records import CLASSES, Floats, Frame, Pixels
from edge.seams import Clock, Optics
from edge.vocabulary import PATTERNS
from tests.people import KnowingInterpreter, SightedInterpreter, standing, tensors

SIZE = (353, 481)
FPS, STEPS, STRIDE_PX, TALL_PX = 8.0, 20, 30, 240
EMPTY = 32
"""Frames of the empty street at the end, until the last trend is sent."""
NEAR = 13
"""Pixels around garments that are the same in both recordings."""
CLOTHES: tuple[tuple[tuple[int, int, int], tuple[int, int, int], str], ...] = (
    ((240, 130, 20), (230, 120, 170), "checked"),
    ((30, 30, 34), (40, 50, 90), "plain"),
    ((120, 120, 122), (30, 30, 34), "plain"),
    ((35, 45, 95), (110, 110, 112), "plain"),
    ((30, 30, 34), (110, 110, 112), "striped"),
    ((120, 120, 122), (40, 50, 90), "plain"),
    ((30, 30, 34), (40, 50, 90), "plain"),
)
"""Upper and lower colour and pattern of each walker; the first is rare."""
RARE = 0
GRAIN = 0.05
"""Standard deviation of the grain that is added for twin 2, in grey levels."""
GRAIN_SEED = 400
"""A grain with which no figure crosses a border of the grid."""
SKINS = ((224, 180, 150), (110, 72, 52))
HAIRS = ((60, 35, 20), (190, 190, 195))


class Truth(KnowingInterpreter):
    """Gives each frame's truth, in the order of the frames."""

    outputs = SightedInterpreter.outputs

    def __init__(self) -> None:
        super().__init__()
        self.known: list[list[Floats]] = []

    def invoke(self, tensor: Pixels) -> list[np.ndarray]:
        assert tensor.shape == (*SIZE, 3)
        return self.known.pop(0)


class Recording:
    """A camera past which the first `walkers` walk, one after the other."""

    name, frames_dropped, reconnects, optics = "twins", 0, 0, Optics()

    def __init__(self, twin: int, model: Truth, clock: Clock, walkers: int = len(CLOTHES)) -> None:
        self._clock, self._walkers = clock, walkers
        self._frames = self._play(twin, model)

    def read(self) -> Frame | None:
        return next(self._frames, None)

    def close(self) -> None: ...

    def _play(self, twin: int, model: Truth) -> Iterator[Frame]:
        for number in range(STEPS * self._walkers + EMPTY):
            walker, step = divmod(number, STEPS)
            walker = min(walker, self._walkers - 1)
            self._clock.sleep(1 / FPS)
            person = standing(10 + STRIDE_PX * step, 60, TALL_PX)
            is_in = person[:, 0].max() < SIZE[1] - 10 and person[:, 0].min() > 10
            people = [person] if is_in and number < STEPS * self._walkers else []
            pixels, classes = draw(twin, people, walker)
            model.known.append(outputs(people, classes, CLOTHES[walker][2]))
            yield Frame(pixels, self._clock.now(), number)


def draw(twin: int, people: list[Floats], walker: int) -> tuple[Pixels, Pixels]:
    """Return the picture and the class of each pixel."""
    one, classes = _draw(0, people, walker, grain=GRAIN * (twin == 2))
    if twin != 1:
        return one, classes
    other, _ = _draw(1, people, walker)
    is_garment = np.isin(classes, [CLASSES.index(name) for name in ("upper", "lower", "shoes")]).astype(np.uint8)
    may_differ = cv2.dilate(is_garment, np.ones((2 * NEAR + 1, 2 * NEAR + 1), np.uint8)) == 0
    may_differ[::4, ::4] = False
    return np.where(may_differ[..., None], other, one).astype(np.uint8), classes


def _draw(twin: int, people: list[Floats], walker: int, grain: float = 0.0) -> tuple[Pixels, Pixels]:
    pixels = np.random.default_rng(twin).integers(100, 140, (*SIZE, 3)).astype(np.uint8)
    classes = np.zeros(SIZE, np.uint8)
    upper, lower, _ = CLOTHES[walker]
    cloth = np.random.default_rng(walker).normal(0, 5, (*SIZE, 1))
    cloth += np.random.default_rng(walker + GRAIN_SEED).normal(0, grain, cloth.shape)

    def fill(corners: tuple[float, float, float, float], colour: tuple[int, int, int], name: str) -> None:
        x1, y1, x2, y2 = (round(value) for value in corners)
        part = np.s_[max(y1, 0) : y2, max(x1, 0) : x2]
        pixels[part] = np.clip(np.array(colour) + cloth[part], 0, 255)
        classes[part] = CLASSES.index(name)

    for points in people:
        x, neck, hip, knee, ankle = (
            float(points[0, 0]),
            *(float(points[k, 1]) for k in (5, 11, 13, 15)),
        )
        wide = 0.05 * TALL_PX
        skin, hair = SKINS[(twin + walker) % 2], HAIRS[(twin + walker) % 2]
        fill((x - wide - 3, 60, x + wide + 3, neck - 2), hair, "hair")
        fill((x - wide, 68 + 6 * twin, x + wide, neck), skin, "skin")
        fill((x - 5, points[1, 1], x + 5, points[1, 1] + 3), (40, 28, 22), "skin")
        fill((points[6, 0] - 8, neck, points[5, 0] + 8, hip), upper, "upper")
        for hand in (9, 10):
            fill((points[hand, 0] - 4, hip + 6, points[hand, 0] + 4, hip + 16), skin, "skin")
        for leg in (11, 12):
            fill((points[leg, 0] - 14, hip, points[leg, 0] + 14, ankle + 2), lower, "lower")
            fill((points[leg, 0] - 12, ankle + 2, points[leg, 0] + 12, ankle + 12), (25, 25, 28), "shoes")
        assert knee < ankle
    return pixels, classes


def outputs(people: list[Floats], classes: Pixels, kind: str) -> list[Floats]:
    """Return what a perfect model would say."""
    logits = np.eye(len(CLASSES), dtype=np.float32)[classes[::4, ::4]] * 8
    kinds = np.zeros((1, 45, 61, len(PATTERNS)), np.float32)
    kinds[..., PATTERNS.index(kind)] = 8
    return [*tensors(people), logits[None], kinds]
