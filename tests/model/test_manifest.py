"""models/manifest.yaml: what is pinned, and the error for each mistake."""

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.errors import ConfigError
from edge.model import manifest, registry


def test_the_shipped_manifest_is_whole() -> None:
    shipped = manifest.manifest()
    assert shipped.default == "spotter-305x545"
    assert shipped.models[shipped.default].is_shipped
    ours, upstream = shipped.models["spotter-353x481"], shipped.models["posenet-353x481"]
    assert ours.input == upstream.input
    assert upstream.edgetpu is not None
    assert shipped.models[upstream.edgetpu].accelerator == "edgetpu"
    for name, entry in shipped.models.items():
        assert bool(entry.strip) == name.startswith("posenet"), name
        assert entry.licence.startswith("Apache-2.0")


@pytest.mark.requires_clips
def test_the_shipped_manifest_agrees_with_the_files(shared_data: Path) -> None:
    for name, entry in manifest.manifest().models.items():
        path = registry.ready_path(name) if entry.is_shipped else shared_data / "models" / entry.file
        data = path.read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry.bytes, entry.sha256)


def shipped_with(change: Any) -> str:
    raw: dict[str, Any] = msgspec.to_builtins(manifest.manifest())
    change(raw)
    return json.dumps(raw)  # JSON is YAML


def _set(raw: dict[str, Any], key: str, value: object) -> None:
    raw["models"]["posenet-353x481"][key] = value


def _compile_from(raw: dict[str, Any], sha256: str) -> None:
    raw["models"]["posenet-353x481-edgetpu"]["compiled_from"] = sha256


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("models: [", "expected"),
        ("", "holds no settings"),
        ("- a", "Expected `object`"),
        ("format: 1\nformat: 1", "line 2, column 1: the key format stands on line 1 too"),
        ("\x00", "manifest.yaml"),
        (shipped_with(lambda raw: raw.update(colour=1)), "unknown field `colour`"),
        (shipped_with(lambda raw: raw.update(default="nothing")), "default: 'nothing'"),
        (shipped_with(lambda raw: raw.update(format=2)), r"\$\.format"),
        (shipped_with(lambda raw: _set(raw, "sha256", "abc")), r"\$\.models\[\.\.\.\]\.sha256"),
        (shipped_with(lambda raw: _set(raw, "bytes", 0)), r"\.bytes"),
        (shipped_with(lambda raw: _set(raw, "file", "../../etc/x.tflite")), r"\.file"),
        (shipped_with(lambda raw: _set(raw, "origin", "file:///etc/passwd")), r"\.origin"),
        (shipped_with(lambda raw: _set(raw, "stripped_sha256", None)), "posenet-353x481: strip and stripped"),
        (shipped_with(lambda raw: _set(raw, "edgetpu", "gone")), "twin 'gone' is not under models"),
        (shipped_with(lambda raw: _set(raw, "edgetpu", "coco-ssd")), "does not name it back"),
        (shipped_with(lambda raw: _set(raw, "cpu", "coco-ssd")), "found both"),
        (
            shipped_with(lambda raw: _compile_from(raw, "0" * 64)),
            "compiled_from: posenet-353x481 is db1b.*compile it again",
        ),
        (shipped_with(lambda raw: raw["models"].update({"a/b": raw["models"]["coco-ssd"]})), "manifest.yaml"),
    ],
)
def test_a_bad_manifest_names_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words) as caught:
        manifest.read(path)
    assert str(path) in str(caught.value)


def test_a_missing_manifest_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        manifest.read(tmp_path / "none.yaml")
