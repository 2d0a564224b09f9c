"""MOTA, IDF1, switches and fragmentations of tracks at the labelled frames, by motmetrics; also of other trackers.

Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics" (2008); Ristani
et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking" (2016) for IDF1.
"""

from collections import defaultdict
from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from typing import Any, NamedTuple

import numpy as np

from edge.config import TrackSection
from edge.errors import ConfigError
from edge.records import Detection
from tools.evaluation.clips.counts import Counts
from tools.evaluation.clips.fates import fate_counts, owner, stays_of_boxes
from tools.evaluation.clips.match import MIN_IOU, body_box, ignored, iou, matched
from tools.evaluation.clips.truth import Box, Truth
from tools.evaluation.clips.watch import Shown

FIGURES = {"mota": "MOTA", "idf1": "IDF1", "num_switches": "switches", "num_fragmentations": "fragmentations"}
"""Names of figures in motmetrics, and in the tables here."""
HOW_TO_INSTALL = "run tools/evaluate clips, which installs it"


class Tracked(NamedTuple):
    """One track in one frame."""

    track_id: int
    box: Box
    is_confirmed: bool = True
    """A track that is not confirmed is left out, but the person it lies on is not given to another track."""


Tracks = Mapping[int, list[Tracked]]
"""Tracks by frame number."""


def ours(shown: Mapping[int, Shown]) -> Tracks:
    return {
        number: [Tracked(track.track_id, body_box(track.detection), track.is_confirmed) for track in one.tracks]
        for number, one in shown.items()
    }


def accumulate(truth: Truth, tracks: Tracks) -> Any:
    """Return a motmetrics accumulator of one clip; unpaired tracks in ignored regions are left out."""
    names = {name: i for i, name in enumerate(sorted(truth.people))}
    accumulator = motmetrics().MOTAccumulator(auto_id=True)
    for number, people, regions in truth.each():
        here = tracks.get(number, [])
        boxes = [track.box for track in here]
        own, off = matched(people.boxes, boxes), ignored(boxes, regions)
        kept = [track for j, track in enumerate(here) if track.is_confirmed and (j in own or not off[j])]
        away = 1 - iou(people.boxes, [track.box for track in kept])
        away[away > 1 - MIN_IOU] = np.nan
        accumulator.update([names[name] for name in people.names], [track.track_id for track in kept], away)
    return accumulator


def people(truth: Truth, tracks: Tracks) -> Counts:
    """Return the groups `fates` and `still` (fates.py) if each track were a sighting: one that lasts as ours must."""
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for number, here in tracks.items():
        for one in here:
            numbers[one.track_id].append(number)
    settings = TrackSection()
    lasting = {
        track_id
        for track_id, seen in numbers.items()
        if len(seen) >= settings.confirm_frames and max(seen) - min(seen) >= settings.confirm_s * truth.fps
    }
    boxes = {n: [(one.track_id, one.box) for one in here if one.track_id in lasting] for n, here in tracks.items()}
    return fate_counts(truth, [owner(stay) for stay in stays_of_boxes(truth, boxes).values()])


def figures(accumulators: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return {clip: {figure: value}}, with "together" for all clips as one."""
    if not accumulators:
        return {}
    table = (
        motmetrics()
        .metrics.create()
        .compute_many(
            list(accumulators.values()), metrics=list(FIGURES), names=list(accumulators), generate_overall=True
        )
    )
    rows = {"together" if name == "OVERALL" else name: row for name, row in table.to_dict("index").items()}
    return {name: {FIGURES[key]: float(value) for key, value in row.items()} for name, row in rows.items()}


def library() -> dict[str, Any] | str:
    """Return {tracker's name: its class} of the library `trackers`, or the reason why it is missing."""
    try:
        import trackers  # noqa: PLC0415  an extra that nothing else needs
    except ImportError as err:
        return f"the library trackers is missing ({err}): {HOW_TO_INSTALL}"
    return {
        "ByteTrack": trackers.ByteTrackTracker,
        "SORT": trackers.SORTTracker,
        "OC-SORT": trackers.OCSORTTracker,
        "BoT-SORT": trackers.BoTSORTTracker,
        "C-BIoU": trackers.CBIoUTracker,
    }


def others(kind: Any, shown: Mapping[int, Shown], fps: float) -> Tracks:
    """Return the tracks that another tracker makes of the same detections, as boxes.

    It has the library's own settings, but starts tracks where ours does: the library's 0.6 and 0.7 are for detectors
    with higher confidences. BoT-SORT sees the boxes alone, not the picture from which it would tell a moving camera.
    """
    start = TrackSection().birth_confidence
    ours = {"track_activation_threshold": start, "high_conf_det_threshold": start, "enable_cmc": False}
    known = signature(kind).parameters
    tracker = kind(frame_rate=fps, **{name: value for name, value in ours.items() if name in known})
    return {number: _step(tracker, one.detections) for number, one in sorted(shown.items())}


def _step(tracker: Any, detections: list[Detection]) -> list[Tracked]:
    import supervision  # noqa: PLC0415  comes with trackers

    boxes = np.array([body_box(detection) for detection in detections], np.float32).reshape(-1, 4)
    sure = np.array([detection.confidence for detection in detections], np.float32)
    found = tracker.update(supervision.Detections(xyxy=boxes, confidence=sure, class_id=np.zeros(len(sure), int)))
    ids = [] if found.tracker_id is None else found.tracker_id.tolist()
    return [Tracked(one, tuple(box)) for one, box in zip(ids, found.xyxy.tolist(), strict=True) if one >= 0]


def motmetrics() -> Any:
    """Return the library motmetrics; raises ConfigError that says how to install it."""
    try:
        return import_module("motmetrics")
    except ImportError as err:
        raise ConfigError(f"expected the library motmetrics, found none ({err}): {HOW_TO_INSTALL}") from err
