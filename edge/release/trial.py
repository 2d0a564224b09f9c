"""Decide from what systemd reports after a release's start whether the release may stay.

The old release decides. systemd reports whether the node runs and whether it was restarted, as its watchdog does when
no frame is processed. The node's own status (edge/node/health.py) can only make the answer worse.
"""

import re
from typing import NamedTuple

from edge.seams import ServiceReading

HEALTHY_S = 120.0
"""Seconds the release must be healthy without a break."""
START_S = 45.0
"""Seconds a slow board may take to its first frames, besides one heartbeat [estimate]."""
STALE_BEATS = 3
"""Heartbeats without a new frame after which the release fails. Here as at the start, a unit with longer limits of its
own, such as a slow board's drop-in, keeps these."""


class Beat(NamedTuple):
    """The node's status line, parsed."""

    state: str
    frames: int
    is_connected: bool


def read_status(status: str) -> Beat | None:
    """Parse a node's status line; None if it is not one.

    >>> read_status("degraded, 1200 frames, broker away")
    Beat(state='degraded', frames=1200, is_connected=False)
    """
    found = re.fullmatch(r"(ok|degraded|failing), (\d+) frames, broker (connected|away)", status)
    return Beat(found[1], int(found[2]), found[3] == "connected") if found else None


class Trial:
    """The trial of one release; call `see` with every reading."""

    def __init__(self, now: float, before: ServiceReading, beat_s: float) -> None:
        """`before` is the old release's last reading; `now` is monotonic, in seconds, here and below."""
        self._started_at, self._before = now, before
        self._late_s = max(START_S + beat_s, before.start_s)
        self._stale_s = max(STALE_BEATS * beat_s, before.watchdog_s)
        self._needs_broker = bool((beat := read_status(before.status)) and beat.is_connected)
        self._run = ""
        self._frames = 0
        self._healthy_at: float | None = None
        self._advanced_at = now

    def see(self, now: float, reading: ServiceReading) -> str | None:
        """Return why the release must go, as half a sentence; empty: it may stay; None: too early to say."""
        if not self._run and reading.run != self._before.run:
            self._run = reading.run
        if self._run and (reading.run != self._run or not reading.is_running):
            return "it stopped by itself"
        if self._run and (beat := read_status(reading.status)):
            self._record(now, beat)
            if beat.state == "failing" and self._healthy_at is not None:
                return "its own heartbeat says failing"
        if self._healthy_at is None:
            is_late = now - self._started_at > self._late_s
            return f"it processed no frame in {now - self._started_at:.0f} s" if is_late else None
        if now - self._advanced_at > self._stale_s:
            return f"it processed no frame for {now - self._advanced_at:.0f} s"
        if now - self._healthy_at < HEALTHY_S:
            return None
        return "it did not reach the broker, which the release before did" if self._needs_broker else ""

    def _record(self, now: float, beat: Beat) -> None:
        if beat.state == "failing" or beat.frames <= self._frames:
            return
        self._frames, self._advanced_at = beat.frames, now
        self._healthy_at = now if self._healthy_at is None else self._healthy_at
        self._needs_broker &= not beat.is_connected
