"""Build a release from a checkout: a folder with every wheel an aarch64 board needs, and a manifest that pins them.

Nodes compile and download nothing. Building needs the internet, or PIP_FIND_LINKS. It takes exactly the wheels that
wheels-3.11.txt and wheels-3.13.txt name, each checked by its SHA-256 (lock.py).
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Sequence
from email.parser import HeaderParser
from pathlib import Path

import msgspec
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from rich.console import Console

from edge import __version__
from edge.config import DetectionSection, NodeConfig
from edge.errors import ProvisionError
from edge.model.manifest import checkout
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline
from edge.release import lock
from edge.release.install import FORMAT, MANIFEST, Release, read_release

PYTHONS = {"3.11": ("numpy<2",), "3.13": ()}
"""Python versions of Raspberry Pi OS bookworm and trixie, each with its constraints: bookworm's picamera2 loads a
simplejpeg that was compiled for numpy 1 and cannot be imported beside numpy 2."""
GLIBC = 36
"""Minor version of the oldest glibc on a node: 2.36, bookworm's."""
PLATFORMS = [f"manylinux_2_{minor}_aarch64" for minor in range(GLIBC, 16, -1)] + ["manylinux2014_aarch64"]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "edge", "models", "firmware-config", "systemd")
EPOCH = "315532800"
"""Time stamp of all files in a wheel, in seconds since 1970: 1980, the oldest a zip file allows. It makes equal files
give equal wheels."""


def build_release(out: Path, *, update_lock: bool = False) -> Release:
    """Build a release from this checkout in `out`, replacing any; raises ProvisionError, and then `out` stays as it is.

    `update_lock` takes the newest wheels that pyproject.toml allows, and writes them into the checkout's lock files.
    """
    source = checkout()
    if not (source / "pyproject.toml").exists():
        raise ProvisionError("a release is built from a checkout of the project: use .venv/bin/spotter there")
    out = out.resolve()
    if out.exists():
        read_release(out)  # raises for any other folder, which must not be deleted
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as work:
        new = Path(work) / "release"
        new.mkdir()
        pythons = collect(_build_wheel(source, new), new, source / lock.FOLDER, update_lock=update_lock)
        files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(new.iterdir())}
        digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
        release = Release(new, f"{__version__}-{digest[:8]}", __version__, int(time.time()), *_ids(), pythons, files)
        written = {"format": FORMAT, **release._asdict()}
        del written["folder"]
        (new / MANIFEST).write_text(json.dumps(written, indent=1) + "\n")
        if out.exists():
            out.rename(Path(work) / "old")
        new.rename(out)
    return read_release(out)


def missing(wheels: Iterable[Path], python: str) -> list[str]:
    """Return the requirements (markers applied) that no wheel meets on an aarch64 board with this Python."""
    usable = set(_tags(python))
    known = {}
    for wheel in wheels:
        name, version, _, tags = parse_wheel_filename(wheel.name)
        if tags & usable:
            known[name] = version, _requirements(wheel)
    environment = {key: str(value) for key, value in default_environment().items()}
    environment |= {"python_version": python, "python_full_version": f"{python}.0"}
    environment |= {"platform_machine": "aarch64", "sys_platform": "linux"}
    lacking, seen = [], set[tuple[str, str]]()
    todo = [(Requirement("exception-spotter"), ""), (Requirement("pip"), "")]
    while todo:
        wanted, extra = todo.pop()
        name = canonicalize_name(wanted.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found = known.get(name)
        if found is None or not wanted.specifier.contains(found[0], prereleases=True):
            lacking.append(f"{wanted} (found: {found[0] if found else 'none'})")
        for need in found[1] if found else []:
            if need.marker is None or need.marker.evaluate({**environment, "extra": extra}):
                todo += [(need, inner) for inner in ("", *need.extras)]
    return sorted(lacking)


def collect(own: Path, into: Path, locks: Path, *, update_lock: bool = False) -> dict[str, list[str]]:
    """Collect in `into` our wheel `own` and those that it needs; returns their names by Python version.

    Downloads what the lock files in `locks` name; with `update_lock` resolves the requirements and writes these files.
    """
    pythons, found = {}, dict[str, list[Path]]()
    with tempfile.TemporaryDirectory() as work:
        for python, constraints in PYTHONS.items():
            folder = Path(work) / python
            _download(own, python, folder, [] if update_lock else ["-r", str(lock.read(locks, python))], constraints)
            found[python] = sorted(wheel for wheel in folder.glob("*.whl") if wheel.name != own.name)
            if lacking := missing([own, *found[python]], python):
                raise ProvisionError(
                    f"no wheel for Python {python} on aarch64 of: {'; '.join(lacking)}; run spotter provision release "
                    "--update-lock, or add one to PIP_FIND_LINKS and then run it"
                )
        lock.check_alike(found)
        for python, wheels in found.items():
            if update_lock:
                lock.write(locks, python, wheels)
            pythons[python] = sorted(wheel.name for wheel in [own, *wheels])
            for wheel in wheels:
                shutil.move(wheel, into / wheel.name)
    return pythons


def _build_wheel(source: Path, into: Path) -> Path:
    """Build our wheel from a copy of the checkout, so that leftovers of older builds stay out."""
    with tempfile.TemporaryDirectory() as work:
        for name in SOURCES:
            if (source / name).is_dir():
                shutil.copytree(
                    source / name, Path(work) / name, ignore=shutil.ignore_patterns("__pycache__", "fetched")
                )
            else:
                shutil.copy(source / name, Path(work) / name)
        _pip("wheel", "--no-deps", "--wheel-dir", str(into), work)
    return next(into.glob("exception_spotter-*.whl"))


def _download(own: Path, python: str, into: Path, locked: Sequence[str], constraints: Sequence[str]) -> None:
    """Download the wheels of the lock file; without one, every wheel that ours needs on that Python, and pip."""
    arguments = ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}", f"--dest={into}"]
    arguments += [f"--platform={platform}" for platform in PLATFORMS]
    wanted = ["--no-deps", "--require-hashes", *locked] if locked else [str(own), "pip", *constraints]
    _pip("download", *arguments, *wanted)


def _pip(*arguments: str) -> None:
    environment = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
    program = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, "--quiet"]
    done = subprocess.run(program, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or [
            "ERROR: pip gave no reason"
        ]
        raise ProvisionError(
            f"pip {arguments[0]} failed: {errors[-1]}; it needs the internet, or the wheels of "
            "edge/release/wheels-*.txt in PIP_FIND_LINKS=DIR"
        )


def _ids() -> tuple[str, str, str]:
    """Return the ids of the model, the recipe and the settings schema of this code."""
    recipe = Pipeline(open_interpreter(DetectionSection()), NodeConfig()).recipe
    schema = json.dumps(msgspec.json.schema(NodeConfig), sort_keys=True)
    return recipe.model, recipe.id, hashlib.sha256(schema.encode()).hexdigest()[:12]


def _tags(python: str) -> list[Tag]:
    version = [int(part) for part in python.split(".")]
    interpreter = f"cp{python.replace('.', '')}"
    return [*cpython_tags(version, platforms=PLATFORMS), *compatible_tags(version, interpreter, PLATFORMS)]


def _requirements(wheel: Path) -> list[Requirement]:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        headers = HeaderParser().parsestr(archive.read(name).decode())
    return [Requirement(text) for text in headers.get_all("Requires-Dist", [])]


def run_release(out: Path, *, update_lock: bool) -> int:
    """Run `spotter provision release`."""
    with Console(stderr=True).status("building the wheel and downloading what it needs for aarch64"):
        release = build_release(out, update_lock=update_lock)
    size_mb = sum(path.stat().st_size for path in out.iterdir()) / 1e6
    print(f"{out}: release {release.id}, {len(release.files)} wheels, {size_mb:.0f} MB, Python {', '.join(PYTHONS)}")
    if update_lock:
        print(f"{lock.FOLDER}: lock files written; look at `git diff`, run tools/test --slow, and commit them")
    return 0
