"""The published PoseNet's weights, dequantized, into ours: starting point and teacher.

Its file lists its convolutions in the order they run (the backward displacements before the forward ones); weights are
int8 per channel, so real = (stored - zero point) * scale, and the result is the published network to within the
rounding of its activations.
"""

from pathlib import Path

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema

from tools.training.network import Conv, Network


def port(posenet: Path) -> Network:
    """Ours with the pose of `posenet` (a stripped file, spotter models fetch); the other heads are untrained."""
    network = Network()
    convolutions = _convolutions(posenet)
    backward, forward = convolutions[-4], convolutions[-3]
    mid = tuple(np.concatenate([forward[i], backward[i]]) for i in range(2))
    theirs = [*convolutions[:-4], mid, *convolutions[-2:]]
    for ours, (weight, bias) in zip(network.ported(), theirs, strict=True):
        _set(ours, weight, bias)
    return network


def _set(conv: Conv, weight: np.ndarray, bias: np.ndarray) -> None:
    assert conv.conv.bias is not None
    if tuple(weight.shape) != tuple(conv.conv.weight.shape):
        raise ValueError(f"expected weights {tuple(conv.conv.weight.shape)}, found {weight.shape}: another network?")
    with torch.no_grad():
        conv.conv.weight.copy_(torch.from_numpy(weight))
        conv.conv.bias.copy_(torch.from_numpy(bias))


def _convolutions(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights [out, in, h, w] and bias [out] of each, in the order of the graph."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(path.read_bytes(), 0))
    graph = model.subgraphs[0]
    found = []
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        kind = max(code.builtinCode, code.deprecatedBuiltinCode)
        if kind not in (schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.DEPTHWISE_CONV_2D):
            continue
        weight, bias = (_real(model, graph.tensors[operator.inputs[i]]) for i in (1, 2))
        is_depthwise = kind == schema.BuiltinOperator.DEPTHWISE_CONV_2D
        found.append((weight.transpose((3, 0, 1, 2) if is_depthwise else (0, 3, 1, 2)).copy(), bias))
    return found


def _real(model: schema.ModelT, tensor: schema.TensorT) -> np.ndarray:
    kind = {schema.TensorType.INT8: np.int8, schema.TensorType.INT32: np.int32}[tensor.type]
    stored = np.frombuffer(bytes(model.buffers[tensor.buffer].data), kind).reshape(tensor.shape)
    scale, zero = np.float32(tensor.quantization.scale), np.float32(tensor.quantization.zeroPoint)
    shape = [1] * stored.ndim
    shape[tensor.quantization.quantizedDimension] = -1
    return (stored.astype(np.float32) - zero.reshape(shape)) * scale.reshape(shape)
