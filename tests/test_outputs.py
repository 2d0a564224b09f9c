"""Stored output tensors and their real values."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.outputs import Outputs, Stored, stored
from edge.seams import TensorSpec

BYTES = np.arange(256, dtype=np.uint8)


def test_dequantizing_follows_the_spec() -> None:
    specs = [TensorSpec("bytes", (3,), "uint8", 0.5, 128), TensorSpec("real", (1,), "float32", 0.0, 0)]
    found = Outputs([np.array([0, 128, 255], np.uint8), np.array([1.5], np.float32)], specs)
    assert len(found) == 2
    assert [output.tolist() for output in found] == [[-64, 0, 63.5], [1.5]]
    assert [output.dtype for output in found[:2]] == [np.float32] * 2
    assert stored(found, 0).values.dtype == np.uint8
    assert stored([np.ones(2, np.float32)], 0).real(np.ones(1)).tolist() == [1.0]


@given(scale=st.floats(1e-3, 10), zero_point=st.integers(0, 255), value=st.floats(-500, 500))
def test_no_stored_value_that_counts_is_below_the_level(scale: float, zero_point: int, value: float) -> None:
    outputs = Outputs([BYTES], [TensorSpec("bytes", (256,), "uint8", scale, zero_point)])
    counts = outputs[0] >= np.float32(value)
    assert (stored(outputs, 0).level(value) <= BYTES)[counts].all()
    assert (np.diff(outputs[0]) > 0).all(), "the largest stored value is the largest real one"


@given(scale=st.floats(1e-3, 10), zero_point=st.integers(-128, 255), dtype=st.sampled_from(["u1", "i1", "i2"]))
def test_a_table_gives_what_the_function_gives(scale: float, zero_point: int, dtype: str) -> None:
    values = BYTES.view("i1" if dtype == "i1" else "u1").astype(dtype).reshape(16, 16)
    one = Stored(values, scale, zero_point)
    assert (one.mapped(np.sin, values[3:5]) == np.sin(one.real(values[3:5]))).all()
    assert Stored(np.ones(2, np.float32)).mapped(np.negative, np.ones(2, np.float32)).tolist() == [-1, -1]
