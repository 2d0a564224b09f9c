"""Changes the input size of a fully convolutional `.tflite` file: same weights and ranges, other shapes.

Only the shapes of the tensors and the target sizes of the bilinear resizes depend on the input size. They are
overwritten in place, so the file keeps its length, and equal weights give equal bytes on every machine.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ai_edge_litert import schema_py_generated as schema

from edge.errors import ModelError

STRIDE = 16
"""Pixels of the input per cell of the coarsest maps; sides of an input are one more than a multiple of it."""

Sides = tuple[int, int]
"""Height and width in pixels."""


def resize_file(source: Path, target: Path, size: Sides) -> None:
    """Write `target`: the model of `source` for an input of that height and width. Raises ModelError."""
    new = target.with_suffix(".new")
    new.write_bytes(resized(source.read_bytes(), size))
    new.replace(target)


def resized(content: bytes, size: Sides) -> bytes:
    """Return the file's bytes for an input of that height and width.

    Raises ModelError for sides that are not one more than a multiple of 16, and for an unknown operator.
    """
    if any(side % STRIDE != 1 for side in size):
        raise ModelError(f"input {size[0]}x{size[1]}: expected sides one more than a multiple of {STRIDE}, as 353x481")
    data = bytearray(content)
    graph, old = _Graph(data), _Graph(content)
    graph.put(graph.inputs[0], size)
    for number in range(graph.count):
        graph.follow(number, old)
    return bytes(data)


class _Graph:
    """The only graph of a model file; shapes are read from and written to the bytes it was made with."""

    def __init__(self, content: bytes | bytearray) -> None:
        self._model = schema.Model.GetRootAsModel(content, 0)
        self._graph = self._model.Subgraphs(0)
        self.inputs: list[int] = self._graph.InputsAsNumpy().tolist()
        self.count: int = self._graph.OperatorsLength()

    def sides(self, tensor: int) -> Sides:
        """Return height and width of a tensor [n, height, width, channels]."""
        height, width = self._graph.Tensors(tensor).ShapeAsNumpy()[1:3].tolist()
        return height, width

    def put(self, tensor: int, size: Sides) -> None:
        one = self._graph.Tensors(tensor)
        one.ShapeAsNumpy()[1:3] = size
        if one.ShapeSignatureLength():
            one.ShapeSignatureAsNumpy()[1:3] = size

    def follow(self, number: int, old: "_Graph") -> None:
        """Set the sizes of an operator's outputs that follow from its inputs."""
        operator = self._graph.Operators(number)
        kind = self._kind(operator)
        if kind not in _RULES:
            raise ModelError(f"operator {number} is {kind}: the rule for its output size is not known here")
        size = _RULES[kind](self, old, operator)
        for output in operator.OutputsAsNumpy().tolist():
            self.put(output, size)

    def options(self, operator: Any, options: Any) -> Any:
        table = operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    def constant(self, tensor: int) -> Any:
        """Return the bytes of a constant, as uint8 that can be written to."""
        return self._model.Buffers(self._graph.Tensors(tensor).Buffer()).DataAsNumpy()

    def _kind(self, operator: Any) -> str:
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        return next(str(name) for name, value in vars(schema.BuiltinOperator).items() if value == number)


def _same(graph: _Graph, _old: _Graph, operator: Any) -> Sides:
    sides = {graph.sides(tensor) for tensor in operator.InputsAsNumpy().tolist()}
    if len(sides) > 1:
        raise ModelError(f"expected inputs of one size where maps are joined, found {sorted(sides)}")
    return sides.pop()


def _convolved(graph: _Graph, _old: _Graph, operator: Any) -> Sides:
    """Return the output size by TensorFlow's rule: ceil(side / stride), of side - kernel + 1 without padding."""
    image, kernel = operator.InputsAsNumpy().tolist()[:2]
    kind = operator.BuiltinOptionsType() == schema.BuiltinOptions.Conv2DOptions
    options = graph.options(operator, schema.Conv2DOptions() if kind else schema.DepthwiseConv2DOptions())
    is_padded = options.Padding() == schema.Padding.SAME
    (height, width), (rows, columns) = graph.sides(image), graph.sides(kernel)
    if not is_padded:
        height, width = height - rows + 1, width - columns + 1
    return -(-height // options.StrideH()), -(-width // options.StrideW())


def _padded(graph: _Graph, _old: _Graph, operator: Any) -> Sides:
    image, margins = operator.InputsAsNumpy().tolist()
    (height, width), around = graph.sides(image), graph.constant(margins).view("<i4").reshape(4, 2).sum(axis=1)
    return height + int(around[1]), width + int(around[2])


def _doubled(graph: _Graph, old: _Graph, operator: Any) -> Sides:
    """Return the size after a resize with aligned corners (n becomes 2n - 1), and write it into the file's constant."""
    image, target = operator.InputsAsNumpy().tolist()
    before, after = old.sides(image), old.sides(int(operator.Outputs(0)))
    if after != (2 * before[0] - 1, 2 * before[1] - 1):
        raise ModelError(f"expected a resize to twice the size less one, found {before} to {after}")
    height, width = graph.sides(image)
    size = 2 * height - 1, 2 * width - 1
    graph.constant(target).view("<i4")[:] = size
    return size


_RULES: dict[str, Callable[[_Graph, _Graph, Any], Sides]] = {
    "CONV_2D": _convolved,
    "DEPTHWISE_CONV_2D": _convolved,
    "PAD": _padded,
    "RESIZE_BILINEAR": _doubled,
    **dict.fromkeys(("ADD", "CONCATENATION", "DEQUANTIZE", "QUANTIZE", "RELU", "RELU6"), _same),
}
"""Rule for the output size of each operator."""
