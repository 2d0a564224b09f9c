"""Fakes of a clock, a board and a systemd service; a broker and a store that a test can watch or make fail."""

from collections.abc import Callable

from edge.fakes import FakeBroker
from edge.seams import BoardReading, Clock, Publish, ServiceReading


def ignore(_: object) -> None: ...


class WatchedBroker(FakeBroker):
    """Broker that calls `on_publish` with every message before it is sent; an error raised there leaves `publish`."""

    on_publish: Callable[[Publish], None] = staticmethod(ignore)

    def publish(self, message: Publish, *, timeout_s: float | None = None) -> bool:
        self.on_publish(message)
        return super().publish(message, timeout_s=timeout_s)


class FakeClock:
    """A clock that moves only when set; sleeping sets it."""

    def __init__(self, now: float = 1_750_000_000.0) -> None:
        self.time = now
        self.uptime = 0.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.uptime

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.uptime += seconds


class FakeBoard:
    """A board that reads whatever was set last; at first cool, with free space and good power."""

    def __init__(self) -> None:
        self.reading = BoardReading(cpu_c=55.0, memory_mb=120.0, memory_free_mb=3000.0, disk_free_mb=9000.0)

    def read(self) -> BoardReading:
        return self.reading


class FakeService:
    """A service that behaves as `status` says: the node's last message by seconds since its start; None: it died."""

    def __init__(self, clock: Clock, status: Callable[[float], str | None]) -> None:
        self._clock, self._status = clock, status
        self.starts = 0
        self.started_at: float | None = None
        """Start in seconds of the monotonic clock; None if it is stopped."""
        self.is_guarded = False

    def read(self) -> ServiceReading:
        if self.started_at is None:
            return ServiceReading(is_running=False, run=str(self.starts), status="")
        said = self._status(self._clock.monotonic() - self.started_at)
        if said is None:
            self.start()
        return ServiceReading(is_running=True, run=str(self.starts), status=said or "")

    def stop(self) -> None:
        self.started_at = None

    def kill(self) -> None:
        self.started_at = None

    def start(self) -> None:
        self.starts += 1
        self.started_at = self._clock.monotonic()

    def guard(self) -> None:
        self.is_guarded = True

    def unguard(self) -> None:
        self.is_guarded = False
