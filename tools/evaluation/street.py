"""Compares sightings with the truth of the simulated street: one sighting per walker and camera is right."""

import argparse
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from edge.config import NodeConfig
from edge.detection.flip import MIRRORED
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline
from edge.records import Detection, Track
from edge.street.camera import StreetCamera
from edge.street.truth import WalkerTruth
from tools.evaluation.street_words import words_by_light

FULL_HEIGHT_S = 1.0
"""Seconds at full height from which a walker must give a sighting."""
NOBODY = -1
SAME_BODY = 0.1
"""Median keypoint error, in body heights, up to which a detection is that walker."""
MOSTLY = 0.6
"""Visible share of a walker above which they are expected in a frame."""


def street(args: argparse.Namespace) -> dict[str, Any]:
    """Return the figures; a sighting that matches no walker, or a walker already counted, is false."""
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
        "share of walkers with exactly one sighting": total["once"] / seen,
        "share with none": total["missed"] / seen,
        "share with several": total["split"] / seen,
        "sightings": total["sightings"],
        "share of false sightings (no person, or a person again)": (total["nobody"] + total["again"]) / made,
        "sightings of no person": total["nobody"],
        "held back: never moved": total["still"],
        "held back: never moved, and a blank garment map": total["blank"],
        "held back: skeleton over several bodies": total["stitched"],
        "held back: never clear": total["unclear"],
        "frames": total["frames"],
        "people found per frame and person at full height": total["found"] / max(total["present"], 1),
        "detections of no person, per frame": total["ghosts"] / max(total["frames"], 1),
        **words_by_light(args.seed),
    }


def one_camera(job: tuple[int, int, int, float]) -> Counter[str]:
    seed, number, cameras, minutes = job
    config = NodeConfig()
    pipeline = Pipeline(open_interpreter(config.detection), config)
    camera = StreetCamera(seed, camera=number, cameras=cameras, minutes=minutes)
    votes = Votes()
    counts: Counter[str] = Counter()
    times: list[float] = []
    tracks: list[int] = []
    while (frame := camera.read()) is not None:
        step = pipeline.step(frame)
        times.append(frame.captured_at)
        tracks += [sighting.departure.track_id for sighting in step.sightings]
        truth = camera.truth(frame.number)
        votes.count(step.tracks, truth)
        found = {whose(person, truth) for person in step.detections}
        present = {one.walker_id for one in truth if one.is_full_height and one.visible > MOSTLY}
        counts.update(frames=1, present=len(present), found=len(present & found))
        counts["ghosts"] += sum(whose(person, truth) == NOBODY for person in step.detections)
    tracks += [sighting.departure.track_id for sighting in pipeline.finish()]
    walkers = Counter(votes.of(track_id) for track_id in tracks)
    counts.update(sightings=len(tracks), nobody=walkers.pop(NOBODY, 0))
    counts.update(dict[str, int](pipeline.held_back.items()))
    counts["again"] = sum(count - 1 for count in walkers.values())
    visits = {visit.walker_id for visit in camera.street.visits(number, times) if visit.full_height_s > FULL_HEIGHT_S}
    by_count = Counter(min(walkers[walker], 2) for walker in visits)
    counts.update(walkers=len(visits), missed=by_count[0], once=by_count[1], split=by_count[2])
    return counts


class Votes:
    """Finds which walker each track really is: the one on which most of its detections lie."""

    def __init__(self) -> None:
        self._votes: dict[int, Counter[int]] = {}

    def count(self, tracks: Iterable[Track], truth: list[WalkerTruth]) -> None:
        for one in tracks:
            if one.is_visible:
                self._votes.setdefault(one.track_id, Counter())[whose(one.detection, truth)] += 1

    def of(self, track_id: int) -> int:
        return self._votes[track_id].most_common(1)[0][0]

    def share(self, track_id: int) -> float:
        """Return the share of the track's detections that lie on its walker."""
        return self._votes[track_id].most_common(1)[0][1] / self._votes[track_id].total()


def whose(person: Detection, truth: list[WalkerTruth]) -> int:
    """Return the walker whose keypoints are nearest, if near enough; left and right may be swapped."""
    believed = person.believed
    best, nearest = SAME_BODY, NOBODY
    for walker in truth:
        height = max(walker.box[3] - walker.box[1], 1.0)
        sides = (walker.keypoints, walker.keypoints[MIRRORED])
        each = [np.hypot(*(side - person.keypoints)[believed].T) / height for side in sides]
        away = float(np.median(np.minimum(*each)))
        if away < best:
            best, nearest = away, walker.walker_id
    return nearest
