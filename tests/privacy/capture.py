"""Capture everything that a run gives away: files, their versions and names, system calls, messages, output, journal.

Audit hooks (PEP 578) report what Python code opens, renames, starts or connects to. What compiled code writes by itself
they do not see; so the whole folder is read again and again, and OpenCV's and SQLite's files are found there.
"""

import hashlib
import os
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

from edge.fakes import FakeBroker
from edge.seams import Publish
from tests.privacy.turns import TURNS

WATCHED = (
    *("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown"),
    *("os.utime", "os.setxattr", "os.putenv", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.startfile"),
    *("shutil.", "tempfile.", "sqlite3.connect", "socket.", "subprocess.", "syslog.", "ctypes.", "mmap.", "urllib."),
    *("http.", "smtplib.", "ftplib.", "pty.", "webbrowser.", "cv2.write"),
)
"""Audit events that change or tell something, besides files opened for writing."""
IGNORED = ("socket.__new__", "sqlite3.connect/handle")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FRAME_HEAD = 24
"""Bytes before each page in a write-ahead log: page, size, then salts and checksums, which SQLite draws by chance."""


class Capture:
    """Everything one run gave away, from `start` to `stop`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls: list[str] = []
        self.versions: dict[str, list[str]] = {}
        """Hashes of each file's contents, in the order in which they appeared."""
        self.messages: list[tuple[float, str, str, str]] = []
        """Time, topic, payload in hex, and quality of service, retention and expiry."""
        self._is_on = False

    def start(self) -> None:
        for name in ("imwrite", "imwritemulti"):
            _announce(name)
        sys.addaudithook(self._hear)
        self._is_on = True

    def stop(self) -> None:
        self.look()
        self._is_on = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._is_on or event in IGNORED:
            return
        is_write = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & WRITING)
        if is_write or event.startswith(WATCHED):
            plain = ", ".join(str(one) for one in arguments if not isinstance(one, socket.socket))
            self.calls.append(f"{event} {plain}".replace(str(self.root), "ROOT"))
            self.look()

    def look(self) -> None:
        """Note the contents of every file that has changed."""
        was_on, self._is_on = self._is_on, False
        for path in sorted(self.root.rglob("*")):
            if path.is_symlink() or not path.is_file() or path.name.endswith("-shm"):
                continue
            known = self.versions.setdefault(str(path.relative_to(self.root)), [])
            found = f"{path.stat().st_mode:o} {hashlib.sha256(content(path)).hexdigest()}"
            if not known or known[-1] != found:
                known.append(found)
        self._is_on = was_on

    def note(self, message: Publish) -> None:
        how = f"{message.qos} {message.is_retained} {message.expiry_s}"
        self.messages.append((round(TURNS.monotonic(), 6), message.topic, message.payload.hex(), how))
        self.look()


class Tap(FakeBroker):
    """A broker's client that notes everything before it is sent, the will included."""

    capture: Capture

    def connect(self, *, will: Publish | None, **options: Any) -> None:
        if will is not None:
            self.capture.note(will)
        super().connect(will=will, **options)

    def publish(self, message: Publish, *, timeout_s: float | None = None) -> bool:
        self.capture.note(message)
        return super().publish(message, timeout_s=timeout_s)


def content(path: Path) -> bytes:
    """Return a file's bytes; of SQLite's write-ahead log its pages, without what SQLite draws by chance."""
    data = path.read_bytes()
    if not path.name.endswith("-wal") or len(data) < 32:
        return data
    (size,) = struct.unpack(">I", data[8:12])
    frames = [data[at : at + FRAME_HEAD + size] for at in range(32, len(data), FRAME_HEAD + size)]
    return b"".join(frame[:8] + frame[FRAME_HEAD:] for frame in frames)


def _announce(name: str) -> None:
    """Make a function of OpenCV that writes files tell the audit hooks."""
    write: Callable[..., Any] = getattr(cv2, name)

    def announced(path: str, *more: Any) -> Any:
        sys.audit("cv2.write", path)
        return write(path, *more)

    setattr(cv2, name, announced)
