"""All figures of one clip: the product's, and those of other trackers and detectors on the same frames."""

from pathlib import Path
from typing import Any, NamedTuple

from edge.pipeline import Step
from edge.records import Frame
from edge.seams import Interpreter
from tools.evaluation.clips import tracking
from tools.evaluation.clips.counts import Counts, grouped, together
from tools.evaluation.clips.detectors import Detector, Looking
from tools.evaluation.clips.fates import fate_counts, implausible, owned, sighting_counts, stay_of, stays
from tools.evaluation.clips.finding import finding
from tools.evaluation.clips.match import body_box
from tools.evaluation.clips.overlay import Overlay
from tools.evaluation.clips.truth import Truth
from tools.evaluation.clips.watch import Watched, everything, resampled, watch
from tools.evaluation.clips.words import word_counts

OURS = "ours"


class Setting(NamedTuple):
    """How clips are measured."""

    network: Interpreter
    fps: float | None
    """Frames per second; None for all frames."""
    overlay: Path | None
    detectors: dict[str, Detector]
    trackers: dict[str, Any]


class Measured(NamedTuple):
    """Figures of one clip."""

    counts: Counts
    fps: float
    accumulators: dict[str, Any]
    """Accumulators of motmetrics, for our tracker and the others; none for a clip without truth."""
    people: dict[str, Counts]
    """What became of people (fates.py): by our sightings, and by the other trackers' tracks."""
    detectors: dict[str, Counts]
    """The groups of finding.py, for each other detector."""


def with_truth(clip: Path, truth: Truth, setting: Setting) -> Measured:
    looking = Looking(setting.detectors, truth)
    watched = _watch(clip, truth, setting, looking)
    found = stays(truth, watched.shown)
    mine = [owned(sighting, stay_of(sighting.departure, found)) for sighting in watched.sightings]
    bodies = {n: [body_box(one) for one in shown.detections] for n, shown in watched.shown.items()}
    known = {"people": len(truth.people), "boxes": sum(len(person.boxes) for person in truth.people.values())}
    tracks = {OURS: tracking.ours(watched.shown)}
    people = {OURS: fate_counts(truth, mine)}
    for name, kind in setting.trackers.items():
        tracks[name] = tracking.others(kind, watched.shown, watched.fps)
        people[name] = tracking.people(truth, tracks[name])
    counts = together(
        [
            grouped("truth", known),
            finding(truth, bodies),
            sighting_counts(mine),
            people[OURS],
            word_counts(truth, mine),
            _without_truth(watched),
        ]
    )
    accumulators = {name: tracking.accumulate(truth, one) for name, one in tracks.items()}
    return Measured(
        counts,
        watched.fps,
        accumulators,
        people,
        {name: finding(truth, boxes) for name, boxes in looking.boxes.items()},
    )


def without_truth(clip: Path, setting: Setting) -> Measured:
    """Count sightings, those with impossible skeletons, and tracks held back, on a clip without truth."""
    watched = _watch(clip, None, setting, None)
    return Measured(_without_truth(watched), watched.fps, {}, {}, {})


def _without_truth(watched: Watched) -> Counts:
    counts = grouped("held back", watched.held_back) + grouped("second looks", watched.second_looks)
    counts["plausibility", "sightings"] = len(watched.sightings)
    counts["plausibility", "impossible"] = implausible(watched.shown, watched.sightings)
    return counts


def _watch(clip: Path, truth: Truth | None, setting: Setting, looking: Looking | None) -> Watched:
    overlay = None if setting.overlay is None else Overlay(setting.overlay, clip, truth)

    def look(frame: Frame, step: Step) -> None:
        for one in (overlay, looking):
            if one is not None:
                one.look(frame, step)

    keep = everything if setting.fps is None else resampled(setting.fps, truth)
    return watch(clip, setting.network, keep, look)
