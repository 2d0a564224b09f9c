"""A baseline gathered around the city, used at another camera: is rarity found there, and are p-values right?

Simulated: a baseline of other streets, then one street by day and by night. Real: a baseline of photos, then each clip.
Both are measured as the baseline is (`as it is`), and as a node uses it (`recalibrated`).
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import spearmanr

from edge.limits import FIRST_SCORES
from edge.records import Appearance, Score
from edge.score.baseline import Baseline
from edge.score.camera_baseline import CameraBaseline
from edge.seams import Interpreter
from tools.evaluation.clips.fates import owned, stay_of, stays
from tools.evaluation.clips.truth import Truth, read
from tools.evaluation.clips.watch import resampled, watch
from tools.evaluation.exam import Look, unlabelled
from tools.evaluation.exceptions import LATER_S, NIGHT, PLANTED, Job, Seen
from tools.evaluation.exceptions import watch as walk
from tools.evaluation.models import open_model
from tools.evaluation.street import NOBODY

RARE = 0.05
"""P-value up to which somebody counts as flagged."""
FPS, RATE = 5.0, 40.0
"""Frames a second and walkers a minute of the simulated streets: enough people in a few minutes."""
CLIP_FPS = 6.0
"""Frames a second of the clips: about what a node processes."""
ORDERS = 8
"""Random orders of the people of all clips."""
VIDEOS = (".mp4", ".gif")

Found = dict[str, Any]


class Person(NamedTuple):
    """One sighting of a real clip."""

    seen: Appearance
    is_unusual: bool
    """By eye; False too where nobody said."""


def places(args: argparse.Namespace) -> Found:
    """Return the figures of both; empty parts where streets or clips were not asked for."""
    return (_streets(args) if args.minutes > 0 else {}) | _clips(args)


def _streets(args: argparse.Namespace) -> Found:
    others = [
        Job(seed, i % 3, 3, args.learn_minutes, dark, 0.0, 0.0, FPS, RATE)
        for dark in (0.0, NIGHT)
        for i, seed in enumerate(args.others)
    ]
    here = [
        job
        for dark in (0.0, NIGHT)
        for job in (
            Job(args.seed, 0, 3, args.minutes, dark, PLANTED, 0.0, FPS, RATE),
            Job(args.seed, 0, 3, args.minutes / 3, dark, 1.0, LATER_S, FPS, RATE),
        )
    ]
    with ProcessPoolExecutor(args.processes) as pool:
        found = [[one for one in seen if one.walker != NOBODY] for seen in pool.map(walk, [*others, *here])]
    baseline = learnt(
        [one.sighting.appearance for seen in found[: len(others)] for one in seen], Look(open_model(args.model)).recipe
    )
    result: Found = {"streets: sightings learnt elsewhere": baseline.sightings}
    for i, light in enumerate(("day", "night")):
        walkers, planted = found[len(others) + 2 * i : len(others) + 2 * i + 2]
        result |= {f"street by {light}: {name}": value for name, value in street(baseline, walkers, planted).items()}
    return result


def street(baseline: Baseline, walkers: Sequence[Seen], planted: Sequence[Seen]) -> Found:
    """Score a street's walkers one after the other, then the `planted` ones, who are never counted."""
    own, drift = CameraBaseline(baseline), baseline.drift(np.random.default_rng(0))
    ordinary: list[tuple[Score, Score]] = []
    noticed = None
    for count, one in enumerate(walkers, 1):
        seen = one.sighting.appearance
        if count > FIRST_SCORES and not one.is_exception:
            ordinary.append((baseline.score(seen), own.score(seen)))
        baseline.watch(seen, drift)
        own.learn(seen)
        noticed = count if noticed is None and (drift.shift is not None or own.is_unlike) else noticed
    rare = [(baseline.score(one.sighting.appearance), own.score(one.sighting.appearance)) for one in planted]
    return {
        "walkers": len(walkers),
        "planted exceptions": len(rare),
        **_shares("planted flagged", rare),
        **_shares("ordinary flagged", ordinary),
        "noticed to be unlike after": noticed,
    }


def _shares(name: str, scores: Sequence[tuple[Score, Score]]) -> Found:
    rows = zip(("as it is", "recalibrated"), zip(*scores, strict=True), strict=True) if scores else ()
    return {f"{name}, {how}": float(np.mean([one.p_value <= RARE for one in row])) for how, row in rows}


def _clips(args: argparse.Namespace) -> Found:
    look = Look(open_model(args.model))
    baseline = learnt(unlabelled(look, args.ccp, range(1, 805)), look.recipe)
    result: Found = {"clips: photos learnt": baseline.sightings}
    everybody: list[Person] = []
    for path in sorted(path for folder in args.clips for path in folder.iterdir() if path.suffix in VIDEOS):
        truth = args.truth / f"{path.stem}.json"
        people = people_of(path, open_model(args.model), read(truth, path.parent) if truth.exists() else None)
        everybody += people
        result |= {f"{path.stem}: {name}": value for name, value in clip(baseline, people).items()}
    return result | together(baseline, everybody)


def together(baseline: Baseline, people: Sequence[Person]) -> Found:
    """Take the people of all clips as those of one camera, in random orders: who is flagged after the first ones?"""
    p: list[float] = []
    for seed in range(ORDERS if len(people) > FIRST_SCORES else 0):
        order, own = np.random.default_rng(seed).permutation(len(people)), CameraBaseline(baseline)
        for position in order[:FIRST_SCORES]:
            own.learn(people[position].seen)
        p += [own.score(people[position].seen).p_value for position in order[FIRST_SCORES:]]
    title = f"all clips as one camera, after {FIRST_SCORES} people"
    return {f"{title}: flagged": float(np.mean(np.array(p) <= RARE)) if p else None, f"{title}: scored": len(p)}


def people_of(path: Path, interpreter: Interpreter, truth: Truth | None) -> list[Person]:
    """Return the sightings of a clip."""
    watched = watch(path, interpreter, resampled(CLIP_FPS, truth), lambda *_: None)
    if truth is None:
        return [Person(one.appearance, is_unusual=False) for one in watched.sightings]
    found = stays(truth, watched.shown)
    mine = [owned(one, stay_of(one.departure, found)) for one in watched.sightings]
    unusual = {name for name, person in truth.people.items() if person.unusual}
    return [Person(one.sighting.appearance, one.person in unusual) for one in mine]


def clip(baseline: Baseline, people: Sequence[Person]) -> Found:
    """Score each person of a clip by the others of it: all but this one are the camera's own people."""
    if len(people) < 3:
        return {"people": len(people)}
    bits, p = [], []
    for i, person in enumerate(people):
        own = CameraBaseline(baseline)
        for other in (*people[:i], *people[i + 1 :]):
            own.learn(other.seen)
        score = own.provisional(person.seen)
        bits.append(score.surprisal_bits + 1e-3 * sum(score.facets.values()))
        p.append(score.p_value)
    ranks = np.argsort(np.argsort(bits)) / (len(bits) - 1)
    return {
        "people": len(people),
        "flagged, as it is": float(np.mean([baseline.score(one.seen).p_value <= RARE for one in people])),
        "flagged, recalibrated on the others": float(np.mean(np.array(p) <= RARE)),
        "bits against height, rank correlation": float(spearmanr(bits, [one.seen.height for one in people]).statistic),
        "ranks of those unusual by eye (1 is the rarest)": [
            float(rank) for rank, one in zip(ranks, people, strict=True) if one.is_unusual
        ],
    }


def learnt(people: Sequence[Appearance], of: Any) -> Baseline:
    """Learn people in a random order."""
    baseline = Baseline(of)
    for position in np.random.default_rng(0).permutation(len(people)):
        baseline.learn(people[position])
    return baseline
