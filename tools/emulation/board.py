"""A board with a card in it: QEMU, what its serial console says and when, and a root shell for what is done to it."""

import base64
import re
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CPU = "cortex-a72"
"""That of a Raspberry Pi 4."""
BOOTH, SUBNET = "192.168.50.1", "192.168.50.0/24"
GATEWAY = "192.168.50.254"
"""QEMU's own address; nothing is behind it."""
PARTITION_MIB = 4
"""Where the boot partition begins."""
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
DONE = "boot-test-done"


class Board:
    """Switched on when made. Its card is written to; its only network is one TCP port of the booth."""

    def __init__(self, card: Path, kernel: Path, folder: Path, *, port: int, dropins: dict[str, str]) -> None:
        """`dropins`: unit name to what is laid over it, handed to systemd as a credential and not by the card."""
        self._shell_path = folder / "shell.sock"
        self._lines: list[tuple[float, str]] = []
        self._changed = threading.Condition()
        self._log = (folder / "console.log").open("w", encoding="utf-8")
        arguments = [*_command_line(card), *_emulation(dropins)]
        self._begun = time.monotonic()
        self._process = subprocess.Popen(
            [
                *("qemu-system-aarch64", "-M", "virt", "-cpu", CPU, "-smp", "2", "-m", "1G"),
                *("-display", "none", "-monitor", "none", "-serial", "stdio"),
                *("-kernel", kernel, "-append", " ".join(arguments)),
                *("-drive", f"file={card},if=none,id=card,format=raw,cache=unsafe", "-device", "nvme,drive=card,serial=card"),
                *("-device", "virtio-serial-pci", "-device", "virtconsole,chardev=shell"),
                *("-chardev", f"socket,id=shell,path={self._shell_path},server=on,wait=off"),
                *("-device", "virtio-net-pci,netdev=booth,romfile="),
                *("-netdev", f"user,id=booth,net={SUBNET},host={GATEWAY},dns=192.168.50.253,restrict=on,"
                  f"guestfwd=tcp:{BOOTH}:{port}-cmd:socat - TCP:127.0.0.1:{port}"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def on_for_s(self) -> float:
        return time.monotonic() - self._begun

    def wait_for(self, pattern: str, timeout_s: float) -> float:
        """Seconds after power-on at which the console first said it; raises TimeoutError."""
        wanted, until = re.compile(pattern), time.monotonic() + timeout_s
        seen = 0
        with self._changed:
            while True:
                for at, line in self._lines[seen:]:
                    if wanted.search(line):
                        return at
                seen = len(self._lines)
                left = until - time.monotonic()
                if left <= 0 or self._process.poll() is not None:
                    state = "is off" if self._process.poll() is not None else f"did not say it in {timeout_s:.0f} s"
                    raise TimeoutError(f"console: expected {pattern!r}; the board {state}")
                self._changed.wait(min(left, 1.0))

    def shell(self, command: str, timeout_s: float = 60.0) -> str:
        """What a command prints, run as root over a line of its own; raises TimeoutError or OSError."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(timeout_s)
            line.connect(str(self._shell_path))
            line.sendall(f"stty -echo; echo; {command}; echo {DONE[:5]}''{DONE[5:]}\n".encode())
            said = b""
            while DONE.encode() not in said:
                said += line.recv(4096)
        text = COLOUR.sub("", said.decode(errors="replace"))
        return text.rpartition(DONE)[0].partition("\n")[2].strip()

    def close(self) -> None:
        """Pulls the plug."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            at, line = self.on_for_s, COLOUR.sub("", raw).rstrip()
            with self._changed:
                self._lines.append((at, line))
                self._changed.notify_all()
            self._log.write(f"{at:8.1f} {line}\n")
            self._log.flush()


def _command_line(card: Path) -> list[str]:
    """The card's own, which a Raspberry Pi's firmware would hand to the kernel."""
    found = subprocess.run(
        ["mtype", "-i", f"{card}@@{PARTITION_MIB}M", "::cmdline.txt"], capture_output=True, text=True, check=True
    )
    return [word for word in found.stdout.split() if not word.startswith("console=")]


def _emulation(dropins: dict[str, str]) -> list[str]:
    """What this board has and a Raspberry Pi has not: another console, a root shell on a second one, slack."""
    words = ["console=ttyAMA0", "net.ifnames=0", "systemd.show_status=1", "systemd.debug_shell=hvc0"]
    for unit, text in dropins.items():
        encoded = base64.b64encode(text.encode()).decode()
        words.append(f"systemd.set_credential_binary=systemd.unit-dropin.{unit}~emulation:{encoded}")
    return words
