"""A fake of picamera2 and libcamera that follows their published sources; no hardware is involved.

From picamera2 0.3 (picamera2.py, request.py, configuration): `Picamera2(n)` raises IndexError where there is
no such camera and RuntimeError where it is busy; `sensor_modes` lists what the sensor can do; `configure` may change
sizes and fills in `stride`; `camera_configuration` tells what was granted; `capture_request(wait=seconds)` raises
TimeoutError; `make_array` of YUV420 gives (height * 3 / 2, stride) with the padding left in; `release` twice raises;
stopping never-ending jobs takes `cancel_all_and_flush`; a control that the camera lacks is refused.
"""

from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import cv2
import numpy as np

MODULE_3 = [
    {"size": (1536, 864), "bit_depth": 10, "fps": 120.13, "crop_limits": (768, 432, 3072, 1728)},
    {"size": (2304, 1296), "bit_depth": 10, "fps": 56.03, "crop_limits": (0, 0, 4608, 2592)},
    {"size": (4608, 2592), "bit_depth": 10, "fps": 14.35, "crop_limits": (0, 0, 4608, 2592)},
]
MODULE_2 = [
    {"size": size, "bit_depth": bits, "fps": fps, "crop_limits": crop}
    for bits in (8, 10)
    for size, fps, crop in (
        ((640, 480), 103.33, (1000, 752, 1280, 960)),
        ((1640, 1232), 41.85, (0, 0, 3280, 2464)),
        ((1920, 1080), 47.57, (680, 692, 1920, 1080)),
        ((3280, 2464), 21.19, (0, 0, 3280, 2464)),
    )
]
MODULE_1 = [
    {"size": (640, 480), "bit_depth": 10, "fps": 58.92, "crop_limits": (16, 0, 2560, 1920)},
    {"size": (1296, 972), "bit_depth": 10, "fps": 43.25, "crop_limits": (0, 0, 2592, 1944)},
    {"size": (1920, 1080), "bit_depth": 10, "fps": 30.62, "crop_limits": (348, 434, 1928, 1080)},
    {"size": (2592, 1944), "bit_depth": 10, "fps": 15.63, "crop_limits": (0, 0, 2592, 1944)},
]
HQ = [
    {"size": (1332, 990), "bit_depth": 10, "fps": 120.05, "crop_limits": (696, 528, 2664, 1980)},
    {"size": (2028, 1080), "bit_depth": 12, "fps": 50.03, "crop_limits": (0, 440, 4056, 2160)},
    {"size": (2028, 1520), "bit_depth": 12, "fps": 40.01, "crop_limits": (0, 0, 4056, 3040)},
    {"size": (4056, 3040), "bit_depth": 12, "fps": 10.0, "crop_limits": (0, 0, 4056, 3040)},
]
"""`sensor_modes` as the picamera2 manual lists them; the formats are left out."""


class ColorSpace:
    """libcamera.ColorSpace, by name only."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ColorSpace) and other.name == self.name

    __hash__ = None  # type: ignore[assignment]

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
        planar = padded(cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420), width, height, stride)
        return interleaved(planar, height, stride) if config["format"] == "NV12" else planar

    def get_metadata(self) -> dict[str, Any]:
        found = {"SensorTimestamp": int(self.timestamp_s * 1e9), "FrameDuration": 66666, **type(self.camera).metadata}
        return {name: value for name, value in found.items() if value is not None}

    def release(self) -> None:
        self.references -= 1
        assert self.references >= 0, "released twice"


def padded(planar: np.ndarray, width: int, height: int, stride: int) -> np.ndarray:
    """Pad each plane's rows to the stride (half of it for U and V), as libcamera lays them out."""
    luma, chroma = planar[:height], planar[height:].reshape(2, height // 2, width // 2)
    luma = np.pad(luma, ((0, 0), (0, stride - width)))
    chroma = np.pad(chroma, ((0, 0), (0, 0), (0, (stride - width) // 2)))
    return np.concatenate([luma.reshape(-1), chroma.reshape(-1)]).reshape(height * 3 // 2, stride)


def interleaved(planar: np.ndarray, height: int, stride: int) -> np.ndarray:
    """Return NV12, in which U and V take turns, of planar YUV420."""
    chroma = planar[height:].reshape(2, -1).T.reshape(-1, stride)
    return np.concatenate([planar[:height], chroma])


class FakePicamera2:
    """One attached camera (number 0) that follows `script`: seconds per frame, or an error to raise."""

    script: ClassVar[list[float | Exception]] = []
    opened: ClassVar[list["FakePicamera2"]] = []
    busy: ClassVar[bool] = False
    torn: ClassVar[bool] = False
    refuses: ClassVar[str] = ""
    """What `configure` complains about; empty: nothing."""
    grants: ClassVar[dict[str, Any]] = {}
    """What `configure` changes: keys of the configuration, and `format` or `size` for both streams."""
    metadata: ClassVar[dict[str, Any]] = {"ExposureTime": 8000, "ColourGains": (1.87, 1.62)}
    """Metadata of every frame; None: it is lacking."""
    sensor_modes: ClassVar[list[dict[str, Any]]] = []
    camera_controls: ClassVar[dict[str, tuple[Any, ...]]] = {}
    camera_properties: ClassVar[dict[str, Any]] = {}

    def __init__(self, camera_num: int = 0) -> None:
        [{"Num": 0}][camera_num]
        if type(self).busy:
            raise RuntimeError("Camera __init__ sequence did not complete.")
        self.calls: list[str] = []
        self.set: list[dict[str, Any]] = []
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
        sensor: dict[str, Any] | None = None,
        transform: object = None,
    ) -> dict[str, Any]:
        for stream in filter(None, (main, lores)):
            stream["size"] = (stream["size"][0] // 2 * 2, stream["size"][1] // 2 * 2)
        config = {"main": main, "lores": lores, "colour_space": colour_space, "controls": controls or {}}
        return config | {"sensor": sensor, "transform": transform}

    def configure(self, config: dict[str, Any]) -> None:
        if type(self).refuses:
            raise RuntimeError(type(self).refuses)
        for name in ("main", "lores"):
            if config[name] is not None:
                granted = config[name] | {
                    key: type(self).grants[key] for key in config[name] if key in type(self).grants
                }
                config[name] = {**granted, "stride": -(-granted["size"][0] // 64) * 64}
        if config["lores"] is not None:
            assert config["lores"]["size"] <= config["main"]["size"]
        self.config = config | {key: value for key, value in type(self).grants.items() if key in config}

    def camera_configuration(self) -> dict[str, Any]:
        return self.config

    def start(self) -> None:
        assert self.config, "not configured"

    def set_controls(self, controls: dict[str, Any]) -> None:
        assert controls.keys() <= self.camera_controls.keys(), "Control is not advertised by libcamera"
        self.set.append(controls)

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


def modules(fake: type[FakePicamera2]) -> dict[str, ModuleType]:
    """Return both libraries by name, to be put into sys.modules."""
    picamera2, libcamera = ModuleType("picamera2"), ModuleType("libcamera")
    vars(picamera2)["Picamera2"] = fake
    modes = SimpleNamespace(Manual=0, Auto=1, Continuous=2)
    vars(libcamera).update(ColorSpace=ColorSpace, Transform=lambda **turns: turns)
    vars(libcamera)["controls"] = SimpleNamespace(AfModeEnum=modes)
    return {"picamera2": picamera2, "libcamera": libcamera}
