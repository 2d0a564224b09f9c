"""Limit how often passwords may be tried."""

import ipaddress
from collections import deque
from collections.abc import Callable

WINDOW_S = 60.0
MOST_EACH, MOST_ALL = 5, 30
"""Failed attempts allowed within WINDOW_S: from one address, and from all addresses together."""
EVERYBODY = ""


class LoginThrottle:
    """Owner of the recent failures; not thread-safe."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._failures: dict[str, deque[float]] = {EVERYBODY: deque()}

    def wait_s(self, address: str) -> float:
        """Seconds until this address may try again; 0: now."""
        self._forget()
        waits = (self._wait_s(EVERYBODY, MOST_ALL), self._wait_s(group(address), MOST_EACH))
        return max(waits)

    def begin(self, address: str) -> None:
        """Count an attempt as failed from its start, so that many at once gain nothing."""
        for name in (EVERYBODY, group(address)):
            self._failures.setdefault(name, deque()).append(self._monotonic())

    def succeed(self, address: str) -> None:
        """Uncount the newest attempt and forget earlier failures of this address."""
        self._failures[EVERYBODY].pop()
        self._failures.pop(group(address), None)

    def _wait_s(self, name: str, most: int) -> float:
        times = self._failures.get(name, ())
        return times[-most] + WINDOW_S - self._monotonic() if len(times) >= most else 0.0

    def _forget(self) -> None:
        start = self._monotonic() - WINDOW_S
        for name, times in list(self._failures.items()):
            while times and times[0] <= start:
                times.popleft()
            if not times and name != EVERYBODY:
                del self._failures[name]


def group(address: str) -> str:
    """Return what failures are counted by: the address, or its /64 for IPv6, since a client owns a whole /64.

    >>> group("192.0.2.7"), group("2001:db8::1:2:3:4")
    ('192.0.2.7', '2001:db8::/64')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
