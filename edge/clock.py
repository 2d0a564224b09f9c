"""The operating system's clock."""

import time

SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Clock that keeps counting while the machine sleeps, if the system has one: else a sleep looks like a clock jump."""


class SystemClock:
    """Implements seams.Clock with the operating system's time, monotonic clock and sleep."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.clock_gettime(SINCE_BOOT)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
