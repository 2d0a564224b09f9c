"""USB cameras, on the kernel's simulated one (vivid); `tools/camera-test --vm` boots a kernel that has it."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from edge.clock import SystemClock
from edge.config import FrameSection
from edge.errors import SourceError
from edge.frame.live import Live, Retry
from edge.frame.video import USB_SIZE, open_usb

pytestmark = [
    pytest.mark.requires_vivid,
    pytest.mark.skipif("SPOTTER_VIVID" not in os.environ, reason="tools/camera-test --vm runs these"),
]
DRIVER = Path("/sys/module/vivid")


def control(device: str, **values: int) -> None:
    settings = ",".join(f"{name}={value}" for name, value in values.items())
    subprocess.run(["v4l2-ctl", "--device", device, "--set-ctrl", settings], check=True)


def read_one(device: str) -> None:
    """Open another camera on the device and read from it."""
    with closing(open_usb(device, clock=SystemClock(), retry=Retry(first_s=0.1, tries=1))) as camera:
        camera.read()


def find() -> str:
    """Return the device that captures video."""
    for _ in range(100):
        for path in sorted(Path("/dev").glob("video*")):
            said = subprocess.run(["v4l2-ctl", "--device", path, "--info"], capture_output=True, text=True, check=False)
            if "Video Capture\n" in said.stdout.partition("Device Caps")[2]:
                return str(path)
        time.sleep(0.1)
    raise AssertionError("no vivid device")


@pytest.fixture
def device() -> str:
    """A fresh camera of the kernel; others have left theirs unplugged or busy."""
    if DRIVER.exists():
        subprocess.run(["modprobe", "-r", "vivid"], check=True)
    subprocess.run(["modprobe", "vivid", "n_devs=1", "node_types=0x1", "num_inputs=1", "input_types=0x0"], check=True)
    return find()


@pytest.fixture
def camera(device: str) -> Iterator[Live]:
    with closing(open_usb(device, clock=SystemClock(), retry=Retry(first_s=0.2, tries=3))) as found:
        yield found


def test_without_mjpg_yuyv_is_taken_at_the_size_asked_for(camera: Live) -> None:
    frames = [camera.read() for _ in range(10)]
    assert all(frame is not None and frame.pixels.shape == (*USB_SIZE[::-1], 3) for frame in frames)
    times = [frame.captured_at for frame in frames if frame is not None]
    assert times == sorted(times)
    assert camera.frames_dropped == 0


def test_colours_are_those_of_the_bars(camera: Live) -> None:
    frame = camera.read()
    assert frame is not None
    middle = frame.pixels[300]
    bright = middle[np.argmax(middle.sum(axis=1))]
    assert bright.min() > 180, "the white bar"
    assert {int(np.argmax(pixel)) for pixel in middle if np.ptp(pixel) > 120} == {0, 1, 2}, "red, green and blue bars"


@pytest.mark.parametrize("size", [(320, 180), (640, 360)])
def test_a_size_that_it_does_not_have_becomes_the_nearest(
    device: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = (size[0] + 7, size[1] + 3)
    monkeypatch.setattr("edge.frame.video.USB_SIZE", odd)
    with closing(open_usb(device, clock=SystemClock())) as camera:
        frame = camera.read()
    assert frame is not None
    height, width = frame.pixels.shape[:2]
    assert abs(width - odd[0]) < odd[0]
    assert (width % 2, height % 2) == (0, 0)


def test_a_busy_camera_is_one_sentence(device: str) -> None:
    with closing(open_usb(device, clock=SystemClock())) as first:
        assert first.read() is not None
        with pytest.raises(SourceError, match=rf"v4l2:{device}: .*no other program uses it"):
            read_one(device)
        assert first.read() is not None


def test_an_unplugged_camera_is_one_sentence(camera: Live, device: str) -> None:
    assert camera.read() is not None
    control(device, disconnect=1)
    with pytest.raises(SourceError, match=rf"v4l2:{device}: lost for good after 3 tries.*check the plug"):
        list(iter(camera.read, None))


def test_an_absent_camera_is_one_sentence() -> None:
    with pytest.raises(SourceError, match=r"v4l2:/dev/video77: cannot open it \(there is no such device\)"):
        open_usb("/dev/video77", clock=SystemClock())


def test_a_camera_on_its_side_is_turned(device: str) -> None:
    with closing(open_usb(device, clock=SystemClock(), settings=FrameSection(rotate=90, lens_deg=70))) as camera:
        frame = camera.read()
    assert frame is not None
    assert frame.pixels.shape == (*USB_SIZE, 3)
    assert camera.optics.angle_deg == pytest.approx(43, abs=0.5)
