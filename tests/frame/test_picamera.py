"""The Pi camera with a fake that follows picamera2's published sources; no hardware is involved.

From picamera2 0.3 (picamera2.py, request.py, configuration): `Picamera2(n)` raises IndexError where there is
no such camera and RuntimeError where it is busy; `configure` may change sizes and fills in `stride`;
`capture_request(wait=seconds)` raises TimeoutError; `make_array` of YUV420 gives (height * 3 / 2, stride) with
the padding left in; `release` twice raises; stopping never-ending jobs takes `cancel_all_and_flush`.
"""

import sys
from types import ModuleType
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest

from edge.errors import SourceError
from edge.frame.live import Retry
from edge.frame.picamera import lores_size, main_size_for, open_picamera


class TestClock:
    __test__ = False

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return 1_700_000_000.0 + self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class ColorSpace:
    """libcamera.ColorSpace, by name only."""

    def __init__(self, name: str) -> None:
        self.name = name

    @staticmethod
    def Smpte170m() -> "ColorSpace":  # noqa: N802  libcamera's name
        return ColorSpace("Smpte170m")


class Request:
    def __init__(self, camera: "FakePicamera2", timestamp_s: float) -> None:
        self.camera, self.timestamp_s = camera, timestamp_s
        self.references = 1

    def make_array(self, name: str) -> np.ndarray:
        config = self.camera.config[name]
        (width, height), stride = config["size"], config["stride"]
        if type(self.camera).torn:
            return np.zeros((7, stride), np.uint8)
        rgb = np.zeros((height, width, 3), np.uint8)
        rgb[:, : width // 2] = (200, 30, 40)
        rgb[:, width // 2 :] = (20, 180, 60)
        planar = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420)
        return padded(planar, width, height, stride)

    def get_metadata(self) -> dict[str, Any]:
        taken = {"SensorTimestamp": int(self.timestamp_s * 1e9), "ExposureTime": 8000, "FrameDuration": 66666}
        return taken | ({} if self.camera.colour_gains is None else {"ColourGains": self.camera.colour_gains})

    def release(self) -> None:
        self.references -= 1
        assert self.references >= 0, "released twice"


def padded(planar: np.ndarray, width: int, height: int, stride: int) -> np.ndarray:
    """Pad each plane's rows to the stride (half of it for U and V), as libcamera lays them out."""
    luma, chroma = planar[:height], planar[height:].reshape(2, height // 2, width // 2)
    luma = np.pad(luma, ((0, 0), (0, stride - width)))
    chroma = np.pad(chroma, ((0, 0), (0, 0), (0, (stride - width) // 2)))
    return np.concatenate([luma.reshape(-1), chroma.reshape(-1)]).reshape(height * 3 // 2, stride)


class FakePicamera2:
    """One attached camera (number 0) that follows `script`: seconds per frame, or an error to raise."""

    script: ClassVar[list[float | Exception]] = []
    opened: ClassVar[list["FakePicamera2"]] = []
    busy: ClassVar[bool] = False
    torn: ClassVar[bool] = False
    refuses: ClassVar[str] = ""
    """What `configure` complains about; empty: nothing."""
    colour_gains: ClassVar[tuple[float, float] | None] = (1.87, 1.62)
    """Red and blue gain of the white balance, None where the pipeline has none (libcamera's virtual one)."""

    def __init__(self, camera_num: int = 0) -> None:
        [{"Num": 0}][camera_num]
        if type(self).busy:
            raise RuntimeError("Camera __init__ sequence did not complete.")
        self.calls: list[str] = []
        self.requests: list[Request] = []
        self.config: dict[str, Any] = {}
        type(self).opened.append(self)

    def create_video_configuration(
        self,
        main: dict[str, Any],
        lores: dict[str, Any] | None = None,
        colour_space: ColorSpace | None = None,
        buffer_count: int = 6,
        controls: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        for stream in filter(None, (main, lores)):
            stream["size"] = (stream["size"][0] // 2 * 2, stream["size"][1] // 2 * 2)
        return {"main": main, "lores": lores, "colour_space": colour_space, "controls": controls or {}}

    def configure(self, config: dict[str, Any]) -> None:
        if type(self).refuses:
            raise RuntimeError(type(self).refuses)
        for name in ("main", "lores"):
            if config[name] is not None:
                width = config[name]["size"][0]
                config[name] = {**config[name], "stride": -(-width // 64) * 64}
        if config["lores"] is not None:
            assert config["lores"]["size"] <= config["main"]["size"]
        self.config = config

    def camera_configuration(self) -> dict[str, Any]:
        return self.config

    def start(self) -> None:
        assert self.config, "not configured"

    def capture_request(self, wait: float | None = None) -> Request:
        assert isinstance(wait, float), "without a limit a loose cable blocks for ever"
        step = type(self).script.pop(0)
        if isinstance(step, Exception):
            raise step
        self.requests.append(Request(self, step))
        return self.requests[-1]

    def cancel_all_and_flush(self) -> None:
        self.calls.append("cancel")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> type[FakePicamera2]:
    """Install a fresh fake under the real module names."""
    fake = type("Picamera2", (FakePicamera2,), {"script": [], "opened": []})
    for name, attribute in (("picamera2", {"Picamera2": fake}), ("libcamera", {"ColorSpace": ColorSpace})):
        module = ModuleType(name)
        vars(module).update(attribute)
        monkeypatch.setitem(sys.modules, name, module)
    return fake


def test_both_streams_come_from_one_exposure_in_rgb(pi: type[FakePicamera2]) -> None:
    pi.script = [99.95]
    clock = TestClock()
    camera = open_picamera(clock=clock, input_size=(353, 481), main_size=(1280, 720))
    frame = camera.read()
    assert frame is not None
    assert frame.lores is not None
    assert (frame.pixels.shape, frame.lores.shape) == ((720, 1280, 3), (270, 480, 3))
    for pixels in (frame.pixels, frame.lores):
        assert pixels.flags.c_contiguous
        np.testing.assert_allclose(pixels[100, 10], (200, 30, 40), atol=4)
        np.testing.assert_allclose(pixels[100, -10], (20, 180, 60), atol=4)
    assert frame.captured_at == pytest.approx(clock.now() - 0.05)
    assert camera.name == "picamera2:0"


@pytest.mark.parametrize(("gains", "is_balanced"), [((1.87, 1.62), True), ((1.0, 1.0), False), (None, False)])
def test_a_picture_is_balanced_if_the_camera_has_chosen_gains(
    pi: type[FakePicamera2], gains: tuple[float, float] | None, is_balanced: bool
) -> None:
    pi.script, pi.colour_gains = [99.95], gains
    frame = open_picamera(clock=TestClock()).read()
    assert frame is not None
    assert frame.is_balanced is is_balanced


def test_the_configuration_asks_for_what_the_conversion_assumes(pi: type[FakePicamera2]) -> None:
    open_picamera(clock=TestClock(), input_size=(353, 481), fps=10)
    config = pi.opened[0].config
    assert config["colour_space"].name == "Smpte170m"
    assert config["controls"] == {"FrameDurationLimits": (100_000, 100_000)}
    assert config["lores"]["format"] == "YUV420"


def test_without_a_model_input_there_is_no_small_stream(pi: type[FakePicamera2]) -> None:
    pi.script = [99.9]
    frame = open_picamera(clock=TestClock()).read()
    assert frame is not None
    assert frame.lores is None


def test_requests_go_back_even_when_a_picture_is_unreadable(pi: type[FakePicamera2]) -> None:
    pi.script, pi.torn = [99.8, TimeoutError()], True
    camera = open_picamera(clock=TestClock(), retry=Retry(tries=0))
    with pytest.raises(SourceError, match="no frame for 5 s"):
        camera.read()
    assert camera.frames_dropped == 1
    assert [request.references for request in pi.opened[0].requests] == [0]


def test_frames_the_sensor_made_in_between_are_counted(pi: type[FakePicamera2]) -> None:
    pi.script = [90.0, 90.0 + 1 / 15, 90.0 + 5 / 15]
    camera = open_picamera(clock=TestClock())
    frames = [camera.read() for _ in range(3)]
    assert camera.frames_dropped == 3
    assert [frame.number for frame in frames if frame] == [0, 1, 5]


def test_a_timestamp_of_another_clock_falls_back_to_the_arrival(pi: type[FakePicamera2]) -> None:
    pi.script = [5.0, 7000.0]
    clock = TestClock()
    camera = open_picamera(clock=clock)
    times = [frame.captured_at for frame in (camera.read(), camera.read()) if frame]
    assert times == [clock.now(), clock.now()]


def test_a_loose_cable_is_cancelled_closed_and_opened_again(pi: type[FakePicamera2]) -> None:
    pi.script = [99.0, TimeoutError(), 99.5]
    camera = open_picamera(clock=TestClock())
    assert camera.read() is not None
    assert camera.read() is not None
    assert camera.reconnects == 1
    assert pi.opened[0].calls == ["cancel", "close"]


def test_a_camera_gone_for_good_says_what_to_check(pi: type[FakePicamera2]) -> None:
    pi.script = [RuntimeError("Camera frontend has timed out!")] * 10
    with pytest.raises(SourceError, match=r"picamera2:0: lost for good after 2 tries.*ribbon cable.*rpicam-hello"):
        open_picamera(clock=TestClock(), retry=Retry(tries=2)).read()
    assert all(camera.calls == ["cancel", "close"] for camera in pi.opened)


def test_an_absent_or_busy_camera_is_named(pi: type[FakePicamera2]) -> None:
    with pytest.raises(SourceError, match=r"picamera2:3: cannot open it .*ribbon cable"):
        open_picamera(3, clock=TestClock())
    pi.busy = True
    with pytest.raises(SourceError, match="did not complete"):
        open_picamera(clock=TestClock())


def test_a_camera_that_cannot_be_configured_is_closed(pi: type[FakePicamera2]) -> None:
    pi.refuses = "lores stream dimensions may not exceed main stream"
    with pytest.raises(SourceError, match="does not start: lores"):
        open_picamera(clock=TestClock())
    assert pi.opened[0].calls == ["cancel", "close"]


def test_without_the_library_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(SourceError, match=r"sudo apt install python3-picamera2.*--system-site-packages"):
        open_picamera(clock=TestClock())


@pytest.mark.parametrize(
    ("main", "model_input", "expected"),
    [
        ((1280, 720), (481, 641), (640, 360)),
        ((1640, 1232), (353, 481), (468, 352)),
        ((320, 240), (481, 641), (320, 240)),
    ],
)
def test_the_small_stream_fits_the_model_input(
    main: tuple[int, int], model_input: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert lores_size(main, model_input) == expected


@pytest.mark.parametrize(("memory", "expected"), [(0.9e9, (1280, 720)), (1.9e9, (1920, 1080)), (8e9, (1920, 1080))])
def test_a_board_with_little_memory_takes_a_smaller_picture(memory: float, expected: tuple[int, int]) -> None:
    assert main_size_for(memory) == expected
