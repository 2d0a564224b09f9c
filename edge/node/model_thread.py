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

    def next(self) -> tuple[Frame, Glance] | None:
        """Return the next frame and what the model says of it, None at the end; raises queue.Empty after IDLE_S."""
        return self._seen.get(timeout=IDLE_S)

    def work(self) -> None:
        """Run the model on every frame until the source ends or the node stops; raises ModelError if it fails."""
        while not self._stop.is_set():
            try:
                frame = self._capture.next()
            except queue.Empty:
                continue
            if frame is None:
                break
            self._put((frame, self._pipeline.see(frame)))
        self.end()

    def end(self) -> None:
        """End the frames: `next` returns None after the one that waits."""
        self._put(None)

    def _put(self, seen: tuple[Frame, Glance] | None) -> None:
        while not self._stop.is_set():
            try:
                self._seen.put(seen, timeout=IDLE_S)
            except queue.Full:
                continue
            return
