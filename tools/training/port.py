"""Load the weights of a `.tflite` file, dequantized, into our network: the published PoseNet's, or our own model's.

PoseNet lists its convolutions in the order they run (the backward displacements before the forward ones). Weights are
int8 per channel, so real = (stored - zero point) * scale; the result equals the published model to within the rounding
of its activations.
"""

from pathlib import Path

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema

from tools.training.network import Conv, Network, Separable


def port(posenet: Path) -> Network:
    """Return our model with the pose of `posenet` (a stripped file); the other heads are untrained."""
    network = Network()
    convolutions = _convolutions(posenet)
    backward, forward = convolutions[-4], convolutions[-3]
    mid = tuple(np.concatenate([forward[i], backward[i]]) for i in range(2))
    theirs = [*convolutions[:-4], mid, *convolutions[-2:]]
    for ours, (weight, bias) in zip(network.ported(), theirs, strict=True):
        _set(ours, weight, bias)
    return network


def again(ours: Path) -> Network:
    """Return a model from a .tflite of ours, to train it further; layers that the file lacks stay untrained.

    Convolutions are matched by their shapes in the order they run, those of a separable block by both shapes.
    """
    network = Network()
    left = _blocks(ours)
    for name, module in network.named_modules():
        if isinstance(module, Separable):
            parts = [module.depthwise, module.pointwise]
        elif isinstance(module, Conv) and not name.endswith(("depthwise", "pointwise")):
            parts = [module]
        else:
            continue
        shapes = [tuple(part.conv.weight.shape) for part in parts]
        found = next((block for block in left if [weight.shape for weight, _ in block] == shapes), None)
        if found is not None:
            left = [block for block in left if block is not found]
            for part, (weight, bias) in zip(parts, found, strict=True):
                _set(part, weight, bias)
                _without_norm(part)
    return network


def checkpoint(path: Path) -> Network:
    """Return the model of a checkpoint, with batch normalisation where it was trained with it."""
    weights = torch.load(path, weights_only=True)
    network = Network()
    for name, module in network.named_modules():
        if isinstance(module, Conv) and f"{name}.norm.weight" not in weights:
            _without_norm(module)
    network.load_state_dict(weights)
    return network


def _without_norm(conv: Conv) -> None:
    """Remove the normalisation: it is in the weights already, and its statistics are not known any more."""
    conv.norm = torch.nn.Identity()


def _blocks(path: Path) -> list[list[tuple[np.ndarray, np.ndarray]]]:
    """Return the convolutions in the order of the graph, a depthwise one together with the one that reads it."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(path.read_bytes(), 0))
    operators, convolutions = [one for one, _ in _operators(model)], _convolutions(path)
    reads = {one.inputs[0]: i for i, one in enumerate(operators)}
    found, taken = [], set()
    for i, (one, (weight, _)) in enumerate(zip(operators, convolutions, strict=True)):
        if i in taken:
            continue
        is_depthwise = weight.shape[1] == 1 and weight.shape[2] > 1
        reader = reads.get(one.outputs[0]) if is_depthwise else None
        taken |= {i} if reader is None else {i, reader}
        found.append([convolutions[j] for j in ((i,) if reader is None else (i, reader))])
    return found


def _set(conv: Conv, weight: np.ndarray, bias: np.ndarray) -> None:
    assert conv.conv.bias is not None
    if tuple(weight.shape) != tuple(conv.conv.weight.shape):
        raise ValueError(
            f"expected weights {tuple(conv.conv.weight.shape)}, found {weight.shape}: is it the file of another model?"
        )
    with torch.no_grad():
        conv.conv.weight.copy_(torch.from_numpy(weight))
        conv.conv.bias.copy_(torch.from_numpy(bias))


def _convolutions(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return weights [out, in, h, w] and bias [out] of each convolution, in the order of the graph."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(path.read_bytes(), 0))
    found = []
    for operator, kind in _operators(model):
        weight, bias = (_real(model, model.subgraphs[0].tensors[operator.inputs[i]]) for i in (1, 2))
        is_depthwise = kind == schema.BuiltinOperator.DEPTHWISE_CONV_2D
        found.append((weight.transpose((3, 0, 1, 2) if is_depthwise else (0, 3, 1, 2)).copy(), bias))
    return found


def _operators(model: schema.ModelT) -> list[tuple[schema.OperatorT, int]]:
    """Return the convolutions, each with its kind (normal or depthwise)."""
    codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    kinds = schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.DEPTHWISE_CONV_2D
    all_of_them = ((one, codes[one.opcodeIndex]) for one in model.subgraphs[0].operators)
    return [(one, kind) for one, kind in all_of_them if kind in kinds]


def _real(model: schema.ModelT, tensor: schema.TensorT) -> np.ndarray:
    kind = {schema.TensorType.INT8: np.int8, schema.TensorType.INT32: np.int32}[tensor.type]
    stored = np.frombuffer(bytes(model.buffers[tensor.buffer].data), kind).reshape(tensor.shape)
    scale, zero = np.float32(tensor.quantization.scale), np.float32(tensor.quantization.zeroPoint)
    shape = [1] * stored.ndim
    shape[tensor.quantization.quantizedDimension] = -1
    return (stored.astype(np.float32) - zero.reshape(shape)) * scale.reshape(shape)
