"""Prepares, as a technician does, a site for the emulated board: its node's card, and a stick with releases."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from edge import __version__
from edge.model.manifest import checkout
from edge.release.build import SOURCES
from tools.emulation.board import BOOTH, BoardError, make_stick

SITE, NODE, ADDRESS, LAPTOP = "emulated", "camera-1", "192.168.50.11/24", "desk-1"
SOURCE = "street:8?cameras=1&fps=2&rate=12"
"""Simulated camera; its first walkers have left the picture after frames 4 and 15."""
NEXT_VERSION, LAST_VERSION = f"{__version__}.post1", f"{__version__}.post2"
"""Versions of the release on the stick, and of the one that the booth pushes."""


def provision(site: Path, card: Path, flashed: Path, port: int) -> None:
    """Provision the site as a technician does, except that the camera is simulated and takes as long as it needs."""
    about = ("--who", "Boot test", "--purpose", "to see whether a card boots", "--contact", "nobody@example.org")
    _spotter("site", site, "--site", SITE, "--booth", BOOTH, "--port", port, *about, "--keep-days", 1)
    _spotter("laptop", LAPTOP, "--site-dir", site)
    _spotter("node", NODE, "--site-dir", site, "--facing", 315, "--address", ADDRESS, "--source", SOURCE)
    settings = site / "nodes" / NODE / "node.yaml"
    settings.write_text(settings.read_text().replace("  source:", "  pace: fast\n  source:"))
    subprocess.run(["cp", "--sparse=always", flashed, card], check=True)
    _spotter("release", "--release", site.with_name("release"))
    _spotter("image", NODE, "--site-dir", site, "--image", card, "--release", site.with_name("release"))


def write_stick(folder: Path, site: Path, stick: Path) -> None:
    """Write a stick with the card's release and its successor; make the one to push, in `release-last`. All signed."""
    releases = {"first": folder / "release", "next": folder / "release-next"}
    for version, release in ((NEXT_VERSION, releases["next"]), (LAST_VERSION, folder / "release-last")):
        _spotter("release", "--release", release, checkout=_successor(folder / "successor", version))
    for release in (*releases.values(), folder / "release-last"):
        _spotter("sign-release", "--site-dir", site, "--release", release)
    make_stick(stick, releases | {"twins": twin_runs(folder / "twins")})


def twin_runs(folder: Path) -> Path:
    """Make a folder with the twin runs of tests/privacy as a zip file that Python can run: `tests.zip`."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("", "node", "privacy"):
        sources = folder / "all/tests" / part
        sources.mkdir(parents=True, exist_ok=True)
        for module in (checkout() / "tests" / part).glob("*.py"):
            shutil.copy(module, sources)
    shutil.make_archive(str(folder / "tests"), "zip", folder / "all")
    shutil.rmtree(folder / "all")
    return folder


def _successor(folder: Path, version: str) -> Path:
    """Copy the checkout with another version, which is all that differs."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in SOURCES:
        source = checkout() / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    init = folder / "edge/__init__.py"
    init.write_text(init.read_text().replace(f'"{__version__}"', f'"{version}"'))
    return folder


def _spotter(*words: str | int | Path, checkout: Path | None = None) -> None:
    print(f"spotter provision {' '.join(map(str, words))}", flush=True)
    program = [sys.executable, "-P", "-m", "edge.cli", "provision", *map(str, words)]
    environment = None if checkout is None else {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        program, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BoardError(f"spotter provision {words[0]} said: {done.stderr.strip()}")
