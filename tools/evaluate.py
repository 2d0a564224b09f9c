"""Sightings against the truth: `people` on labelled photos and on clips, `street` on the simulated street."""

import argparse
import json
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.ndimage import distance_transform_edt

from edge.appearance.region import torso_length
from edge.clock import SystemClock
from edge.config import DetectionSection, NodeConfig
from edge.detection import keypoints
from edge.detection.fit import fit
from edge.frame.photos import Photos
from edge.frame.source import open_camera
from edge.node.offline import open_interpreter, sightings
from edge.pipeline import Pipeline
from edge.records import Detection, Frame

SHARED = Path(__file__).parents[2] / "shared" / "data"
TORSO = [5, 6, 11, 12]
CLIPS = {"one-by-one-person-detection.mp4": 6, "car-detection.mp4": 0}
"""Sightings counted by eye: six people one after another; cars only."""
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
    found: dict[str, Any] = {"model": args.model, **_photos(args.ccp, sorted(drawn), config)}
    for clip, expected in CLIPS.items():
        interpreter = open_interpreter(config)
        count = sum(1 for _ in sightings([str(args.clips / clip)], interpreter, config))
        found[f"{clip}: sightings (expected {expected})"] = count
    return found


def _photos(ccp: Path, ids: list[int], config: NodeConfig) -> dict[str, Any]:
    """The main person of each photo is the one the pipeline would describe: the largest torso by its certainty."""
    interpreter = open_interpreter(config)
    layout = keypoints.read_layout(interpreter.input, interpreter.outputs)
    counts: Counter[str] = Counter()
    for number in track(ids, description="photos", disable=not sys.stderr.isatty(), console=Console(stderr=True)):
        with closing(Photos(ccp / "photos" / f"{number:04d}.jpg", clock=SystemClock())) as photo:
            frame = photo.read()
        mask = scipy.io.loadmat(ccp / "annotations" / "pixel-level" / f"{number:04d}.mat")["groundtruth"] > 0
        if frame is None or not mask.any():
            counts["unlabelled"] += 1
            continue
        counts["photos"] += 1
        tensor, scale = fit(frame, layout.height, layout.width)
        people = keypoints.decode(interpreter.invoke(tensor), layout, keypoints.Settings(), scale=scale)
        _count(counts, people, np.asarray(distance_transform_edt(~mask)))
        counts["described"] += Pipeline(interpreter, config).still(frame) is not None
    total = counts["photos"]
    return {
        "photos with a label": total,
        "one main person, all torso keypoints inside the mask": counts["strict"] / total,
        f"the same within {TOLERANCE:.0%} of the photo's height": counts["near"] / total,
        "a second skeleton on the main person": counts["doubled"] / total,
        "nobody found": counts["nobody"] / total,
        "described (spotter learn counts them)": counts["described"] / total,
    }


def _count(counts: Counter[str], people: list[Detection], away: np.ndarray) -> None:
    if not people:
        counts["nobody"] += 1
        return
    main = max(people, key=lambda person: torso_length(person) * person.confidence)
    is_doubled = any(_off(person, away) == 0 for person in people if person is not main)
    counts["doubled"] += is_doubled
    counts["strict"] += _off(main, away) == 0 and not is_doubled
    counts["near"] += _off(main, away) <= TOLERANCE * len(away) and not is_doubled


def _off(person: Detection, away: np.ndarray) -> float:
    """Pixels from the worst torso keypoint to the labelled mask; `away` is the distance of each pixel to it."""
    x, y = np.rint(person.keypoints[TORSO].T).astype(int)
    height, width = away.shape
    return float(away[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)].max())


def _street(args: argparse.Namespace) -> dict[str, Any]:
    raise SystemExit(2)


if __name__ == "__main__":
    sys.exit(main())
