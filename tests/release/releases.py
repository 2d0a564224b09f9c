"""Small releases that install for real: the project's own files with a `spotter` that only prints its version."""

import ensurepip
import hashlib
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.release.install import FORMAT, MANIFEST, SIGNATURE, Release, read_release
from edge.release.signature import signature_of

ROOT = Path(__file__).parents[2]
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(32))
"""Signs every release made here; a site of a test may sign it again."""
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
BARE = (
    "__init__.py",
    "atomic_file.py",
    "errors.py",
    "masking.py",
    "places.py",
    *(f"{folder}/__init__.py" for folder in ("card", "provision", "release")),
    "card/first_boot.py",
    "provision/first_boot.py",
    "release/install.py",
)
"""Files of edge/ that first boot runs before anything is installed."""
STUB = """
import sys
def main():
    if sys.argv[1:3] == ["config", "check"]:
        return 2 if "colour:" in open(sys.argv[-1]).read() else 0
    print("spotter", "VERSION")
"""


def make_release(folder: Path, version: str = "0.1.0", pythons: Sequence[str] = (PYTHON,)) -> Release:
    """Make a signed release, by default for the Python of the tests, without the packages that spotting needs."""
    folder.mkdir(parents=True)
    wheels = [_wheel(folder, version), _pip(folder)]
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in wheels}
    manifest = {
        "format": FORMAT,
        "id": f"{version}-{next(iter(files.values()))[:8]}",
        "version": version,
        "made_at": 1_700_000_000,
        "model": "0" * 12,
        "recipe": "1" * 12,
        "config": "2" * 12,
        "pythons": {python: sorted(files) for python in pythons},
        "files": files,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest))
    sign(folder)
    return read_release(folder)


def sign(folder: Path) -> None:
    """Sign the manifest in that folder, by SIGNER."""
    (folder / SIGNATURE).write_bytes(signature_of((folder / MANIFEST).read_bytes(), SIGNER))


def _wheel(folder: Path, version: str) -> Path:
    name, info = f"exception_spotter-{version}", f"exception_spotter-{version}.dist-info"
    contents = {f"edge/{inside}": (ROOT / "edge" / inside).read_bytes() for inside in BARE}
    contents |= {
        f"{name}.data/data/share/exception-spotter/{path.relative_to(ROOT)}": path.read_bytes()
        for part in ("firmware-config", "systemd")
        for path in (ROOT / part).rglob("*")
        if path.is_file()
    }
    contents |= {
        "edge/cli.py": STUB.replace("VERSION", version).encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: exception-spotter\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": b"[console_scripts]\nspotter = edge.cli:main\n",
    }
    contents[f"{info}/RECORD"] = "".join(f"{inside},,\n" for inside in [*contents, f"{info}/RECORD"]).encode()
    path = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, data in contents.items():
            archive.writestr(inside, data)
    return path


def _pip(folder: Path) -> Path:
    places = (Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels"))
    found = [path for place in places for path in place.glob("pip-*.whl")]
    if not found:
        pytest.skip("no wheel of pip is here (apt install python3-pip-whl)")
    copy = folder / found[0].name
    copy.write_bytes(found[0].read_bytes())
    return copy
