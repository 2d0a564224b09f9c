"""An emulated board with a card and a stick: QEMU, the output of its serial console with times, and a root shell."""

import base64
import re
import socket
import subprocess
import threading
import time
from pathlib import Path

CPU = "cortex-a72"
"""QEMU's name of a Raspberry Pi 4's CPU."""
BOOTH = "192.168.50.1"
NETWORK = "net=192.168.50.0/24,host=192.168.50.254,dns=192.168.50.253,restrict=on"
"""QEMU network around the booth: it reaches nothing else, and of the booth only the broker."""
BOOT_AT, BOOT_BYTES = 4 << 20, 512 << 20
"""Start and size in bytes of the boot partition of the cards that card.sh makes."""
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
STICK = "RELEASES"
"""Label of the USB stick, which QEMU offers as a disk, since the kernel has no USB."""
STICK_BYTES = 1 << 30
BEGIN, END = "boot-test-says", "boot-test-said"
"""Markers around an answer of the root shell."""


class BoardError(Exception):
    """An expected event of the board did not come."""


class Board:
    """A board, switched on when made. Its card is written to; its only network is two TCP ports of the booth."""

    stick = f"/dev/disk/by-label/{STICK}"

    def __init__(
        self, card: Path, stick: Path, kernel: Path, folder: Path, *, port: int, dropins: dict[str, str]
    ) -> None:
        """Start the emulator with the images of a card, a USB stick and a kernel.

        `dropins` maps names of systemd units to extra settings, which the board gets without a change to its card.
        """
        self._shell_path = folder / "shell.sock"
        self._lines: list[tuple[float, str]] = []
        self._changed = threading.Condition()
        self._log = (folder / "console.log").open("w", encoding="utf-8")
        command_line = " ".join([*_command_line(card), *_emulation(dropins)])
        self._program = _qemu(card, stick, kernel, self._shell_path, port, command_line)
        self._begun = time.monotonic()
        self.plug_in()

    @property
    def on_for_s(self) -> float:
        """Return the seconds since it was first plugged in."""
        return time.monotonic() - self._begun

    def plug_in(self) -> None:
        self._process = subprocess.Popen(
            self._program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._listener.start()

    def unplug(self) -> None:
        """Cut the power: what Linux has not yet written to the card is lost."""
        self._process.kill()
        self._process.wait()
        self._listener.join()

    def wait_for(self, pattern: str, timeout_s: float, *, after_s: float = 0.0, unless: str = r"\A\Z.") -> float:
        """Return when the console first matched after `after_s`; raises BoardError for `unless`, or in the end."""
        wanted, unwanted = re.compile(pattern), re.compile(unless)
        until, seen = time.monotonic() + timeout_s, 0
        with self._changed:
            while time.monotonic() < until and self._process.poll() is None:
                for at, line in self._lines[seen:]:
                    if at > after_s and wanted.search(line):
                        return at
                    if at > after_s and unwanted.search(line):
                        raise BoardError(f"the console said: {line}")
                seen = len(self._lines)
                self._changed.wait(1.0)
        state = "is off" if self._process.poll() is not None else f"did not say so in {timeout_s:.0f} s"
        raise BoardError(f"expected {pattern!r} on the console; the board {state}")

    def shell(self, command: str, timeout_s: float = 120.0) -> str:
        """Run a command of one line as root on a console of its own and return its output; raises BoardError."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(timeout_s)
            line.connect(str(self._shell_path))
            # quotes, so that the shell's echo of the line is not taken for its answer
            line.sendall(f"echo {BEGIN[:4]}''{BEGIN[4:]}; {command}; echo {END[:4]}''{END[4:]}\n".encode())
            said = b""
            try:
                while END.encode() not in said:
                    said += line.recv(4096)
            except TimeoutError as err:
                raise BoardError(f"the root shell did not answer in {timeout_s:.0f} s to: {command}") from err
        answer = COLOUR.sub("", said.decode(errors="replace")).partition(BEGIN)[2]
        return answer.partition(END)[0].strip()

    def close(self) -> None:
        self.unplug()
        self._log.close()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for raw in process.stdout:
            at, line = self.on_for_s, COLOUR.sub("", raw).rstrip()
            with self._changed:
                self._lines.append((at, line))
                self._changed.notify_all()
            self._log.write(f"{at:8.1f} {line}\n")
            self._log.flush()


def boot_partition(card: Path) -> bytes:
    """Return every byte of the boot partition, those of deleted files too."""
    with card.open("rb") as file:
        file.seek(BOOT_AT)
        return file.read(BOOT_BYTES)


def make_stick(stick: Path, folders: dict[str, Path]) -> None:
    """Make a file system with these folders, as a laptop writes it."""
    with stick.open("wb") as file:
        file.truncate(STICK_BYTES)
    subprocess.run(["mkfs.vfat", "-F", "32", "-n", STICK, stick], check=True, stdout=subprocess.DEVNULL)
    for name, folder in folders.items():
        subprocess.run(["mmd", "-i", stick, f"::{name}"], check=True)
        subprocess.run(["mcopy", "-i", stick, *sorted(folder.iterdir()), f"::{name}"], check=True)


def _qemu(card: Path, stick: Path, kernel: Path, shell: Path, port: int, command_line: str) -> list[str]:
    ways = [f"guestfwd=tcp:{BOOTH}:{at}-cmd:socat - TCP:127.0.0.1:{at}" for at in (port, port + 1)]
    booth = ",".join(ways)
    options = {
        "M": ["virt"],
        "cpu": [CPU],
        "smp": ["2"],
        "m": ["1G"],
        "kernel": [str(kernel)],
        "append": [command_line],
        "display": ["none"],
        "monitor": ["none"],
        "serial": ["stdio"],
        "drive": [
            f"if=none,id=card,format=raw,cache=unsafe,file={card}",
            f"if=none,id=stick,format=raw,readonly=on,file={stick}",
        ],
        "chardev": [f"socket,id=shell,server=on,wait=off,path={shell}"],
        "netdev": [f"user,id=booth,{NETWORK},{booth}"],
        "device": [
            "nvme,drive=card,serial=card",
            "virtio-blk-pci,drive=stick",
            "virtio-serial-pci",
            "virtconsole,chardev=shell",
            "virtio-net-pci,netdev=booth,romfile=",
        ],
    }
    words = [(f"-{name}", value) for name, values in options.items() for value in values]
    return ["qemu-system-aarch64", *(word for pair in words for word in pair)]


def _command_line(card: Path) -> list[str]:
    """Return the card's own command line, which a Raspberry Pi's firmware would hand to the kernel."""
    found = subprocess.run(
        ["mtype", "-i", f"{card}@@{BOOT_AT}", "::cmdline.txt"], capture_output=True, text=True, check=True
    )
    return [word for word in found.stdout.split() if not word.startswith("console=")]


def _emulation(dropins: dict[str, str]) -> list[str]:
    """Return kernel parameters that only the emulation has: another console, a root shell on a second one, drop-ins."""
    words = ["console=ttyAMA0", "net.ifnames=0", "systemd.show_status=1"]
    words += ["systemd.debug_shell=hvc0", "systemd.mask=serial-getty@hvc0.service"]
    for unit, text in dropins.items():
        encoded = base64.b64encode(text.encode()).decode()
        words.append(f"systemd.set_credential_binary=systemd.unit-dropin.{unit}~emulation:{encoded}")
    return words
