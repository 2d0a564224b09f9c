"""Cameras of libcamera's virtual pipeline behind the real picamera2, without any hardware; tools/camera-test uses it.

`install()` adds what such a camera lacks beside a Pi's:

- sensor modes: picamera2 cannot open a camera without any, so one is named (reading `sensor_modes` still fails);
- DMA memory, which containers have none of: buffers are ordinary shared memory, with a plane each for Y and UV, as
  NV12 needs;
- the state of a frame, which the virtual pipeline of libcamera 0.4.0 never writes: only buffers are used whose state
  happens to say that all is well;
- a frame rate, also in the metadata, and a cable: the file $VIRTUAL_CABLE holds the seconds from frame to frame, or
  `gone`.

Everything else (requests, streams, scaling, formats, colours, times, threads, clean-up) is libcamera's and picamera2's
own. Run as a program it is `spotter` with these cameras.
"""

import mmap
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

PIPELINE = Path("/usr/share/libcamera/pipeline/virtual/virtual.yaml")
"""Where libcamera 0.4 reads which virtual cameras there are."""
CABLE = "VIRTUAL_CABLE"
GONE = "gone"
MAIN, SMALL = (1920, 1080), (542, 304)
"""Width and height of the streams: the second fits the input of the default model."""
STREET, BARS, ABSENT = 0, 1, 2
"""Numbers of the cameras for picamera2, which sorts them by name, backwards."""
COLOURS = ((235, 235, 235), (220, 200, 30), (40, 180, 60), (200, 40, 40), (40, 60, 200), (20, 20, 20))
"""RGB of the bars from left to right."""
VIDEO = np.array([[65.481, 128.553, 24.966], [112.0, -93.786, -18.214], [-37.797, -74.203, 112.0]])
"""RGB (0-255) to Y, Cr and Cb of BT.601 in video's range, before the offsets 16, 128 and 128."""
CAMERA = """\
"{name}":
  supported_formats:
  - {{width: {main[0]}, height: {main[1]}, frame_rates: [15, 15]}}
  - {{width: {small[0]}, height: {small[1]}, frame_rates: [15, 15]}}
  frames: {{path: "{path}"}}
  location: CameraLocationFront
  model: {name}
"""


def bars() -> np.ndarray:
    """Return [height, width, 3] RGB bars of COLOURS."""
    return np.repeat(np.array([COLOURS], np.uint8), MAIN[0] // len(COLOURS), axis=1).repeat(MAIN[1], axis=0)


def write_cameras(folder: Path, street: list[np.ndarray]) -> None:
    """Write the pictures of both cameras, and libcamera's list of them; `street` holds RGB pictures of any size."""
    cameras = {"Street": folder / "street", "Bars": folder / "bars"}
    rng = np.random.default_rng(0)
    for path, pictures in zip(cameras.values(), (street, [bars()]), strict=True):
        path.mkdir(parents=True)
        for number, picture in enumerate(pictures):
            noise = rng.normal(0, 1.5, picture.shape) if len(pictures) > 1 else 0  # a still picture counts as frozen
            _write_jpeg(path / f"{number:04}.jpg", np.clip(picture + noise, 0, 255))
    PIPELINE.parent.mkdir(parents=True, exist_ok=True)
    entries = [CAMERA.format(name=name, path=f"{path}/", main=MAIN, small=SMALL) for name, path in cameras.items()]
    PIPELINE.write_text("%YAML 1.1\n---\n" + "".join(entries))


def _write_jpeg(path: Path, rgb: np.ndarray) -> None:
    """Write a picture whose values are those of video: libcamera hands a JPEG's full range on as if it were that."""
    video = rgb @ VIDEO.T / 255 + (16, 128, 128)
    narrow = cv2.cvtColor(np.asarray(video.round().clip(0, 255), np.uint8), cv2.COLOR_YCrCb2BGR)
    cv2.imwrite(str(path), narrow, [cv2.IMWRITE_JPEG_QUALITY, 95])


def interval_s() -> float | None:
    """Return the seconds from frame to frame; None while the cable is pulled."""
    text = Path(os.environ[CABLE]).read_text()
    return None if text == GONE else float(text)


class Memory:
    """What picamera2 calls an allocator, with shared memory in the place of DMA buffers."""

    def __init__(self) -> None:
        self.sync = Sync
        self.maps: dict[Any, mmap.mmap] = {}
        self._buffers: dict[Any, list[Any]] = {}
        self._spoilt: list[Any] = []

    def allocate(self, libcamera_config: Any, _: object) -> None:
        self._buffers = {}
        for one in libcamera_config:
            luma = one.stride * one.size.height
            self._buffers[one.stream] = [self._allocate(luma, luma // 2) for _ in range(one.buffer_count)]

    def _allocate(self, luma: int, chroma: int) -> Any:
        import libcamera  # noqa: PLC0415  only where libcamera is

        descriptor = os.memfd_create("frame")
        os.ftruncate(descriptor, luma + chroma)
        planes = []
        for offset, length in ((0, luma), (luma, chroma)):
            plane = libcamera.FrameBuffer.Plane()
            plane.fd, plane.offset, plane.length = descriptor, offset, length
            planes.append(plane)
        buffer = libcamera.FrameBuffer(planes)
        while buffer.metadata.status != libcamera.FrameMetadata.Status.Success:
            self._spoilt.append(buffer)  # kept, so that the next one is not made in the same memory
            buffer = libcamera.FrameBuffer(planes)
        self.maps[buffer] = mmap.mmap(descriptor, luma + chroma)
        os.close(descriptor)
        return buffer

    def buffers(self, stream: object) -> list[Any]:
        return self._buffers[stream]

    def acquire(self, _: object) -> None: ...

    def release(self, _: object) -> None: ...

    def close(self) -> None: ...


class Sync:
    """Access to one buffer."""

    def __init__(self, memory: Memory, buffer: object, _: object) -> None:
        self._memory, self._buffer = memory, buffer

    def __enter__(self) -> mmap.mmap:
        return self._memory.maps[self._buffer]

    def __exit__(self, *_: object) -> None: ...

    get_buffer = __enter__


def install() -> None:
    """Prepare picamera2 for virtual cameras in this process."""
    import picamera2.picamera2 as library  # noqa: PLC0415  only where picamera2 is
    from picamera2.request import CompletedRequest  # noqa: PLC0415  same

    camera, pacer = library.Picamera2, Pacer(CompletedRequest.release)
    camera._get_raw_modes = lambda _: [{"format": "SRGGB10_CSI2P", "size": MAIN}]
    make_requests = camera._make_requests
    camera._make_requests = lambda self: [] if interval_s() is None else make_requests(self)
    CompletedRequest.release = pacer.release
    told = CompletedRequest.get_metadata
    CompletedRequest.get_metadata = lambda self: told(self) | {"FrameDuration": round(1e6 * (interval_s() or 1 / 15))}
    library.DmaAllocator = Memory


class Pacer:
    """Gives the camera its requests back one at a time: the pipeline itself makes frames as fast as it gets them."""

    def __init__(self, release: Callable[[Any], None]) -> None:
        """`release` is picamera2's own."""
        self._release = release
        self._waiting: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    @property
    def release(self) -> Callable[[Any], None]:
        """A function in the place of picamera2's, which returns at once. Others may still use the request."""
        return lambda request: self._release(request) if request.ref_count > 1 else self._waiting.put(request)

    def _work(self) -> None:
        due_s = time.monotonic()
        while True:
            request, pause_s = self._waiting.get(), interval_s()
            if pause_s is None:
                request.stop_count = -1  # the camera does not get it back, so that no frame follows
            else:
                due_s = max(due_s + pause_s, time.monotonic())
                time.sleep(max(due_s - time.monotonic(), 0.0))
            self._release(request)


if __name__ == "__main__":
    from edge.cli import main

    install()
    sys.exit(main())
