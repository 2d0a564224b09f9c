"""The type of a fuzz target, and how its inputs are made."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Target(NamedTuple):
    """`check` takes any bytes and may raise only an EdgeError; `seeds` are valid inputs."""

    seeds: Sequence[bytes]
    check: Callable[[bytes], object]


Maker = Callable[[Path], Target]
"""Makes a target whose files lie in that folder."""


def chosen(ways: Sequence[Callable[[bytes], object]], data: bytes) -> object:
    r"""Let the first byte choose what is done with the others.

    >>> chosen((bytes.upper, bytes.lower), b"\\x01Ab")
    b'ab'
    """
    return ways[data[0] % len(ways)](data[1:]) if data else None


def laid_over(good: bytes, data: bytes) -> bytes:
    r"""Replace some of the good bytes, from the position that the first three bytes give.

    >>> laid_over(b"abcdef", b"\\x00\\x00\\x02XY")
    b'abXYef'
    """
    at = int.from_bytes(data[:3], "big") % len(good)
    return good[:at] + data[3:] + good[at + len(data[3:]) :]


def seed(way: int, data: bytes) -> bytes:
    """Return an input that `chosen` takes apart into `way` and `data`."""
    return bytes([way]) + data


OVER = bytes(3)
"""A position without bytes: replaces nothing."""
