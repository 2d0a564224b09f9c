"""Planted exceptions of the simulated street: are they the ones a booth with so many shoes would hear of?

One baseline learns all cameras of a street by day and by night, then everybody who comes later is scored, likewise, by
every camera. Alerts go to the walkers with the rarest sighting of any camera, twice as many as there are exceptions.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from edge.config import NodeConfig
from edge.errors import BaselineError
from edge.frame.street.camera import StreetCamera
from edge.node.network import open_interpreter
from edge.pipeline import Pipeline
from edge.records import Appearance
from edge.score.baseline import Baseline
from tools.evaluation.street import NOBODY, Votes

NIGHT = 1.0
LATER_S = 36_000.0
"""Street seconds between who is learnt and who is scored: other people, the same place."""
BUDGET = 2.0
"""Alerts for every planted exception."""
ENOUGH = 100
"""Calibrating sightings, below which every score would be `warming_up`."""
PLANTED = 0.04
"""Share of the walkers."""


class Seen(NamedTuple):
    """One sighting and who it really is."""

    walker: int
    is_exception: bool
    appearance: Appearance


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


def exceptions(args: argparse.Namespace) -> dict[str, Any]:
    """Recall of planted exceptions, by kind of light; calibration of the ordinary walkers; duplicates."""
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
        found = list(pool.map(watch, [*learn, *spot]))
    baseline = _learnt([one for seen in found[: len(learn)] for one in seen])
    if baseline.calibrated_on < ENOUGH:
        raise BaselineError(
            f"{baseline.sightings} sightings learnt, {baseline.calibrated_on} calibrate: expected at least {ENOUGH}; "
            "give more --learn-minutes"
        )
    result: dict[str, Any] = {"sightings learnt": baseline.sightings, "walkers a budget is for, times": BUDGET}
    p: list[float] = []
    for i, name in enumerate(lights):
        sightings = [one for seen in found[len(learn) :][i * len(cameras) : (i + 1) * len(cameras)] for one in seen]
        result |= _figures(baseline, sightings, name, p)
    for level in (0.2, 0.05, 0.01):
        result[f"ordinary walkers observed at nominal {level}"] = float(np.mean(np.array(p) <= level))
    return result


def watch(job: Job) -> list[Seen]:
    """Everybody one camera sees."""
    config = NodeConfig()
    pipeline = Pipeline(open_interpreter(config.detection), config)
    camera = StreetCamera(
        job.seed,
        camera=job.camera,
        cameras=job.cameras,
        minutes=job.minutes,
        exceptions=job.exceptions,
        dark=job.dark,
        skip=job.skip,
    )
    votes, sightings, planted = Votes(), [], {}
    while (frame := camera.read()) is not None:
        step = pipeline.step(frame)
        truth = camera.truth(frame.number)
        planted |= {one.walker_id: one.is_exception for one in truth}
        votes.count(step.tracks, truth)
        sightings += step.sightings
    sightings += pipeline.finish()
    whose = [votes.of(sighting.departure.track_id) for sighting in sightings]
    return [
        Seen(walker, planted[walker], sighting.appearance)
        for walker, sighting in zip(whose, sightings, strict=True)
        if walker != NOBODY
    ]


def _learnt(seen: Sequence[Seen]) -> Baseline:
    baseline = Baseline(_recipe())
    for one in seen:
        baseline.learn(one.appearance)
    return baseline


def _recipe() -> Any:
    config = NodeConfig()
    return Pipeline(open_interpreter(config.detection), config).recipe


def _figures(baseline: Baseline, sightings: Sequence[Seen], light: str, p: list[float]) -> dict[str, Any]:
    """Adds the p-values of the ordinary to `p`."""
    best: dict[int, float] = {}
    for one in sightings:
        score = baseline.score(one.appearance)
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
