"""Photos: natural order, upright, unreadable ones dropped and counted."""

import base64
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.clock import SystemClock
from edge.errors import SourceError
from edge.frame.photos import Photos
from edge.frame.source import open_camera


class TestClock(SystemClock):
    """A clock that sleeps without waiting."""

    __test__ = False

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def write(path: Path, *, red: int = 0) -> Path:
    assert cv2.imwrite(str(path), np.full((40, 60, 3), (0, 0, red), np.uint8))
    return path


def exif(orientation: int) -> bytes:
    """Return an APP1 segment with the one tag (0x0112) that says how the camera was held."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def test_a_folder_comes_in_natural_order_in_rgb(tmp_path: Path) -> None:
    for name, red in (("p10.png", 100), ("p2.png", 20), ("P1.PNG", 10)):
        write(tmp_path / name, red=red)
    (tmp_path / "notes.txt").write_text("not a photo")
    write(tmp_path / ".hidden.png")
    photos = Photos(tmp_path, clock=TestClock(), start_at=500.0)
    frames = list(iter(photos.read, None))
    assert [frame.pixels[0, 0].tolist() for frame in frames] == [[10, 0, 0], [20, 0, 0], [100, 0, 0]]
    assert [photos.name_of(frame.number) for frame in frames] == ["P1.PNG", "p2.png", "p10.png"]
    assert [frame.captured_at for frame in frames] == [500.0, 501.0, 502.0]
    assert photos.frames_dropped == 0


def test_a_photo_is_told_by_its_content(tmp_path: Path) -> None:
    for name in ("a.jfif", "b.JPE", "c.jpg", "without-ending"):
        write(tmp_path / "x.jpg", red=200).rename(tmp_path / name)
    assert [photos_name(tmp_path / name) for name in ("a.jfif", "b.JPE", "c.jpg", "without-ending")] == [True] * 4
    photos = Photos(tmp_path, clock=TestClock())
    assert [photos.name_of(frame.number) for frame in iter(photos.read, None)] == ["a.jfif", "b.JPE", "c.jpg"]
    assert photos.ignored == ["without-ending"]


def photos_name(path: Path) -> bool:
    camera = open_camera(str(path), clock=TestClock())
    return isinstance(camera, Photos) and camera.read() is not None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\xff\xd8 torn", "is damaged"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", "HEIC .* JPEG"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
    ],
)
def test_why_there_is_no_picture_is_said(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    photos = Photos(tmp_path / "a.jpg", clock=TestClock())
    with pytest.raises(SourceError, match=rf"^a\.jpg .*{words}"):
        photos.read()


HEIC = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERA"
    "AAIAAQAAAAAB7AABAAAAAAAAAFYAAgAAAAACQgABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQAC"
    "AABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAA"
    "AAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaA"
    "AAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAADwAAAABAAAAKAAAAAH////8AAAAAv///+gAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAA"
    "ABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAIJtZGF0AAAAUigBrwngIzV5f/thf/+9PyHl9OYzsm1HwjBh"
    "7LQ/dPxxFh1ObCG8fNVWyBz8V8M851xAuVIJAl/+fWDGu6ZjNrlG7D6iMOJvb05GleCsBLGzXh8AAAAGRXhpZgAASUkqAAgAAAABABIBAwABAAAABgAA"
    "AAAAAAA="
)
"""A drawing of 60x40, left half red (200, 40, 20), right half blue, held upright: 40 wide and red above."""


def test_an_heic_photo_is_read_upright(tmp_path: Path) -> None:
    pytest.importorskip("pi_heif")
    data = base64.b64decode(HEIC)
    (tmp_path / "1.heic").write_bytes(data)
    (tmp_path / "2.HEIC").write_bytes(data[:-200])
    photos = Photos(tmp_path, clock=TestClock())
    (frame,) = iter(photos.read, None)
    assert frame.pixels.shape == (60, 40, 3)
    assert frame.pixels[[10, 50], 20].tolist() == [pytest.approx(one, abs=9) for one in ([200, 40, 20], [20, 40, 200])]
    assert photos.unread == [
        "2.HEIC is a damaged HEIC photo, or of a kind that cannot be read: copy it again, or convert it to JPEG"
    ]


def test_an_unreadable_folder_is_told(ordinary_user: Path) -> None:
    (ordinary_user / "photos").mkdir(mode=0)
    with pytest.raises(SourceError, match=r"photos: cannot be read \(Permission denied\)"):
        Photos(ordinary_user / "photos", clock=TestClock())
    write(ordinary_user / "a.png").chmod(0)
    with pytest.raises(
        SourceError, match=r"none of 1 photos can be read; the first: a.png cannot be read \(Permission"
    ):
        Photos(ordinary_user, clock=TestClock()).read()


def test_unreadable_photos_are_dropped_and_names_stay_right(tmp_path: Path) -> None:
    write(tmp_path / "1.png")
    (tmp_path / "2.jpg").write_bytes(b"")
    (tmp_path / "3.jpg").write_bytes(b"\xff\xd8 torn")
    (tmp_path / "4.png").mkdir()
    write(tmp_path / "5.png")
    photos = Photos(tmp_path, clock=TestClock())
    assert [photos.name_of(frame.number) for frame in iter(photos.read, None)] == ["1.png", "5.png"]
    assert photos.frames_dropped == 3


@pytest.mark.parametrize(("orientation", "shape"), [(1, (40, 60)), (3, (40, 60)), (6, (60, 40)), (8, (60, 40))])
def test_a_photo_stands_upright(tmp_path: Path, orientation: int, shape: tuple[int, int]) -> None:
    path = write(tmp_path / "a.jpg")
    data = path.read_bytes()
    path.write_bytes(data[:2] + exif(orientation) + data[2:])
    frame = Photos(path, clock=TestClock()).read()
    assert frame is not None
    assert frame.pixels.shape[:2] == shape


def test_a_single_photo_is_one_frame(tmp_path: Path) -> None:
    photos = Photos(write(tmp_path / "me.png"), clock=TestClock())
    assert photos.name == "me.png"
    assert photos.read() is not None
    assert photos.read() is None


def test_looping_goes_round_and_a_folder_of_ruins_ends(tmp_path: Path) -> None:
    write(tmp_path / "1.png")
    write(tmp_path / "2.png")
    photos = Photos(tmp_path, clock=TestClock(), loop=True)
    frames = [photos.read() for _ in range(5)]
    assert [photos.name_of(frame.number)[0] for frame in frames if frame] == list("12121")
    photos.close()
    assert photos.read() is None
    for file in tmp_path.iterdir():
        file.write_bytes(b"ruin")
    with pytest.raises(SourceError, match=r"none of 2 photos can be read; the first: 1\.png is damaged"):
        Photos(tmp_path, clock=TestClock(), loop=True).read()


def test_real_pace_shows_one_a_second(tmp_path: Path) -> None:
    for name in ("1.png", "2.png", "3.png"):
        write(tmp_path / name)
    clock = TestClock()
    photos = Photos(tmp_path, clock=clock, pace="real")
    list(iter(photos.read, None))
    assert clock.slept == [1.0, 1.0]


def test_nothing_to_show_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"expected photos .*found none"):
        Photos(tmp_path, clock=TestClock())
    with pytest.raises(SourceError, match="found nothing there"):
        Photos(tmp_path / "gone", clock=TestClock())


@pytest.mark.requires_clips
def test_the_shared_photos_read(shared_data: Path) -> None:
    folders = sorted({path.parent for path in (shared_data / "ccp").rglob("*.jpg")})
    if not folders:
        pytest.skip(f"no photos under {shared_data / 'ccp'}")
    photos = Photos(folders[0], clock=TestClock())
    frames = [photos.read() for _ in range(10)]
    assert all(frame is not None for frame in frames)
