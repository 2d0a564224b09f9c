"""The machine's own clock."""

import time

SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while the machine sleeps, where there is such a clock: sleep is no jump of the other one."""


class SystemClock:
    """Clock over the operating system."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.clock_gettime(SINCE_BOOT)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
