"""Clips played by their own time, with real damage; live sources that break and come back."""

import itertools
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from edge.errors import SourceError
from edge.frame import live, video
from edge.frame.live import DeviceLostError, Live, Retry, Shot
from edge.frame.video import Clip
from edge.records import Frame
from edge.seams import Optics, Pace

HEIGHT, WIDTH = 48, 64


class TestClock:
    """A clock that moves only by sleeping, or by hand."""

    __test__ = False

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return 1_700_000_000.0 + self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


def picture(level: int) -> np.ndarray:
    """Return a BGR picture: blue falls and red rises with the level."""
    return np.full((HEIGHT, WIDTH, 3), (255 - level, 0, level), np.uint8)


def write_clip(path: Path, *, frames: int = 20, fps: float = 10, code: str = "mp4v") -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), fps, (WIDTH, HEIGHT))
    assert writer.isOpened()
    for number in range(frames):
        writer.write(picture(number * 10))
    writer.release()
    return path


def write_gif(path: Path, *, frames: int = 5, duration_ms: int = 200) -> Path:
    first, *others = (Image.fromarray(picture(number * 50)[..., ::-1]) for number in range(frames))
    first.save(path, save_all=True, append_images=others, duration=duration_ms)
    return path


def everything(clip: Clip) -> list[Frame]:
    return list(iter(clip.read, None))


# --- clips ---


@pytest.mark.parametrize(("name", "code"), [("a.mp4", "mp4v"), ("a.avi", "MJPG")])
def test_a_clip_gives_every_frame_in_rgb_with_its_time(tmp_path: Path, name: str, code: str) -> None:
    clock = TestClock()
    clip = Clip(write_clip(tmp_path / name, code=code), clock=clock, pace="fast", start_at=5000.0)
    frames = everything(clip)
    assert [frame.number for frame in frames] == list(range(20))
    assert [frame.captured_at for frame in frames] == pytest.approx([5000 + n / 10 for n in range(20)])
    assert frames[19].pixels.shape == (HEIGHT, WIDTH, 3)
    red, _, blue = frames[19].pixels[20, 30]
    assert red > 150
    assert blue < 100
    assert clock.slept == []
    assert (clip.name, clip.frames_dropped, clip.reconnects) == (name, 0, 0)
    assert clip.read() is None


def test_without_a_start_a_clip_begins_now(tmp_path: Path) -> None:
    clock = TestClock()
    frame = Clip(write_clip(tmp_path / "a.mp4"), clock=clock, pace="fast").read()
    assert frame is not None
    assert frame.captured_at == clock.now()


def test_an_animated_gif_plays_by_its_own_durations(tmp_path: Path) -> None:
    clip = Clip(write_gif(tmp_path / "a.gif"), clock=TestClock(), pace="fast", start_at=0.0)
    frames = everything(clip)
    assert [frame.captured_at for frame in frames] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])
    assert frames[4].pixels[20, 30, 0] > 150


def test_real_pace_sleeps_until_each_frame_is_due(tmp_path: Path) -> None:
    clock = TestClock()
    everything(Clip(write_clip(tmp_path / "a.mp4", frames=4), clock=clock, pace="real"))
    assert clock.slept == pytest.approx([0.1, 0.1, 0.1])


def test_real_pace_drops_what_is_late_and_says_so(tmp_path: Path) -> None:
    clock = TestClock()
    clip = Clip(write_clip(tmp_path / "a.mp4"), clock=clock, pace="real", start_at=0.0)
    clip.read()
    clock.seconds += 0.75
    frame = clip.read()
    assert frame is not None
    assert frame.captured_at == pytest.approx(0.7)
    assert (frame.number, clip.frames_dropped) == (7, 6)


def test_a_hopelessly_slow_machine_still_sees_frames(tmp_path: Path) -> None:
    clock = TestClock()
    clip = Clip(write_clip(tmp_path / "a.mp4", frames=60), clock=clock, pace="real")
    clip.read()
    clock.seconds += 1e6
    frame = clip.read()
    assert frame is not None
    assert frame.number == video.LATE_SKIPS + 1


def test_a_looping_clip_keeps_its_time_going(tmp_path: Path) -> None:
    clip = Clip(write_clip(tmp_path / "a.mp4", frames=3), clock=TestClock(), pace="fast", start_at=0.0, loop=True)
    frames = [clip.read() for _ in range(7)]
    assert [frame.captured_at for frame in frames if frame] == pytest.approx([n / 10 for n in range(7)])
    assert [frame.number for frame in frames if frame] == list(range(7))


def test_a_clip_without_rate_or_timestamps_runs_at_25_a_second(tmp_path: Path) -> None:
    """JPEGs one after the other: a container without rate, timestamps or length."""
    path = tmp_path / "raw.mjpeg"
    path.write_bytes(b"".join(cv2.imencode(".jpg", picture(number))[1].tobytes() for number in range(3)))
    frames = everything(Clip(path, clock=TestClock(), pace="fast", start_at=0.0))
    assert [frame.captured_at for frame in frames] == pytest.approx([0, 0.04, 0.08])


def test_damage_inside_a_clip_is_counted(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4")
    data = bytearray(path.read_bytes())
    middle = data.find(b"mdat") + 200
    data[middle : middle + 700] = bytes(700)
    path.write_bytes(data)
    clip = Clip(path, clock=TestClock(), pace="fast")
    frames = everything(clip)
    assert 0 < len(frames) < 20
    assert len(frames) + clip.frames_dropped == 20


def test_a_truncated_clip_gives_its_readable_frames(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.avi", code="MJPG")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    clip = Clip(path, clock=TestClock(), pace="fast")
    frames = everything(clip)
    assert 0 < len(frames) < 20
    assert len(frames) + clip.frames_dropped == 20


@pytest.mark.parametrize("pace", ["fast", "real"])
def test_a_codec_that_cannot_be_read_is_named_with_what_to_do(tmp_path: Path, pace: Pace) -> None:
    path = write_clip(tmp_path / "phone.mp4", code="mp4v")
    path.write_bytes(path.read_bytes().replace(b"mp4v", b"av01").replace(b"esds", b"free"))
    clip = Clip(path, clock=TestClock(), pace=pace)
    with pytest.raises(SourceError, match=r"phone\.mp4: is of the codec \w+ \(AV1\), .* ffmpeg -i clip -c:v libx264"):
        everything(clip)


def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.mp4"))
    write_clip(tmp_path / "a.mp4").rename(path)
    with pytest.raises(SourceError, match="its name is not in UTF-8"):
        Clip(path, clock=TestClock())


def test_a_truncated_gif_gives_its_readable_frames(tmp_path: Path) -> None:
    path = write_gif(tmp_path / "a.gif", frames=9)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 0 < len(everything(Clip(path, clock=TestClock(), pace="fast"))) < 9


@pytest.mark.parametrize("content", [b"", b"not a video at all", b"\0" * 5000])
def test_what_does_not_play_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.mp4: expected a video.*found nothing that plays"):
        Clip(path, clock=TestClock())


def test_an_mp4_cut_before_its_index_is_named(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(SourceError, match="incomplete"):
        Clip(path, clock=TestClock())


@pytest.mark.requires_clips
@pytest.mark.parametrize(("name", "frames"), [("people-detection.gif", 23), ("one-by-one-person-detection.mp4", 1394)])
def test_the_shared_clips_play_to_the_end(shared_data: Path, name: str, frames: int) -> None:
    clip = Clip(shared_data / "clips" / name, clock=TestClock(), pace="fast", start_at=0.0)
    times = [frame.captured_at for frame in everything(clip)]
    assert len(times) == frames
    assert clip.frames_dropped == 0
    assert all(later > earlier for earlier, later in itertools.pairwise(times))


@pytest.mark.requires_clips
def test_a_damaged_h264_clip_goes_on_behind_the_damage(shared_data: Path, tmp_path: Path) -> None:
    data = bytearray((shared_data / "clips" / "one-by-one-person-detection.mp4").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 60_000] = np.random.default_rng(0).integers(0, 256, 60_000, np.uint8).tobytes()
    (tmp_path / "a.mp4").write_bytes(data)
    clip = Clip(tmp_path / "a.mp4", clock=TestClock(), pace="fast", start_at=0.0)
    frames = everything(clip)
    assert len(frames) > 1300
    assert clip.frames_dropped > 10
    assert frames[-1].captured_at == pytest.approx(139.3, abs=0.2)


# --- live ---


class FakeDevice:
    """Delivers what its script says: a level, None for a bad frame, "lost" for a broken device."""

    optics = Optics()

    def __init__(self, script: list[int | str | None]) -> None:
        self.script = script
        self.is_closed = False

    def grab(self) -> Shot | None:
        step = self.script.pop(0) if self.script else "lost"
        if step == "lost":
            raise DeviceLostError("unplugged")
        return None if step is None else Shot(picture(int(step)), 1.0)

    def close(self) -> None:
        self.is_closed = True


def camera(*scripts: list[int | str | None] | str, clock: TestClock, tries: int = 6) -> Live:
    """Return a camera that plays the next script each time it is opened; "absent" fails to open."""
    waiting = list(scripts)

    def open_device() -> FakeDevice:
        script = waiting.pop(0) if waiting else "absent"
        if isinstance(script, str):
            raise DeviceLostError("there is no such device")
        return FakeDevice(script)

    return Live("fake", open_device, clock=clock, advice="check the plug", retry=Retry(tries=tries))


def test_a_bad_frame_is_a_drop_and_leaves_a_gap() -> None:
    source = camera([1, None, 2], clock=TestClock())
    numbers = [frame.number for frame in (source.read(), source.read()) if frame]
    assert (numbers, source.frames_dropped, source.reconnects) == ([0, 2], 1, 0)


def test_several_bad_frames_in_a_row_are_a_loss() -> None:
    clock = TestClock()
    source = camera([1, *[None] * live.BAD_IN_A_ROW], [2], clock=clock)
    assert [source.read(), source.read()] != [None, None]
    assert (source.frames_dropped, source.reconnects, clock.slept) == (live.BAD_IN_A_ROW, 1, [0.5])


def test_a_lost_device_is_tried_again_with_growing_pauses() -> None:
    clock = TestClock()
    source = camera([1, "lost"], "absent", "absent", [2, "lost"], [3], clock=clock)
    assert [source.read() is not None for _ in range(3)] == [True] * 3
    assert clock.slept == [0.5, 1.0, 2.0, 0.5]
    assert source.reconnects == 2


def test_a_device_lost_for_good_says_what_to_check() -> None:
    clock = TestClock()
    source = camera([1], clock=clock, tries=3)
    source.read()
    with pytest.raises(SourceError, match=r"fake: lost for good after 3 tries .there is no such device.; check the"):
        source.read()
    assert clock.slept == [0.5, 1.0, 2.0]


def test_a_device_that_opens_but_never_delivers_is_given_up_too() -> None:
    clock = TestClock()
    with pytest.raises(SourceError, match=r"lost for good.*unplugged"):
        camera([], [], [], [], [], clock=clock, tries=3).read()
    assert clock.slept == [0.5, 1.0, 2.0]


def test_a_device_that_is_not_there_at_the_start_fails_at_once() -> None:
    clock = TestClock()
    with pytest.raises(SourceError, match=r"fake: cannot open it .there is no such device.; check the plug"):
        camera(clock=clock)
    assert clock.slept == []


def test_a_closed_camera_reads_nothing() -> None:
    source = camera([1, 2], clock=TestClock())
    source.close()
    assert source.read() is None


def test_a_missing_usb_camera_says_what_to_check() -> None:
    with pytest.raises(SourceError, match=r"v4l2:/dev/video99: cannot open it .there is no such device.*v4l2-ctl"):
        video.open_usb("/dev/video99", clock=TestClock())


def test_what_is_no_camera_does_not_open(tmp_path: Path) -> None:
    (tmp_path / "video0").write_bytes(b"")
    with pytest.raises(SourceError, match="it does not open"):
        video.open_usb(str(tmp_path / "video0"), clock=TestClock())


def test_an_absent_stream_hides_its_password() -> None:
    with pytest.raises(SourceError, match=r"^rtsp://127\.0\.0\.1:9/\.\.\.: cannot open it") as caught:
        video.open_stream("rtsp://admin:secret@127.0.0.1:9/main", clock=TestClock())
    assert "secret" not in str(caught.value)


class _Mjpeg(BaseHTTPRequestHandler):
    """A network camera that hangs up after six pictures."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=cut")
        self.end_headers()
        _, jpeg = cv2.imencode(".jpg", picture(200))
        for _ in range(6):
            self.wfile.write(b"--cut\r\nContent-Type: image/jpeg\r\n")
            self.wfile.write(f"Content-Length: {len(jpeg)}\r\n\r\n".encode() + jpeg.tobytes() + b"\r\n")
            time.sleep(0.01)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def network_camera() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Mjpeg)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/stream"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_network_camera_that_hangs_up_is_found_again(network_camera: str) -> None:
    clock = TestClock()
    source = video.open_stream(network_camera, clock=clock)
    frames = [source.read() for _ in range(15)]
    source.close()
    assert all(frame is not None and frame.pixels[20, 30, 0] > 150 for frame in frames)
    assert source.reconnects >= 2
    assert frames[-1] is not None
    assert frames[-1].number == 14 + source.frames_dropped
