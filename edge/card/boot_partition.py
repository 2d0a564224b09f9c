"""The boot partition of a card or an image file, changed as a whole or not at all, without root and without mounting.

All work is done on a copy. Only when the copy holds everything and reads back right are the blocks that differ written.
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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from edge.errors import ProvisionError

SECTOR = 512
TABLE_AT, ENTRY, ENTRIES = 446, 16, 4
"""Of a master boot record: where its partition table is; bytes of an entry; entries."""
FAT_TYPES = (0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E)
PROTECTIVE = 0xEE
"""A GPT disk says so in its first entry."""
XZ = b"\xfd7zXZ"
BLOCK = 1 << 20


class Partition(NamedTuple):
    """In bytes."""

    offset: int
    size: int


class Boot:
    """A copy of a boot partition to read and write by name; `a/b` are folders."""

    def __init__(self, copy: Path, name: str, offset: int = 0) -> None:
        """`offset`: where in `copy` the partition begins, in bytes."""
        self._copy, self._name, self._offset = copy, name, offset

    def names(self) -> list[str]:
        """Of its top folder, in lower case: FAT knows no other."""
        listed = self._mtools("mdir", "-b", "::/").decode(errors="replace")
        return [line.removeprefix("::/").rstrip("/").lower() for line in listed.splitlines()]

    def read(self, name: str) -> bytes:
        return self._mtools("mcopy", "-n", f"::/{name}", "-")

    def unpack(self, names: Sequence[str], into: Path) -> None:
        """Those of its files and folders that are there."""
        for name in set(names).intersection(self.names()):
            self._mtools("mcopy", "-s", "-n", "-Q", f"::/{name}", str(into))

    def wipe(self, name: str) -> None:
        """Zeros instead of its contents, wherever these are: deleting alone leaves them where they were."""
        contents = self.read(name)
        with self._copy.open("r+b") as file, mmap.mmap(file.fileno(), 0) as every:
            at = every.find(contents) if contents else -1
            while at >= 0:
                every[at : at + len(contents)] = bytes(len(contents))
                at = every.find(contents, at)

    def delete(self, folder: str) -> None:
        self._mtools("mdeltree", f"::/{folder}")

    def write(self, files: Mapping[str, bytes | Path]) -> None:
        """All of them, read back and compared."""
        with tempfile.TemporaryDirectory() as work:
            wanted, found = Path(work) / "wanted", Path(work) / "found"
            found.mkdir()
            _lay(files, wanted)
            self._mtools("mcopy", "-s", "-o", "-Q", *map(str, sorted(wanted.iterdir())), "::/")
            tops = sorted({name.split("/")[0] for name in files})
            self._mtools("mcopy", "-s", "-n", *(f"::/{top}" for top in tops), str(found))
            for name in files:
                if (found / name).read_bytes() != (wanted / name).read_bytes():
                    raise ProvisionError(f"{self._name}: {name} did not read back as it was written; take another card")

    def _mtools(self, program: str, *words: str) -> bytes:
        environment = os.environ | {"MTOOLSRC": os.devnull, "LC_ALL": "C"}
        words = (program, "-i", f"{self._copy}@@{self._offset}", *words)
        done = subprocess.run(words, capture_output=True, check=False, env=environment)  # noqa: S603 - our own words
        if done.returncode == 0:
            return done.stdout
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["nothing"]
        if any("Disk full" in line for line in said):
            raise ProvisionError(f"{self._name}: its boot partition is too small or too full; nothing was changed")
        raise ProvisionError(
            f"{self._name}: its boot partition cannot be used; {program} said: {said[-1]}; "
            "flash Raspberry Pi OS onto it again"
        )


def need_mtools() -> None:
    """Raises ProvisionError."""
    if shutil.which("mcopy") is None:
        raise ProvisionError("mcopy is not here; it reads and writes cards: sudo apt install mtools")


def unpack(target: Path, names: Sequence[str], into: Path) -> None:
    """What of these names is on the boot partition of `target`, which is only read; raises ProvisionError."""
    with _open(target, is_changed=False) as disk:
        partition = find_partition(disk, target)
    Boot(target, str(target), partition.offset).unpack(names, into)


@contextlib.contextmanager
def changing(target: Path) -> Iterator[Boot]:
    """The boot partition of `target` as a copy, which takes its place at the end if nothing was raised.

    Raises ProvisionError, and leaves `target` as it was, for what is no card, in use, or fails.
    """
    need_mtools()
    with _open(target) as disk, tempfile.TemporaryDirectory() as work:
        partition = find_partition(disk, target)
        before, after = Path(work) / "before", Path(work) / "after"
        try:
            _copy_out(disk, partition, before)
        except OSError as err:
            raise ProvisionError(f"{target}: cannot be read ({err.strerror}); take another card") from err
        shutil.copyfile(before, after)
        yield Boot(after, str(target))
        try:
            _copy_in(disk, partition, before, after)
        except (OSError, KeyboardInterrupt) as err:
            with contextlib.suppress(OSError):
                _copy_in(disk, partition, after, before)
            raise ProvisionError(f"{target}: could not be written ({err}) and was put back; take another card") from err
        if not _is_same(disk, partition, after):
            raise ProvisionError(f"{target}: reads other than was written; it is worn out or a fake: take another card")


def find_partition(disk: int, target: Path) -> Partition:
    """The first FAT partition; raises ProvisionError."""
    first = os.pread(disk, SECTOR, 0)
    if first.startswith(XZ):
        raise ProvisionError(f"{target}: is packed; unpack it first: xz --decompress --keep {target}")
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
                raise ProvisionError(f"{target}: ends inside its boot partition; it was not copied to its end")
            return partition
    raise ProvisionError(f"{target}: has no FAT boot partition in a DOS partition table; flash Raspberry Pi OS first")


@contextlib.contextmanager
def _open(target: Path, *, is_changed: bool = True) -> Iterator[int]:
    """A descriptor; to change a card, for writing too, and then one of which anything is mounted is refused."""
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


def _copy_out(disk: int, partition: Partition, path: Path) -> None:
    """Leaves holes where there is nothing."""
    with path.open("wb") as file:
        for at in range(0, partition.size, BLOCK):
            block = os.pread(disk, min(BLOCK, partition.size - at), partition.offset + at)
            if any(block):
                file.seek(at)
                file.write(block)
        file.truncate(partition.size)


def _copy_in(disk: int, partition: Partition, old: Path, new: Path) -> None:
    """The blocks that differ, last ones first: new data lie in free space until the tables at the front name them."""
    with old.open("rb") as was, new.open("rb") as is_now:
        for at in reversed(range(0, partition.size, BLOCK)):
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


def _is_same(disk: int, partition: Partition, path: Path) -> bool:
    """Asks the card, not the memory it was written from."""
    os.posix_fadvise(disk, partition.offset, partition.size, os.POSIX_FADV_DONTNEED)
    with path.open("rb") as file:
        return all(
            os.pread(disk, min(BLOCK, partition.size - at), partition.offset + at) == file.read(BLOCK)
            for at in range(0, partition.size, BLOCK)
        )


def _lay(files: Mapping[str, bytes | Path], folder: Path) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, Path):
            path.symlink_to(data.resolve())
        else:
            path.write_bytes(data)
