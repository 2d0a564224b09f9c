"""How many threads of the model fit the board: by its cores, and fewer while it is hot."""

import logging
import os

log = logging.getLogger(__name__)

MOST = 4
"""More threads gain nothing: the model's layers are small."""
HOT_C, COOL_C = 77.0, 68.0
"""Degrees Celsius from which a thread less is used, and up to which one more: the firmware of a Raspberry Pi slows all
cores down from 80 (its documentation, "Thermal throttling"), which costs more than a thread."""


def fitting(cores: int | None = None) -> int:
    """Return a thread for each core but one, which is for all that follows the model; at least 1, at most MOST.

    >>> fitting(1), fitting(2), fitting(4), fitting(8)
    (1, 1, 3, 4)
    """
    return min(max((cores or os.cpu_count() or 1) - 1, 1), MOST)


class Cooling:
    """Owner of the number of threads: one less at each reading that is hot, one more at each that is cool."""

    def __init__(self, most: int) -> None:
        self._most = self.threads = most
        """Threads that fit now."""

    def feel(self, cpu_c: float | None) -> bool:
        """Note a temperature, None if the board has no sensor; returns True if the number of threads changed."""
        before = self.threads
        if cpu_c is not None and cpu_c >= HOT_C:
            self.threads = max(self.threads - 1, 1)
        elif cpu_c is not None and cpu_c <= COOL_C:
            self.threads = min(self.threads + 1, self._most)
        if self.threads != before:
            log.warning("%.0f °C: the model runs in %d threads instead of %d", cpu_c, self.threads, before)
        return self.threads != before
