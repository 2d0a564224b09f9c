"""Look into the system of a card or image file, without root and without mounting it: will it do for this node?

debugfs (e2fsprogs, part of every Debian) reads the ext4 partition behind the boot partition.
"""

import os
import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from edge.card.boot_partition import ENTRIES, ENTRY, SECTOR, TABLE_AT
from edge.site.settings import Network

LINUX = 0x83
"""Partition type of Linux file systems."""
PARTS = {
    "64-bit": ("/usr/lib/aarch64-linux-gnu/libc.so.6",),
    "picamera2": ("/usr/lib/python3/dist-packages/picamera2",),
    "NetworkManager": ("/usr/sbin/NetworkManager",),
    "mdns": ("/usr/sbin/avahi-daemon", "/usr/lib/aarch64-linux-gnu/libnss_mdns4_minimal.so.2"),
    "nft": ("/usr/sbin/nft",),
}
"""Files that show that a system has a part; all of them must be there."""
NAME, PYTHON = "/usr/lib/os-release", "/usr/bin/python3"
LITE = "Raspberry Pi OS Lite has none: flash Raspberry Pi OS (64-bit) with desktop"


class System(NamedTuple):
    """The system on a card."""

    name: str
    """As it calls itself, such as `Debian GNU/Linux 13 (trixie)`."""
    python: str
    """Version of its Python, such as 3.13; empty if it has none."""
    parts: frozenset[str]
    """Those of PARTS that it has."""


def look_inside(target: Path) -> System | None:
    """Return the system on an image file or device; None if there is no readable ext4, or no debugfs here."""
    program = shutil.which("debugfs", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    offset = _linux_at(target)
    if program is None or offset is None or "?" in str(target):
        return None
    questions = [f"stat {path}" for path in (PYTHON, *(path for paths in PARTS.values() for path in paths))]
    script = "\n".join([*questions, f"cat {NAME}", ""])
    words = [program, "-f", "-", f"{target}?offset={offset}"]
    environment = os.environ | {"LC_ALL": "C", "DEBUGFS_PAGER": "cat"}
    done = subprocess.run(words, input=script.encode(), capture_output=True, check=False, env=environment)  # noqa: S603
    said, complaints = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    lacking = set(re.findall(r"^(/\S+): File not found", complaints, re.MULTILINE))
    name = re.search(r'^PRETTY_NAME="?([^"\n]*)', said, re.MULTILINE)
    if name is None:
        return None  # no ext4, or no system on it
    python = re.search(r'link dest: "python(3\.\d+)"', said)
    parts = frozenset(part for part, paths in PARTS.items() if lacking.isdisjoint(paths))
    return System(name[1], python[1] if python else "", parts)


def unfit(system: System, source: str, network: Network) -> Iterator[str]:
    """Yield why the system will not do for a node with that camera and network, and what to do."""
    if "64-bit" not in system.parts:
        yield f"it holds {system.name}, which is not for 64 bits: flash Raspberry Pi OS (64-bit)"
        return
    if not system.python:
        yield f"it holds {system.name}, which has no Python 3: flash Raspberry Pi OS (64-bit)"
    if "picamera2" not in system.parts and source.startswith("picamera2"):
        yield (
            f"it holds {system.name} without picamera2, which the node's camera needs, and a node has no internet to "
            f"get it. {LITE}; or give the node a USB camera: "
            "spotter provision set NODE --site-dir DIR --source v4l2:/dev/video0"
        )
    if "NetworkManager" not in system.parts and network.wifi:
        yield f"it holds {system.name} without NetworkManager, which joins the Wi-Fi: flash Raspberry Pi OS (64-bit)"
    if "mdns" not in system.parts and network.booth.endswith(".local"):
        yield (
            f"it holds {system.name} without avahi-daemon and libnss-mdns, so the node could not find {network.booth}: "
            "flash Raspberry Pi OS (64-bit), or give the booth an address"
        )


def _linux_at(target: Path) -> int | None:
    """Return where the first Linux partition begins, in bytes; None if there is none."""
    try:
        with target.open("rb") as disk:
            first = disk.read(SECTOR)
    except OSError:
        return None
    for index in range(ENTRIES):
        entry = first[TABLE_AT + index * ENTRY : TABLE_AT + (index + 1) * ENTRY]
        if len(entry) == ENTRY and entry[4] == LINUX:
            return int(struct.unpack("<I", entry[8:12])[0]) * SECTOR
    return None
