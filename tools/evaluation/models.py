"""Opens a model by name or file, and reads what its garment and pattern heads say about a photo."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from edge.detection.garments import GARMENT_STRIDE, PATTERN_STRIDE
from edge.detection.letterbox import letterbox
from edge.errors import ModelError
from edge.model.interpreter import TfliteInterpreter
from edge.model.registry import model_path
from edge.records import CLASSES, Floats, Frame, Pixels
from edge.seams import Interpreter, TensorSpec
from edge.vocabulary import PATTERNS


class FloatInterpreter:
    """A float32 file of a model that takes the same bytes as the quantized one: 0..255 means -1..1."""

    accelerator, fallbacks, failures = "cpu", 0, 0

    def __init__(self, interpreter: TfliteInterpreter) -> None:
        self._interpreter = interpreter
        self.model_id = interpreter.model_id
        self.input = interpreter.input._replace(dtype="uint8", scale=2 / 255, zero_point=128)
        self.outputs: Sequence[TensorSpec] = interpreter.outputs

    def invoke(self, tensor: Pixels) -> Sequence[Floats]:
        real = tensor.astype(np.float32) / np.float32(127.5) - np.float32(1)
        return self._interpreter.invoke(real)


def open_model(name: str) -> Interpreter:
    """Open a name of models/manifest.yaml or a .tflite file, on one CPU thread; ModelError if it is neither."""
    path = Path(name) if name.endswith(".tflite") else model_path(name)
    interpreter = TfliteInterpreter(path)
    return FloatInterpreter(interpreter) if interpreter.input.dtype == "float32" else interpreter


class Seen(NamedTuple):
    """Outputs of the model for one photo; sizes in pixels of the model's input, cropped to the photo's area."""

    garments: Floats
    """[h, w, 10] probability of each class, from logits upsampled bilinearly."""
    patterns: Floats
    """[rows, columns, 6] probability of each pattern kind, at the cells of stride 8 (the padding's too)."""

    @property
    def classes(self) -> Pixels:
        """Return [h, w], the likeliest class."""
        return np.asarray(self.garments.argmax(axis=-1), np.uint8)


class Heads:
    """The garment and pattern heads of a model, found by their shapes."""

    def __init__(self, interpreter: Interpreter) -> None:
        """Raises ModelError if the model has neither head."""
        self._interpreter = interpreter
        self.height, self.width = interpreter.input.shape[1:3]
        self._garments = self._find(GARMENT_STRIDE, len(CLASSES))
        self._patterns = self._find(PATTERN_STRIDE, len(PATTERNS))

    def see(self, photo: Pixels) -> Seen:
        tensor, scale = letterbox(Frame(photo, 0.0, 0), self.height, self.width)
        outputs = self._interpreter.invoke(tensor)
        height, width = (round(side / scale) for side in photo.shape[:2])
        logits = upsample(outputs[self._garments][0], GARMENT_STRIDE, height, width)
        return Seen(softmax(logits, axis=-1), softmax(outputs[self._patterns][0], axis=-1))

    def _find(self, stride: int, channels: int) -> int:
        wanted = (1, (self.height - 1) // stride + 1, (self.width - 1) // stride + 1, channels)
        shapes = [output.shape for output in self._interpreter.outputs]
        if wanted not in shapes:
            raise ModelError(
                f"expected an output {wanted} (garments or patterns), found {shapes}: is this a pose model?"
            )
        return shapes.index(wanted)


def upsample(cells: Floats, stride: int, height: int, width: int) -> Floats:
    """Upsample [rows, columns, c] to [height, width, c]: bilinear, cropped to that size.

    Cell (i, j) lies at pixel (i * stride, j * stride): aligned corners.
    """
    rows, columns = (_weights(count, stride, size) for count, size in zip(cells.shape, (height, width), strict=False))
    return np.asarray(np.einsum("yr,rcd,xc->yxd", rows, cells, columns, optimize=True))


def _weights(count: int, stride: int, size: int) -> Floats:
    """Return [size, count]: the weight of each cell at each pixel."""
    at = np.arange(size) / stride
    return np.stack([np.interp(at, np.arange(count), one) for one in np.eye(count)], axis=1).astype(np.float32)
