"""Frames from photos: a single one, or a folder of them in natural order (photo 2 before photo 10)."""

import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge.errors import SourceError, readable
from edge.frame.formats import OTHERS, SUFFIXES, is_heif, why_no_photo
from edge.records import Frame, Pixels
from edge.seams import Clock, Optics, Pace

INTERVAL_S = 1.0
"""Seconds between one photo and the next; photos have no clock of their own."""


class Photos:
    """A Camera that reads photo files. `frame.number` counts the files; `name_of` returns a frame's file name.

    `is_one` says that there is no folder. `unread` are sentences about the files that could not be read, `ignored` the
    names of what else is there.
    """

    reconnects = 0
    optics = Optics()

    def __init__(
        self, path: Path, *, clock: Clock, pace: Pace = "fast", start_at: float | None = None, loop: bool = False
    ) -> None:
        self.name = readable(path.name or str(path))
        self.frames_dropped = 0
        self.unread: list[str] = []
        self._clock, self._pace, self._loops = clock, pace, loop
        self._files, self.ignored = find(path)
        self.is_one = path.is_file()
        self._start_at = clock.now() if start_at is None else start_at
        self._begun_at = clock.monotonic()
        self._number = 0

    def read(self) -> Frame | None:
        """Return the next readable photo, turned upright; None after the last.

        Raises SourceError if none of the photos can be read.
        """
        for _ in range(len(self._files)):
            if self._number >= len(self._files) and not self._loops:
                break
            number, self._number = self._number, self._number + 1
            pixels = _load(self._files[number % len(self._files)])
            if not isinstance(pixels, str):
                self._wait(number)
                return Frame(pixels, self._start_at + number * INTERVAL_S, number)
            self.frames_dropped += 1
            if number < len(self._files):
                self.unread.append(f"{self.name_of(number)} {pixels}")
        if len(self.unread) == len(self._files):
            which = "" if self.is_one else f"{self.name}: none of {len(self._files)} photos can be read; the first: "
            raise SourceError(which + self.unread[0])
        return None

    def name_of(self, number: int) -> str:
        """Return the file name of the frame with this number."""
        return readable(self._files[number % len(self._files)].name)

    def close(self) -> None:
        self._number, self._loops = len(self._files), False

    def _wait(self, number: int) -> None:
        early_s = self._begun_at + number * INTERVAL_S - self._clock.monotonic()
        if self._pace == "real" and early_s > 0:
            self._clock.sleep(early_s)


def find(path: Path) -> tuple[list[Path], list[str]]:
    """Return the photo itself, or every photo in the folder, and the names of what else is there.

    Raises SourceError if there is no photo, or if the folder cannot be read.
    """
    if path.is_file():
        return [path], []
    if not path.is_dir():
        raise SourceError(f"{path}: expected a photo or a folder of photos, found nothing there")
    try:
        inside = [file for file in path.iterdir() if not file.name.startswith(".")]
    except OSError as err:
        raise SourceError(f"{path}: cannot be read ({err.strerror}); check that this user may read it") from err
    files = [file for file in inside if file.suffix.lower() in SUFFIXES | OTHERS]
    if not files:
        raise SourceError(f"{path}: expected photos ({', '.join(sorted(SUFFIXES))}) in this folder, found none")
    return sorted(files, key=_natural), sorted(readable(file.name) for file in {*inside} - {*files})


def _natural(file: Path) -> list[tuple[bool, int, str]]:
    """Return a sort key that orders numbers inside names by value: photo 2 comes before photo 10."""
    parts = re.findall(r"\d+|\D+", file.name.lower())
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _load(file: Path) -> Pixels | str:
    """Return [height, width, 3] RGB, upright by the EXIF orientation (OpenCV's default); else why there is none."""
    try:
        data = file.read_bytes()
    except OSError as err:
        return f"cannot be read ({err.strerror})"
    if is_heif(data):
        picture = _decoded_heif(data)
        return why_no_photo(data) if picture is None else picture
    picture = _decoded(data) if data else None
    if picture is None:
        return why_no_photo(data)
    pixels: Pixels = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    return pixels


def _decoded(data: bytes) -> Any:
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None


def _decoded_heif(data: bytes) -> Pixels | None:
    """Return [height, width, 3] RGB, upright as the file itself says; None if it is damaged or pi-heif is missing."""
    try:
        import pi_heif  # noqa: PLC0415  the extra "heic", which no node has
    except ImportError:
        return None
    try:
        picture = pi_heif.open_heif(data, convert_hdr_to_8bit=True)
        return np.ascontiguousarray(np.asarray(picture)[..., :3], np.uint8)
    except (ValueError, RuntimeError, OSError, MemoryError, IndexError):
        return None
