"""Finds a free TCP port of this machine, and waits until a program listens on one."""

import socket
import time

TRIES, PAUSE_S = 100, 0.1


LAST = 65535
"""The highest TCP port."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> bool:
    """Return True if a program listens on the port within ten seconds."""
    for _ in range(TRIES):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(PAUSE_S)
    return False


def free_ports(count: int) -> list[int]:
    """Return `count` free TCP ports in a row."""
    while True:
        first = free_port()
        wanted = list(range(first, first + count))
        if first + count < LAST and all(_is_free(port) for port in wanted[1:]):
            return wanted


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
