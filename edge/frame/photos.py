"""Frames from photos: a single one, or a folder of them in natural order (photo 2 before photo 10)."""

import re
from pathlib import Path

import cv2
import numpy as np

from edge.errors import SourceError
from edge.records import Frame, Pixels
from edge.seams import Clock, Optics, Pace

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})

INTERVAL_S = 1.0
"""Seconds between one photo and the next; photos have no clock of their own."""


class Photos:
    """A Camera that reads photo files. `frame.number` counts the files; `name_of` returns a frame's file name."""

    reconnects = 0
    optics = Optics()

    def __init__(
        self, path: Path, *, clock: Clock, pace: Pace = "fast", start_at: float | None = None, loop: bool = False
    ) -> None:
        self.name = path.name or str(path)
        self.frames_dropped = 0
        self._clock, self._pace, self._loops = clock, pace, loop
        self._files = find(path)
        self._start_at = clock.now() if start_at is None else start_at
        self._begun_at = clock.monotonic()
        self._number = 0

    def read(self) -> Frame | None:
        """Return the next readable photo, turned upright; None after the last."""
        for _ in range(len(self._files)):
            if self._number >= len(self._files) and not self._loops:
                return None
            number, self._number = self._number, self._number + 1
            pixels = _load(self._files[number % len(self._files)])
            if pixels is not None:
                self._wait(number)
                return Frame(pixels, self._start_at + number * INTERVAL_S, number)
            self.frames_dropped += 1
        return None

    def name_of(self, number: int) -> str:
        """Return the file name of the frame with this number."""
        return self._files[number % len(self._files)].name

    def close(self) -> None:
        self._number, self._loops = len(self._files), False

    def _wait(self, number: int) -> None:
        early_s = self._begun_at + number * INTERVAL_S - self._clock.monotonic()
        if self._pace == "real" and early_s > 0:
            self._clock.sleep(early_s)


def find(path: Path) -> list[Path]:
    """Return the photo itself, or every photo in the folder; raises SourceError if there is none."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SourceError(f"{path}: expected a photo or a folder of photos, found nothing there")
    files = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")]
    if not files:
        raise SourceError(f"{path}: expected photos ({', '.join(sorted(SUFFIXES))}) in this folder, found none")
    return sorted(files, key=_natural)


def _natural(file: Path) -> list[tuple[bool, int, str]]:
    """Return a sort key that orders numbers inside names by value: photo 2 comes before photo 10."""
    parts = re.findall(r"\d+|\D+", file.name.lower())
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _load(file: Path) -> Pixels | None:
    """Return [height, width, 3] RGB, upright by the EXIF orientation (OpenCV's default); None if it is no picture."""
    try:
        encoded = np.frombuffer(file.read_bytes(), np.uint8)
        picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    except (OSError, cv2.error):
        return None
    if picture is None:
        return None
    pixels: Pixels = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    return pixels
