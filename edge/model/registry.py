"""Find a model by name and return the path of its verified file.

`models/manifest.yaml` lists the models (manifest.py). A folder holds the downloaded ones (download.py) as
`<name>.tflite`, already stripped (remove_operator.py). A file runs only if it matches its SHA-256 in the manifest.

The `run_` functions are the commands `spotter models list|fetch|verify`; they return the exit code and let
EdgeError pass to the command line, which prints it.
"""

import functools
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from edge.errors import ConfigError, ModelError
from edge.model.download import OnProgress, bring
from edge.model.manifest import Accelerator, ModelEntry, checkout, manifest, manifest_path

HOW_TO_FETCH = "run `spotter models fetch` (offline: `spotter models fetch --mirror DIR`)"

ON = {"cpu": "CPU", "edgetpu": "Edge TPU"}

REINSTALL = "it comes with the product: install it again"


class Used(msgspec.Struct, frozen=True):
    """The model file that this node uses, and why."""

    name: str
    """Name of the file that runs: the twin's on an Edge TPU."""
    accelerator: Accelerator
    why: str


class Verdict(msgspec.Struct, frozen=True):
    """The result of verifying one model file."""

    name: str
    path: str
    state: Literal["ok", "missing", "damaged"]
    detail: str = ""


def folder() -> Path:
    """Return the folder of downloaded models: $SPOTTER_MODELS, the checkout's models/fetched, or the user's cache."""
    if named := os.environ.get("SPOTTER_MODELS"):
        return Path(named)
    if (checkout() / "models" / "manifest.yaml").exists():
        return checkout() / "models" / "fetched"
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError as err:
        raise ModelError("there is no home folder to keep models in: set SPOTTER_MODELS to a folder") from err
    return cache / "exception-spotter" / "models"


def chosen(names: Sequence[str]) -> dict[str, ModelEntry]:
    """Return the entries with these names; all for `all`; without names those that a node may run."""
    known = manifest().models
    if not names:
        return {name: entry for name, entry in known.items() if entry.role == "pose"}
    if "all" in names:
        return known
    return {name: _entry(name) for name in names}


def ready_path(name: str) -> Path:
    """Return the path of a model's ready file, existing or not; a shipped one is beside the manifest."""
    entry = manifest().models.get(name)
    if entry is not None and entry.is_shipped:
        return manifest_path().parent / entry.file
    return folder() / f"{name}.tflite"


def model_path(name: str | None = None, *, accelerator: Accelerator = "cpu") -> Path:
    """Return the path of a ready file, its hash checked once per process; raises ModelError if there is none.

    `name` is the CPU's model (None: the default); `accelerator="edgetpu"` returns its twin.
    """
    name = name or manifest().default
    if accelerator == "edgetpu":
        name = twin_of(name)
    entry, path = _entry(name), ready_path(name)
    _check_once(name, path, entry.ready_sha256, REINSTALL if entry.is_shipped else HOW_TO_FETCH)
    return path


def twin_of(name: str) -> str:
    """Return the name of a CPU model's twin for the Edge TPU; raises ModelError if it has none."""
    entry = _entry(name)
    if entry.accelerator == "edgetpu":
        return name
    if entry.edgetpu is None:
        others = ", ".join(other for other, one in chosen(()).items() if one.edgetpu)
        raise ModelError(
            f"model {name} has no Edge TPU twin in {manifest_path()}: compile one (tools/compile-edgetpu {name}), "
            f"or set accelerator: cpu, or model: {others}"
        )
    return entry.edgetpu


def no_twin(name: str) -> str:
    """Return why a CPU model cannot run on an Edge TPU, for the technician; empty if its twin is here and intact."""
    twin = _entry(name).edgetpu
    if twin is None:
        return f"{name} has no Edge TPU twin (tools/compile-edgetpu {name} makes one)"
    verdict = verify([twin])[0]
    return "" if verdict.state == "ok" else f"its twin {twin} is {verdict.state}"


def check_model(name: str, path: Path) -> None:
    """Raise ModelError unless the file is exactly the one pinned under that name."""
    entry = _entry(name)
    _check(name, path, entry.ready_sha256, REINSTALL if entry.is_shipped else HOW_TO_FETCH)


def fetch(
    names: Sequence[str] = (), *, mirror: Path | None = None, on_progress: OnProgress | None = None
) -> list[Path]:
    """Return the ready files of the models, downloading those that are missing or damaged."""
    if mirror is not None and not mirror.is_dir():
        raise ModelError(f"--mirror {mirror}: expected a folder with the model files; no such folder")
    paths = []
    for name, entry in chosen(names).items():
        path = ready_path(name)
        if entry.is_shipped:
            _check(name, path, entry.ready_sha256, REINSTALL)
        elif _verdict(name, path, entry.ready_sha256).state != "ok":
            bring(name, entry, path, mirror=mirror, on_progress=on_progress)
        paths.append(path)
    return paths


def verify(names: Sequence[str] = ()) -> list[Verdict]:
    """Check the files of these models against the manifest; without names, all files here and the default's."""
    entries = chosen(names or ["all"])
    paths = {name: ready_path(name) for name in entries}
    return [
        _verdict(name, paths[name], entry.ready_sha256)
        for name, entry in entries.items()
        if names or name == manifest().default or paths[name].exists()
    ]


def run_list(used: Used, *, json: bool = False) -> int:
    """Run `spotter models list`: print the known models, which are here, and which this node uses."""
    states = {verdict.name: verdict.state for verdict in verify(["all"])}
    rows = [_row(name, entry, states[name]) for name, entry in manifest().models.items()]
    if json:
        answer = {"folder": str(folder()), "default": manifest().default, "this_node": used, "models": rows}
        _print_json(answer)
        return 0
    from rich.console import Console  # noqa: PLC0415  a node that runs never prints
    from rich.table import Column, Table  # noqa: PLC0415

    table = Table(Column("  model", no_wrap=True), "input", "size", "on", "here", "what for", box=None)
    for row in rows:
        mark = "* " if row["name"] == used.name else "  "
        table.add_row(f"{mark}{row['name']}", *(str(row[key]) for key in ("input", "size", "on", "state", "purpose")))
    console = Console()
    console.print(table)
    console.print(f"* this node: {used.name} on the {ON[used.accelerator]}: {used.why}", soft_wrap=True)
    console.print(f"default: {manifest().default}; downloaded models are in {folder()}", soft_wrap=True)
    return 0


def run_fetch(names: Sequence[str] = (), mirror: Path | None = None, *, quiet: bool = False) -> int:
    """Run `spotter models fetch`: download the missing models."""
    from rich.console import Console  # noqa: PLC0415  as above
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        bars = {name: progress.add_task(name, total=entry.bytes) for name, entry in chosen(names).items()}

        def show(name: str, done: int, _total: int) -> None:
            progress.update(bars[name], completed=done)

        paths = fetch(names, mirror=mirror, on_progress=show)
        for path in paths:
            progress.update(bars[path.stem], completed=manifest().models[path.stem].bytes)
    if not quiet:
        print(f"{len(paths)} models ready in {folder()}")
    return 0


def run_verify(names: Sequence[str] = (), *, json: bool = False) -> int:
    """Run `spotter models verify`: 0 if every model is intact, else 1."""
    verdicts = verify(names)
    is_good = all(verdict.state == "ok" for verdict in verdicts)
    if json:
        _print_json({"ok": is_good, "models": verdicts})
        return 0 if is_good else 1
    for verdict in verdicts:
        print(f"{verdict.state:8} {verdict.name}  {verdict.path} {verdict.detail}".rstrip())
    if not is_good:
        print(HOW_TO_FETCH, file=sys.stderr)
    return 0 if is_good else 1


def _row(name: str, entry: ModelEntry, state: str) -> dict[str, object]:
    return {
        "name": name,
        "role": entry.role,
        "purpose": entry.purpose,
        "accelerator": entry.accelerator,
        "on": ON[entry.accelerator].removeprefix("Edge "),
        "input": f"{entry.input.height}x{entry.input.width}",
        "size": f"{entry.bytes / 1e6:.1f} MB",
        "bytes": entry.bytes,
        "licence": entry.licence,
        "sha256": entry.ready_sha256,
        "state": state,
    }


def _print_json(answer: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())


def _check(name: str, path: Path, sha256: str, what_to_do: str) -> None:
    verdict = _verdict(name, path, sha256)
    if verdict.state != "ok":
        found = f"{path} is {verdict.state} {verdict.detail}".rstrip()
        raise ModelError(f"model {name}: {found}; {what_to_do}")


_check_once = functools.cache(_check)


def _verdict(name: str, path: Path, sha256: str) -> Verdict:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return Verdict(name, str(path), "missing")
    except OSError as err:
        return Verdict(name, str(path), "damaged", f"(unreadable: {err.strerror})")
    if found != sha256:
        return Verdict(name, str(path), "damaged", f"(expected sha256 {sha256}, found {found})")
    return Verdict(name, str(path), "ok")


def _entry(name: str) -> ModelEntry:
    known = manifest().models
    if name not in known:
        raise ConfigError(f"no model is called {name!r}; {manifest_path()} has: {', '.join(known)}")
    return known[name]
