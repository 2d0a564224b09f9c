"""Read models/manifest.yaml, the list of pinned models; every key is checked."""

import functools
import sys
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edge import yaml_file
from edge.errors import ConfigError

Accelerator = Literal["cpu", "edgetpu"]
Name = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9.-]*$")]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
FileName = Annotated[str, msgspec.Meta(pattern=r"^[\w.-]+\.tflite$")]
Url = Annotated[str, msgspec.Meta(pattern="^(https?://|$)")]
Positive = Annotated[int, msgspec.Meta(gt=0)]
Scale = Annotated[float, msgspec.Meta(gt=0)]


class ModelInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The model's input tensor, sizes in pixels; real value = (stored - zero_point) * scale."""

    height: Positive
    width: Positive
    dtype: Literal["uint8"]
    scale: Scale
    zero_point: int


class ModelEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pinned model; the comments in models/manifest.yaml explain every field."""

    file: FileName
    licence: str
    sha256: Sha256
    bytes: Positive
    input: ModelInput
    quantization: str
    role: Literal["pose", "compare"]
    origin: Url = ""
    purpose: str = ""
    edgetpu: str | None = None
    cpu: str | None = None
    compiled_from: Sha256 | None = None
    strip: str | None = None
    stripped_sha256: Sha256 | None = None

    @property
    def accelerator(self) -> Accelerator:
        return "edgetpu" if self.cpu else "cpu"

    @property
    def is_shipped(self) -> bool:
        """Whether the file is beside the manifest, so that it is never downloaded."""
        return not self.origin

    @property
    def ready_sha256(self) -> str:
        """SHA-256 of the file that is run: the stripped one if the origin's is stripped."""
        return self.stripped_sha256 or self.sha256


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal[1]
    default: str
    models: dict[Name, ModelEntry]


def manifest() -> Manifest:
    """Return the manifest of this checkout or installation; raises ConfigError naming file and key."""
    return _read_once(manifest_path())


def manifest_path() -> Path:
    """Return the manifest's path: in the checkout, else where the wheel installed it."""
    here = checkout() / "models" / "manifest.yaml"
    installed = Path(sys.prefix) / "share" / "exception-spotter" / "models" / "manifest.yaml"
    return here if here.exists() else installed


def checkout() -> Path:
    """Return the folder that holds edge/: the repository, or site-packages."""
    return Path(__file__).resolve().parents[2]


def read(path: Path) -> Manifest:
    """Return the manifest in the file; raises ConfigError naming file and key."""
    try:
        loaded = msgspec.convert(yaml_file.read(path.read_bytes(), path), Manifest)
    except OSError as err:
        raise ConfigError(f"{path}: cannot be read ({err.strerror}); reinstall") from err
    except msgspec.ValidationError as err:
        raise ConfigError(f"{path}: {err}") from err
    _check_names(path, loaded)
    return loaded


_read_once = functools.cache(read)


def _check_names(path: Path, loaded: Manifest) -> None:
    """Check what types cannot: names that refer to each other, and hashes that belong together."""
    if loaded.default not in loaded.models:
        raise ConfigError(f"{path}: default: {loaded.default!r} is not under models")
    for name, entry in loaded.models.items():
        where = f"{path}: models: {name}"
        if bool(entry.strip) != bool(entry.stripped_sha256):
            raise ConfigError(f"{where}: strip and stripped_sha256 go together, found only one")
        if entry.is_shipped and entry.strip:
            raise ConfigError(f"{where}: strip: is only for downloaded files, and this has no origin")
        if entry.edgetpu and entry.cpu:
            raise ConfigError(f"{where}: edgetpu and cpu: found both, expected one (the other twin's name)")
        _check_twin(where, name, entry, loaded.models)


def _check_twin(where: str, name: str, entry: ModelEntry, models: dict[str, ModelEntry]) -> None:
    twin = models.get(entry.edgetpu or entry.cpu or name)
    if twin is None:
        raise ConfigError(f"{where}: its twin {entry.edgetpu or entry.cpu!r} is not under models")
    if (entry.edgetpu and twin.cpu != name) or (entry.cpu and twin.edgetpu != name):
        raise ConfigError(f"{where}: its twin {entry.edgetpu or entry.cpu!r} does not name it back")
    if entry.compiled_from not in {None, twin.sha256}:
        raise ConfigError(
            f"{where}: compiled_from: {entry.cpu} is {twin.sha256}, found {entry.compiled_from}; "
            f"compile it again: tools/compile-edgetpu {entry.cpu}"
        )
