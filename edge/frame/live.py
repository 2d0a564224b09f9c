"""A camera that survives faults of its device: it drops bad frames and opens a lost device again.

All live sources use it (video.py, picamera.py). One bad frame is dropped. Several in a row, or an error of the device,
mean that the device is lost; it is opened again with growing pauses, a limited number of times.
"""

import contextlib
import itertools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import cv2
import numpy as np

from edge.errors import SourceError
from edge.records import Frame, Pixels
from edge.seams import Clock, Optics

log = logging.getLogger(__name__)

TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
"""OpenCV's names of turns, by degrees clockwise."""
BAD_IN_A_ROW = 5
"""Unreadable frames in a row after which the device counts as lost."""


class DeviceLostError(Exception):
    """The device cannot be opened or has stopped delivering frames; the message says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture from a device."""

    pixels: Pixels
    """[height, width, 3] RGB."""
    captured_at: float
    """UTC seconds."""
    lores: Pixels | None = None
    """[h, w, 3] RGB, the same picture scaled by the device."""
    missed: int = 0
    """Frames that the device made since the last shot and that were not read."""
    is_balanced: bool = False
    """True if the device has balanced the colours for the light itself and says so."""


class Device(Protocol):
    """An opened device that delivers pictures."""

    @property
    def optics(self) -> Optics:
        """What its pictures show."""

    def grab(self) -> Shot | None:
        """Return the next picture, or None if it is unreadable; raises DeviceLostError."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Retry:
    """The tries to open a lost device again; with the defaults they end after about half a minute."""

    first_s: float = 0.5
    """Seconds before the first try; each later pause is twice as long, up to `longest_s`."""
    longest_s: float = 8.0
    tries: int = 6

    def pauses(self) -> Iterator[float]:
        """Seconds to wait before each try.

        >>> list(Retry().pauses())
        [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
        """
        pause = self.first_s
        for _ in range(self.tries):
            yield min(pause, self.longest_s)
            pause *= 2


class Live:
    """A Camera whose device can be opened again after a fault."""

    def __init__(
        self,
        name: str,
        open_device: Callable[[], Device],
        *,
        clock: Clock,
        advice: str,
        retry: Retry | None = None,
        rotate: Literal[0, 90, 180, 270] = 0,
    ) -> None:
        """Open the device; raises SourceError if that fails. `advice` tells the technician what to check then.

        `rotate`: degrees clockwise that its pictures are turned.
        """
        self.name = name
        self.optics = Optics()
        """What the newest picture shows."""
        self._rotate = rotate
        self.frames_dropped = 0
        self.reconnects = 0
        self._open, self._clock, self._advice = open_device, clock, advice
        self._retry = retry or Retry()
        self._numbers = itertools.count()
        self._why = ""
        self._is_closed = False
        self._device: Device | None = self._try_open()
        if self._device is None:
            raise SourceError(f"{name}: cannot open it ({self._why}); {advice}")

    def read(self) -> Frame | None:
        """Return the next good frame, None once closed; raises SourceError after the last try to open the device."""
        pauses = self._retry.pauses()
        while not self._is_closed:
            shot = self._shoot()
            if shot is not None:
                return self._to_frame(shot)
            self._reopen(pauses)
        return None

    def close(self) -> None:
        self._is_closed = True
        self._shut()

    def _shoot(self) -> Shot | None:
        """Return the next good shot, or None if the device is lost."""
        if self._device is None:
            return None
        for _ in range(BAD_IN_A_ROW):
            try:
                shot = self._device.grab()
            except DeviceLostError as err:
                self._why = str(err)
                return None
            if shot is not None:
                return shot
            self._drop(1)
        self._why = f"{BAD_IN_A_ROW} unreadable frames in a row"
        return None

    def _to_frame(self, shot: Shot) -> Frame:
        self._drop(shot.missed)
        if self._device is not None:
            self.optics = self._device.optics
        lores = None if shot.lores is None else self._turned(shot.lores)
        return Frame(self._turned(shot.pixels), shot.captured_at, next(self._numbers), lores, shot.is_balanced)

    def _turned(self, pixels: Pixels) -> Pixels:
        return np.asarray(cv2.rotate(pixels, TURNS[self._rotate]), np.uint8) if self._rotate else pixels

    def _drop(self, count: int) -> None:
        self.frames_dropped += count
        for _ in range(count):
            next(self._numbers)

    def _reopen(self, pauses: Iterator[float]) -> None:
        self._shut()
        for pause in pauses:
            log.warning("%s: lost (%s), trying again in %.1f s", self.name, self._why, pause)
            self._clock.sleep(pause)
            if self._is_closed:
                return
            self._device = self._try_open()
            if self._device is not None:
                self.reconnects += 1
                return
        raise SourceError(f"{self.name}: lost for good after {self._retry.tries} tries ({self._why}); {self._advice}")

    def _try_open(self) -> Device | None:
        try:
            return self._open()
        except DeviceLostError as err:
            self._why = str(err)
            return None

    def _shut(self) -> None:
        if self._device is not None:
            with contextlib.suppress(DeviceLostError):
                self._device.close()
            self._device = None
