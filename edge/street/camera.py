"""A camera of the simulated street: frames that come as from a real one, and what is really in them.

Frame k of a street can be had directly, and is the same each time; all cameras of one street see the same walkers.
"""

from edge.errors import ConfigError, SourceError
from edge.records import Frame, Pixels
from edge.seams import Clock, Pace
from edge.street.render import Renderer
from edge.street.spec import StreetSpec, parse
from edge.street.street import Street
from edge.street.truth import Visit, WalkerTruth


class StreetCamera:
    """One camera of `street:SEED`. `pace="real"` sleeps until each frame is due and drops those it is too late for."""

    reconnects = 0

    def __init__(
        self,
        seed: int,
        *,
        camera: int = 0,
        cameras: int = 3,
        fps: float = 8.0,
        minutes: float | None = None,
        size: tuple[int, int] = (640, 360),
        rate: float = 24.0,
        exceptions: float = 0.04,
        dark: float = 0.0,
        start_at: float = 0.0,
        pace: Pace = "fast",
        skip: float = 0.0,
        begins_at: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`rate` is walkers a minute, `skip` the street seconds left out before the first frame, `begins_at` when
        (UTC seconds) that frame is due in real time; by default when it is first asked for.

        Raises ConfigError for a value that makes no street, and for `pace="real"` without a clock.
        """
        spec = StreetSpec(seed, camera, cameras, fps, minutes, size, rate, exceptions, dark, skip, begins_at)
        spec.check()
        if pace == "real" and clock is None:
            raise ConfigError(f"{spec}: pace 'real' expected a clock, found none; pass edge.clock.SystemClock()")
        self.name = str(spec)
        self.frames_dropped = 0
        self.street = Street(seed, cameras=cameras, rate=rate, exceptions=exceptions)
        self._renderer = Renderer(self.street, camera, size, dark)
        self._start_at = start_at if begins_at is None else begins_at
        self._spec, self._clock = spec, clock if pace == "real" else None
        self._number = 0
        self._begun_at: float | None = None
        self._is_closed = False

    @property
    def frames(self) -> int | None:
        """How many there are; None if the street never ends."""
        return None if self._spec.minutes is None else round(60 * self._spec.minutes * self._spec.fps)

    def read(self) -> Frame | None:
        """The next frame, or None after `minutes`; raises SourceError once closed."""
        if self._is_closed:
            raise SourceError(f"{self.name}: expected an open camera, found it closed; open it anew")
        if self._clock is not None:
            self._wait(self._clock)
        if self.frames is not None and self._number >= self.frames:
            return None
        frame = self.frame(self._number)
        self._number += 1
        return frame

    def close(self) -> None:
        self._is_closed = True

    def street_time(self, number: int) -> float:
        """Street seconds of a frame."""
        return self._spec.skip + number / self._spec.fps

    def frame(self, number: int) -> Frame:
        """Any frame, without changing which one `read` gives next."""
        pixels = self._renderer.picture(self.street_time(number), number)
        return Frame(pixels, self._start_at + number / self._spec.fps, number)

    def truth(self, number: int) -> list[WalkerTruth]:
        """Everybody in a frame, nearest first."""
        return self._renderer.truths(self.street_time(number))

    def garment_map(self, number: int) -> Pixels:
        """[height, width] positions in records.CLASSES."""
        return self._renderer.maps(self.street_time(number)).garments

    def pattern_map(self, number: int) -> Pixels:
        """[height, width] positions in truth.PATTERNS."""
        return self._renderer.maps(self.street_time(number)).patterns

    def visits(self, frames: int | None = None) -> list[Visit]:
        """Who passes this camera in its first so many frames (all, if it ends)."""
        count = self.frames if frames is None else frames
        if count is None:
            raise ConfigError(f"{self.name}: visits of an endless street; expected a number of frames or minutes=N")
        times = [self.street_time(number) for number in range(count)]
        return self.street.visits(self._spec.camera, times, self._spec.size)

    def _wait(self, clock: Clock) -> None:
        """Until the next frame is due; frames overdue by more than one interval are dropped and counted."""
        now = clock.monotonic()
        if self._begun_at is None:
            due_at = self._spec.begins_at
            self._begun_at = now if due_at is None else now + due_at - clock.now()
        current = int((now - self._begun_at) * self._spec.fps + 1e-6)
        if self.frames is not None:
            current = min(current, self.frames)
        if current > self._number:
            self.frames_dropped += current - self._number
            self._number = current
        early_s = self._begun_at + self._number / self._spec.fps - now
        is_over = self.frames is not None and self._number >= self.frames
        if early_s > 0 and not is_over:
            clock.sleep(early_s)


def from_spec(
    spec: str, *, start_at: float | None = None, pace: Pace = "fast", clock: Clock | None = None
) -> StreetCamera:
    """The camera that a text such as `street:7?camera=1&minutes=2` names; raises ConfigError saying what is wrong.

    Without `start_at` a street in real time begins now, and one that is as fast as possible at 1970.
    """
    begins = start_at if start_at is not None else clock.now() if clock is not None else 0.0
    s = parse(spec)
    return StreetCamera(
        s.seed,
        camera=s.camera,
        cameras=s.cameras,
        fps=s.fps,
        minutes=s.minutes,
        size=s.size,
        rate=s.rate,
        exceptions=s.exceptions,
        dark=s.dark,
        start_at=begins,
        pace=pace,
        skip=s.skip,
        begins_at=s.begins_at,
        clock=clock,
    )
