"""Frames from the Raspberry Pi camera, each with a small copy that the camera hardware has scaled.

This file has not run on hardware yet. It was written after the sources of picamera2 0.3 and is tested against a fake
that behaves like them (tests/frame/test_picamera.py). Check on the first board: the colours of a known card,
`frames_dropped` in `spotter health`, what happens when the ribbon cable is pulled, and whether the picture is as wide
as with `rpicam-hello`: for 1920x1080 some sensors (Camera Module 2) may choose a mode that shows only their middle.
"""

import contextlib
import os
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import cv2
import numpy as np

from edge.errors import SourceError
from edge.frame.live import DeviceLostError, Live, Retry, Shot
from edge.records import Pixels
from edge.seams import Clock

MAIN_SIZE, SMALL_MAIN_SIZE = (1920, 1080), (1280, 720)
"""Width and height, in pixels, of the stream that clothes are described from; the second on boards with less memory."""
ENOUGH_MEMORY = 1.5e9
"""Bytes of memory from which a board takes MAIN_SIZE: one frame is 3 MB as YUV420 and 6 MB as RGB, and about ten are
in memory at a time. Every Pi 5, and every Pi 4 but that of 1 GB."""
FPS = 15.0
"""Frames a second asked of the sensor; this also limits the exposure, and with it the blur of walking people."""
TIMEOUT_S = 5.0
"""Seconds without a frame after which the camera is lost (a loose ribbon cable raises no error, frames just stop)."""
OLDEST_S = 10.0
"""Seconds: a frame whose timestamp is older comes from another clock, so the time of its arrival is used."""
ADVICE = (
    "check the ribbon cable, `rpicam-hello --list-cameras`, and that no other program uses the camera "
    "(`fuser /dev/media*`)"
)
BROKEN = (RuntimeError, IndexError, OSError)
"""The errors of picamera2 for a camera that is absent, busy, misconfigured or silent (TimeoutError is an OSError)."""


def open_picamera(
    number: int = 0,
    *,
    clock: Clock,
    input_size: tuple[int, int] | None = None,
    main_size: tuple[int, int] | None = None,
    fps: float = FPS,
    retry: Retry | None = None,
) -> Live:
    """Open camera `number`. `input_size`, (height, width) of the model's input, sets the size of the small stream.

    `main_size` is (width, height); None: by the board's memory.
    """
    module = _picamera2()
    main = main_size or main_size_for(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    lores = None if input_size is None else lores_size(main, input_size)

    def open_device() -> PiCamera:
        return PiCamera(module, number, main_size=main, lores_size=lores, fps=fps, clock=clock)

    return Live(f"picamera2:{number}", open_device, clock=clock, advice=ADVICE, retry=retry)


def main_size_for(memory: float) -> tuple[int, int]:
    """Width and height of the main stream on a board with `memory` bytes.

    >>> main_size_for(4e9), main_size_for(1e9)
    ((1920, 1080), (1280, 720))
    """
    return MAIN_SIZE if memory >= ENOUGH_MEMORY else SMALL_MAIN_SIZE


def lores_size(main: tuple[int, int], model_input: tuple[int, int]) -> tuple[int, int]:
    """Largest even (width, height) with the proportions of `main` that fits into the model's input (height, width).

    >>> lores_size((1280, 720), (353, 481))
    (480, 270)
    """
    height, width = model_input
    scale = min(width / main[0], height / main[1], 1.0)
    return int(main[0] * scale) // 2 * 2, int(main[1] * scale) // 2 * 2


class PiCamera:
    """One opened camera with a main and a small YUV420 stream of the same exposure."""

    def __init__(
        self,
        module: ModuleType,
        number: int,
        *,
        main_size: tuple[int, int],
        lores_size: tuple[int, int] | None,
        fps: float,
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._interval_s = 1 / fps
        self._last_s: float | None = None
        self._streams = ("main",) if lores_size is None else ("main", "lores")
        try:
            self._camera = module.Picamera2(number)
        except BROKEN as err:
            raise DeviceLostError(f"it does not open: {err}") from err
        try:
            self._configure(main_size, lores_size)
            self._camera.start()
        except BROKEN as err:
            self.close()
            raise DeviceLostError(f"it does not start: {err}") from err

    def grab(self) -> Shot | None:
        """Return both pictures of one exposure; the request always goes back to the camera."""
        try:
            request = self._camera.capture_request(wait=TIMEOUT_S)
        except BROKEN as err:
            raise DeviceLostError(str(err) or f"no frame for {TIMEOUT_S:.0f} s") from err
        try:
            return self._to_shot(request)
        except cv2.error:
            return None
        except BROKEN as err:
            raise DeviceLostError(str(err)) from err
        finally:
            request.release()

    def close(self) -> None:
        """Cancel pending requests, then close: after a lost cable, closing alone would wait for them for ever."""
        with contextlib.suppress(*BROKEN):
            self._camera.cancel_all_and_flush()
        with contextlib.suppress(*BROKEN):
            self._camera.close()

    def _configure(self, main_size: tuple[int, int], lores_size: tuple[int, int] | None) -> None:
        from libcamera import ColorSpace  # noqa: PLC0415  exists on a Pi only, beside picamera2

        duration_us = round(1e6 * self._interval_s)
        config = self._camera.create_video_configuration(
            main={"size": main_size, "format": "YUV420"},
            lores=None if lores_size is None else {"size": lores_size, "format": "YUV420"},
            colour_space=ColorSpace.Smpte170m(),  # BT.601, limited range: what cv2's YUV conversion assumes
            buffer_count=4,
            controls={"FrameDurationLimits": (duration_us, duration_us)},
        )
        self._camera.configure(config)
        actual = self._camera.camera_configuration()  # libcamera may have adjusted the sizes
        self._sizes = {name: tuple(actual[name]["size"]) for name in self._streams}

    def _to_shot(self, request: Any) -> Shot:
        pictures = {name: _to_rgb(request.make_array(name), self._sizes[name]) for name in self._streams}
        metadata = request.get_metadata()
        taken_s = metadata["SensorTimestamp"] / 1e9
        return Shot(
            pictures["main"], self._utc(taken_s), pictures.get("lores"), self._missed(taken_s), _is_balanced(metadata)
        )

    def _utc(self, taken_s: float) -> float:
        """Return UTC seconds for a SensorTimestamp, which counts from boot like the monotonic clock."""
        age_s = self._clock.monotonic() - taken_s
        return self._clock.now() - (age_s if 0 <= age_s <= OLDEST_S else 0.0)

    def _missed(self, taken_s: float) -> int:
        """Return the number of frames the sensor made since the last one that was read."""
        last_s, self._last_s = self._last_s, taken_s
        return 0 if last_s is None else max(0, round((taken_s - last_s) / self._interval_s) - 1)


def _is_balanced(metadata: Mapping[str, Any]) -> bool:
    """Return True if automatic white balance has worked on the picture.

    `ColourGains` are the factors on red and blue that it chose and that are in the picture already (libcamera, control
    ColourGains). The algorithm only chooses lights of the colours that daylight and lamps have, so a painted wall does
    not mislead it. Gains of 1 and 1 are those of a camera without it.
    """
    return tuple(metadata.get("ColourGains", (1.0, 1.0))) != (1.0, 1.0)


def _picamera2() -> ModuleType:
    try:
        import picamera2  # noqa: PLC0415  exists on a Pi only
    except ImportError as err:
        raise SourceError(
            f"picamera2: the camera library is not here ({err}); run `sudo apt install python3-picamera2` and "
            "create the virtual environment with `--system-site-packages`"
        ) from err
    module: ModuleType = picamera2
    return module


def _to_rgb(yuv: Any, size: tuple[int, ...]) -> Pixels:
    """Convert planar YUV420 [height * 3 / 2, stride] to RGB [height, width, 3]; padding on the right is cut off."""
    rgb: Pixels = np.asarray(cv2.cvtColor(yuv, cv2.COLOR_YUV2RGB_I420), np.uint8)
    return np.ascontiguousarray(rgb[:, : size[0]])
