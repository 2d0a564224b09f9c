"""The model that ships: whole, small, integer throughout, and made of operators that an Edge TPU can run.

The operators and their limits are those of "TensorFlow models on the Edge TPU", tables "Supported operations" and
"Model requirements" (https://coral.ai/docs/edgetpu/models-intro/).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edge.config import DetectionSection
from edge.detection import keypoints
from edge.model.interpreter import TfliteInterpreter
from edge.model.manifest import manifest
from edge.model.registry import model_path

SHIPPED = [name for name, entry in manifest().models.items() if entry.is_shipped and entry.accelerator == "cpu"]
LARGEST = 3_000_000
"""Largest size in bytes."""


class Operator:
    """One operator of a graph, with its tensors."""

    def __init__(self, model: Any, graph: Any, operator: Any) -> None:
        code = model.operatorCodes[operator.opcodeIndex]
        number = max(code.builtinCode, code.deprecatedBuiltinCode)
        self.name = next(key for key, value in vars(schema.BuiltinOperator).items() if value == number)
        self.version = code.version
        self.options = operator.builtinOptions
        self.inputs = [graph.tensors[i] for i in operator.inputs if i >= 0]
        self.outputs = [graph.tensors[i] for i in operator.outputs]
        self.constants = [tensor for tensor in self.inputs if model.buffers[tensor.buffer].data is not None]


def _same_dilation(step: Operator) -> bool:
    return bool(step.options.dilationHFactor == step.options.dilationWFactor)


def _plain_join(step: Operator) -> bool:
    """Return True without fused activation and without a constant among the inputs."""
    return step.options.fusedActivationFunction == schema.ActivationFunctionType.NONE and not step.constants


def _three_dimensions(step: Operator) -> bool:
    """Return True for three dimensions without half-pixel centres, which came with version 3, after the compiler."""
    one = (step.inputs[0], step.outputs[0])
    return all(len(t.shape) == 4 and t.shape[0] == 1 for t in one) and step.version <= 2


SUPPORTED: dict[str, Callable[[Operator], bool]] = {
    "ADD": lambda _: True,
    "CONCATENATION": _plain_join,
    "CONV_2D": _same_dilation,
    "DEPTHWISE_CONV_2D": _same_dilation,
    "PAD": lambda _: True,
    "QUANTIZE": lambda _: True,
    "RELU6": lambda _: True,
    "RESIZE_BILINEAR": _three_dimensions,
}
"""Operators of the published list that a model of this kind may use, and what the list demands of each."""

NEWEST = {
    "ADD": 2,
    "CONCATENATION": 2,
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 3,
    "PAD": 2,
    "QUANTIZE": 1,
    "RELU6": 2,
    "RESIZE_BILINEAR": 2,
}
"""Highest version of each operator that Google's compiler is known to read, from the published models it compiled
(posenet, movenet). At newer ones it stops with "Didn't find op for builtin opcode".
"""


def read(path: Path) -> tuple[Any, list[Operator]]:
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(path.read_bytes(), 0))
    (graph,) = model.subgraphs
    return graph, [Operator(model, graph, one) for one in graph.operators]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_operator_is_one_an_edge_tpu_runs(name: str) -> None:
    _, steps = read(model_path(name))
    assert len(steps) > 30
    for step in steps:
        assert step.name in SUPPORTED, step.name
        assert SUPPORTED[step.name](step), (step.name, vars(step.options))
        assert step.version <= NEWEST[step.name], (step.name, step.version)


@pytest.mark.parametrize("name", SHIPPED)
def test_it_is_integer_throughout_and_per_channel(name: str) -> None:
    graph, steps = read(model_path(name))
    whole = {schema.TensorType.INT8, schema.TensorType.UINT8, schema.TensorType.INT32}
    assert {tensor.type for tensor in graph.tensors} <= whole
    for step in steps:
        assert all(size > 0 for tensor in step.outputs for size in tensor.shape), "sizes must be fixed"
        if step.name.endswith("CONV_2D"):
            weights = step.inputs[1]
            channels = weights.shape[3 if step.name.startswith("DEPTHWISE") else 0]
            assert weights.type == schema.TensorType.INT8
            assert len(weights.quantization.scale) == channels


@pytest.mark.parametrize("name", SHIPPED)
def test_it_is_small_and_reads_raw_pixels(name: str) -> None:
    path = model_path(name)
    assert path.stat().st_size <= LARGEST
    interpreter = TfliteInterpreter(path)
    layout = keypoints.read_layout(interpreter.input, interpreter.outputs)
    entry = manifest().models[name]
    assert (layout.height, layout.width) == (entry.input.height, entry.input.width)
    assert interpreter.input.scale == pytest.approx(entry.input.scale)
    assert interpreter.input.zero_point == entry.input.zero_point
    outputs = interpreter.invoke(np.full(interpreter.input.shape, 128, np.uint8))
    assert keypoints.decode(outputs, layout, DetectionSection()) == [], "an even grey shows nobody"


def test_what_an_edge_tpu_cannot_run_is_noticed() -> None:
    """The checks above can fail: damage a graph in each way and see."""
    step = object.__new__(Operator)
    step.options, step.constants, step.version = schema.ConcatenationOptionsT(), [], 3
    step.options.fusedActivationFunction = schema.ActivationFunctionType.RELU
    step.inputs = step.outputs = [schema.TensorT()]
    step.inputs[0].shape = [1, 9, 9, 4]
    assert not _plain_join(step)
    assert not _three_dimensions(step)
    step.options = schema.Conv2DOptionsT()
    step.options.dilationHFactor, step.options.dilationWFactor = 2, 1
    assert not _same_dilation(step)
