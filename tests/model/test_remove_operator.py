"""Removing the last operator: exact on good models, a plain error on everything else."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import ModelError
from edge.model import remove_operator as stripping
from edge.model.manifest import manifest
from edge.model.remove_operator import remove_operator

schema = pytest.importorskip("ai_edge_litert.schema_py_generated", reason="needs ai-edge-litert's TFLite schema")
flatbuffers = pytest.importorskip("flatbuffers")
litert = pytest.importorskip("ai_edge_litert.interpreter")

POSENETS = [name for name, entry in manifest().models.items() if entry.strip]


def _tensor(name: str, shape: list[int]) -> Any:
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.buffer = name, shape, schema.TensorType.FLOAT32, 0
    return tensor


def _operator(code: int, inputs: list[int], outputs: list[int]) -> Any:
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = code, inputs, outputs
    return operator


def tiny_model(*, custom: str = "Decode", signature: bool = True, subgraphs: int = 1) -> bytes:
    """Return a model: ABS, then NEG, then a custom operator that reads both results and has three outputs."""
    model = schema.ModelT()
    model.version, model.buffers = 3, [schema.BufferT()]
    model.operatorCodes = []
    builtin = schema.BuiltinOperator
    for kind, name in ((builtin.ABS, None), (builtin.NEG, None), (builtin.CUSTOM, custom)):
        code = schema.OperatorCodeT()
        code.builtinCode, code.deprecatedBuiltinCode, code.version = kind, min(kind, 127), 1
        code.customCode = name
        model.operatorCodes.append(code)
    graph = schema.SubGraphT()
    graph.tensors = [_tensor(name, [1, 4]) for name in ("in", "abs", "neg", "a", "b", "c")]
    graph.operators = [_operator(0, [0], [1]), _operator(1, [1], [2]), _operator(2, [2, 1], [3, 4, 5])]
    graph.inputs, graph.outputs = [0], [3, 4, 5]
    model.subgraphs = [graph] * subgraphs
    if signature:
        named = schema.SignatureDefT()
        named.signatureKey, named.inputs, named.outputs = "serving", [], []
        model.signatureDefs = [named]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def run(model: bytes, tensor: Any) -> list[Any]:
    interpreter = litert.Interpreter(model_content=model)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], tensor)
    interpreter.invoke()
    return [interpreter.get_tensor(output["index"]).copy() for output in interpreter.get_output_details()]


def test_the_field_numbers_are_those_of_the_schema() -> None:
    """The generated `*Add*` functions call `PrependXSlot(number, ...)`; a spy reads the number."""
    fields = {
        "ModelAddOperatorCodes": stripping.MODEL_OPERATOR_CODES,
        "ModelAddSubgraphs": stripping.MODEL_SUBGRAPHS,
        "ModelAddSignatureDefs": stripping.MODEL_SIGNATURE_DEFS,
        "SubGraphAddTensors": stripping.SUBGRAPH_TENSORS,
        "SubGraphAddOutputs": stripping.SUBGRAPH_OUTPUTS,
        "SubGraphAddOperators": stripping.SUBGRAPH_OPERATORS,
        "OperatorAddOpcodeIndex": stripping.OPERATOR_OPCODE_INDEX,
        "OperatorAddInputs": stripping.OPERATOR_INPUTS,
        "OperatorCodeAddCustomCode": stripping.OPERATOR_CODE_CUSTOM_CODE,
    }
    for function, number in fields.items():
        spy = _Spy()
        getattr(schema, function)(spy, 1)
        assert spy.slots == [number], function


class _Spy:
    def __init__(self) -> None:
        self.slots: list[int] = []

    def __getattr__(self, _name: str) -> Any:
        return lambda slot, *_rest: self.slots.append(slot)


def test_a_stripped_model_runs_and_gives_what_the_operator_read() -> None:
    model = tiny_model()
    stripped = remove_operator(model, "Decode")
    assert len(stripped) == len(model)
    negated, absolute = run(stripped, np.array([[-1, 2, -3, 4]], np.float32))
    assert negated.tolist() == [[-1, -2, -3, -4]]
    assert absolute.tolist() == [[1, 2, 3, 4]]


def test_signatures_are_dropped() -> None:
    assert schema.Model.GetRootAsModel(tiny_model(), 0).SignatureDefsLength() == 1
    assert schema.Model.GetRootAsModel(remove_operator(tiny_model(), "Decode"), 0).SignatureDefsLength() == 0


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (b"", "not a TensorFlow Lite model"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "not a TensorFlow Lite model"),
        (tiny_model(custom="Other"), "ends in 'Other', expected 'Decode'"),
        (remove_operator(tiny_model(), "Decode"), "ends in 'a built-in operator'"),
        (tiny_model(subgraphs=2), "2 subgraphs"),
        (tiny_model()[:200], "truncated or damaged"),
    ],
)
def test_what_is_no_such_model_is_refused_in_words(model: bytes, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        remove_operator(model, "Decode")


@given(st.integers(0, len(tiny_model()) - 1))
def test_a_truncated_model_never_escapes_as_another_error(length: int) -> None:
    _strip_or_model_error(tiny_model()[:length])


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(tiny_model()) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_flipped_bytes_never_escape_as_another_error(flips: list[tuple[int, int]]) -> None:
    damaged = bytearray(tiny_model())
    for at, value in flips:
        damaged[at] = value
    _strip_or_model_error(bytes(damaged))


@given(st.binary(max_size=200))
def test_noise_behind_the_right_mark_never_escapes_as_another_error(noise: bytes) -> None:
    _strip_or_model_error(noise[:4].ljust(4, b"\0") + b"TFL3" + noise[4:])


def _strip_or_model_error(model: bytes) -> None:
    try:
        stripped = remove_operator(model, "Decode")
    except ModelError:
        return
    assert len(stripped) == len(model)


@pytest.mark.requires_clips
@pytest.mark.parametrize("name", POSENETS)
def test_the_published_posenets_strip_to_the_pinned_hash(shared_data: Path, name: str) -> None:
    entry = manifest().models[name]
    original = (shared_data / "models" / entry.file).read_bytes()
    stripped = remove_operator(original, "PosenetDecoderOp")
    assert hashlib.sha256(stripped).hexdigest() == entry.stripped_sha256
    before = schema.Model.GetRootAsModel(original, 0).Subgraphs(0)
    after = schema.Model.GetRootAsModel(stripped, 0).Subgraphs(0)
    dropped = before.Operators(before.OperatorsLength() - 1)
    assert after.OperatorsLength() == before.OperatorsLength() - 1
    assert after.OutputsAsNumpy().tolist() == dropped.InputsAsNumpy().tolist()


@pytest.mark.requires_clips
@pytest.mark.parametrize("name", [name for name in POSENETS if manifest().models[name].accelerator == "cpu"])
def test_a_stripped_posenet_computes_what_the_object_api_gives(shared_data: Path, name: str) -> None:
    entry = manifest().models[name]
    original = (shared_data / "models" / entry.file).read_bytes()
    size = (1, entry.input.height, entry.input.width, 3)
    picture = np.random.default_rng(7).integers(0, 256, size, dtype=np.uint8)
    ours = run(remove_operator(original, "PosenetDecoderOp"), picture)
    theirs = run(_repacked(original), picture)
    assert [output.shape[-1] for output in ours] == [17, 34, 64]
    for mine, reference in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, reference)


def _repacked(original: bytes) -> bytes:
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(original, 0))
    graph = model.subgraphs[0]
    graph.outputs = graph.operators.pop().inputs
    model.signatureDefs = None
    builder = flatbuffers.Builder(len(original))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
