"""The model thread: what comes of it is what comes of one thread alone."""

import queue
import threading
from contextlib import suppress

import pytest

from edge.config import NodeConfig
from edge.errors import ModelError
from edge.node.capture import Capture
from edge.node.model_thread import ModelThread
from edge.pipeline import Pipeline, Step
from edge.records import Frame
from tests.node.walks import STEPS, WALKERS, PictureModel, Playing, walk


def ahead(model: PictureModel, frames: list[Frame]) -> list[Step]:
    """Return the steps of a pipeline whose model runs in a thread of its own."""
    stop = threading.Event()
    pipeline = Pipeline(model, NodeConfig())
    capture = Capture(Playing(iter(frames)), "fast", stop)
    models = ModelThread(capture, pipeline, stop)
    for work in (capture.work, models.work):
        threading.Thread(target=work, daemon=True).start()
    steps: list[Step] = []
    while True:
        with suppress(queue.Empty):
            seen = models.next()
            if seen is None:
                return steps
            steps.append(pipeline.step(*seen))


def test_every_frame_says_what_it_says_without_the_thread() -> None:
    model = PictureModel()
    frames = list(walk(model))
    pipeline = Pipeline(model, NodeConfig())
    alone = [pipeline.step(frame) for frame in frames]
    beside = ahead(model, frames)
    assert len(beside) == len(alone) == STEPS * WALKERS
    for one, other in zip(alone, beside, strict=True):
        assert [person.box for person in one.detections] == [person.box for person in other.detections]
        assert [track.track_id for track in one.tracks] == [track.track_id for track in other.tracks]
        for mine, theirs in zip(one.sightings + one.early, other.sightings + other.early, strict=True):
            assert (mine.appearance.palettes == theirs.appearance.palettes).all()
            assert mine.departure.track_ids == theirs.departure.track_ids


def test_a_stop_ends_the_thread_whose_frames_nobody_takes() -> None:
    model, stop = PictureModel(), threading.Event()
    capture = Capture(Playing(walk(model)), "fast", stop)
    models = ModelThread(capture, Pipeline(model, NodeConfig()), stop)
    threads = [threading.Thread(target=work, daemon=True) for work in (capture.work, models.work)]
    for thread in threads:
        thread.start()
    models.next()
    stop.set()
    threads[1].join(10)
    assert not threads[1].is_alive()


def test_a_model_that_fails_ends_the_thread_with_its_error() -> None:
    class Broken(PictureModel):
        def invoke(self, _tensor: object) -> list:  # type: ignore[type-arg]
            raise ModelError("broken")

    model, stop = Broken(), threading.Event()
    capture = Capture(Playing(walk(model)), "fast", stop)
    reading = threading.Thread(target=capture.work, daemon=True)
    reading.start()
    with pytest.raises(ModelError, match="broken"):
        ModelThread(capture, Pipeline(model, NodeConfig()), stop).work()
    stop.set()
