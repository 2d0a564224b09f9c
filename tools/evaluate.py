"""Sightings against the truth: `people` on labelled photos and on clips, `street` on the simulated street."""

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.ndimage import distance_transform_edt

from edge.clock import SystemClock
from edge.config import DetectionSection, NodeConfig
from edge.detection import keypoints
from edge.detection.mirror import MIRRORED
from edge.frame.photos import Photos
from edge.frame.street.camera import StreetCamera
from edge.frame.street.truth import WalkerTruth
from edge.node.network import open_interpreter
from edge.node.offline import sightings
from edge.pipeline import Pipeline
from edge.records import Detection

SHARED = Path(__file__).parents[2] / "shared" / "data"
TORSO = [5, 6, 11, 12]
CLIPS = {"one-by-one-person-detection.mp4": 6, "car-detection.mp4": 0}
"""Sightings counted by eye: six people one after another; cars only."""
FULL_HEIGHT_S = 1.0
"""A walker seen for longer at full height must give a sighting."""
NOBODY = -1
SAME_BODY = 0.1
"""Median keypoint error in body heights up to which a detection is of that walker."""
MOSTLY = 0.6
"""A walker more hidden than that is not expected in that frame."""
TOLERANCE = 0.01
"""Of the photo's height: a joint on the silhouette's border may lie this far off the labelled mask."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True, dest="what")
    people = commands.add_parser("people", help="labelled photos, and clips with known counts")
    people.add_argument("--ccp", type=Path, default=SHARED / "ccp", help="photos/ and annotations/pixel-level/")
    people.add_argument("--clips", type=Path, default=SHARED / "clips")
    people.add_argument("--ids", default="1-804", help="photo numbers, from-to; default: %(default)s")
    people.add_argument("--photos", type=int, default=200, help="how many of them, drawn with seed 0")
    people.add_argument("--model", default=DetectionSection().model)
    street = commands.add_parser("street", help="the simulated street: sightings per walker and camera")
    street.add_argument("--seed", type=int, default=7)
    street.add_argument("--cameras", type=int, default=3)
    street.add_argument("--minutes", type=float, default=10.0)
    for command in (people, street):
        command.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = _people(args) if args.what == "people" else _street(args)
    if args.json:
        print(json.dumps(found))
        return 0
    table = Table("figure", "value", title=f"tools/evaluate {args.what}")
    for name, value in found.items():
        table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
    Console().print(table)
    return 0


def _people(args: argparse.Namespace) -> dict[str, Any]:
    config = NodeConfig(detection=DetectionSection(model=args.model))
    first, last = (int(end) for end in args.ids.split("-"))
    drawn = np.random.default_rng(0).permutation(np.arange(first, last + 1))[: args.photos]
    found: dict[str, Any] = {"model": args.model, **photos(args.ccp, sorted(drawn), config)}
    for clip, expected in CLIPS.items():
        interpreter = open_interpreter(config.detection)
        count = sum(1 for _ in sightings([str(args.clips / clip)], interpreter, config))
        found[f"{clip}: sightings (expected {expected})"] = count
    return found


def photos(ccp: Path, ids: list[int], config: NodeConfig) -> dict[str, Any]:
    """The main person of each photo is the one the pipeline would describe."""
    pipeline = Pipeline(open_interpreter(config.detection), config)
    counts: Counter[str] = Counter()
    for number in track(ids, description="photos", disable=not sys.stderr.isatty(), console=Console(stderr=True)):
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
    """Pixels from the worst torso keypoint to the labelled mask; `away` is the distance of each pixel to it."""
    x, y = np.rint(person.keypoints[TORSO].T).astype(int)
    height, width = away.shape
    return float(away[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)].max())


def _street(args: argparse.Namespace) -> dict[str, Any]:
    """One sighting a walker and camera is right; what matches no walker, or a walker again, is false."""
    jobs = [(args.seed, camera, args.cameras, args.minutes) for camera in range(args.cameras)]
    with ProcessPoolExecutor() as pool:
        cameras = list(pool.map(one_camera, jobs))
    total = sum(cameras, Counter[str]())
    seen, made = max(total["walkers"], 1), max(total["sightings"], 1)
    return {
        "seed": args.seed,
        "cameras": args.cameras,
        "minutes of street": args.minutes,
        "walkers at full height for over a second, per camera": [camera["walkers"] for camera in cameras],
        "with exactly one sighting": total["once"] / seen,
        "with none": total["missed"] / seen,
        "with several": total["split"] / seen,
        "sightings": total["sightings"],
        "false sightings (nobody, or somebody again)": (total["nobody"] + total["again"]) / made,
        "of these nobody": total["nobody"],
        "held back as never moving": total["still"],
        "held back as never clear": total["unclear"],
        "frames": total["frames"],
        "people found per frame and person at full height": total["found"] / max(total["present"], 1),
        "detections of nobody, per frame": total["ghosts"] / max(total["frames"], 1),
    }


def one_camera(job: tuple[int, int, int, float]) -> Counter[str]:
    seed, number, cameras, minutes = job
    config = NodeConfig()
    pipeline = Pipeline(open_interpreter(config.detection), config)
    camera = StreetCamera(seed, camera=number, cameras=cameras, minutes=minutes)
    votes: dict[int, Counter[int]] = {}
    counts: Counter[str] = Counter()
    times: list[float] = []
    tracks: list[int] = []
    while (frame := camera.read()) is not None:
        step = pipeline.step(frame)
        times.append(frame.captured_at)
        tracks += [sighting.departure.track_id for sighting in step.sightings]
        truth = camera.truth(frame.number)
        for one in step.tracks:
            if one.is_visible:
                votes.setdefault(one.track_id, Counter())[_whose(one.detection, truth)] += 1
        found = {_whose(person, truth) for person in step.detections}
        present = {one.walker_id for one in truth if one.is_full_height and one.visible > MOSTLY}
        counts.update(frames=1, present=len(present), found=len(present & found))
        counts["ghosts"] += sum(_whose(person, truth) == NOBODY for person in step.detections)
    tracks += [sighting.departure.track_id for sighting in pipeline.finish()]
    walkers = Counter(votes[track_id].most_common(1)[0][0] for track_id in tracks)
    counts.update(sightings=len(tracks), nobody=walkers.pop(NOBODY, 0), **pipeline.held_back)
    counts["again"] = sum(count - 1 for count in walkers.values())
    visits = {visit.walker_id for visit in camera.street.visits(number, times) if visit.full_height_s > FULL_HEIGHT_S}
    by_count = Counter(min(walkers[walker], 2) for walker in visits)
    counts.update(walkers=len(visits), missed=by_count[0], once=by_count[1], split=by_count[2])
    return counts


def _whose(person: Detection, truth: list[WalkerTruth]) -> int:
    """The walker whose keypoints lie nearest, if they are near at all; left and right may be mistaken."""
    believed = person.confidences >= keypoints.Settings().keypoint_threshold
    best, whose = SAME_BODY, NOBODY
    for walker in truth:
        height = max(walker.box[3] - walker.box[1], 1.0)
        sides = (walker.keypoints, walker.keypoints[MIRRORED])
        each = [np.hypot(*(side - person.keypoints)[believed].T) / height for side in sides]
        away = float(np.median(np.minimum(*each)))
        if away < best:
            best, whose = away, walker.walker_id
    return whose


if __name__ == "__main__":
    sys.exit(main())
