"""Runs a clip through the whole pipeline, as edge/node/batch.py wires it, and keeps every frame's result."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from edge.clock import SystemClock
from edge.config import NodeConfig
from edge.frame.source import open_camera
from edge.pipeline import Pipeline, Step
from edge.records import Detection, Frame, Sighting, Track
from edge.seams import Interpreter
from tools.evaluation.clips.truth import Truth

Keep = Callable[[Frame], bool]
Look = Callable[[Frame, Step], None]


class Shown(NamedTuple):
    """Result of the pipeline for one frame."""

    detections: list[Detection]
    tracks: list[Track]
    """Tracks seen in this very frame."""


class Watched(NamedTuple):
    """Result of the pipeline for a clip."""

    shown: dict[int, Shown]
    """Results by frame number in the clip."""
    sightings: list[Sighting]
    held_back: dict[str, int]
    """Confirmed tracks without a sighting, by reason."""
    fps: float
    """Frames per second that were processed."""


def watch(clip: Path, network: Interpreter, keep: Keep, look: Look) -> Watched:
    """Run the pipeline on the frames that `keep` accepts; `look` is called with each of them.

    Raises SourceError for a file that does not play.
    """
    pipeline, shown, sightings, times = Pipeline(network, NodeConfig()), {}, [], []
    with closing(open_camera(f"replay:{clip}", clock=SystemClock(), pace="fast", start_at=0.0)) as camera:
        while (frame := camera.read()) is not None:
            if not keep(frame):
                continue
            step = pipeline.step(frame)
            look(frame, step)
            shown[frame.number] = Shown(step.detections, [track for track in step.tracks if track.is_visible])
            sightings += step.sightings
            times.append(frame.captured_at)
    sightings += pipeline.finish()
    lasted = times[-1] - times[0] if times else 0.0
    return Watched(
        shown, sightings, dict[str, int](pipeline.held_back.items()), (len(times) - 1) / lasted if lasted else 0.0
    )


def everything(_: Frame) -> bool:
    return True


def resampled(fps: float, truth: Truth | None = None) -> Keep:
    """Keep about `fps` frames per second.

    Every labelled frame stays, the others are spread evenly between them, so no rate is below that of the labels.
    """
    return _by_time(fps) if truth is None else _between_labels(fps, truth)


def _between_labels(fps: float, truth: Truth) -> Keep:
    labelled, stride = set(truth.frames_labelled), truth.stride
    count = min(max(1, round(fps * stride / truth.fps)), stride)
    offsets = {i * stride // count for i in range(count)}
    return lambda frame: frame.number in labelled or (frame.number - truth.frames_labelled[0]) % stride in offsets


def _by_time(fps: float) -> Keep:
    due = 0.0

    def keep(frame: Frame) -> bool:
        nonlocal due
        if frame.captured_at < due - 1e-6:
            return False
        due = max(due, frame.captured_at - 1 / fps) + 1 / fps
        return True

    return keep
