"""The exact wheels of a release: one pip requirements file per Python version, with the SHA-256 of every wheel.

pip refuses a file with another hash (`--require-hashes`). On the node, the signed manifest pins the same files.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.utils import parse_wheel_filename

from edge import atomic_file
from edge.errors import ProvisionError

FOLDER = Path("edge/release")
"""Where the lock files lie in a checkout."""
ALIKE = ("opencv-python-headless", "ai-edge-litert")
"""Packages that decide what a picture counts as: one version for all Pythons. OpenCV 4.11 and 5.0 count the same photos
differently. numpy may differ: 1.26 (for bookworm's picamera2) and 2.4 count 200 photos alike, byte by byte."""
HEAD = "# Wheels of a release for Python {python}; written by `spotter provision release --update-lock`.\n"


def read(folder: Path, python: str) -> Path:
    """Return the path of the lock file for that Python; raises ProvisionError if there is none."""
    if not (path := _path(folder, python)).exists():
        raise ProvisionError(f"{path}: is missing; write it: spotter provision release --update-lock")
    return path


def write(folder: Path, python: str, wheels: Iterable[Path]) -> None:
    """Write the lock file for that Python: name, version and hash of each wheel, one a line."""
    lines = sorted(_line(wheel) for wheel in wheels)
    atomic_file.write(_path(folder, python), (HEAD.format(python=python) + "".join(lines)).encode())


def check_alike(wheels: Mapping[str, Iterable[Path]]) -> None:
    """Raise ProvisionError if the wheels, by Python version, hold different versions of a package in ALIKE."""
    versions: dict[str, dict[str, str]] = {name: {} for name in ALIKE}
    for python, paths in wheels.items():
        for path in paths:
            name, version, *_ = parse_wheel_filename(path.name)
            if name in versions:
                versions[name][python] = str(version)
    for package, found in versions.items():
        if len(set(found.values())) > 1:
            listed = ", ".join(f"{version} for Python {python}" for python, version in found.items())
            raise ProvisionError(
                f"{package}: expected one version, so that all nodes count alike, found {listed}; narrow it in "
                "pyproject.toml, then run: spotter provision release --update-lock"
            )


def _path(folder: Path, python: str) -> Path:
    return folder / f"wheels-{python}.txt"


def _line(wheel: Path) -> str:
    name, version, *_ = parse_wheel_filename(wheel.name)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
