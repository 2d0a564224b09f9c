"""Frames from the Raspberry Pi camera, each with a small copy that the camera hardware has scaled.

This file has not run on hardware yet. It is tested on libcamera's virtual camera with the real picamera2
(`tools/camera-test`), and with a fake that behaves like picamera2 0.3 with a sensor (tests/frame/test_picamera.py).
Check on the first board: the colours of a known card, the angle and `frames_dropped` in `spotter health`, and what
happens when the ribbon cable is pulled.
"""

import contextlib
import logging
import os
from collections.abc import Mapping
from copy import deepcopy
from types import ModuleType
from typing import Any

import cv2
import numpy as np

from edge.config import FrameSection
from edge.errors import ConfigError, SourceError
from edge.frame import lens
from edge.frame.live import DeviceLostError, Live, Retry, Shot
from edge.frame.shutter import MOST_GAIN, Shutter
from edge.records import Pixels
from edge.seams import Clock, Optics

log = logging.getLogger(__name__)

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
FORMAT = "YUV420"
CONVERSIONS = {FORMAT: cv2.COLOR_YUV2RGB_I420, "NV12": cv2.COLOR_YUV2RGB_NV12}
"""Formats that can be read; some cameras grant only the second."""
OTHER_VIEW = 0.02
"""Share by which the proportions of the small stream may differ from the main one's before it shows another view."""
ADVICE = (
    "check the ribbon cable, `rpicam-hello --list-cameras`, and that no other program uses the camera "
    "(`fuser /dev/media*`)"
)
BROKEN = (RuntimeError, LookupError, OSError, ValueError, TypeError, AttributeError)
"""The errors of picamera2 for a camera that is absent, busy, misconfigured or silent (TimeoutError is an OSError), and
of an installation whose parts do not fit each other."""


def open_picamera(
    number: int = 0,
    *,
    clock: Clock,
    input_size: tuple[int, int] | None = None,
    main_size: tuple[int, int] | None = None,
    fps: float = FPS,
    settings: FrameSection = FrameSection(),
    retry: Retry | None = None,
) -> Live:
    """Open camera `number`. `input_size`, (height, width) of the model's input, sets the size of the small stream.

    `main_size` is (width, height); None: by the board's memory. Raises SourceError for a camera or library that does
    not work, ConfigError for a focus that the lens does not have.
    """
    module = _picamera2()
    main = main_size or main_size_for(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    sideways = settings.rotate if settings.rotate in (90, 270) else 0
    if input_size is not None and sideways:
        input_size = input_size[::-1]
    lores = None if input_size is None else lores_size(main, input_size)

    def open_device() -> PiCamera:
        return PiCamera(module, number, main_size=main, lores_size=lores, fps=fps, settings=settings, clock=clock)

    return Live(f"picamera2:{number}", open_device, clock=clock, advice=ADVICE, retry=retry, rotate=sideways)


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
        settings: FrameSection = FrameSection(),
    ) -> None:
        """Raises DeviceLostError if it cannot be opened, ConfigError for a focus that its lens does not have."""
        self._clock, self._settings = clock, settings
        self._interval_s = 1 / fps
        self._last_s: float | None = None
        self._streams = ("main",) if lores_size is None else ("main", "lores")
        self.optics = Optics()
        """What the pictures show, as of the newest one."""
        try:
            self._camera = module.Picamera2(number)
        except BROKEN as err:
            raise DeviceLostError(f"it does not open: {_cause(err)}") from err
        try:
            self._configure(main_size, lores_size)
            self._camera.start()
        except ConfigError:
            self.close()
            raise
        except BROKEN as err:
            self.close()
            raise DeviceLostError(f"it does not start: {_cause(err)}") from err

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
            raise DeviceLostError(_cause(err)) from err
        finally:
            request.release()

    def close(self) -> None:
        """Cancel pending requests, then close: after a lost cable, closing alone would wait for them for ever."""
        with contextlib.suppress(*BROKEN):
            self._camera.cancel_all_and_flush()
        with contextlib.suppress(*BROKEN):
            self._camera.close()

    def _configure(self, main_size: tuple[int, int], lores_size: tuple[int, int] | None) -> None:
        import libcamera  # noqa: PLC0415  exists on a Pi only, beside picamera2

        modes = self._modes()
        mode = lens.choose_mode(modes, main_size, 1 / self._interval_s)
        self._full_width = lens.full_width(modes)
        wanted = {
            "main": {"size": main_size, "format": FORMAT},
            "lores": None if lores_size is None else {"size": lores_size, "format": FORMAT},
            "colour_space": libcamera.ColorSpace.Smpte170m(),  # BT.601, limited range: what cv2's conversion assumes
        }
        if self._settings.rotate == 180:
            wanted["transform"] = libcamera.Transform(hflip=1, vflip=1)
        sensor = {} if mode is None else {"sensor": {"output_size": mode.size, "bit_depth": mode.bit_depth}}
        config = self._camera.create_video_configuration(
            **deepcopy({name: value for name, value in wanted.items() if name in self._streams}),
            **{name: value for name, value in wanted.items() if name not in ("main", "lores")},
            **sensor,
            buffer_count=4,
            controls=self._controls(),
        )
        self._camera.configure(config)
        self._take(wanted, self._camera.camera_configuration())
        gains = self._offered("AnalogueGain") or (1.0, MOST_GAIN)
        self._shutter = Shutter(self._settings.shutter_s, gains=gains[:2], frame_s=self._interval_s)

    def _modes(self) -> list[dict[str, Any]]:
        """Return the sensor's modes; none if the camera does not tell them, as some that are not a Pi's."""
        try:
            return list(self._camera.sensor_modes)
        except BROKEN as err:
            log.warning("the camera does not say what its sensor can do (%s), so it chooses its view itself", err)
            return []

    def _offered(self, control: str) -> tuple[Any, ...] | None:
        """Return least, most and default value of a control of this camera; None if it lacks it."""
        found: tuple[Any, ...] | None = getattr(self._camera, "camera_controls", {}).get(control)
        return found

    def _controls(self) -> dict[str, Any]:
        """Return the frame rate, and the focus if the lens can be moved."""
        duration_us = round(1e6 * self._interval_s)
        return {"FrameDurationLimits": (duration_us, duration_us)} | self._focus()

    def _focus(self) -> dict[str, Any]:
        """Return continuous autofocus, or the fixed distance of the settings; nothing for a lens that cannot move."""
        near_m, reach = self._settings.focus_m, self._offered("LensPosition")
        if self._offered("AfMode") is None or reach is None:
            if near_m is not None:
                raise ConfigError("frame.focus_m: this camera's lens cannot be moved; remove the setting")
            return {}
        from libcamera import controls  # noqa: PLC0415  exists on a Pi only, beside picamera2

        if near_m is None:
            return {"AfMode": controls.AfModeEnum.Continuous}
        if 1 / near_m > reach[1]:
            raise ConfigError(f"frame.focus_m: expected {1 / reach[1]:.2f} m or more for this lens, found {near_m:g}")
        return {"AfMode": controls.AfModeEnum.Manual, "LensPosition": max(1 / near_m, reach[0])}

    def _take(self, wanted: Mapping[str, Any], granted: Mapping[str, Any]) -> None:
        """Compare what libcamera granted with what was asked; raises ValueError for a format that cannot be read."""
        self._formats = {name: granted[name]["format"] for name in self._streams}
        self._sizes = {name: tuple(granted[name]["size"]) for name in self._streams}
        for name, form in self._formats.items():
            if form not in CONVERSIONS:
                raise ValueError(f"expected the format {' or '.join(CONVERSIONS)} of the stream {name}, found {form}")
        other = [name for name in self._streams if self._sizes[name] != tuple(wanted[name]["size"])]
        other += [name for name in wanted.keys() - {"main", "lores"} if granted.get(name) != wanted[name]]
        for name in other:
            log.warning("the camera: asked for %s %s, granted %s", name, wanted[name], granted.get(name))
        self.optics = Optics(is_as_asked=not other)
        if "lores" in self._streams and not _is_alike(self._sizes["main"], self._sizes["lores"]):
            self._streams = ("main",)

    def _to_shot(self, request: Any) -> Shot:
        pictures = {name: self._to_rgb(request.make_array(name), name) for name in self._streams}
        metadata = request.get_metadata()
        taken_s = metadata["SensorTimestamp"] / 1e9
        self._expose(metadata)
        self._look(metadata)
        return Shot(
            pictures["main"],
            self._utc(taken_s),
            pictures.get("lores"),
            self._missed(taken_s, metadata),
            _is_balanced(metadata),
        )

    def _to_rgb(self, yuv: Any, name: str) -> Pixels:
        """Convert a stream's YUV [height * 3 / 2, stride] to RGB [height, width, 3]; padding is cut off."""
        rgb: Pixels = np.asarray(cv2.cvtColor(yuv, CONVERSIONS[self._formats[name]]), np.uint8)
        return np.ascontiguousarray(rgb[:, : self._sizes[name][0]])

    def _expose(self, metadata: Mapping[str, Any]) -> None:
        if self._offered("ExposureTime") is None:
            return
        exposure_us = self._shutter.next(metadata)
        if exposure_us is not None:
            self._camera.set_controls({"ExposureTime": exposure_us})

    def _look(self, metadata: Mapping[str, Any]) -> None:
        """Note which part of the sensor the picture shows; a camera that does not say keeps what is known."""
        crop, is_on_its_side = metadata.get("ScalerCrop"), self._settings.rotate in (90, 270)
        properties = getattr(self._camera, "camera_properties", {})
        width = self._full_width or properties.get("PixelArraySize", (0,))[0]
        whole_deg = self._settings.lens_deg or lens.lens_deg(str(properties.get("Model", "")))
        if not crop or not width:
            return
        share = min(crop[2] / width, 1.0)
        shown = share * crop[3] / crop[2] if is_on_its_side else share
        angle = None if whole_deg is None else lens.part_deg(whole_deg, shown)
        self.optics = self.optics._replace(angle_deg=angle, width_share=share)

    def _utc(self, taken_s: float) -> float:
        """Return UTC seconds for a SensorTimestamp, which counts from boot like the monotonic clock."""
        age_s = self._clock.monotonic() - taken_s
        return self._clock.now() - (age_s if 0 <= age_s <= OLDEST_S else 0.0)

    def _missed(self, taken_s: float, metadata: Mapping[str, Any]) -> int:
        """Return the number of frames the sensor made since the last one that was read, at the rate it tells."""
        last_s, self._last_s = self._last_s, taken_s
        interval_s = metadata.get("FrameDuration", 1e6 * self._interval_s) / 1e6
        return 0 if last_s is None else max(0, round((taken_s - last_s) / interval_s) - 1)


def _is_alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return True if two sizes (width, height) have nearly the same proportions."""
    return abs(one[0] * other[1] / (one[1] * other[0]) - 1) <= OTHER_VIEW


def _is_balanced(metadata: Mapping[str, Any]) -> bool:
    """Return True if automatic white balance has worked on the picture.

    `ColourGains` are the factors on red and blue that it chose and that are in the picture already (libcamera, control
    ColourGains). The algorithm only chooses lights of the colours that daylight and lamps have, so a painted wall does
    not mislead it. Gains of 1 and 1 are those of a camera without it.
    """
    return tuple(metadata.get("ColourGains", (1.0, 1.0))) != (1.0, 1.0)


def _cause(err: Exception) -> str:
    """Return the error as words; those of a broken installation have hardly any, so their kind is named.

    >>> _cause(RuntimeError("busy")), _cause(KeyError("SensorTimestamp"))
    ('busy', "KeyError 'SensorTimestamp': do picamera2 and libcamera fit? Run `sudo apt full-upgrade`")
    """
    cause = err.__cause__ if isinstance(err.__cause__, BROKEN) else err  # picamera2 hides what failed while opening
    if isinstance(cause, LookupError | ValueError | TypeError | AttributeError) and not isinstance(cause, IndexError):
        return f"{type(cause).__name__} {cause}: do picamera2 and libcamera fit? Run `sudo apt full-upgrade`"
    return str(err) if cause is err else f"{err} ({cause})"


def _picamera2() -> ModuleType:
    advice = "create the virtual environment with `--system-site-packages`"
    try:
        import picamera2  # noqa: PLC0415  exists on a Pi only
    except ImportError as err:
        raise SourceError(
            f"picamera2: the camera library is not here ({err}); run `sudo apt install python3-picamera2` and {advice}"
        ) from err
    except Exception as err:  # its parts load each other, and any of them may be broken
        said = " ".join(str(err).split())
        raise SourceError(
            f"picamera2: the camera library does not load ({type(err).__name__}: {said}); run `sudo apt full-upgrade`, "
            f"then `sudo apt install --reinstall python3-picamera2 python3-libcamera python3-numpy`, and {advice}"
        ) from err
    module: ModuleType = picamera2
    return module
