"""Control the node's systemd unit, and read its state and status line."""

import subprocess

from edge.errors import ProvisionError
from edge.seams import ServiceReading

NODE, GUARD = "spotter-node.service", "spotter-update.timer"
PATIENCE_S = 60.0
"""Seconds to wait for systemctl; a node has 30 s to stop (TimeoutStopSec)."""


class SystemdService:
    """The node's service, through systemctl."""

    def read(self) -> ServiceReading:
        lines = _systemctl("show", NODE, "--property=ActiveState,InvocationID,StatusText").splitlines()
        found = dict(line.split("=", maxsplit=1) for line in lines)
        is_running = found["ActiveState"] not in ("inactive", "failed")
        return ServiceReading(is_running, found["InvocationID"], found["StatusText"])

    def stop(self) -> None:
        if self.read().is_running:  # at boot its start may be queued, and a stop would cancel it
            _systemctl("stop", NODE)

    def kill(self) -> None:
        if self.read().is_running:
            _systemctl("stop", "--no-block", NODE)  # else systemd would start it again
            _systemctl("kill", "--signal=KILL", NODE)
            _systemctl("stop", NODE)

    def start(self) -> None:
        _systemctl("start", "--no-block", NODE)

    def guard(self) -> None:
        _systemctl("start", GUARD)

    def unguard(self) -> None:
        _systemctl("stop", GUARD)


def _systemctl(*arguments: str) -> str:
    """Run systemctl and return its output; raises ProvisionError."""
    program = ["systemctl", *arguments]
    try:
        done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=PATIENCE_S)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as err:
        raise ProvisionError(f"systemctl {' '.join(arguments)}: {err}; restart this node") from err
    if done.returncode:
        raise ProvisionError(f"systemctl {' '.join(arguments)}: {done.stderr.strip() or done.returncode}")
    return done.stdout
