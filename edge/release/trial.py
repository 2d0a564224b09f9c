"""What is seen of a release after its start to an answer: may it stay?

The judge runs in the old release. systemd tells it whether the node runs and was started again, which its watchdog
does with a node that no frame goes through; the node's own status (edge/node/health.py) can only make the answer worse.
"""

import re
from typing import NamedTuple

from edge.seams import ServiceReading

HEALTHY_S = 120.0
"""So long it must be healthy without a break."""
START_S = 45.0
"""To a slow board's first frames [estimate], beside the one heartbeat it takes to tell of them."""
STALE_BEATS = 3
"""Heartbeats without a new frame that are too many."""


class Beat(NamedTuple):
    """What the node says of itself."""

    state: str
    frames: int
    is_connected: bool


def read_status(status: str) -> Beat | None:
    """None for what was not said by a node.

    >>> read_status("degraded, 1200 frames, broker away")
    Beat(state='degraded', frames=1200, is_connected=False)
    """
    found = re.fullmatch(r"(ok|degraded|failing), (\d+) frames, broker (connected|away)", status)
    return Beat(found[1], int(found[2]), found[3] == "connected") if found else None


class Trial:
    """Owner of what was seen of one start; its verb is `see`."""

    def __init__(self, now: float, before: ServiceReading, beat_s: float) -> None:
        """`before`: the old release's last reading. `now` is monotonic, in seconds, here and below."""
        self._started_at, self._before, self._beat_s = now, before, beat_s
        self._needs_broker = bool((beat := read_status(before.status)) and beat.is_connected)
        self._run = ""
        self._frames = 0
        self._healthy_at: float | None = None
        self._advanced_at = now

    def see(self, now: float, reading: ServiceReading) -> str | None:
        """Why the release must go, in half a sentence; empty: it may stay; None: too early to tell."""
        if not self._run and reading.run != self._before.run:
            self._run = reading.run
        if self._run and (reading.run != self._run or not reading.is_running):
            return "it stopped by itself"
        if self._run and (beat := read_status(reading.status)):
            self._hear(now, beat)
            if beat.state == "failing" and self._healthy_at is not None:
                return "it was failing, by its own heartbeat"
        if self._healthy_at is None:
            is_late = now - self._started_at > START_S + self._beat_s
            return f"no frame went through it in {now - self._started_at:.0f} s" if is_late else None
        if now - self._advanced_at > STALE_BEATS * self._beat_s:
            return f"no frame went through it for {now - self._advanced_at:.0f} s"
        if now - self._healthy_at < HEALTHY_S:
            return None
        return "it did not reach the broker, which the release before did" if self._needs_broker else ""

    def _hear(self, now: float, beat: Beat) -> None:
        if beat.state == "failing" or beat.frames <= self._frames:
            return
        self._frames, self._advanced_at = beat.frames, now
        self._healthy_at = now if self._healthy_at is None else self._healthy_at
        self._needs_broker &= not beat.is_connected
