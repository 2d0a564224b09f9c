"""A network that is told what to answer: garment and pattern maps without a file."""

import numpy as np

from edge.records import Floats, Pixels
from edge.seams import TensorSpec

HEIGHT, WIDTH = 353, 481


class TellingInterpreter:
    """Logits of whatever classes and kinds it is told, at strides 4 and 8, in an order of its own."""

    model_id, accelerator, fallbacks, failures = "0123456789ab", "cpu", 0, 0
    input = TensorSpec("image", (1, HEIGHT, WIDTH, 3), "uint8", 1 / 128, 128)
    outputs = (
        TensorSpec("kinds", (1, 45, 61, 6), "float32", 0.0, 0),
        TensorSpec("heat", (1, 23, 31, 17), "float32", 0.0, 0),
        TensorSpec("classes", (1, 89, 121, 10), "float32", 0.0, 0),
    )

    def __init__(self, classes: Pixels, kind: int = 0) -> None:
        """`classes` [353, 481] of the network's input."""
        self._classes, self._kind = classes, kind

    def invoke(self, tensor: Pixels) -> list[Floats]:
        assert tensor.shape == (HEIGHT, WIDTH, 3)
        kinds = np.zeros((1, 45, 61, 6), np.float32)
        kinds[..., self._kind] = 4
        classes = np.eye(10, dtype=np.float32)[self._classes[::4, ::4]] * 8
        return [kinds, np.zeros((1, 23, 31, 17), np.float32), classes[None]]
