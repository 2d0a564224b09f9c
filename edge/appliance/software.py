"""The booth's software: one virtual environment for each release, and a link to the one that runs.

/opt/spotter/releases/booth-VERSION-HASH/venv    one release, complete once the file `complete` is beside it
/opt/spotter/current, previous                   links to the release that runs, and to the one before
"""

import hashlib
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from edge import __version__, atomic_file
from edge.appliance.machine import Machine
from edge.errors import ProvisionError

SOURCES = ("pyproject.toml", "README.md", "LICENSE", "edge", "models", "firmware-config", "systemd")
"""What a release is built from; models/fetched is not."""
COMPLETE = "complete"


def source() -> Path:
    """Return the checkout that this program runs from; raises ProvisionError if it is installed instead."""
    folder = Path(__file__).resolve().parents[2]
    if not (folder / "pyproject.toml").is_file():
        raise ProvisionError(
            f"{folder}: expected a checkout of the project, found installed software; run .venv/bin/spotter in the "
            "checkout whose version the booth is to run"
        )
    return folder


def release_id(folder: Path) -> str:
    """Return the id of the software in a checkout; equal files have equal ids."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return f"booth-{__version__}-{digest.hexdigest()[:12]}"


def _files(folder: Path) -> Iterable[Path]:
    for name in SOURCES:
        top = folder / name
        inside = sorted(top.rglob("*")) if top.is_dir() else [top]
        for path in inside:
            is_made = "__pycache__" in path.parts or (folder / "models/fetched") in (path, *path.parents)
            if path.is_file() and not is_made:
                yield path


def build(machine: Machine, folder: Path) -> Path:
    """Install the checkout as a release, unless it is complete already; returns its folder. Raises ProvisionError.

    pip downloads what the booth needs, or takes it from the folder of wheels in PIP_FIND_LINKS.
    """
    release = machine.home / "releases" / release_id(folder)
    if (release / COMPLETE).exists():
        return release
    shutil.rmtree(release, ignore_errors=True)
    release.mkdir(parents=True)
    with_files = release / "source"
    with_files.mkdir()
    for path in _files(folder):
        copy = with_files / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    machine.run(sys.executable, "-m", "venv", release / "venv")
    machine.run(release / "venv/bin/pip", "install", "--quiet", f"{with_files}[booth]")
    shutil.rmtree(with_files)
    atomic_file.write(release / COMPLETE, b"")
    return release


def switch(machine: Machine, release: Path) -> None:
    """Let the units run this release from their next start; `previous` then names the one that ran."""
    target = f"releases/{release.name}"
    if machine.current.is_symlink() and str(machine.current.readlink()) != target:
        atomic_file.point(machine.previous, str(machine.current.readlink()))
    atomic_file.point(machine.current, target)


def remove_old(machine: Machine) -> None:
    """Delete the booth's releases that are neither current nor previous."""
    kept = {link.resolve() for link in (machine.current, machine.previous) if link.exists()}
    for release in (machine.home / "releases").glob("booth-*"):
        if release.resolve() not in kept:
            shutil.rmtree(release, ignore_errors=True)
