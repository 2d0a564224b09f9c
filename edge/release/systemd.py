"""Control the node's systemd unit, and read its state and status line."""

import re
import subprocess

from edge.errors import ProvisionError
from edge.seams import ServiceReading

NODE, GUARD = "spotter-node.service", "spotter-update.timer"
PATIENCE_S = 60.0
"""Seconds to wait for systemctl; a node has 30 s to stop (TimeoutStopSec)."""
READ = "ActiveState,InvocationID,StatusText,TimeoutStartUSec,WatchdogUSec"
UNITS_S = {"d": 86_400.0, "h": 3600.0, "min": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "infinity": float("inf")}
"""Seconds in the units in which systemctl writes a time span, such as `1min 30s` (systemd.time(7))."""


class SystemdService:
    """The node's service, through systemctl."""

    def read(self) -> ServiceReading:
        lines = _systemctl("show", NODE, f"--property={READ}").splitlines()
        found = dict(line.split("=", maxsplit=1) for line in lines)
        is_running = found["ActiveState"] not in ("inactive", "failed")
        limits_s = (_seconds(found["TimeoutStartUSec"]), _seconds(found["WatchdogUSec"]))
        return ServiceReading(is_running, found["InvocationID"], found["StatusText"], *limits_s)

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


def _seconds(span: str) -> float:
    """Return the seconds of a time span as systemctl writes it; 0 means that there is no limit.

    >>> _seconds("1min 30s"), _seconds("500ms"), _seconds("infinity"), _seconds("0")
    (90.0, 0.5, inf, 0.0)
    """
    parts = re.findall(r"(\d*)(infinity|d|h|min|s|ms|us)(?= |$)", span)
    return sum((float(number or 1) * UNITS_S[unit] for number, unit in parts), 0.0)


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
