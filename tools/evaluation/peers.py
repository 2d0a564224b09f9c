"""Other models on the same pictures: what they find, and how long one invoke of each takes."""

from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from edge.config import DetectionSection
from edge.detection import keypoints
from edge.detection.keypoints import decode
from edge.detection.letterbox import letterbox
from edge.detection.second_look import Box
from edge.errors import ModelError
from edge.model.manifest import manifest
from edge.model.registry import model_path
from edge.records import Detection, Frame, Pixels
from edge.seams import Interpreter
from tools.evaluation.models import open_model
from tools.resize import resized

TEACHER = "posenet-353x481"
RESIZED = Path(__file__).parents[2] / ".cache" / "resized"
"""Folder of the upstream PoseNet at sizes that it was not published for."""
SSD, MOVENET = "coco-ssd", "movenet-lightning"
PERSON = 0
"""COCO's first class, in the numbering of the SSD file."""
SSD_SCORE = 0.5
SSD_OVERLAP = 0.5
"""Overlap (IoU) above which two boxes of the SSD are one person: its own suppression leaves duplicates."""
MARGIN = 0.2
"""Margin around the box that MoveNet sees, as a share of the person's height."""
ROUNDS = 30
"""Rounds of timing, each with one invoke of every model."""


class PoseNet:
    """A model with a pose head, and the people it finds."""

    def __init__(self, interpreter: Interpreter) -> None:
        """Raises ModelError if the model has no pose head."""
        self.interpreter = interpreter
        self._layout = keypoints.read_layout(interpreter.input, interpreter.outputs)

    def people(self, pixels: Pixels) -> list[Detection]:
        tensor, scale = letterbox(Frame(pixels, 0.0, 0), self._layout.height, self._layout.width)
        return decode(self.interpreter.invoke(tensor), self._layout, DetectionSection(), scale=scale)

    def boxes(self, pixels: Pixels) -> list[Box]:
        return [person.box for person in self.people(pixels)]


class Ssd:
    """SSD-MobileNet v1 for COCO, with its boxes of people."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter

    def boxes(self, pixels: Pixels) -> list[Box]:
        height, width = pixels.shape[:2]
        small = cv2.resize(pixels, self.interpreter.input.shape[2:0:-1], interpolation=cv2.INTER_AREA)
        corners, classes, scores, _ = (output[0] for output in self.interpreter.invoke(np.asarray(small, np.uint8)))
        people = corners[(classes == PERSON) & (scores >= SSD_SCORE)] * (height, width, height, width)
        sure = scores[(classes == PERSON) & (scores >= SSD_SCORE)]
        sides = [(x1, y1, x2 - x1, y2 - y1) for y1, x1, y2, x2 in people.tolist()]
        kept = cv2.dnn.NMSBoxes(sides, sure.tolist(), SSD_SCORE, SSD_OVERLAP)
        return [(x, y, x + w, y + h) for x, y, w, h in (sides[int(i)] for i in np.ravel(kept))]


class MoveNet:
    """MoveNet single pose: finds one person, in a picture cropped around them."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter

    def person(self, pixels: Pixels, box: Box) -> Detection:
        """Return the person in that box, in pixels of the picture."""
        side = self.interpreter.input.shape[1]
        x1, y1, x2, y2 = box
        reach = max(x2 - x1, y2 - y1) * (0.5 + MARGIN)
        left, top, zoom = (x1 + x2) / 2 - reach, (y1 + y2) / 2 - reach, side / (2 * reach)
        cut = cv2.warpAffine(pixels, np.array([[zoom, 0, -left * zoom], [0, zoom, -top * zoom]]), (side, side))
        found = self.interpreter.invoke(np.asarray(cut, np.uint8))[0].reshape(17, 3)
        points = (found[:, 1::-1] * (side / zoom) + (left, top)).astype(np.float32)
        return Detection(points, found[:, 2], box, float(found[:, 2].mean()), DetectionSection().keypoint_threshold)


def twin(interpreter: Interpreter, folder: Path = RESIZED) -> str:
    """Return the upstream PoseNet for the same input size: its name, or the file in `folder` that it was resized to.

    Raises ModelError for a size that no PoseNet can have, or if the published model is missing.
    """
    height, width = interpreter.input.shape[1:3]
    for name, entry in manifest().models.items():
        if (
            name.startswith("posenet-")
            and entry.cpu is None
            and (entry.input.height, entry.input.width) == (height, width)
        ):
            return name
    target = folder / f"{TEACHER}-at-{height}x{width}.tflite"
    content = resized(model_path(TEACHER).read_bytes(), (height, width))
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return str(target)


def milliseconds(interpreters: dict[str, Interpreter], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median milliseconds of one invoke of each model, outputs dequantized.

    The models take turns, so that noise of the machine hits all alike.
    """
    rng = np.random.default_rng(0)
    tensors = {
        name: rng.integers(0, 256, interpreter.input.shape[1:], np.uint8) for name, interpreter in interpreters.items()
    }
    took: dict[str, list[float]] = {name: [] for name in interpreters}
    for _ in range(rounds):
        for name, interpreter in interpreters.items():
            begun = perf_counter()
            interpreter.invoke(tensors[name])
            took[name].append(perf_counter() - begun)
    return {name: float(np.median(times)) * 1000 for name, times in took.items()}


def available(name: str) -> Interpreter | str:
    """Return the model, or the reason why it is missing."""
    try:
        return open_model(name)
    except ModelError as err:
        return str(err)
