"""What systemd says of the node: what runs, since when, and what it says of itself."""

import subprocess

from edge.errors import ProvisionError
from edge.seams import ServiceReading

NODE, GUARD = "spotter-node.service", "spotter-update.timer"
PATIENCE_S = 60.0
"""A node has 30 s to stop (TimeoutStopSec)."""


class SystemdService:
    """Service over systemctl."""

    def read(self) -> ServiceReading:
        words = _systemctl("show", NODE, "--property=ActiveState,InvocationID,StatusText").splitlines()
        found = dict(word.split("=", maxsplit=1) for word in words)
        is_running = found["ActiveState"] not in ("inactive", "failed")
        return ServiceReading(is_running, found["InvocationID"], found["StatusText"])

    def stop(self) -> None:
        if self.read().is_running:  # at boot its start is still to come, and stopping would cancel that
            _systemctl("stop", NODE)

    def kill(self) -> None:
        if self.read().is_running:
            _systemctl("stop", "--no-block", NODE)  # else it would be started again
            _systemctl("kill", "--signal=KILL", NODE)
            _systemctl("stop", NODE)

    def start(self) -> None:
        _systemctl("start", "--no-block", NODE)

    def guard(self) -> None:
        _systemctl("start", GUARD)

    def unguard(self) -> None:
        _systemctl("stop", GUARD)


def _systemctl(*words: str) -> str:
    """What it said; raises ProvisionError."""
    program = ["systemctl", *words]
    try:
        done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=PATIENCE_S)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as err:
        raise ProvisionError(f"systemctl {' '.join(words)}: {err}; restart this node") from err
    if done.returncode:
        raise ProvisionError(f"systemctl {' '.join(words)}: {done.stderr.strip() or done.returncode}")
    return done.stdout
