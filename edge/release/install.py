"""Install a release from its folder. Standard library only: it runs from the wheel on a bare node.

/opt/spotter/incoming                    a copy of the release on a card or stick, while it is checked and installed
/opt/spotter/releases/ID/venv            one release; complete once manifest.json is beside it
/opt/spotter/current -> releases/ID      the release that the units run
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from edge import atomic_file
from edge.errors import ProvisionError
from edge.places import HOME

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FORMAT = 2
INCOMING = HOME / "incoming"
MOST_BYTES = 500_000_000
"""Largest file of a release that is copied; the largest wheel has some 60 MB."""

Check = Callable[[Path], None]
"""Checks the signature of the release in a folder; raises ProvisionError unless the node's site signed it."""
Run = Callable[[Sequence[str]], None]
"""Runs a program and waits for it; raises ProvisionError if it fails."""


class Release(NamedTuple):
    """A release's manifest.json: code, model, recipe and settings schema that belong together."""

    folder: Path
    id: str
    version: str
    made_at: int
    """When it was built, in seconds since 1970."""
    model: str
    """First 12 hex digits of the model's SHA-256."""
    recipe: str
    """Id of the recipe; baselines of another recipe cannot be used."""
    config: str
    """First 12 hex digits of the SHA-256 of node.yaml's schema."""
    pythons: Mapping[str, Sequence[str]]
    """Names of the wheels to install, by Python version."""
    files: Mapping[str, str]
    """SHA-256 of every file, by name."""


SHAPE = {
    **dict.fromkeys(("id", "version", "model", "recipe", "config"), ""),
    "made_at": 0,
    "pythons": {"*": [""]},
    "files": {"*": ""},
    "format": FORMAT,
}


def read_release(folder: Path) -> Release:
    """Read a release's manifest; raises ProvisionError if it is missing or of another format."""
    what_to_do = "make a release: spotter provision release"
    release = Release(folder, **read_record(folder / MANIFEST, SHAPE, what_to_do))
    packages = [{name.partition("-")[0] for name in wheels} for wheels in release.pythons.values()]
    if not all({"pip", "exception_spotter"} <= names for names in packages):
        raise ProvisionError(f"{folder / MANIFEST}: expected pip and exception_spotter for each Python; {what_to_do}")
    if not re.fullmatch(r"[\w+-][\w.+-]*", release.id):
        raise ProvisionError(f"{folder / MANIFEST}: id {release.id!r} is not a valid folder name; {what_to_do}")
    return release


def read_record(path: Path, shape: Mapping[str, Any], what_to_do: str) -> dict[str, Any]:
    """Return a JSON file of the given shape, without its `format`; raises ProvisionError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as err:
        raise ProvisionError(f"{path}: cannot be read ({err}); {what_to_do}") from err
    if not _fits(found, shape) or found.pop("format") != shape["format"]:
        raise ProvisionError(f"{path}: expected format {shape['format']} and its keys; {what_to_do}")
    return dict(found)


def _fits(value: object, shape: object) -> bool:
    """Return whether `value` has the types and keys of `shape`; the key `*` allows any file name inside its folder.

    >>> _fits({"sizes": {"a": 1}}, {"sizes": {"*": 0}}), _fits({"sizes": {"../a": 1}}, {"sizes": {"*": 0}})
    (True, False)
    """
    if isinstance(value, dict) and isinstance(shape, Mapping):
        if "*" in shape:
            return all(_is_inside(name) and _fits(inner, shape["*"]) for name, inner in value.items())
        return value.keys() == shape.keys() and all(_fits(value[key], inner) for key, inner in shape.items())
    if isinstance(value, list) and isinstance(shape, list):
        return all(_fits(inner, shape[0]) for inner in value)
    return type(value) is type(shape)


def _is_inside(name: str) -> bool:
    return bool(name) and name.isprintable() and not name.startswith("/") and ".." not in name.split("/")


def check_files(folder: Path, files: Mapping[str, str]) -> None:
    """Check every file against its SHA-256; raises ProvisionError naming the first that differs."""
    for name, what in damages(folder, files):
        raise ProvisionError(f"{folder / name}: {what}; copy it again")


def damages(folder: Path, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the name of every missing or changed file, and what is wrong with it."""
    for name, wanted in files.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as err:
            yield name, f"cannot be read ({err.strerror})"
            continue
        if found != wanted:
            yield name, f"is damaged (expected sha256 {wanted}, found {found})"


@contextlib.contextmanager
def copied(folder: Path, root: Path, check: Check) -> Iterator[Release]:
    """Copy a release to the node's own disk, check the copy, and yield it; it is deleted at the end.

    Each file is read once, so nothing changes if a stick answers otherwise the second time. Copies the manifest and
    its signature, then only the wheels for this Python. Raises ProvisionError, which names the original's folder.
    """
    into = root / INCOMING
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True, mode=0o700)
    try:
        yield _copy(folder, into, check)
    except ProvisionError as err:
        raise ProvisionError(str(err).replace(str(into), str(folder))) from err
    finally:
        shutil.rmtree(into, ignore_errors=True)


def _copy(folder: Path, into: Path, check: Check) -> Release:
    try:
        for name in (MANIFEST, SIGNATURE):
            _copy_file(folder / name, into / name)
        check(into)
        release = read_release(into)
        wheels = _wheel_names(release)
        needed, free = sum((folder / name).stat().st_size for name in wheels), shutil.disk_usage(into).free
        if needed > free:
            raise ProvisionError(f"{into.parent}: needs {needed / 1e6:.0f} MB, {free / 1e6:.0f} MB are free")
        for name in wheels:
            _copy_file(folder / name, into / name)
    except OSError as err:
        raise ProvisionError(
            f"{err.filename}: cannot be read ({err.strerror}); expected a signed release: "
            "spotter provision sign-release --site-dir DIR"
        ) from err
    check_files(into, {name: release.files[name] for name in wheels})
    return release


def _copy_file(path: Path, into: Path) -> None:
    with path.open("rb") as file, into.open("wb") as copy:
        left = MOST_BYTES
        while chunk := file.read(1 << 20):
            if (left := left - len(chunk)) < 0:
                raise ProvisionError(f"{path}: is larger than {MOST_BYTES / 1e6:.0f} MB; copy the release again")
            copy.write(chunk)


def install(release: Release, root: Path, run: Run) -> Path:
    """Install the release, unless it is there already; returns its folder under /opt/spotter/releases.

    pip refuses a wheel whose SHA-256 is not the manifest's. A virtual environment cannot be moved, so it is built in
    place, and counts once the manifest is beside it.
    """
    home = root / HOME / "releases" / release.id
    if (home / MANIFEST).exists():
        return home
    venv, wheels = home / "venv", wheels_for(release)
    pins = {path.name: release.files[path.name] for path in wheels}
    manifest = (release.folder / MANIFEST).read_bytes()
    check_files(release.folder, pins)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    pip = next(path for path in wheels if path.name.startswith("pip-"))
    wanted = home / "wheels.txt"
    wanted.write_text("".join(f"{path.absolute().as_uri()} --hash=sha256:{pins[path.name]}\n" for path in wheels))
    # picamera2 and libcamera come from Raspberry Pi OS; everything else comes from the release.
    run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", str(venv)])
    offline = ("--no-index", "--no-deps", "--ignore-installed", "--no-cache-dir", "--disable-pip-version-check")
    hashed = ("--require-hashes", "-r", str(wanted))
    run([str(venv / "bin" / "python"), f"{pip}/pip", "install", "--quiet", *offline, *hashed])
    wanted.unlink(missing_ok=True)
    run([str(venv / "bin" / "spotter"), "--version"])
    os.sync()
    atomic_file.write(home / MANIFEST, manifest, mode=0o644)
    return home


def is_older(release: Release, than: Release) -> bool:
    """Return whether the release has an earlier version, or the same and was built earlier."""
    one, other = ([int(part) for part in re.findall(r"\d{1,9}", found.version)] for found in (release, than))
    return (one, release.made_at) < (other, than.made_at)


def wheels_for(release: Release) -> list[Path]:
    """Return the paths of the wheels for this Python; raises ProvisionError if there are none, or one has no hash."""
    return [release.folder / name for name in _wheel_names(release)]


def _wheel_names(release: Release) -> Sequence[str]:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    if python not in release.pythons:
        known = ", ".join(release.pythons)
        raise ProvisionError(
            f"release {release.id}: has wheels for Python {known}, this node has {python}; build another release"
        )
    names = release.pythons[python]
    for name in names:
        if name not in release.files or Path(name).name != name:
            raise ProvisionError(f"release {release.id}: no SHA-256 is given for {name!r}; build another release")
    return names


def switch(root: Path, release_id: str) -> None:
    """Make the units run this release from their next start."""
    atomic_file.point(root / HOME / "current", f"releases/{release_id}")


def run_program(command: Sequence[str]) -> None:
    """Run a program; raises ProvisionError with its last line of output if it fails."""
    # This may run from the wheel on the card (PYTHONPATH), which an installed release must not use.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program
            command, capture_output=True, text=True, errors="replace", check=False, env=environment
        )
    except OSError as err:
        raise ProvisionError(f"{command[0]}: cannot be started ({err.strerror})") from err
    if done.returncode:
        output = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        raise ProvisionError(f"{' '.join(command[:4])} ...: exit code {done.returncode}: {output[-1]}")
