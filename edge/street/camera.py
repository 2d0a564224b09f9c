"""A camera of the simulated street: it gives frames like a real camera, and the truth about each frame.

Any frame can be drawn directly and is the same each time. All cameras of one street see the same walkers.
"""

from edge.errors import ConfigError, SourceError
from edge.records import Frame, Pixels
from edge.seams import Clock, Optics, Pace
from edge.street.render import Renderer
from edge.street.spec import StreetSpec, parse
from edge.street.street import Street
from edge.street.truth import Visit, WalkerTruth


class StreetCamera:
    """One camera of `street:SEED`. With `pace="real"` it sleeps until each frame is due and drops overdue ones."""

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
        """Open a camera. The settings are those of StreetSpec; `start_at` is the first frame's time in UTC seconds.

        In real time the first frame is due at `begins_at` (UTC seconds), by default when it is first read. Raises
        ConfigError for a setting outside its limits, and for `pace="real"` without a clock.
        """
        spec = StreetSpec(seed, camera, cameras, fps, minutes, size, rate, exceptions, dark, skip, begins_at)
        spec.check()
        if pace == "real" and clock is None:
            raise ConfigError(f"{spec}: pace 'real' expected a clock, found none; pass edge.clock.SystemClock()")
        self.name = str(spec)
        self.frames_dropped = 0
        self.street = Street(seed, cameras=cameras, rate=rate, exceptions=exceptions)
        self._renderer = Renderer(self.street, camera, size, dark)
        self.optics = Optics(angle_deg=self._renderer.view.angle_deg)
        self._start_at = start_at if begins_at is None else begins_at
        self._spec, self._clock = spec, clock if pace == "real" else None
        self._number = 0
        self._begun_at: float | None = None
        self._is_closed = False

    @property
    def fps(self) -> float:
        return self._spec.fps

    @property
    def frames(self) -> int | None:
        """Number of frames; None if the street never ends."""
        return None if self._spec.minutes is None else round(60 * self._spec.minutes * self._spec.fps)

    def read(self) -> Frame | None:
        """Return the next frame, or None after `minutes`; raises SourceError once closed."""
        if self._is_closed:
            raise SourceError(f"{self.name}: expected an open camera, found it closed; open it again")
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
        """Return the time of a frame in street seconds."""
        return self._spec.skip + number / self._spec.fps

    def frame(self, number: int) -> Frame:
        """Return any frame; this does not change which one `read` returns next."""
        pixels = self._renderer.picture(self.street_time(number), number)
        return Frame(pixels, self._start_at + number / self._spec.fps, number)

    def truth(self, number: int) -> list[WalkerTruth]:
        """Return the truth about every walker in a frame, nearest first."""
        return self._renderer.truths(self.street_time(number))

    def garment_map(self, number: int) -> Pixels:
        """[height, width] true garment classes of a frame: positions in records.CLASSES."""
        return self._renderer.maps(self.street_time(number)).garments

    def pattern_map(self, number: int) -> Pixels:
        """[height, width] true patterns of a frame: positions in truth.PATTERNS."""
        return self._renderer.maps(self.street_time(number)).patterns

    def visits(self, frames: int | None = None) -> list[Visit]:
        """Return the walkers who pass this camera in its first `frames` frames; by default in all of them."""
        count = self.frames if frames is None else frames
        if count is None:
            raise ConfigError(f"{self.name}: visits of an endless street; expected a number of frames or minutes=N")
        times = [self.street_time(number) for number in range(count)]
        return self.street.visits(self._spec.camera, times, self._spec.size)

    def _wait(self, clock: Clock) -> None:
        """Wait until the next frame is due; drop and count frames overdue by more than one interval."""
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
    """Open the camera that a text such as `street:7?camera=1&minutes=2` names; raises ConfigError for a wrong one.

    Without `start_at` the first frame's time is now, or 1970 without a clock.
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
