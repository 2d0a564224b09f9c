"""A source as a person writes it (`v4l2:/dev/video0`, `replay:clip.mp4`, `street:7`) to an opened camera."""

from pathlib import Path

from edge.errors import ConfigError, SourceError
from edge.frame import photos
from edge.frame.live import Retry
from edge.frame.picamera import open_picamera
from edge.frame.video import Clip, open_stream, open_usb
from edge.seams import Camera, Clock, Pace

KINDS = """\
picamera2 or picamera2:N, v4l2:/dev/videoN, rtsp://..., http://... (MJPEG), street:SEED, \
replay:PATH (a video, an animated GIF, a photo or a folder of photos)"""

STREAMS = ("rtsp://", "rtsps://", "http://", "https://")


def open_camera(
    spec: str,
    *,
    clock: Clock,
    network_size: tuple[int, int] | None = None,
    pace: Pace = "real",
    start_at: float | None = None,
    loop: bool = False,
    retry: Retry | None = None,
) -> Camera:
    """The camera a spec names; raises ConfigError for no known kind, SourceError for one that is not there.

    `network_size` (height, width) lets the Pi camera scale for the network. `pace`, `start_at` and `loop` are
    for what is replayed or simulated; `retry` is for what is live.
    """
    kind, _, rest = spec.partition(":")
    if spec.startswith(STREAMS):
        return open_stream(spec, clock=clock, retry=retry)
    if kind == "picamera2":
        return open_picamera(_number(spec, rest), clock=clock, network_size=network_size, retry=retry)
    if kind == "v4l2" and rest:
        return open_usb(rest, clock=clock, retry=retry)
    if kind == "street":
        from edge.street.camera import from_spec  # noqa: PLC0415  a node with a real camera never needs it

        return from_spec(spec, start_at=start_at, pace=pace, clock=clock)
    if kind == "replay" and rest:
        return _replay(Path(rest), clock=clock, pace=pace, start_at=start_at, loop=loop)
    if spec and Path(spec).exists():
        return _replay(Path(spec), clock=clock, pace=pace, start_at=start_at, loop=loop)
    raise ConfigError(f"source {spec!r} is neither a file nor a known kind; expected one of: {KINDS}")


def _replay(path: Path, *, clock: Clock, pace: Pace, start_at: float | None, loop: bool) -> Camera:
    if not path.exists():
        raise SourceError(f"replay:{path}: expected a video, a photo or a folder of photos, found nothing there")
    if path.is_dir() or path.suffix.lower() in photos.SUFFIXES:
        return photos.Photos(path, clock=clock, pace=pace, start_at=start_at, loop=loop)
    return Clip(path, clock=clock, pace=pace, start_at=start_at, loop=loop)


def _number(spec: str, rest: str) -> int:
    if rest and not rest.isdecimal():
        raise ConfigError(f"source {spec!r}: expected picamera2 or picamera2:N with N the camera's number")
    return int(rest or 0)
