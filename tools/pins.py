"""Writes entries of models/manifest.yaml for the tools that make models; everything else in it stays as it is."""

import hashlib
import re
from pathlib import Path

import msgspec
import yaml

from edge.model.manifest import Manifest, ModelEntry, read

ORDER = (
    *("file", "origin", "licence", "sha256", "bytes", "input", "quantization", "role", "purpose"),
    *("edgetpu", "cpu", "compiled_from", "strip", "stripped_sha256"),
)


def digest(path: Path) -> tuple[str, int]:
    """Return the SHA-256 and the size in bytes of a file."""
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest(), len(content)


def pin(manifest: Path, entries: dict[str, ModelEntry]) -> list[str]:
    """Write or replace these entries; returns the names of the Edge TPU twins that were dropped.

    A twin is dropped, with its file, if the weights it was compiled from are replaced by others. Raises ConfigError,
    and
    leaves the file alone, if the result would not be a valid manifest.
    """
    before, text = read(manifest), manifest.read_text(encoding="utf-8")
    dropped = [twin for name in entries if (twin := _stale_twin(name, entries, before))]
    for name, entry in entries.items():
        kept = before.models[name].edgetpu if name in before.models else None
        twin = entry.edgetpu or (None if kept in dropped else kept)
        text = _with(text, name, msgspec.structs.replace(entry, edgetpu=twin), before)
    for name in dropped:
        text = _without(text, name)
    new = manifest.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    try:
        read(new)
    except Exception:
        new.unlink()
        raise
    for name in dropped:
        (manifest.parent / before.models[name].file).unlink(missing_ok=True)
    new.replace(manifest)
    return dropped


def _stale_twin(name: str, entries: dict[str, ModelEntry], before: Manifest) -> str | None:
    old = before.models.get(name)
    if old is None or old.edgetpu is None or old.edgetpu in entries or old.sha256 == entries[name].sha256:
        return None
    return old.edgetpu


def _with(text: str, name: str, entry: ModelEntry, before: Manifest) -> str:
    """Replace the entry where it stands; a new one goes before the first model that is fetched."""
    plain = {key: value for key in ORDER if (value := msgspec.to_builtins(entry)[key]) not in (None, "")}
    lines = yaml.safe_dump(plain, default_flow_style=None, sort_keys=False, width=1000).splitlines()
    block = f"  {name}:\n" + "".join(f"    {line}\n" for line in lines)
    if found := _block(text, name):
        return text[: found.start()] + block + text[found.end() :]
    fetched = next((other for other, one in before.models.items() if not one.is_shipped), None)
    place = _block(text, fetched) if fetched else None
    at = place.start() if place else len(text)
    return text[:at] + block + text[at:]


def _without(text: str, name: str) -> str:
    found = _block(text, name)
    return text[: found.start()] + text[found.end() :] if found else text


def _block(text: str, name: str) -> re.Match[str] | None:
    return re.search(rf"^  {re.escape(name)}:\n(?:    .*\n)+", text, re.MULTILINE)
