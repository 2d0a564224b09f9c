"""TCP ports of this machine: a free one, and waiting until somebody listens."""

import socket
import time

TRIES, PAUSE_S = 100, 0.1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> bool:
    """Whether somebody listens there within ten seconds."""
    for _ in range(TRIES):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(PAUSE_S)
    return False
