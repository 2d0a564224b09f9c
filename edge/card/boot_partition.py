"""Change the boot partition of a card or image file completely or not at all, without root and without mounting it.

All work is done on a copy. The changed blocks are written only once the copy is complete and reads back correctly.
"""

import contextlib
import errno
import mmap
import os
import shutil
import stat
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from edge.errors import ProvisionError

SECTOR = 512
"""Bytes of a disk sector."""
TABLE_AT, ENTRY, ENTRIES = 446, 16, 4
"""Master boot record: offset of the partition table, bytes per entry, number of entries."""
FAT_TYPES = (0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E)
"""Partition types of FAT12, FAT16 and FAT32."""
PROTECTIVE = 0xEE
"""Partition type that a GPT disk has in its first entry."""
XZ = b"\xfd7zXZ"
"""First bytes of an xz file."""
BLOCK = 1 << 20
"""Bytes compared and copied at a time."""


Say = Callable[[float], None]
"""Takes the share of the work that is done, from 0 to 1."""


class Partition(NamedTuple):
    """Place of a partition on its disk, in bytes."""

    offset: int
    size: int


class Boot:
    """A copy of a boot partition; reads and writes its files by name, such as `folder/file`."""

    def __init__(self, copy: Path, name: str, offset: int = 0) -> None:
        """`offset` is the start of the partition in `copy`, in bytes."""
        self._copy, self._name, self._offset = copy, name, offset

    def names(self) -> list[str]:
        """Return the names in the top folder, in lower case, as FAT ignores case."""
        listed = self._mtools("mdir", "-b", "::/").decode(errors="replace")
        return [line.removeprefix("::/").rstrip("/").lower() for line in listed.splitlines()]

    def read(self, name: str) -> bytes:
        return self._mtools("mcopy", "-n", f"::/{name}", "-")

    def unpack(self, names: Sequence[str], into: Path) -> None:
        """Copy those of the named files and folders that exist into a folder."""
        for name in set(names).intersection(self.names()):
            self._mtools("mcopy", "-s", "-n", "-Q", f"::/{name}", str(into))

    def wipe(self, name: str) -> None:
        """Overwrite every copy of the file's contents with zeros, as deleting a file leaves them on the card."""
        contents = self.read(name)
        with self._copy.open("r+b") as file, mmap.mmap(file.fileno(), 0) as every:
            at = every.find(contents) if contents else -1
            while at >= 0:
                every[at : at + len(contents)] = bytes(len(contents))
                at = every.find(contents, at)

    def delete(self, folder: str) -> None:
        self._mtools("mdeltree", f"::/{folder}")

    def write(self, files: Mapping[str, bytes | Path]) -> None:
        """Write the files, read them back and compare; raises ProvisionError if they differ."""
        with tempfile.TemporaryDirectory() as work:
            wanted, found = Path(work) / "wanted", Path(work) / "found"
            found.mkdir()
            _lay(files, wanted)
            self._mtools("mcopy", "-s", "-o", "-Q", *map(str, sorted(wanted.iterdir())), "::/")
            tops = sorted({name.split("/")[0] for name in files})
            self._mtools("mcopy", "-s", "-n", *(f"::/{top}" for top in tops), str(found))
            for name in files:
                if (found / name).read_bytes() != (wanted / name).read_bytes():
                    raise ProvisionError(
                        f"{self._name}: {name} reads back differently than it was written; use another card"
                    )

    def _mtools(self, program: str, *arguments: str) -> bytes:
        environment = os.environ | {"MTOOLSRC": os.devnull, "LC_ALL": "C"}
        command = (program, "-i", f"{self._copy}@@{self._offset}", *arguments)
        done = subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603 - a fixed program
        if done.returncode == 0:
            return done.stdout
        output = done.stderr.decode(errors="replace").strip().splitlines() or ["no output"]
        if any("Disk full" in line for line in output):
            raise ProvisionError(
                f"{self._name}: its boot partition is full; nothing was changed; flash Raspberry Pi OS again"
            )
        raise ProvisionError(
            f"{self._name}: its boot partition cannot be used; {program} said: {output[-1]}; "
            "flash Raspberry Pi OS onto it again"
        )


def need_mtools() -> None:
    """Raise ProvisionError if mtools is not installed."""
    if shutil.which("mcopy") is None:
        raise ProvisionError("mcopy, which reads and writes cards, is not installed: sudo apt install mtools")


def unpack(target: Path, names: Sequence[str], into: Path) -> None:
    """Copy the named files of `target`'s boot partition into a folder; only reads `target`; raises ProvisionError."""
    with _open(target, is_changed=False) as disk:
        partition = find_partition(disk, target)
    Boot(target, str(target), partition.offset).unpack(names, into)


@contextlib.contextmanager
def changing(target: Path, say: Say = lambda _: None) -> Iterator[Boot]:
    """Yield a copy of `target`'s boot partition, and write it back at the end unless an exception was raised.

    `say` takes the share of the work that is done, from 0 to 1: a third each to read, write and compare.
    Raises ProvisionError, and leaves `target` as it was, if it is not a card, is in use, or cannot be written.
    """
    need_mtools()
    with _open(target) as disk, tempfile.TemporaryDirectory() as work:
        partition = find_partition(disk, target)
        before, after = Path(work) / "before", Path(work) / "after"
        try:
            _copy_out(disk, partition, before, _third(say, 0))
        except OSError as err:
            raise ProvisionError(f"{target}: cannot be read ({err.strerror}); use another card") from err
        shutil.copyfile(before, after)
        yield Boot(after, str(target))
        try:
            _copy_in(disk, partition, before, after, _third(say, 1))
        except (OSError, KeyboardInterrupt) as err:
            with contextlib.suppress(OSError):
                _copy_in(disk, partition, after, before, _third(say, 1))
            raise ProvisionError(f"{target}: could not be written ({err}) and was restored; use another card") from err
        if not _is_same(disk, partition, after, _third(say, 2)):
            raise ProvisionError(
                f"{target}: reads back differently than written, so it is defective or a fake: use another card"
            )


def find_partition(disk: int, target: Path) -> Partition:
    """Return the first FAT partition of an open disk; raises ProvisionError if there is none."""
    first = os.pread(disk, SECTOR, 0)
    if first.startswith(XZ):
        raise ProvisionError(f"{target}: is compressed; unpack it first: xz --decompress --keep {target}")
    if len(first) < SECTOR or first[510:] != b"\x55\xaa":
        raise ProvisionError(f"{target}: has no partition table; flash Raspberry Pi OS onto it first")
    size = os.lseek(disk, 0, os.SEEK_END)
    for index in range(ENTRIES):
        entry = first[TABLE_AT + index * ENTRY : TABLE_AT + (index + 1) * ENTRY]
        kind, (start, length) = entry[4], struct.unpack("<II", entry[8:])
        if kind == PROTECTIVE:
            break
        if kind in FAT_TYPES:
            partition = Partition(start * SECTOR, length * SECTOR)
            if partition.offset + partition.size > size:
                raise ProvisionError(f"{target}: ends inside its boot partition: the copy is incomplete, copy it again")
            return partition
    raise ProvisionError(f"{target}: has no FAT boot partition in a DOS partition table; flash Raspberry Pi OS first")


@contextlib.contextmanager
def _open(target: Path, *, is_changed: bool = True) -> Iterator[int]:
    """Yield a file descriptor. A card opened for writing is refused while any of its partitions is mounted."""
    try:
        is_device = stat.S_ISBLK(target.stat().st_mode)
        flags = os.O_RDWR | (os.O_EXCL if is_device else 0) if is_changed else os.O_RDONLY
        disk = os.open(target, flags)
    except OSError as err:
        if err.errno == errno.EBUSY:
            raise ProvisionError(f"{target}: is mounted; unmount all of it first: umount {target}*") from err
        hint = "; give your user the right to it, or use sudo" if err.errno == errno.EACCES else ""
        raise ProvisionError(f"{target}: cannot be opened ({err.strerror}){hint}") from err
    try:
        yield disk
    finally:
        os.close(disk)


def _third(say: Say, number: int) -> Say:
    return lambda share: say((number + share) / 3)


def _copy_out(disk: int, partition: Partition, path: Path, say: Say) -> None:
    """Copy the partition to a sparse file."""
    with path.open("wb") as file:
        for at in range(0, partition.size, BLOCK):
            say(at / partition.size)
            block = os.pread(disk, min(BLOCK, partition.size - at), partition.offset + at)
            if any(block):
                file.seek(at)
                file.write(block)
        file.truncate(partition.size)


def _copy_in(disk: int, partition: Partition, old: Path, new: Path, say: Say) -> None:
    """Write the blocks that differ, last first: new data stay in free space until the tables at the front name them."""
    with old.open("rb") as was, new.open("rb") as is_now:
        for at in reversed(range(0, partition.size, BLOCK)):
            say(1 - at / partition.size)
            was.seek(at)
            is_now.seek(at)
            block = is_now.read(BLOCK)
            if block != was.read(BLOCK):
                _write_all(disk, block, partition.offset + at)
    os.fsync(disk)


def _write_all(disk: int, data: bytes, at: int) -> None:
    while data:
        written = os.pwrite(disk, data, at)
        data, at = data[written:], at + written


def _is_same(disk: int, partition: Partition, path: Path, say: Say) -> bool:
    """Compare with what the card itself returns, not with the kernel's cache."""
    os.posix_fadvise(disk, partition.offset, partition.size, os.POSIX_FADV_DONTNEED)
    with path.open("rb") as file:
        for at in range(0, partition.size, BLOCK):
            say(at / partition.size)
            if os.pread(disk, min(BLOCK, partition.size - at), partition.offset + at) != file.read(BLOCK):
                return False
    say(1.0)
    return True


def _lay(files: Mapping[str, bytes | Path], folder: Path) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, Path):
            path.symlink_to(data.resolve())
        else:
            path.write_bytes(data)
