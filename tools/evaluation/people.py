"""Measures people on real photos and clips: sightings and the truth, pose and the teacher's, other models."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
from rich.console import Console
from rich.progress import track
from scipy.ndimage import distance_transform_edt

from edge.clock import SystemClock
from edge.config import NodeConfig, TrackSection
from edge.detection.second_look import Box
from edge.frame.photos import Photos
from edge.frame.source import open_camera
from edge.node.batch import Sightings
from edge.pipeline import Pipeline
from edge.records import Detection, Pixels
from edge.seams import Interpreter
from tools.evaluation import pose
from tools.evaluation.labels import read
from tools.evaluation.peers import MoveNet, PoseNet, Ssd

TORSO = [5, 6, 11, 12]
CLIPS = {"one-by-one-person-detection.mp4": 6, "car-detection.mp4": 0}
"""Sightings counted by eye: six people one after another; cars only."""
NOBODY = "car-detection.mp4"
"""A clip without people: everyone found in it is false."""
EVERY = 10
"""Frames from one that is compared to the next."""
TOLERANCE = 0.01
"""Distance in heights of the photo that a joint on the silhouette's border may lie outside the labelled mask."""
CERTAIN = TrackSection().birth_confidence
"""Confidence from which the teacher's people must be found: that from which a track may start."""


def photos(interpreter: Interpreter, ccp: Path, ids: list[int]) -> dict[str, Any]:
    """Return the figures on photos, of the main person of each as the pipeline would describe them."""
    pipeline = Pipeline(interpreter, NodeConfig())
    counts: Counter[str] = Counter()
    for number in _progress(ids, "photos"):
        with closing(Photos(ccp / "photos" / f"{number:04d}.jpg", clock=SystemClock())) as photo:
            frame = photo.read()
        mask = scipy.io.loadmat(ccp / "annotations" / "pixel-level" / f"{number:04d}.mat")["groundtruth"] > 0
        if frame is None or not mask.any():
            counts["unlabelled"] += 1
            continue
        counts["photos"] += 1
        _count(counts, pipeline.people(frame), np.asarray(distance_transform_edt(~mask)))
        counts["described"] += pipeline.still(frame) is not None
    total = counts["photos"]
    return {
        "photos with a label": total,
        "one main person, all torso keypoints inside the mask": counts["strict"] / total,
        f"within {TOLERANCE:.0%} of the photo's height": counts["near"] / total,
        "a second skeleton on the main person": counts["doubled"] / total,
        "nobody found": counts["nobody"] / total,
        "described (spotter learn counts them)": counts["described"] / total,
    }


def clips(interpreter: Interpreter, folder: Path) -> dict[str, Any]:
    """Return the sightings on the clips whose people were counted."""
    return {
        f"{clip}: sightings (expected {expected})": sum(
            1 for _ in Sightings([str(folder / clip)], interpreter, NodeConfig())
        )
        for clip, expected in CLIPS.items()
    }


def compare(
    looker: PoseNet | Ssd | MoveNet, teacher: PoseNet, ccp: Path, ids: list[int], folder: Path
) -> dict[str, Any]:
    """Return what a model finds on photos and clips compared with the labels and the teacher, as far as it can tell."""
    photo_counts: Counter[str] = Counter()
    for number in _progress(ids, "compared photos"):
        pixels, labels = read(ccp, number)
        if labels.any():
            photo_counts.update(_look(looker, teacher, pixels, mask_box(labels)))
    clip_counts: Counter[str] = Counter()
    for path in sorted(folder.iterdir()):
        if path.name != NOBODY:
            clip_counts.update(_sum(_look(looker, teacher, pixels) for pixels in frames(path)))
    return {
        **_shares(photo_counts, "photos"),
        **_shares(clip_counts, "clips"),
        f"{NOBODY}: people per frame": _false(looker, folder / NOBODY),
    }


def frames(clip: Path) -> Iterator[Pixels]:
    """Yield every tenth frame of a clip, [h, w, 3] RGB."""
    with closing(open_camera(f"replay:{clip}", clock=SystemClock(), pace="fast", start_at=0.0)) as camera:
        while (frame := camera.read()) is not None:
            if frame.number % EVERY == 0:
                yield frame.pixels


def mask_box(labels: Pixels) -> Box:
    """Return x1, y1, x2, y2 around everything labelled, in pixels."""
    rows, columns = np.flatnonzero(labels.any(axis=1)), np.flatnonzero(labels.any(axis=0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _look(looker: PoseNet | Ssd | MoveNet, teacher: PoseNet, pixels: Pixels, label: Box | None = None) -> Counter[str]:
    """Return the counts of one picture; `label` is the box of its one labelled person."""
    known = teacher.people(pixels)
    certain = [person for person in known if person.confidence >= CERTAIN]
    if isinstance(looker, MoveNet):
        return _sum(pose.compare([looker.person(pixels, one.box)], [one]) for one in certain)
    boxes, counts = [], Counter(pictures=1)
    if isinstance(looker, PoseNet):
        people = looker.people(pixels)
        counts.update(pose.compare(people, certain))
        sure = [person for person in people if person.confidence >= CERTAIN]
        counts.update(sure=len(sure), strange=len(sure) - len(pose.match(sure, known)))
        boxes = [person.box for person in people]
    else:
        boxes = looker.boxes(pixels)
        counts["teachers"] = len(certain)
    counts["boxed"] = pose.found(boxes, [person.box for person in certain])
    if label is not None:
        counts["labelled"], counts["label found"] = 1, pose.found(boxes, [label])
    return counts


def _shares(counts: Counter[str], where: str) -> dict[str, Any]:
    """Return those figures for which there are counts."""
    whole = {
        f"PCK@0.2 torso against the teacher, {where}": ("near", "compared"),
        f"teacher's people found, by keypoints, {where}": ("matched", "teachers"),
        f"teacher's people found, by box (IoU >= {pose.SAME_BOX}), {where}": ("boxed", "teachers"),
        f"people sure enough to start a track, per person of the teacher, {where}": ("sure", "teachers"),
        f"of them unknown to the teacher, per picture, {where}": ("strange", "pictures"),
        f"labelled person found (IoU >= {pose.SAME_BOX}), {where}": ("label found", "labelled"),
    }
    return {name: counts[part] / counts[of] for name, (part, of) in whole.items() if part in counts and counts[of]}


def _sum(parts: Iterable[Counter[str]]) -> Counter[str]:
    """Add up counters and keep their zeros, which `+` drops."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return total


def _false(looker: PoseNet | Ssd | MoveNet, clip: Path) -> float | None:
    """Return boxes per frame of a clip without people; None for MoveNet, which is given a box and finds none."""
    if isinstance(looker, MoveNet):
        return None
    return float(np.mean([len(looker.boxes(pixels)) for pixels in frames(clip)]))


def _progress(ids: Iterable[int], what: str) -> Iterable[int]:
    return track(list(ids), description=what, disable=not sys.stderr.isatty(), console=Console(stderr=True))


def _count(counts: Counter[str], people: list[Detection], away: np.ndarray) -> None:
    if not people:
        counts["nobody"] += 1
        return
    main, *others = people
    is_doubled = any(_off(person, away) == 0 for person in others)
    counts["doubled"] += is_doubled
    counts["strict"] += _off(main, away) == 0 and not is_doubled
    counts["near"] += _off(main, away) <= TOLERANCE * len(away) and not is_doubled


def _off(person: Detection, away: np.ndarray) -> float:
    """Return pixels from the worst torso keypoint to the labelled mask; `away` [h, w] is the distance to it."""
    x, y = np.rint(person.keypoints[TORSO].T).astype(int)
    height, width = away.shape
    return float(away[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)].max())
