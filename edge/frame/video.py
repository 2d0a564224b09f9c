"""Frames from everything OpenCV opens: USB cameras, network streams, clip files."""

import math
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # silent: damaged frames are counted, not narrated

import cv2

from edge.config import FrameSection
from edge.errors import SourceError, readable
from edge.frame.formats import why_no_frame
from edge.frame.lens import part_deg
from edge.frame.live import DeviceLostError, Live, Retry, Shot
from edge.masking import masked_address
from edge.records import Frame, Pixels
from edge.seams import Clock, Optics, Pace

USB_SIZE = (1280, 720)
"""Width and height, in pixels, asked of a USB camera; it uses the nearest size it has."""
USB_FORMATS = tuple(cv2.VideoWriter.fourcc(*name) for name in ("MJPG", "YUYV"))
"""Formats asked of a USB camera, in this order: raw YUYV starves USB 2 at 720p. Without the second, OpenCV would take
BGR3 from a grabber that has it, and hand it out as one row of bytes."""
STREAM_TIMEOUT_MS = 5000
"""Milliseconds to wait for a network stream to open, and for each read."""
DEFAULT_INTERVAL_S = 1 / 25
"""Seconds between frames of a clip without a frame rate (PAL)."""
FASTEST_FPS = 480.0
"""Highest frame rate that is believed; some containers write their time base in its place."""
STRIP = 64
"""Rows that are converted at once: they fit into a processor's cache."""
LATE_SKIPS = 50
"""Most frames dropped at once to catch up with real time, so that a slow machine still sees some."""

COLOUR_AXES = 3
"""Axes of a colour picture: rows, columns, channels."""
ERRORS_ALONE = 2
"""OpenCV's LOG_LEVEL_ERROR."""


def open_usb(device: str, *, clock: Clock, settings: FrameSection = FrameSection(), retry: Retry | None = None) -> Live:
    """Open a V4L2 camera such as `/dev/video0`; raises SourceError if that fails."""
    advice = f"check the plug, `v4l2-ctl --list-devices`, and that no other program uses it (`fuser {device}`)"
    return Live(
        f"v4l2:{device}",
        lambda: _Usb(device, clock, settings),
        clock=clock,
        advice=advice,
        retry=retry,
        rotate=settings.rotate,
    )


def open_stream(url: str, *, clock: Clock, settings: FrameSection = FrameSection(), retry: Retry | None = None) -> Live:
    """Open a network camera (RTSP, or MJPEG over HTTP); its name is scheme, host and port of the address alone."""
    advice = (
        "check the camera's power and network, then its whole address with `ffplay`: user, password and path; write "
        "%23, %2F, %3F and %40 for #, /, ? and @ in a password"
    )
    return Live(
        masked_address(url),
        lambda: _Stream(url, clock, settings),
        clock=clock,
        advice=advice,
        retry=retry,
        rotate=settings.rotate,
    )


class _Capture:
    """An opened OpenCV capture as a Device; `captured_at` is the time the frame arrived."""

    def __init__(self, capture: cv2.VideoCapture, clock: Clock, settings: FrameSection) -> None:
        if not capture.isOpened():
            raise DeviceLostError("it does not open")
        self._capture, self._clock, self._settings = capture, clock, settings
        self.optics = Optics()
        """Its angle is known only from the settings."""

    def grab(self) -> Shot | None:
        pixels = _read(self._capture)
        if pixels is None:
            return None
        self.optics = Optics(self._angle_deg(pixels))
        return Shot(pixels, self._clock.now())

    def _angle_deg(self, pixels: Pixels) -> float | None:
        across = self._settings.lens_deg
        if across is None or self._settings.rotate in (0, 180):
            return across
        return part_deg(across, pixels.shape[0] / pixels.shape[1])

    def close(self) -> None:
        self._capture.release()


class _Usb(_Capture):
    def __init__(self, device: str, clock: Clock, settings: FrameSection) -> None:
        if not Path(device).exists():
            raise DeviceLostError("there is no such device")
        super().__init__(_capture(device, cv2.CAP_V4L2), clock, settings)
        for code in USB_FORMATS:
            self._capture.set(cv2.CAP_PROP_FOURCC, code)
            if int(self._capture.get(cv2.CAP_PROP_FOURCC)) == code:
                break
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, USB_SIZE[0])
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, USB_SIZE[1])
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest frame, not the oldest queued


class _Stream(_Capture):
    def __init__(self, url: str, clock: Clock, settings: FrameSection) -> None:
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, STREAM_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, STREAM_TIMEOUT_MS]
        super().__init__(_capture(url, cv2.CAP_FFMPEG, limits), clock, settings)


class Clip:
    """A Camera that plays a video file or an animated GIF by its own timestamps.

    With `pace="real"` it sleeps until each frame is due and drops overdue ones; with "fast" it returns every frame at
    once. `captured_at` is `start_at` (UTC seconds; the present if not given) plus the clip's own time.
    """

    def __init__(
        self, path: Path, *, clock: Clock, pace: Pace = "real", start_at: float | None = None, loop: bool = False
    ) -> None:
        self.name = readable(path.name)
        self.frames_dropped = 0
        self.reconnects = 0
        self.optics = Optics()
        self._path, self._clock, self._pace, self._loops = path, clock, pace, loop
        self._start_at = start_at
        self._begun_at: float | None = None
        self._number = 0
        self._has_shown = False
        self._offset_s = 0.0
        self._open()

    def read(self) -> Frame | None:
        """Return the next frame, or None at the end; raises SourceError if no frame of the clip can be read."""
        skips = 0
        while self._advance():
            if self._is_in_time() or skips >= LATE_SKIPS:
                ok, picture = self._capture.retrieve()
                if ok:
                    return self._to_frame(picture)
            self._lose(1)
            skips += 1
        if not self._has_shown and self._capture.isOpened():
            raise SourceError(f"{self._path}: {why_no_frame(int(self._capture.get(cv2.CAP_PROP_FOURCC)))}")
        return None

    def close(self) -> None:
        self._capture.release()

    def _open(self) -> None:
        self._capture = _capture(str(self._path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])  # each more: 7 MB
        if not self._capture.isOpened():
            raise SourceError(
                f"{self._path}: expected a video or an animated GIF, found nothing that plays: "
                "damaged, incomplete, or of another kind"
            )
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self._interval_s = 1 / fps if math.isfinite(fps) and 0 < fps <= FASTEST_FPS else DEFAULT_INTERVAL_S
        self._seen = 0
        self._time_s = -self._interval_s

    def _advance(self) -> bool:
        """Go to the next readable frame; returns False at the end."""
        if not self._grab() and not self._rewind():
            return False
        stamp_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        is_forward = math.isfinite(stamp_s) and stamp_s > self._time_s
        self._time_s = stamp_s if is_forward else self._time_s + self._interval_s
        return True

    def _grab(self) -> bool:
        """Grab the next frame, skipping and counting damaged ones; returns False if none follows."""
        expected = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        for bad in range(max(1, expected - self._seen)):
            if self._capture.grab():
                self._lose(bad)
                self._seen += 1 + bad
                return True
        missing = expected - self._seen
        if missing > 1 + expected // 50:  # containers that only estimate their length may be off by a few frames
            self._lose(missing)
        return False

    def _lose(self, count: int) -> None:
        self.frames_dropped += count
        self._number += count

    def _rewind(self) -> bool:
        """Start the clip again if it loops and has any frame; returns False otherwise."""
        if not self._loops or self._time_s < 0:
            return False
        self._offset_s += self._time_s + self._interval_s
        self.close()
        self._open()
        return self._grab()

    def _is_in_time(self) -> bool:
        """Wait until the frame is due; returns False if it is overdue by more than one frame."""
        if self._begun_at is None:
            self._begun_at = self._clock.monotonic() - self._time_s
            self._start_at = self._clock.now() - self._time_s if self._start_at is None else self._start_at
        if self._pace == "fast":
            return True
        early_s = self._begun_at + self._offset_s + self._time_s - self._clock.monotonic()
        if early_s > 0:
            self._clock.sleep(early_s)
        return early_s >= -self._interval_s

    def _to_frame(self, picture: Any) -> Frame:
        self._has_shown = True
        number, self._number = self._number, self._number + 1
        captured_at = (self._start_at or 0.0) + self._offset_s + self._time_s
        return Frame(_to_rgb(picture), captured_at, number)


def _capture(where: str, backend: int, parameters: list[int] | None = None) -> cv2.VideoCapture:
    try:
        where.encode("utf-8")
    except UnicodeEncodeError as err:  # OpenCV 5 would crash
        raise SourceError(f"{readable(where)}: its name is not in UTF-8, so it cannot be opened; rename it") from err
    cv2.setLogLevel(ERRORS_ALONE)  # a source that does not open is reported by our own error
    return cv2.VideoCapture(where, backend, parameters or [])


def _read(capture: cv2.VideoCapture) -> Pixels | None:
    try:
        ok, picture = capture.read()
    except cv2.error:
        return None
    whole = _whole(capture, picture) if ok else None
    return None if whole is None else _to_rgb(whole)


def _whole(capture: cv2.VideoCapture, picture: Any) -> Any:
    """Return a picture as [height, width, 3], None if that is not its size. OpenCV 4.11 gives BGR3 as [1, bytes]."""
    if picture.ndim == COLOUR_AXES:
        return picture
    height, width = (int(capture.get(side)) for side in (cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FRAME_WIDTH))
    return picture.reshape(height, width, 3) if picture.size == 3 * height * width else None


def _to_rgb(picture: Any) -> Pixels:
    """Swap red and blue of [h, w, 3], in place and strip by strip, so that no second frame is in memory."""
    for begin in range(0, len(picture), STRIP):
        strip = picture[begin : begin + STRIP]
        cv2.cvtColor(strip, cv2.COLOR_BGR2RGB, dst=strip)
    pixels: Pixels = picture
    return pixels
