"""What was counted, to bytes and back: the format of a baseline file and of the message that carries it.

Without numpy, so that the booth can check what nodes send; `score/baseline_file.py` makes a Baseline of it.
"""

import hashlib
import zlib
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from edge.errors import BaselineError
from edge.recipe import Recipe

MAGIC = b"EXCEPTION-SPOTTER BASELINE 3\n"
MAX_CONTENT = 2**20
"""Bytes once decompressed; counts are of constant size, about 140 KB."""
_DIGEST = hashlib.sha256().digest_size

_Window = Annotated[int, Meta(ge=0, le=253_402_300_799)]


class Counted(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/baseline`: retained; the cumulative counts of one epoch, in batches. Binary, as in a baseline file.

    A line with the format's number, SHA-256 of what follows, and zlib over msgpack of these fields.
    """

    recipe: Recipe
    epoch: Annotated[str, Meta(pattern=r"^([0-9a-f]{8,32})?\Z")] = ""
    """A node whose counts begin anew begins a new one, so that they are added to what it counted before."""
    period: tuple[_Window, _Window] | None = None
    """Starts of the first and the last 15-minute window counted in, seconds since 1970."""
    noise: tuple[str, ...] = ()
    """What noise was added, in words."""
    arrays: Annotated[dict[Annotated[str, Meta(pattern=r"^[a-z_]{1,32}\Z")], bytes], Meta(max_length=64)]
    """The fields of score/counts.py's BaselineCounts, little-endian int64, in C order."""

    def __post_init__(self) -> None:
        if len(self.arrays.get("sightings", b"")) != 8 or self.sightings < 0:
            raise ValueError("expected `sightings` to be one whole number")
        if any(len(array) % 8 for array in self.arrays.values()):
            raise ValueError("expected arrays of int64")

    @property
    def sightings(self) -> int:
        return int.from_bytes(self.arrays["sightings"], "little", signed=True)

    @property
    def id(self) -> str:
        """12 hex digits over counts, recipe and noise."""
        content = msgspec.msgpack.encode((self.recipe, self.arrays, self.noise), order="sorted")
        return hashlib.sha256(content).hexdigest()[:12]


def pack(counted: Counted) -> bytes:
    """Equal bytes for equal counts."""
    body = zlib.compress(msgspec.msgpack.encode(counted), 6)
    return MAGIC + hashlib.sha256(body).digest() + body


def unpack(content: bytes, where: str) -> Counted:
    """The inverse of `pack`; raises BaselineError naming `where` for anything else."""
    if not content.startswith(MAGIC):
        raise BaselineError(
            f"{where}: is not a baseline of this version (expected it to start {MAGIC!r}, found "
            f"{content[: len(MAGIC)]!r}); use the software it was made with, or learn anew"
        )
    digest, body = content[len(MAGIC) : len(MAGIC) + _DIGEST], content[len(MAGIC) + _DIGEST :]
    if hashlib.sha256(body).digest() != digest:
        raise BaselineError(f"{where}: is damaged (its checksum does not match); restore it from a copy or learn anew")
    try:
        return msgspec.msgpack.decode(_decompressed(body), type=Counted)
    except (zlib.error, msgspec.DecodeError, ValueError, RecursionError) as err:
        raise BaselineError(f"{where}: cannot be read ({err}); was it made by newer software?") from err


def _decompressed(body: bytes) -> bytes:
    """Raises ValueError for more than anybody counts, before it is all in memory."""
    stream = zlib.decompressobj()
    content = stream.decompress(body, MAX_CONTENT)
    if not stream.eof or stream.unused_data:
        raise ValueError(f"expected one stream of at most {MAX_CONTENT} bytes")
    return content
