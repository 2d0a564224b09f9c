"""V4L2 cameras on the kernel's own test driver, vivid, with the real OpenCV; `tools/camera-test` runs these.

vivid makes a webcam, a TV card and an HDMI grabber, which show eight bars of known colours. None of them has MJPG.
"""

import fcntl
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.clock import SystemClock
from edge.config import FrameSection
from edge.errors import SourceError
from edge.frame import video
from edge.frame.live import Live, Retry
from edge.frame.source import open_camera

pytestmark = [
    pytest.mark.requires_v4l2_camera,
    pytest.mark.skipif("SPOTTER_V4L2_CAMERA" not in os.environ, reason="tools/camera-test runs these"),
]
WEBCAM, TV, HDMI = "/dev/video0", "/dev/video1", "/dev/video2"
DRIVER = Path("/sys/bus/platform/drivers/vivid")
BARS = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0))
"""Red, green and blue of the bars from left to right: SMPTE's order."""
G_FMT, S_DV_TIMINGS, CAPTURE = 0xC0D05604, 0xC0845657, 1
ODD = (1366, 768)
ODD_TIMINGS = struct.pack("=I4IQ9I2I60x", 0, *ODD, 0, 3, 85_500_000, 70, 143, 213, 3, 3, 24, 0, 0, 0, 2, 0)
"""struct v4l2_dv_timings of DMT 0x51, 1366x768 at 60 Hz, whose width is no multiple of 4."""


def granted(device: str) -> tuple[int, int, str]:
    """Return the width, the height and the pixel format that a device is set to."""
    asked = bytearray(struct.pack("=II200x", CAPTURE, 0))
    with Path(device).open("rb", buffering=0) as file:
        fcntl.ioctl(file, G_FMT, asked)
    width, height, code = struct.unpack_from("=III", asked, 8)
    return width, height, code.to_bytes(4, "little").decode()


def opened(device: str, retry: Retry | None = None) -> Live:
    camera = open_camera(f"v4l2:{device}", clock=SystemClock(), retry=retry)
    assert isinstance(camera, Live)
    return camera


@pytest.fixture
def webcam() -> Iterator[Live]:
    with closing(opened(WEBCAM)) as camera:
        yield camera


def bars(pixels: np.ndarray) -> np.ndarray:
    """Return [8, 3] which of red, green and blue each bar has, from its middle, below the text."""
    height, width = pixels.shape[:2]
    columns = ((np.arange(8) + 0.5) * width / 8).astype(int)
    rows = pixels[height * 3 // 4 : height * 7 // 8]
    return np.array([rows[:, column - 3 : column + 4].mean(axis=(0, 1)) > 100 for column in columns])


def picture(camera: Live) -> np.ndarray:
    frame = camera.read()
    assert frame is not None
    return frame.pixels


def test_a_webcam_without_mjpg_shows_the_bars_in_their_colours(webcam: Live) -> None:
    """720p is asked as MJPG, which it lacks; then it must be YUYV, which becomes RGB."""
    pixels = picture(webcam)
    width, height, code = granted(WEBCAM)
    assert pixels.shape == (height, width, 3)
    assert (width, height) == (1280, 720)
    assert code == "YUYV"
    assert bars(pixels).astype(int).tolist() == [list(bar) for bar in BARS]


def test_bgr3_is_a_picture_too() -> None:
    """As a grabber without MJPG and YUYV gives it: OpenCV 4.11 hands it out as one row of bytes."""
    capture = cv2.VideoCapture(WEBCAM, cv2.CAP_V4L2)
    with closing(video._Capture(capture, SystemClock(), FrameSection())) as device:
        shot = device.grab()
        width, height, code = granted(WEBCAM)
    assert code == "BGR3"
    assert shot is not None
    assert shot.pixels.shape == (height, width, 3)
    assert bars(shot.pixels).astype(int).tolist() == [list(bar) for bar in BARS]


def test_frames_come_with_rising_times(webcam: Live) -> None:
    frames = [webcam.read() for _ in range(5)]
    times = [frame.captured_at for frame in frames if frame is not None]
    assert len(times) == 5
    assert times == sorted(set(times))
    assert abs(times[-1] - time.time()) < 5.0
    assert webcam.frames_dropped == 0


def test_a_tv_card_gives_the_size_that_it_has() -> None:
    with closing(opened(TV)) as camera:
        pixels = picture(camera)
        width, height, _ = granted(TV)
    assert pixels.shape == (height, width, 3)
    assert (width, height) != (1280, 720), "a TV card has no such size"


def test_an_odd_size_is_not_sheared() -> None:
    """1366 columns: lines whose length is no multiple of 4 pixels."""
    with Path(HDMI).open("r+b", buffering=0) as file:
        fcntl.ioctl(file, S_DV_TIMINGS, ODD_TIMINGS)
    with closing(opened(HDMI)) as camera:
        pixels = picture(camera)
        width, height, _ = granted(HDMI)
    assert pixels.shape == (height, width, 3)
    assert bars(pixels).astype(int).tolist() == [list(bar) for bar in BARS]


def test_a_busy_camera_is_one_sentence(webcam: Live) -> None:
    picture(webcam)
    with pytest.raises(SourceError, match=r"^v4l2:/dev/video0: .*`fuser /dev/video0`") as caught:
        opened(WEBCAM, Retry(tries=0)).read()
    assert "\n" not in str(caught.value)
    picture(webcam)


def test_an_absent_camera_is_one_sentence() -> None:
    with pytest.raises(
        SourceError, match=r"^v4l2:/dev/video9: cannot open it \(there is no such device\); check the plug"
    ):
        opened("/dev/video9", Retry(tries=0))


def test_a_camera_that_is_unplugged_and_put_back_is_survived(webcam: Live) -> None:
    picture(webcam)
    (DRIVER / "unbind").write_text("vivid.0")
    plug = threading.Timer(3.0, (DRIVER / "bind").write_text, ["vivid.0"])
    plug.start()
    assert bars(picture(webcam)).any()
    plug.join()
    assert webcam.reconnects == 1


def test_a_camera_that_stays_unplugged_is_one_sentence() -> None:
    with closing(opened(WEBCAM, Retry(0.1, 0.1, 3))) as camera:
        picture(camera)
        (DRIVER / "unbind").write_text("vivid.0")
        try:
            with pytest.raises(SourceError, match=r"^v4l2:/dev/video0: lost for good after 3 tries .*check the plug"):
                camera.read()
        finally:
            (DRIVER / "bind").write_text("vivid.0")
