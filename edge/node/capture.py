"""The capture thread: reads frames from the camera and hands them to the frame loop."""

import queue
import threading
from typing import Literal

from edge.records import Frame
from edge.seams import Camera

WAITING = 1
"""Most frames that wait between camera and model; a live camera's older ones are dropped. One of 1920x1080 is 6 MB."""
IDLE_S = 0.5
"""Seconds of one wait for a frame, or for room in the queue."""


class Capture:
    """Owner of the waiting frames. `work` runs in the capture thread; call the rest from the frame loop."""

    def __init__(self, camera: Camera, pace: Literal["real", "fast"], stop: threading.Event) -> None:
        self._camera, self._pace, self._stop = camera, pace, stop
        self._frames: queue.Queue[Frame | None] = queue.Queue(WAITING)
        self._skipped = 0

    @property
    def dropped(self) -> int:
        """Frames so far that the camera could not read, or that the model had no time for."""
        return self._camera.frames_dropped + self._skipped

    def next(self) -> Frame | None:
        """Return the next frame, or None at the end; raises queue.Empty if none comes within IDLE_S."""
        return self._frames.get(timeout=IDLE_S)

    def end(self) -> None:
        """End the source: `next` returns None after the frames that wait."""
        self._frames.put(None)

    def work(self) -> None:
        """Read frames until the source ends or the node stops; raises SourceError when the camera is lost for good."""
        while not self._stop.is_set() and self._read():
            pass
        self.end()

    def _read(self) -> bool:
        """Read and queue one frame; returns False at the end. No name here holds it while the next one is read."""
        frame = self._camera.read()
        if frame is not None:
            self._offer(frame)
        return frame is not None

    def _offer(self, frame: Frame) -> None:
        """Queue a frame. With pace `fast` this waits for the model; else the oldest waiting frame is dropped."""
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
