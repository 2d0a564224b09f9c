"""A baseline to one file and back: versioned, checksummed, written atomically, never larger than its constant size."""

import hashlib
import os
import zlib
from pathlib import Path

import msgspec
import numpy as np

from edge.errors import BaselineError
from edge.score.baseline import Baseline
from edge.score.recipe import Recipe
from edge.score.state import State, empty

MAGIC = b"EXCEPTION-SPOTTER BASELINE 2\n"
_DIGEST = hashlib.sha256().digest_size


class _Content(msgspec.Struct, frozen=True):
    recipe: Recipe
    arrays: dict[str, bytes]
    """State's fields, little-endian int64, in C order."""
    noise: tuple[str, ...] = ()


def to_bytes(baseline: Baseline) -> bytes:
    """Equal bytes for equal counts."""
    arrays = {name: array.astype("<i8").tobytes() for name, array in baseline.state._asdict().items()}
    body = zlib.compress(msgspec.msgpack.encode(_Content(baseline.recipe, arrays, baseline.noise)), 6)
    return MAGIC + hashlib.sha256(body).digest() + body


def from_bytes(content: bytes, where: str, *, min_sightings: int = 100) -> Baseline:
    """The inverse of `to_bytes`; raises BaselineError naming `where` for anything else."""
    if not content.startswith(MAGIC):
        raise BaselineError(f"{where}: is not a baseline of this version; expected it to start {MAGIC!r}")
    digest, body = content[len(MAGIC) : len(MAGIC) + _DIGEST], content[len(MAGIC) + _DIGEST :]
    if hashlib.sha256(body).digest() != digest:
        raise BaselineError(f"{where}: is damaged (its checksum does not match); restore it from a copy or learn anew")
    try:
        content_ = msgspec.msgpack.decode(zlib.decompress(body), type=_Content)
        state = _state(content_)
    except (zlib.error, msgspec.DecodeError, KeyError, ValueError) as err:
        raise BaselineError(f"{where}: cannot be read ({err}); was it made by newer software?") from err
    return Baseline(content_.recipe, min_sightings=min_sightings, state=state, noise=content_.noise)


def _state(content: _Content) -> State:
    shapes = empty(content.recipe)._asdict()
    arrays = {name: np.frombuffer(content.arrays[name], "<i8").astype(np.int64) for name in shapes}
    return State(**{name: arrays[name].reshape(shape.shape) for name, shape in shapes.items()})


def save(baseline: Baseline, path: Path) -> None:
    """Write beside `path`, then rename over it; raises BaselineError when the disk is full or read-only."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(to_bytes(baseline))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as err:
        part.unlink(missing_ok=True)
        raise BaselineError(f"{path}: cannot be written ({err}); free space or choose another place") from err


def load(path: Path, *, min_sightings: int = 100, recipe: Recipe | None = None) -> Baseline:
    """Raises BaselineError if the file is missing, damaged, of another version, or not of `recipe`."""
    try:
        content = path.read_bytes()
    except OSError as err:
        raise BaselineError(f"{path}: cannot be read ({err}); make one with spotter learn") from err
    baseline = from_bytes(content, str(path), min_sightings=min_sightings)
    if recipe is not None and baseline.recipe != recipe:
        raise BaselineError(
            f"{path}: was learnt with another recipe ({baseline.recipe.differences(recipe)}); "
            "use the software and model it was learnt with, or learn anew"
        )
    return baseline


def baseline_id(baseline: Baseline) -> str:
    """12 hex digits over counts and recipe."""
    return hashlib.sha256(to_bytes(baseline)).hexdigest()[:12]
