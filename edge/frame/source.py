"""Open a camera by its name in the settings: `v4l2:/dev/video0`, `replay:clip.mp4`, `street:7`."""

import re
from pathlib import Path

from edge.config import FrameSection
from edge.errors import ConfigError, SourceError
from edge.frame import photos
from edge.frame.formats import is_photo
from edge.frame.live import Retry
from edge.frame.picamera import open_picamera
from edge.frame.video import Clip, open_stream, open_usb
from edge.masking import masked_address
from edge.seams import Camera, Clock, Pace
from edge.vocabulary import CameraKind

KINDS = """\
picamera2 or picamera2:N, v4l2:/dev/videoN, rtsp://..., http://... (MJPEG), street:SEED, \
replay:PATH (a video, an animated GIF, a photo or a folder of photos)"""

SHOWN = re.compile(r"(picamera2|v4l2|street|replay)(:.*)?|[\w ./-]*(:[\w ./-]*)?")
"""Sources that an error may quote; anything else may hold a password."""

STREAMS = ("rtsp://", "rtsps://", "http://", "https://")


def open_camera(
    spec: str,
    *,
    clock: Clock,
    input_size: tuple[int, int] | None = None,
    pace: Pace = "real",
    start_at: float | None = None,
    loop: bool = False,
    settings: FrameSection = FrameSection(),
    retry: Retry | None = None,
) -> Camera:
    """Open the camera that `spec` names; raises ConfigError for an unknown kind, SourceError if it cannot be opened.

    `input_size`, (height, width) of the model's input, lets the Pi camera scale for the model. `pace`, `start_at`
    (UTC seconds of the first frame) and `loop` are for replayed or simulated sources; `settings` (rotation, focus,
    shutter, lens) and `retry` are for live ones.
    """
    kind, _, rest = spec.partition(":")
    if spec.lower().startswith(STREAMS):
        return open_stream(f"{kind.lower()}:{rest}", clock=clock, settings=settings, retry=retry)
    if kind == "picamera2":
        number = _number(spec, rest)
        return open_picamera(number, clock=clock, input_size=input_size, settings=settings, retry=retry)
    if kind == "v4l2" and rest:
        return open_usb(rest, clock=clock, settings=settings, retry=retry)
    if kind == "street":
        from edge.street.camera import from_spec  # noqa: PLC0415  a node with a real camera never needs it

        return from_spec(spec, start_at=start_at, pace=pace, clock=clock)
    if kind == "replay" and rest:
        return _replay(Path(rest), clock=clock, pace=pace, start_at=start_at, loop=loop)
    if spec and Path(spec).exists():
        return _replay(Path(spec), clock=clock, pace=pace, start_at=start_at, loop=loop)
    raise ConfigError(f"source {shown(spec)} is neither a file nor a known kind; expected one of: {KINDS}")


def shown(spec: str) -> str:
    """Return a source for an error, quoted, without what may be a password.

    >>> shown("usb:/dev/video0"), shown("rtp://admin:secret@10.0.0.7/main"), shown("admin:secret@10.0.0.7")
    ("'usb:/dev/video0'", "'rtp://10.0.0.7/...'", '(not shown: it may hold a password)')
    """
    if "://" in spec:
        return repr(masked_address(spec))
    return repr(spec) if SHOWN.fullmatch(spec) else "(not shown: it may hold a password)"


def kind_of(spec: str) -> CameraKind:
    """Return how the source that `spec` names is connected.

    >>> [kind_of(spec) for spec in ("picamera2:1", "v4l2:/dev/video0", "rtsp://10.0.0.7/main", "street:7")]
    ['pi', 'usb', 'net', 'file']
    """
    if spec.lower().startswith(STREAMS):
        return "net"
    kinds: dict[str, CameraKind] = {"picamera2": "pi", "v4l2": "usb"}
    return kinds.get(spec.partition(":")[0], "file")


def _replay(path: Path, *, clock: Clock, pace: Pace, start_at: float | None, loop: bool) -> Camera:
    if not path.exists():
        raise SourceError(f"replay:{path}: expected a video, a photo or a folder of photos, found nothing there")
    if path.is_dir() or _is_photo(path):
        return photos.Photos(path, clock=clock, pace=pace, start_at=start_at, loop=loop)
    return Clip(path, clock=clock, pace=pace, start_at=start_at, loop=loop)


def _is_photo(path: Path) -> bool:
    try:
        return is_photo(path)
    except OSError as err:
        raise SourceError(f"{path}: cannot be read ({err.strerror}); check that this user may read it") from err


def _number(spec: str, rest: str) -> int:
    if rest and not rest.isdecimal():
        raise ConfigError(f"source {spec!r}: expected picamera2 or picamera2:N with N the camera's number")
    return int(rest or 0)
