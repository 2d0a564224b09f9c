"""The machine's own clock, and UTC times at the one-second resolution of the wire."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Clock over the operating system."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def to_wire(seconds: float) -> str:
    """Seconds since 1970 as the wire writes them.

    >>> to_wire(0.9)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_wire(text: str) -> float:
    """The inverse of `to_wire`; raises ValueError on anything else.

    >>> from_wire("1970-01-01T00:01:00Z")
    60.0
    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
