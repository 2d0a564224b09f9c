"""The model's output tensors as they are stored, made real-valued only where somebody needs the values.

A frame's tensors hold 200,000 values, and the people in it need a few thousand of them.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from edge.records import Floats
from edge.seams import TensorSpec


class Stored(NamedTuple):
    """One output tensor of the model."""

    values: NDArray[Any]
    """As stored; a larger value is a larger real value."""
    scale: float = 0.0
    """Real value = (stored value - zero_point) * scale; 0: the values are real already."""
    zero_point: int = 0

    def real(self, values: NDArray[Any]) -> Floats:
        """Return the real values of any `values` of the tensor, in their shape.

        >>> Stored(np.array([128, 130], np.uint8), 0.5, 128).real(np.array([130], np.uint8)).tolist()
        [1.0]
        """
        if self.scale == 0:
            return np.asarray(values, np.float32)
        # Two float32 operations are cheaper than one in float64.
        return (values.astype(np.float32) - np.float32(self.zero_point)) * np.float32(self.scale)

    def level(self, value: float) -> float:
        """Return a number that the stored values of all real values from `value` on reach.

        It may be one step too low, so that rounding loses no value above the limit. For the exact limit compare
        real values. It is whole for stored integers, which are compared with floats ten times as slowly.
        """
        return value - 1e-3 if self.scale == 0 else math.ceil(value / self.scale + self.zero_point - 1)

    def mapped(self, function: Callable[[Floats], Floats], values: NDArray[Any]) -> Floats:
        """Return `function`, which works element by element, of the real values of any `values` of the tensor.

        Bytes have 256 values at most, so that the results are read from a table. `function` must live as long as the
        program: the table is kept.
        """
        if self.scale == 0 or values.dtype.itemsize != 1:
            return function(self.real(values))
        return _table(function, values.dtype.str, self.scale, self.zero_point).take(values.view(np.uint8))


@cache
def _table(function: Callable[[Floats], Floats], dtype: str, scale: float, zero_point: int) -> Floats:
    """[256] `function` of the real value of each byte, by the byte without its sign."""
    every = np.arange(256, dtype=np.uint8).view(dtype)
    return function(Stored(every, scale, zero_point).real(every))


class Outputs(Sequence[Floats]):
    """The output tensors of one run, in the order of the model; each item is dequantized when it is read."""

    def __init__(self, values: Sequence[NDArray[Any]], specs: Sequence[TensorSpec]) -> None:
        self._stored = [Stored(one, spec.scale, spec.zero_point) for one, spec in zip(values, specs, strict=True)]

    def __len__(self) -> int:
        return len(self._stored)

    @overload
    def __getitem__(self, at: int) -> Floats: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Floats]: ...
    def __getitem__(self, at: int | slice) -> Floats | Sequence[Floats]:
        if isinstance(at, slice):
            return [one.real(one.values) for one in self._stored[at]]
        return self._stored[at].real(self._stored[at].values)

    def stored(self, at: int) -> Stored:
        """Return the tensor at a position as it is stored."""
        return self._stored[at]


def stored(outputs: Sequence[Floats], at: int) -> Stored:
    """Return one of a model's outputs as it is stored; arrays that are real-valued already stay so."""
    return outputs.stored(at) if isinstance(outputs, Outputs) else Stored(outputs[at])
