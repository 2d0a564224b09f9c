"""A real clock that runs faster, so that timeouts of seconds pass in tenths."""

import time


class FastClock:
    """Implements seams.Clock: `now` is right, but seconds of waiting are `speed` times as short."""

    def __init__(self, speed: float = 10.0) -> None:
        self.speed = speed

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return self.speed * time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self.speed)
