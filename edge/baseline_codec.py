"""Encode and decode the counts of a baseline: the format of a baseline file and of the message that carries it.

Uses no numpy, so that the booth can check what nodes send; `score/baseline_file.py` makes a Baseline from it.
"""

import hashlib
import zlib
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from edge.errors import BaselineError
from edge.recipe import Recipe

MAGIC = b"EXCEPTION-SPOTTER BASELINE 4\n"
MAX_CONTENT = 2**20
"""Most bytes after decompression; the counts have a constant size of about 140 KB."""
_DIGEST = hashlib.sha256().digest_size

_Window = Annotated[int, Meta(ge=0, le=253_402_300_799)]


class Counted(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`node/{node}/baseline`: retained; the cumulative counts of one epoch. Binary, as in a baseline file.

    A line with the format's version, the SHA-256 of the rest, and the zlib-compressed msgpack of these fields.
    """

    recipe: Recipe
    epoch: Annotated[str, Meta(pattern=r"^([0-9a-f]{8,32})?\Z")] = ""
    """Id of one series of counts. A node that starts counting from 0 begins a new epoch; epochs are added up."""
    period: tuple[_Window, _Window] | None = None
    """Starts of the first and the last 15-minute window that were counted, seconds since 1970."""
    noise: tuple[str, ...] = ()
    """Names of the noise that was added; empty without noise."""
    sources: Annotated[
        dict[Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}/[a-z0-9-]{1,32}\Z")], bytes], Meta(max_length=256)
    ] = {}
    """Sums of each camera by `place/camera` (score/sources.py), as the arrays are."""
    arrays: Annotated[dict[Annotated[str, Meta(pattern=r"^[a-z_]{1,32}\Z")], bytes], Meta(max_length=64)]
    """The fields of BaselineCounts (score/counts.py) as little-endian int64 in C order."""

    def __post_init__(self) -> None:
        if len(self.arrays.get("sightings", b"")) != 8 or self.sightings < 0:
            raise ValueError("expected `sightings` to be one whole number")
        if any(len(array) % 8 for array in (*self.arrays.values(), *self.sources.values())):
            raise ValueError("expected arrays of int64")

    @property
    def sightings(self) -> int:
        """Number of sightings counted."""
        return int.from_bytes(self.arrays["sightings"], "little", signed=True)

    @property
    def id(self) -> str:
        """First 12 hex digits of the SHA-256 over recipe, counts, noise and sources."""
        content = msgspec.msgpack.encode((self.recipe, self.arrays, self.noise, self.sources), order="sorted")
        return hashlib.sha256(content).hexdigest()[:12]


def pack(counted: Counted) -> bytes:
    """Encode; equal counts give equal bytes."""
    body = zlib.compress(msgspec.msgpack.encode(counted), 6)
    return MAGIC + hashlib.sha256(body).digest() + body


def unpack(content: bytes, where: str) -> Counted:
    """Decode what `pack` made; raises BaselineError that names `where` for anything else."""
    if not content.startswith(MAGIC):
        raise BaselineError(
            f"{where}: is not a baseline of this version (expected it to start {MAGIC!r}, found "
            f"{content[: len(MAGIC)]!r}); use the software that made it, or collect again"
        )
    digest, body = content[len(MAGIC) : len(MAGIC) + _DIGEST], content[len(MAGIC) + _DIGEST :]
    if hashlib.sha256(body).digest() != digest:
        raise BaselineError(
            f"{where}: is damaged (its checksum does not match); restore it from a copy, or collect again"
        )
    try:
        return msgspec.msgpack.decode(_decompressed(body), type=Counted)
    except (zlib.error, msgspec.DecodeError, ValueError, RecursionError) as err:
        raise BaselineError(f"{where}: cannot be read ({err}); was it made by newer software?") from err


def _decompressed(body: bytes) -> bytes:
    """Decompress; raises ValueError for more than MAX_CONTENT bytes before all of it is in memory."""
    stream = zlib.decompressobj()
    content = stream.decompress(body, MAX_CONTENT)
    if not stream.eof or stream.unused_data:
        raise ValueError(f"expected one stream of at most {MAX_CONTENT} bytes")
    return content
