"""Remove a model's last operator, which no runtime knows.

Google's PoseNet files end in the custom operator `PosenetDecoderOp`, which exists only in Coral's own
library: every other runtime refuses the file. `detection/keypoints.py` needs only its inputs (heatmaps, short offsets,
mid offsets), so the operator is removed once, after the download.

The flatbuffer is patched in place: two vectors get shorter and a few numbers are overwritten; no byte moves and
the size stays. So the result is the same on every machine and a hash can pin it, which writing the file again with some
version of the flatbuffers library would not ensure.

Field numbers are the order of declaration in TensorFlow Lite's `schema.fbs` (the same order as the `*Add*`
functions of `ai_edge_litert/schema_py_generated.py`, against which tests/model/test_remove_operator.py checks them);
the layout of tables, vtables and vectors is https://flatbuffers.dev/internals/.
"""

import struct
from typing import NamedTuple

from edge.errors import ModelError

MODEL_OPERATOR_CODES = 1
MODEL_SUBGRAPHS = 2
MODEL_SIGNATURE_DEFS = 7
SUBGRAPH_TENSORS = 0
SUBGRAPH_OUTPUTS = 2
SUBGRAPH_OPERATORS = 3
OPERATOR_OPCODE_INDEX = 0
OPERATOR_INPUTS = 1
OPERATOR_CODE_CUSTOM_CODE = 1

IDENTIFIER = b"TFL3"
"""Bytes 4 to 7 of a TensorFlow Lite flatbuffer (schema.fbs: file_identifier)."""


def remove_operator(model: bytes, operator: str) -> bytes:
    """Return the model without its last operator, whose inputs become the model's outputs.

    Raises ModelError if the bytes are not such a model, however damaged they are.
    """
    flat = _Flat(model)
    root = flat.root()
    graph = _only_subgraph(flat, root)
    operators = flat.vector(graph, SUBGRAPH_OPERATORS, "operators")
    if operators.length < 2:
        raise ModelError(f"the model has {operators.length} operators, expected at least 2")
    last = flat.follow(operators.item(operators.length - 1))
    _check_name(flat, root, last, operator)
    inputs = _tensors_of(flat, graph, last)
    outputs = flat.vector(graph, SUBGRAPH_OUTPUTS, "outputs")
    if not 0 < len(inputs) <= outputs.length:
        raise ModelError(f"{operator} has {len(inputs)} inputs, expected 1 to {outputs.length} (in place)")
    flat.write_u32(operators.start, operators.length - 1)
    flat.write_u32(outputs.start, len(inputs))
    for index, tensor in enumerate(inputs):
        flat.write_u32(outputs.item(index), tensor)
    _drop_signatures(flat, root)
    return bytes(flat.data)


class _Vector(NamedTuple):
    """A flatbuffer vector of 4-byte elements: the length, then the elements."""

    start: int
    length: int

    def item(self, index: int) -> int:
        return self.start + 4 + 4 * index


class _Flat:
    """An editable flatbuffer: little-endian reads and writes, with every read inside the file."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)

    def root(self) -> int:
        if self.data[4:8] != IDENTIFIER:
            raise ModelError(
                f"not a TensorFlow Lite model: expected {IDENTIFIER!r} in bytes 4-7, found {bytes(self.data[4:8])!r}"
            )
        return self.follow(0)

    def u16(self, at: int) -> int:
        return self._read("<H", at)

    def u32(self, at: int) -> int:
        return self._read("<I", at)

    def follow(self, at: int) -> int:
        """Return the position that the offset stored at `at` points to."""
        return at + self.u32(at)

    def write_u32(self, at: int, value: int) -> None:
        struct.pack_into("<I", self.data, at, value)

    def field(self, table: int, number: int) -> int | None:
        """Return the position of a table's field; None if the field is absent."""
        vtable = table - self._read("<i", table)
        slot = 4 + 2 * number
        if slot >= self.u16(vtable):
            return None
        offset = self.u16(vtable + slot)
        return table + offset if offset else None

    def vector(self, table: int, number: int, name: str) -> _Vector:
        at = self.field(table, number)
        if at is None:
            raise ModelError(f"the model has no {name}: it is damaged, or another kind of model")
        start = self.follow(at)
        vector = _Vector(start, self.u32(start))
        self._inside(start, 4 + 4 * vector.length)
        return vector

    def text(self, table: int, number: int) -> str:
        at = self.field(table, number)
        if at is None:
            return ""
        start = self.follow(at)
        length = self.u32(start)
        self._inside(start, 4 + length)
        return self.data[start + 4 : start + 4 + length].decode(errors="replace")

    def _read(self, kind: str, at: int) -> int:
        self._inside(at, struct.calcsize(kind))
        (value,) = struct.unpack_from(kind, self.data, at)
        return int(value)

    def _inside(self, at: int, size: int) -> None:
        if at < 0 or at + size > len(self.data):
            raise ModelError(f"the model is truncated or damaged: it points at byte {at + size} of {len(self.data)}")


def _only_subgraph(flat: _Flat, root: int) -> int:
    subgraphs = flat.vector(root, MODEL_SUBGRAPHS, "subgraphs")
    if subgraphs.length != 1:
        raise ModelError(f"the model has {subgraphs.length} subgraphs, expected 1")
    return flat.follow(subgraphs.item(0))


def _check_name(flat: _Flat, root: int, last: int, wanted: str) -> None:
    """Check that the last operator is the custom operator `wanted`."""
    at = flat.field(last, OPERATOR_OPCODE_INDEX)
    index = 0 if at is None else flat.u32(at)
    codes = flat.vector(root, MODEL_OPERATOR_CODES, "operator codes")
    if index >= codes.length:
        raise ModelError(f"the model is damaged: operator code {index} of {codes.length}")
    found = flat.text(flat.follow(codes.item(index)), OPERATOR_CODE_CUSTOM_CODE)
    if found != wanted:
        raise ModelError(f"the model ends in {found or 'a built-in operator'!r}, expected {wanted!r}")


def _tensors_of(flat: _Flat, graph: int, operator: int) -> list[int]:
    """Return the indices of an operator's input tensors, each checked to exist."""
    vector = flat.vector(operator, OPERATOR_INPUTS, "operator inputs")
    known = flat.vector(graph, SUBGRAPH_TENSORS, "tensors").length
    tensors = [flat.u32(vector.item(index)) for index in range(vector.length)]
    if any(tensor >= known for tensor in tensors):
        raise ModelError(f"the model is damaged: an operator reads tensors {tensors} of {known}")
    return tensors


def _drop_signatures(flat: _Flat, root: int) -> None:
    """Remove the named signatures, which would still name the removed outputs."""
    if flat.field(root, MODEL_SIGNATURE_DEFS) is not None:
        flat.write_u32(flat.vector(root, MODEL_SIGNATURE_DEFS, "signatures").start, 0)
