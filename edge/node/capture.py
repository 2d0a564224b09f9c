"""A camera's frames to the frame loop, in a thread of their own."""

import queue
import threading
from typing import Literal

from edge.records import Frame
from edge.seams import Camera

WAITING = 2
"""Frames between camera and network; a live camera's older ones are dropped, not queued."""
IDLE_S = 0.5


class Capture:
    """Owner of the frames that wait. `work` is the thread's; all else is the frame loop's."""

    def __init__(self, camera: Camera, pace: Literal["real", "fast"], stop: threading.Event) -> None:
        self._camera, self._pace, self._stop = camera, pace, stop
        self._frames: queue.Queue[Frame | None] = queue.Queue(WAITING)
        self._skipped = 0

    @property
    def dropped(self) -> int:
        """Frames that the camera spoilt, or the network had no time for."""
        return self._camera.frames_dropped + self._skipped

    def next(self) -> Frame | None:
        """None at the end; raises queue.Empty where none comes for a while."""
        return self._frames.get(timeout=IDLE_S)

    def end(self) -> None:
        """After the frames that wait comes no more."""
        self._frames.put(None)

    def work(self) -> None:
        """Until the source ends or the node stops; raises SourceError when the camera is lost."""
        while not self._stop.is_set() and (frame := self._camera.read()) is not None:
            self._offer(frame)
        self.end()

    def _offer(self, frame: Frame) -> None:
        """Fast sources wait for the network; a live one never does: its oldest waiting frame is dropped."""
        if self._pace == "fast":
            self._put(frame)
            return
        while True:
            try:
                self._frames.put_nowait(frame)
            except queue.Full:
                self._skipped += self._discard_oldest()
            else:
                return

    def _put(self, frame: Frame) -> None:
        while not self._stop.is_set():
            try:
                self._frames.put(frame, timeout=IDLE_S)
            except queue.Full:
                continue
            return

    def _discard_oldest(self) -> int:
        try:
            self._frames.get_nowait()
        except queue.Empty:
            return 0
        return 1
