"""Update from a USB stick that was plugged in; run as root by spotter-stick@.service, which udev starts."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.config import NodeConfig, load
from edge.errors import ProvisionError
from edge.places import ETC
from edge.release.install import MANIFEST, read_release
from edge.release.update import Update
from edge.updates.progress import Report
from edge.wire_update import STICK

FOLDER = Path("run/spotter-stick")
"""Where a stick is mounted, for the unit alone."""
OPTIONS = "ro,nosuid,nodev,noexec"
KINDS = "vfat,exfat"
"""File systems of sticks; others have drivers that trust what they read."""
LABEL = "SPOTTER"
"""Label of the sticks that udev starts the unit for (firmware-config/stick.rules)."""


def update_from_stick(folder: Path, root: Path, update: Update) -> tuple[bool, str]:
    """Try the newest release in `folder`, a mounted stick; returns whether it runs now, and what happened.

    Raises EdgeError if it holds none, or the release is refused; the node's health and the booth's page say so too.
    """
    report = Report(root, load(root / ETC / "node.yaml", NodeConfig).node, STICK)

    def work() -> tuple[bool, str]:
        release = find_release(folder)
        report.say("trying")
        return update.apply(release)

    return report.run(work)


def find_release(folder: Path) -> Path:
    """Return the newest of the releases in `folder` and its sub-folders; raises ProvisionError if there is none."""
    found = [path.parent for path in [folder / MANIFEST, *folder.glob(f"*/{MANIFEST}")] if path.is_file()]
    if not found:
        raise ProvisionError(
            f"{folder}: holds no release, so {MANIFEST} cannot be read; copy the folder of a signed release onto it"
        )
    return max(found, key=lambda path: read_release(path).made_at)


@contextmanager
def mounted(device: Path, root: Path) -> Iterator[Path]:
    """Mount the device to read alone, in the unit's own name space; raises ProvisionError."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _run("mount", "-t", KINDS, "-o", OPTIONS, str(device), str(folder))
    try:
        yield folder
    finally:
        _run("umount", str(folder))


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - fixed programs
    if done.returncode:
        raise ProvisionError(f"{' '.join(words)}: {done.stderr.strip()}; write the stick again, as FAT or exFAT")
