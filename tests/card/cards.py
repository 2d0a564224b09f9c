"""Image files like those of Raspberry Pi OS: a partition table, a FAT boot partition, and a partition behind it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SECTOR, START = 512, 8192
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"
CONFIG = "# Raspberry Pi OS\ndtparam=audio=on\n\n[all]\n"
CMDLINE = "console=serial0,115200 console=tty1 root=PARTUUID=35684e8a-02 rootfstype=ext4 fsck.repair=yes rootwait\n"
BEHIND = b"root file system"


def make_card(
    path: Path, *, size_mb: int = 40, files: dict[str, str] | None = None, has_cloud_init: bool = True
) -> Path:
    """Make a flashed card that never booted."""
    for program in ("sfdisk", "mkfs.vfat", "mcopy"):
        if shutil.which(program, path=PATH) is None:
            pytest.skip(f"{program} is not here (apt install mtools dosfstools fdisk)")
    if files is None:
        files = {"config.txt": CONFIG, "cmdline.txt": CMDLINE, "kernel8.img": "kernel"}
        files |= dict.fromkeys(("user-data", "meta-data", "network-config"), "# empty\n") if has_cloud_init else {}
    sectors = size_mb * 2048
    with path.open("wb") as file:
        file.truncate((START + sectors + 2048) * SECTOR)
        file.seek((START + sectors) * SECTOR)
        file.write(BEHIND)
    table = f"label: dos\n{START},{sectors},c\n{START + sectors},2048,83\n"
    _run("sfdisk", "-q", str(path), stdin=table)
    _run(
        "mkfs.vfat",
        "-F",
        "32",
        "-S",
        "512",
        "-s",
        "1",
        "-n",
        "bootfs",
        "--offset",
        str(START),
        str(path),
        str(sectors // 2),
    )
    for name, text in files.items():
        _run("mcopy", "-i", f"{path}@@{START * SECTOR}", "-", f"::/{name}", stdin=text)
    return path


def read(card: Path, name: str) -> bytes:
    """Read a file from the card with mtools."""
    return _run("mcopy", "-n", "-i", f"{card}@@{START * SECTOR}", f"::/{name}", "-")


def names(card: Path) -> list[str]:
    """Return the names of all files on the card."""
    listed = _run("mdir", "-/", "-b", "-i", f"{card}@@{START * SECTOR}", "::/").decode().split()
    return sorted(name.removeprefix("::/") for name in listed if not name.endswith("/"))


def unpack(card: Path, folder: Path) -> Path:
    """Unpack the boot partition as the node finds it under /boot/firmware."""
    folder.mkdir()
    _run("mcopy", "-s", "-n", "-i", f"{card}@@{START * SECTOR}", "::/*", str(folder))
    return folder


def is_sound(card: Path, folder: Path) -> bool:
    """Check the boot partition with fsck."""
    part = folder / "part.img"
    data = card.read_bytes()
    part.write_bytes(data[START * SECTOR : data.rindex(BEHIND)])
    done = subprocess.run(["fsck.vfat", "-n", part], env={"PATH": PATH}, capture_output=True, text=True, check=False)
    return done.returncode == 0


def _run(*words: str, stdin: str = "") -> bytes:
    done = subprocess.run(
        words, input=stdin.encode(), capture_output=True, check=False, env={"PATH": PATH, "MTOOLSRC": "/dev/null"}
    )
    assert done.returncode == 0, f"{words}: {done.stderr.decode()}"
    return done.stdout
