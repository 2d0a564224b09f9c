"""Planted exceptions of the simulated street: would a booth with a fixed number of alerts hear of them?

One baseline learns all cameras of a street by day and by night; then every camera scores everyone who comes later.
Alerts go to the walkers with the rarest sighting of any camera, twice as many as there are exceptions.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from edge.config import NodeConfig
from edge.errors import BaselineError
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline
from edge.records import Departure, Sighting
from edge.score.baseline import Baseline
from edge.street.camera import StreetCamera
from tools.evaluation.street import NOBODY, Votes

NIGHT = 1.0
LATER_S = 36_000.0
"""Street seconds between the people who are learnt and those who are scored: same place, other people."""
BUDGET = 2.0
"""Alerts per planted exception."""
ENOUGH = 100
"""Calibrating sightings below which every score would be `warming_up`."""
PLANTED = 0.04
"""Share of the walkers who are exceptions."""


class Seen(NamedTuple):
    """One sighting, and who it really is."""

    walker: int
    """Id of the walker; NOBODY if no walker is there."""
    is_exception: bool
    sighting: Sighting
    reported_at: float
    """Seconds of street time when the track had ended."""
    share: float
    """Share of the track's detections that lie on that walker."""
    early: Sighting | None = None
    """The sighting as it was after the first good views, if it was reported then."""
    early_at: float = 0.0
    """Seconds of street time of the early report."""


class Job(NamedTuple):
    """One camera of one street."""

    seed: int
    camera: int
    cameras: int
    minutes: float
    dark: float
    exceptions: float
    skip: float
    """Street seconds before the first frame."""
    fps: float = 8.0
    rate: float = 24.0
    """Walkers a minute."""


def exceptions(args: argparse.Namespace) -> dict[str, Any]:
    """Return recall of planted exceptions by day and night, calibration of the ordinary walkers, and duplicates."""
    cameras = range(args.cameras)
    lights = {"day": 0.0, "night": NIGHT}
    learn = [
        Job(args.seed, c, args.cameras, args.learn_minutes / 2, dark, 0.0, 0.0)
        for dark in lights.values()
        for c in cameras
    ]
    spot = [
        Job(args.seed, c, args.cameras, args.minutes / 2, dark, PLANTED, LATER_S)
        for dark in lights.values()
        for c in cameras
    ]
    with ProcessPoolExecutor() as pool:
        found = [[one for one in seen if one.walker != NOBODY] for seen in pool.map(watch, [*learn, *spot])]
    baseline = learnt([one for seen in found[: len(learn)] for one in seen])
    if baseline.calibrated_on < ENOUGH:
        raise BaselineError(
            f"{baseline.sightings} sightings learnt, {baseline.calibrated_on} calibrate: expected at least {ENOUGH}; "
            "give more --learn-minutes"
        )
    result: dict[str, Any] = {"sightings learnt": baseline.sightings, "alerts per planted exception": BUDGET}
    p: list[float] = []
    for i, name in enumerate(lights):
        sightings = [one for seen in found[len(learn) :][i * len(cameras) : (i + 1) * len(cameras)] for one in seen]
        result |= _figures(baseline, sightings, name, p)
    result |= _early_figures(baseline, [one for seen in found[len(learn) :] for one in seen])
    for level in (0.2, 0.05, 0.01):
        result[f"share of ordinary walkers with p <= {level}"] = float(np.mean(np.array(p) <= level))
    return result


def watch(job: Job) -> list[Seen]:
    """Return everyone whom one camera sees."""
    config = NodeConfig()
    pipeline = Pipeline(open_interpreter(config.detection), config)
    camera = StreetCamera(
        job.seed,
        camera=job.camera,
        cameras=job.cameras,
        minutes=job.minutes,
        fps=job.fps,
        exceptions=job.exceptions,
        dark=job.dark,
        skip=job.skip,
        rate=job.rate,
    )
    votes, planted = Votes(), {NOBODY: False}
    sightings: list[tuple[Sighting, float]] = []
    at, early = 0.0, dict[int, tuple[Sighting, float]]()
    while (frame := camera.read()) is not None:
        step, at = pipeline.step(frame), frame.captured_at
        truth = camera.truth(frame.number)
        planted |= {one.walker_id: one.is_exception for one in truth}
        votes.count(step.tracks, truth)
        early |= {sighting.departure.track_id: (sighting, at) for sighting in step.early}
        sightings += [(sighting, at) for sighting in step.sightings]
    sightings += [(sighting, at) for sighting in pipeline.finish()]
    seen = [_seen(sighting, at, votes, planted) for sighting, at in sightings]
    return [one._replace(**_early(early, one.sighting.departure)) for one in seen]


def _seen(sighting: Sighting, at: float, votes: Votes, planted: dict[int, bool]) -> Seen:
    track_id = sighting.departure.track_id
    walker = votes.of(track_id)
    return Seen(walker, planted[walker], sighting, at, votes.share(track_id))


def _early(found: dict[int, tuple[Sighting, float]], departure: Departure) -> dict[str, Any]:
    """Return the first early sighting of a person, and when it was made."""
    mine = [found[one] for one in departure.track_ids if one in found]
    return {"early": mine[0][0], "early_at": mine[0][1]} if mine else {}


def learnt(seen: Sequence[Seen]) -> Baseline:
    baseline = Baseline(_recipe())
    for one in seen:
        baseline.learn(one.sighting.appearance)
    return baseline


def _recipe() -> Any:
    config = NodeConfig()
    return Pipeline(open_interpreter(config.detection), config).recipe


def _early_figures(baseline: Baseline, seen: Sequence[Seen]) -> dict[str, Any]:
    """Return how much sooner early reports come, and how many of them the final score takes back."""
    rare = 1 / NodeConfig().score.early_one_in
    final = [baseline.score(one.sighting.appearance).p_value <= rare for one in seen]
    early = [one.early is not None and baseline.score(one.early.appearance).p_value <= rare for one in seen]
    both = [one for one, is_final, is_early in zip(seen, final, early, strict=True) if is_final and is_early]
    return {
        f"sightings at 1 in {1 / rare:.0f} or rarer": sum(final),
        "share of these reported early": len(both) / max(sum(final), 1),
        "seconds earlier than the final report, median": float(
            np.median([one.reported_at - one.early_at for one in both] or [0.0])
        ),
        "share of early reports that are less rare in the end": 1 - len(both) / max(sum(early), 1),
    }


def _figures(baseline: Baseline, sightings: Sequence[Seen], light: str, p: list[float]) -> dict[str, Any]:
    """Return the figures of one light; adds the p-values of ordinary walkers to `p`."""
    best: dict[int, float] = {}
    for one in sightings:
        score = baseline.score(one.sighting.appearance)
        if not one.is_exception:
            p.append(score.p_value)
        rarity = score.surprisal_bits + 1e-3 * sum(score.facets.values())
        best[one.walker] = max(best.get(one.walker, 0.0), rarity)
    planted = {one.walker for one in sightings if one.is_exception}
    alerted = sorted(best, key=lambda walker: -best[walker])[: round(BUDGET * len(planted))]
    return {
        f"walkers, {light}": len(best),
        f"planted exceptions, {light}": len(planted),
        f"of these alerted, {light}": len(planted & set(alerted)) / max(len(planted), 1),
        f"alerts to ordinary walkers, {light}": len(set(alerted) - planted),
        f"sightings per walker (each one more would be a duplicate), {light}": len(sightings) / max(len(best), 1),
    }
