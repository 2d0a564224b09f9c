"""A release's folder to an installed release. Standard library only: it runs from the wheel on a node that has nothing.

/opt/spotter/releases/ID/venv            one release, whole once its manifest.json lies beside it
/opt/spotter/current -> releases/ID      what the units run
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from edge.errors import ProvisionError
from edge.provision import durable

MANIFEST = "manifest.json"
FORMAT = 1
HOME = Path("opt/spotter")
"""Under the root of the file system."""

Run = Callable[[Sequence[str]], None]
"""Runs a program to its end; raises ProvisionError if it fails."""


class Release(NamedTuple):
    """What a release's manifest.json says: one set of code, network, recipe and settings that belong together."""

    folder: Path
    id: str
    version: str
    model: str
    """First 12 hex digits of the network's SHA-256."""
    recipe: str
    """Baselines of another recipe cannot be scored against."""
    config: str
    """First 12 hex digits of the SHA-256 of node.yaml's schema."""
    pythons: Mapping[str, Sequence[str]]
    """Wheels to install, by Python version."""
    files: Mapping[str, str]
    """SHA-256 of every file."""


def read_release(folder: Path) -> Release:
    """Raises ProvisionError for a manifest that is missing or not of this format."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise ProvisionError(f"{path}: is no release's manifest ({err}); make one: spotter provision release") from err
    keys = [name for name in Release._fields if name != "folder"]
    if not isinstance(found, dict) or found.pop("format", None) != FORMAT or sorted(found) != sorted(keys):
        raise ProvisionError(f"{path}: expected a manifest of format {FORMAT}; make it anew: spotter provision release")
    return Release(folder, **found)


def check_files(folder: Path, files: Mapping[str, str]) -> None:
    """Every byte against its SHA-256; raises ProvisionError naming the first file that is not what it was."""
    for name, wanted in files.items():
        path = folder / name
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as err:
            raise ProvisionError(f"{path}: cannot be read ({err.strerror}); write the card again") from err
        if found != wanted:
            raise ProvisionError(f"{path}: is damaged (expected sha256 {wanted}, found {found}); write the card again")


def install(release: Release, root: Path, run: Run) -> Path:
    """The release's folder under /opt/spotter/releases, whole; does nothing if it is there.

    A virtual environment cannot be moved, so it is made in its place and counts once the manifest lies beside it.
    """
    home = root / HOME / "releases" / release.id
    if (home / MANIFEST).exists():
        return home
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    if python not in release.pythons:
        known = ", ".join(release.pythons)
        raise ProvisionError(f"release {release.id}: has wheels for Python {known}, this node has {python}")
    check_files(release.folder, release.files)
    shutil.rmtree(home, ignore_errors=True)
    venv, wheels = home / "venv", [str(release.folder / name) for name in release.pythons[python]]
    pip = next(name for name in wheels if Path(name).name.startswith("pip-"))
    # picamera2 and libcamera are Raspberry Pi OS's own; everything else is ours, whatever the system has.
    run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", str(venv)])
    offline = ("--no-index", "--no-deps", "--ignore-installed", "--no-cache-dir", "--disable-pip-version-check")
    run([str(venv / "bin" / "python"), f"{pip}/pip", "install", "--quiet", *offline, *wheels])
    run([str(venv / "bin" / "spotter"), "--version"])
    os.sync()
    durable.write(home / MANIFEST, (release.folder / MANIFEST).read_bytes())
    return home


def switch(root: Path, release_id: str) -> None:
    """From now on the units run this release; a unit that runs goes on with what it has."""
    durable.point(root / HOME / "current", f"releases/{release_id}")


def run_program(words: Sequence[str]) -> None:
    """Raises ProvisionError with the last thing the program said."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    except OSError as err:
        raise ProvisionError(f"{words[0]}: cannot be started ({err.strerror})") from err
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise ProvisionError(f"{' '.join(words[:4])} ...: exit code {done.returncode}, and it said: {said[-1]}")
