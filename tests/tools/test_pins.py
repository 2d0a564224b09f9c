"""Pins written into the manifest: everything else in it stays, and a twin of other weights goes."""

import hashlib
from pathlib import Path

import msgspec
import pytest

from edge.errors import ConfigError
from edge.model.manifest import ModelEntry, manifest_path, read
from tools.pins import digest, pin

NAME, TWIN = "spotter-353x481", "spotter-353x481-edgetpu"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    copy = tmp_path / "manifest.yaml"
    copy.write_bytes(manifest_path().read_bytes())
    return copy


@pytest.fixture
def entry(path: Path) -> ModelEntry:
    return read(path).models[NAME]


def twin_of(entry: ModelEntry) -> ModelEntry:
    return msgspec.structs.replace(entry, file=f"{TWIN}.tflite", sha256="1" * 64, cpu=NAME, compiled_from=entry.sha256)


def test_what_is_pinned_again_leaves_the_file_as_it_is(path: Path) -> None:
    before = path.read_text()
    shipped = {name: one for name, one in read(path).models.items() if one.is_shipped}
    assert pin(path, shipped) == []
    assert path.read_text() == before


def test_a_new_entry_stands_before_what_is_fetched(path: Path, entry: ModelEntry) -> None:
    pin(path, {"new": msgspec.structs.replace(entry, file="new.tflite", purpose="x: y")})
    found = read(path)
    assert found.models["new"].purpose == "x: y"
    assert list(found.models).index("new") < list(found.models).index("posenet-353x481")
    assert path.read_text().startswith(manifest_path().read_text().split("format:")[0])


def test_a_twin_stays_with_its_weights_and_goes_with_them(path: Path, entry: ModelEntry) -> None:
    file = path.parent / f"{TWIN}.tflite"
    file.write_bytes(b"compiled")
    pin(path, {NAME: msgspec.structs.replace(entry, edgetpu=TWIN), TWIN: twin_of(entry)})
    assert pin(path, {NAME: entry}) == [], "the same weights"
    assert read(path).models[NAME].edgetpu == TWIN
    other = msgspec.structs.replace(entry, sha256="2" * 64)
    assert pin(path, {NAME: other}) == [TWIN]
    assert read(path).models[NAME] == other
    assert TWIN not in read(path).models
    assert not file.exists()


def test_what_would_be_no_manifest_is_not_written(path: Path, entry: ModelEntry) -> None:
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="gone"):
        pin(path, {NAME: msgspec.structs.replace(entry, edgetpu="gone")})
    stale = msgspec.structs.replace(twin_of(entry), compiled_from="3" * 64)
    with pytest.raises(ConfigError, match="compile it again: tools/compile-edgetpu"):
        pin(path, {NAME: msgspec.structs.replace(entry, edgetpu=TWIN), TWIN: stale})
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["manifest.yaml"]


def test_the_digest_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert digest(tmp_path / "file") == (hashlib.sha256(b"abc").hexdigest(), 3)
