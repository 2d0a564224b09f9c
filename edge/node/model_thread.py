"""The model thread: it runs the model on the next frame while the frame loop is busy with the frame before.

On one core nothing is gained. On more, tracking and description cost no time of their own, as long as they take less
than the model.
"""

import queue
import threading

from edge.node.capture import IDLE_S, Capture
from edge.pipeline import Glance, Pipeline
from edge.records import Frame


class ModelThread:
    """Owner of the frame that the model has seen. `work` runs in the model thread; the frame loop calls the rest."""

    def __init__(self, capture: Capture, pipeline: Pipeline, stop: threading.Event) -> None:
        self._capture, self._pipeline, self._stop = capture, pipeline, stop
        self._seen: queue.Queue[tuple[Frame, Glance] | None] = queue.Queue(1)
        self._is_free = threading.Semaphore(1)
        """Taken while a frame is here: no second one is kept, and each is as new as it can be."""

    def next(self) -> tuple[Frame, Glance] | None:
        """Return the next frame and what the model says of it, None at the end; raises queue.Empty after IDLE_S."""
        seen = self._seen.get(timeout=IDLE_S)
        self._is_free.release()
        return seen

    def work(self) -> None:
        """Run the model on every frame until the source ends or the node stops; raises ModelError if it fails."""
        while not self._stop.is_set():
            if not self._is_free.acquire(timeout=IDLE_S):
                continue
            if not self._see():
                break
        self.end()

    def _see(self) -> bool:
        """Run the model on one frame; returns False at the end. No name here holds it while the next one is awaited."""
        frame = self._next_frame()
        if frame is not None:
            self._seen.put((frame, self._pipeline.see(frame)))
        return frame is not None

    def end(self) -> None:
        """End the frames: `next` returns None after the one that waits."""
        while not self._stop.is_set():
            try:
                self._seen.put(None, timeout=IDLE_S)
            except queue.Full:
                continue
            return

    def _next_frame(self) -> Frame | None:
        while not self._stop.is_set():
            try:
                return self._capture.next()
            except queue.Empty:
                continue
        return None
