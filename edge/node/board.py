"""Readings of the board: temperature, memory, disk, throttling, under-voltage, clock."""

import shutil
import subprocess
from pathlib import Path

import psutil

from edge.seams import BoardReading, Clock

UNDERVOLTED, SLOWED = 0b0001, 0b1110
"""Bits of `vcgencmd get_throttled` for the present: under-voltage; frequency capped, throttled, soft limit reached.

Source: Raspberry Pi documentation, "vcgencmd". The bits from 16 on have the same meanings, for the time since they were
last read; the kernel's voltage sensor reads them every two seconds.
"""
SENSOR, ALARM = "rpi_volt", "in0_lcrit_alarm"
"""The kernel's voltage sensor and its alarm file: 1 if the voltage was too low since the last reading.

Source: kernel documentation, hwmon/raspberrypi-hwmon.
"""
SYNCHRONISED = "run/systemd/timesync/synchronized"
"""systemd-timesyncd creates this file once a time server has set the clock; chrony does not."""
ASK_S = 60.0
"""Seconds between two queries of systemd-timedated, which stops by itself when idle."""
PATIENCE_S = 3.0
"""Most seconds to wait for a program of the system."""


class SystemBoard:
    """The board this program runs on."""

    def __init__(self, folder: Path, clock: Clock, *, root: Path = Path("/"), has_time_server: bool = True) -> None:
        """`folder` is on the disk to watch; without `has_time_server`, `is_clock_set` is None in every reading."""
        self._folder, self._clock, self._root, self._has_time_server = folder, clock, root, has_time_server
        self._is_clock_set: bool | None = None
        self._asked_at: float | None = None

    def read(self) -> BoardReading:
        bits = _throttled()
        alarm = self._alarm()
        flags = [flag for flag in (alarm, None if bits is None else bool(bits & UNDERVOLTED)) if flag is not None]
        return BoardReading(
            _temperature(),
            psutil.Process().memory_info().rss / 2**20,
            psutil.virtual_memory().available / 2**20,
            shutil.disk_usage(self._folder).free / 2**20,
            is_throttled=None if bits is None else bool(bits & SLOWED),
            is_undervolted=any(flags) if flags else None,
            is_clock_set=self._read_clock() if self._has_time_server else None,
        )

    def _alarm(self) -> bool | None:
        for sensor in sorted(self._root.glob("sys/class/hwmon/hwmon*")):
            if _text(sensor / "name") == SENSOR:
                found = _text(sensor / ALARM)
                return None if found is None else found != "0"
        return None

    def _read_clock(self) -> bool | None:
        now = self._clock.monotonic()
        if self._asked_at is None or now - self._asked_at >= ASK_S:
            self._asked_at = now
            is_synchronised = (self._root / SYNCHRONISED).exists()
            answer = "yes" if is_synchronised else _ask("timedatectl", "show", "-p", "NTPSynchronized", "--value")
            self._is_clock_set = {"yes": True, "no": False}.get(answer or "")
        return self._is_clock_set


def _temperature() -> float | None:
    """Degrees Celsius of the hottest sensor; None without sensors."""
    sensors = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    return max((entry.current for entries in sensors.values() for entry in entries if entry.current), default=None)


def _throttled() -> int | None:
    """The firmware's flags, from a line such as `throttled=0x50005`; None without vcgencmd."""
    answer = _ask("vcgencmd", "get_throttled")
    try:
        return int((answer or "").removeprefix("throttled="), 16)
    except ValueError:
        return None


def _ask(program: str, *arguments: str) -> str | None:
    """Run a program and return its output; None if it is missing, fails or hangs."""
    found = shutil.which(program)
    if found is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - a program of the system with fixed arguments
            [found, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
