"""What one fuzz target is, and how its inputs are made."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Target(NamedTuple):
    """`check` takes any bytes; only an EdgeError may come out of it. `seeds` are inputs it is at home with."""

    seeds: Sequence[bytes]
    check: Callable[[bytes], object]


Maker = Callable[[Path], Target]
"""Makes a target whose files lie in that folder."""


def chosen(ways: Sequence[Callable[[bytes], object]], data: bytes) -> object:
    r"""The first byte chooses what becomes of the others.

    >>> chosen((bytes.upper, bytes.lower), b"\\x01Ab")
    b'ab'
    """
    return ways[data[0] % len(ways)](data[1:]) if data else None


def laid_over(good: bytes, data: bytes) -> bytes:
    r"""Good bytes with some of them replaced, from the place that the first three bytes say.

    >>> laid_over(b"abcdef", b"\\x00\\x00\\x02XY")
    b'abXYef'
    """
    at = int.from_bytes(data[:3], "big") % len(good)
    return good[:at] + data[3:] + good[at + len(data[3:]) :]


def seed(way: int, data: bytes) -> bytes:
    """What `chosen` takes apart."""
    return bytes([way]) + data


OVER = bytes(3)
"""Lays nothing over."""
