"""The Pi camera, with a fake of picamera2 (fake_picamera2.py); tools/camera-test runs it on the real one."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.config import FrameSection
from edge.errors import ConfigError, SourceError
from edge.frame.live import Retry
from edge.frame.picamera import lores_size, main_size_for, open_picamera
from tests.frame.fake_picamera2 import HQ, MODULE_1, MODULE_2, MODULE_3, ColorSpace, FakePicamera2, modules


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


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> type[FakePicamera2]:
    """Install a fresh fake under the real module names."""
    fake = type("Picamera2", (FakePicamera2,), {"script": [], "opened": []})
    for name, module in modules(fake).items():
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
    pi.script, pi.metadata = [99.95], {"ColourGains": gains}
    frame = open_picamera(clock=TestClock()).read()
    assert frame is not None
    assert frame.is_balanced is is_balanced


def test_the_configuration_asks_for_what_the_conversion_assumes(pi: type[FakePicamera2]) -> None:
    open_picamera(clock=TestClock(), input_size=(353, 481), fps=10)
    config = pi.opened[0].config
    assert config["colour_space"].name == "Smpte170m"
    assert config["controls"] == {"FrameDurationLimits": (100_000, 100_000)}
    assert config["lores"]["format"] == "YUV420"


@pytest.mark.parametrize(
    ("modes", "main", "size", "bit_depth"),
    [
        (MODULE_3, (1920, 1080), (2304, 1296), 10),
        (MODULE_2, (1920, 1080), (1640, 1232), 10),
        (MODULE_2, (1280, 720), (1640, 1232), 10),
        (MODULE_1, (1920, 1080), (2592, 1944), 10),
        (MODULE_1, (1280, 720), (1296, 972), 10),
        (HQ, (1920, 1080), (2028, 1080), 12),
    ],
    ids=["module-3", "module-2", "module-2-small", "module-1", "module-1-small", "hq"],
)
def test_the_smallest_mode_with_the_whole_lens_is_asked_for(
    pi: type[FakePicamera2], modes: list[dict[str, Any]], main: tuple[int, int], size: tuple[int, int], bit_depth: int
) -> None:
    pi.sensor_modes = modes
    open_picamera(clock=TestClock(), main_size=main)
    assert pi.opened[0].config["sensor"] == {"output_size": size, "bit_depth": bit_depth}


def test_a_camera_without_modes_chooses_for_itself(pi: type[FakePicamera2]) -> None:
    pi.sensor_modes = [{"format": "MJPEG"}]
    open_picamera(clock=TestClock())
    assert pi.opened[0].config["sensor"] is None


@pytest.mark.parametrize(
    ("crop", "settings", "angle", "share"),
    [
        ((0, 0, 4608, 2592), FrameSection(), 66.0, 1.0),
        ((768, 432, 3072, 1728), FrameSection(), 46.8, 2 / 3),
        ((0, 0, 4608, 2592), FrameSection(rotate=90), 40.1, 1.0),
        ((0, 0, 4608, 2592), FrameSection(lens_deg=90), 90.0, 1.0),
        (None, FrameSection(), None, None),
    ],
    ids=["whole", "cropped", "sideways", "other-lens", "unknown"],
)
def test_the_angle_is_that_of_the_part_of_the_sensor_that_is_shown(
    pi: type[FakePicamera2],
    crop: tuple[int, ...] | None,
    settings: FrameSection,
    angle: float | None,
    share: float | None,
) -> None:
    pi.sensor_modes, pi.camera_properties, pi.script = MODULE_3, {"Model": "imx708_noir"}, [99.9]
    pi.metadata = {"ScalerCrop": crop}
    camera = open_picamera(clock=TestClock(), settings=settings)
    camera.read()
    assert camera.optics.width_share == pytest.approx(share)
    assert camera.optics.angle_deg == pytest.approx(angle, abs=0.05)


FOCUS = {"AfMode": (0, 2, 0), "LensPosition": (0.0, 10.0, 1.0)}


@pytest.mark.parametrize(
    ("focus_m", "controls"),
    [(None, {"AfMode": 2}), (4.0, {"AfMode": 0, "LensPosition": 0.25})],
    ids=["continuous", "fixed"],
)
def test_a_lens_that_moves_is_focused(
    pi: type[FakePicamera2], focus_m: float | None, controls: dict[str, float]
) -> None:
    pi.camera_controls = FOCUS
    open_picamera(clock=TestClock(), settings=FrameSection(focus_m=focus_m))
    assert pi.opened[0].config["controls"].items() >= controls.items()


@pytest.mark.parametrize(
    ("offered", "words"),
    [({}, "cannot be moved"), (FOCUS, r"expected 0\.10 m or more")],
    ids=["fixed-lens", "too-near"],
)
def test_a_focus_that_the_lens_does_not_have_is_refused(
    pi: type[FakePicamera2], offered: dict[str, Any], words: str
) -> None:
    pi.camera_controls = offered
    with pytest.raises(ConfigError, match=rf"frame\.focus_m: .*{words}"):
        open_picamera(clock=TestClock(), settings=FrameSection(focus_m=0.05))
    assert pi.opened[0].calls == ["cancel", "close"]


def test_a_long_exposure_is_shortened_once_it_has_settled(pi: type[FakePicamera2]) -> None:
    pi.script, pi.camera_controls = [90.0 + n / 15 for n in range(30)], {"ExposureTime": (60, 10**6, 0)}
    pi.metadata = {"ExposureTime": 20_000, "AnalogueGain": 1.5}
    camera = open_picamera(clock=TestClock())
    for _ in range(30):
        camera.read()
    assert pi.opened[0].set == [{"ExposureTime": 4000}]


def test_a_camera_upside_down_is_turned_by_the_hardware(pi: type[FakePicamera2]) -> None:
    pi.script = [99.9]
    camera = open_picamera(clock=TestClock(), main_size=(1280, 720), settings=FrameSection(rotate=180))
    frame = camera.read()
    assert pi.opened[0].config["transform"] == {"hflip": 1, "vflip": 1}
    assert frame is not None
    assert frame.pixels[0, 0, 0] > 150, "and not once more by us"
    assert camera.optics.is_as_asked


@pytest.mark.parametrize(("rotate", "upper"), [(90, (200, 30, 40)), (270, (20, 180, 60))])
def test_a_camera_on_its_side_is_turned_upright(
    pi: type[FakePicamera2], rotate: Any, upper: tuple[int, int, int]
) -> None:
    pi.script = [99.9]
    settings = FrameSection(rotate=rotate)
    frame = open_picamera(clock=TestClock(), input_size=(353, 481), main_size=(1280, 720), settings=settings).read()
    assert frame is not None
    assert frame.lores is not None
    assert (frame.pixels.shape, frame.lores.shape) == ((1280, 720, 3), (352, 198, 3))
    np.testing.assert_allclose(frame.pixels[5, 360], upper, atol=4)


def test_semi_planar_pictures_are_read_too(pi: type[FakePicamera2]) -> None:
    pi.script, pi.grants = [99.9], {"format": "NV12"}
    frame = open_picamera(clock=TestClock(), input_size=(353, 481)).read()
    assert frame is not None
    assert frame.lores is not None
    for pixels in (frame.pixels, frame.lores):
        np.testing.assert_allclose(pixels[100, 10], (200, 30, 40), atol=4)


def test_a_format_that_cannot_be_read_is_refused_and_named(pi: type[FakePicamera2]) -> None:
    pi.grants = {"format": "MJPEG"}
    with pytest.raises(SourceError, match="expected the format YUV420 or NV12 of the stream main, found MJPEG"):
        open_picamera(clock=TestClock())


@pytest.mark.parametrize(
    "grants", [{"colour_space": ColorSpace("Rec709")}, {"size": (1024, 768)}], ids=["colours", "size"]
)
def test_what_is_granted_otherwise_is_used_and_told(
    pi: type[FakePicamera2], grants: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    pi.script, pi.grants = [99.9], grants
    camera = open_picamera(clock=TestClock())
    frame = camera.read()
    assert not camera.optics.is_as_asked
    assert "asked for" in caplog.text
    assert frame is not None
    width, height = grants.get("size", (1920, 1080))
    assert frame.pixels.shape == (height, width, 3)


@pytest.mark.parametrize(("lacking", "said"), [("SensorTimestamp", "KeyError 'SensorTimestamp': do picamera2 and")])
def test_metadata_that_lacks_something_is_a_sentence(pi: type[FakePicamera2], lacking: str, said: str) -> None:
    pi.script, pi.metadata = [99.9], {lacking: None}
    with pytest.raises(SourceError, match=said):
        open_picamera(clock=TestClock(), retry=Retry(tries=0)).read()
    assert [request.references for request in pi.opened[0].requests] == [0]


@pytest.mark.parametrize(
    "fault",
    [
        'raise ValueError("numpy.dtype size changed, may indicate binary incompatibility")',
        'raise AttributeError("module libcamera has no attribute controls")',
        'raise OSError("libcamera.so.0.4: cannot open shared object file")',
        "import numpy.core_of_another_version",
    ],
    ids=["numpy", "attribute", "library", "import"],
)
def test_a_broken_installation_is_one_sentence(tmp_path: Path, fault: str) -> None:
    """A real `spotter node` with a picamera2 that fails while it is imported."""
    (tmp_path / "picamera2.py").write_text(fault)
    program = [sys.executable, "-c", "import sys; from edge.cli import main; sys.exit(main())"]
    program[2] = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {program[2]}"
    done = subprocess.run(
        [*program, "node", "--source", "picamera2", "--broker", "127.0.0.1:1"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("spotter: picamera2: the camera library")]
    assert len(said) == 1
    assert "sudo apt" in said[0]


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


def test_a_camera_that_says_it_is_slow_has_dropped_nothing(pi: type[FakePicamera2]) -> None:
    pi.script, pi.metadata = [90.0, 90.2, 90.4, 90.8], {"FrameDuration": 200_000}
    camera = open_picamera(clock=TestClock())
    assert [frame.number for frame in (camera.read() for _ in range(4)) if frame] == [0, 1, 2, 4]


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
