"""A street as a camera: frames one by one, in real time or not, and an end."""

from typing import TYPE_CHECKING

import pytest

from edge.errors import ConfigError, SourceError
from edge.street.camera import StreetCamera, from_spec

if TYPE_CHECKING:
    from edge.seams import Camera

SMALL = (160, 90)


class FakeClock:
    """A clock that moves only in sleep, or where a test sets it."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.slept: list[float] = []

    def now(self) -> float:
        return 1e9 + self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


def test_it_is_a_camera() -> None:
    camera: Camera = StreetCamera(7, camera=1, fps=4, minutes=0.05, size=SMALL, start_at=50.0)
    assert camera.name == "street:7?camera=1&fps=4&minutes=0.05&size=160x90"
    frames = []
    while (frame := camera.read()) is not None:
        frames.append(frame)
    assert [frame.number for frame in frames] == list(range(12))
    assert [frame.captured_at for frame in frames] == [50 + i / 4 for i in range(12)]
    assert (camera.frames_dropped, camera.reconnects, camera.read()) == (0, 0, None)
    camera.close()
    with pytest.raises(SourceError, match="found it closed"):
        camera.read()


def test_skip_starts_later_in_the_same_street() -> None:
    late, early = (StreetCamera(7, fps=8, skip=skip, size=SMALL) for skip in (10.0, 0.0))
    assert [t.walker_id for t in late.truth(0)] == [t.walker_id for t in early.truth(80)]
    assert late.frame(0).captured_at == 0


def test_real_time_waits_for_each_frame() -> None:
    clock = FakeClock()
    camera = StreetCamera(7, fps=4, size=SMALL, pace="real", clock=clock)
    for _ in range(4):
        camera.read()
    assert clock.slept == pytest.approx([0.25, 0.25, 0.25])
    assert camera.frames_dropped == 0


def test_a_late_reader_misses_frames_and_is_told() -> None:
    clock = FakeClock()
    camera = StreetCamera(7, fps=4, minutes=0.1, size=SMALL, pace="real", start_at=5.0, clock=clock)
    camera.read()
    clock.seconds += 1.1
    frame = camera.read()
    assert frame is not None
    assert (frame.number, frame.captured_at, camera.frames_dropped) == (4, 6.0, 3)
    clock.seconds += 60
    assert camera.read() is None
    assert camera.frames_dropped == 3 + 19


def test_two_programs_see_one_street_at_one_time() -> None:
    clock = FakeClock()
    begins_at = clock.now() + 2
    camera = from_spec(f"street:7?fps=4&size=160x90&begins_at={begins_at}", pace="real", clock=clock)
    first = camera.read()
    assert first is not None
    assert (first.number, first.captured_at) == (0, begins_at)
    assert clock.slept == pytest.approx([2.0])


def test_a_spec_opens_a_camera() -> None:
    camera = from_spec("street:9?camera=1&cameras=2&minutes=2&size=160x90", start_at=3.0)
    assert camera.frames == 960
    assert camera.frame(8).captured_at == 4.0
    assert (
        from_spec("street:9?size=160x90", pace="real", clock=(clock := FakeClock())).frame(0).captured_at == clock.now()
    )


def test_what_makes_no_street_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected camera from 0 to 2, found 3"):
        StreetCamera(7, camera=3)
    with pytest.raises(ConfigError, match="expected a clock"):
        StreetCamera(7, pace="real", size=SMALL)
    with pytest.raises(ConfigError, match="endless street"):
        StreetCamera(7, size=SMALL).visits()


def test_visits_agree_with_the_truths(cameras: list[StreetCamera]) -> None:
    visits = {visit.walker_id: visit for visit in cameras[1].visits(frames=160)}
    full: dict[int, list[int]] = {}
    for number in range(160):
        seen = cameras[1]._renderer._look(cameras[1].street_time(number))
        for one in seen:
            x1, y1, x2, y2 = one.outline
            if x1 >= 0 and y1 >= 0 and x2 <= 639 and y2 <= 359:
                full.setdefault(one.figure.walker.walker_id, []).append(number)
    assert set(full) == set(visits)
    for walker_id, numbers in full.items():
        visit = visits[walker_id]
        assert (visit.first_at, visit.last_at) == (numbers[0] / 8, numbers[-1] / 8)
        assert visit.full_height_s == pytest.approx(len(numbers) / 8)


def test_by_night_it_is_dimmer_and_warmer() -> None:
    day, night = (StreetCamera(7, dark=dark).frame(40).pixels.reshape(-1, 3).mean(axis=0) for dark in (0.0, 1.0))
    assert 0.25 < night.mean() / day.mean() < 0.6
    assert night[0] / night[2] > 1.05 * day[0] / day[2]
