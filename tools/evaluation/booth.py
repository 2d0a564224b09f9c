"""Compares the booth's joining of sightings with the truth of the simulated street.

Is one person counted once, and are two people kept apart? Several cameras watch one street by day, with the real
pipeline and privacy gate; the booth's Joiner gets what they would publish, in order of arrival. One baseline learns
everyone and then ranks them, so only the order of rarity counts here. Only candidates are joined, so splits and wrong
joins are counted among these.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import msgspec
import numpy as np

from edge import wire
from edge.booth.alert import alert_id
from edge.booth.join import Joiner
from edge.booth.selection import Selection
from edge.config import BoothConfig, JoinSection, NodeConfig
from edge.message.compose import compose
from edge.message.link import link
from edge.records import Sighting
from edge.score.baseline import Baseline
from edge.score.features import main_words
from edge.street.optics import camera_places
from tools.evaluation.exceptions import PLANTED, Job, Seen, learnt, watch
from tools.evaluation.street import NOBODY

FPS = 6.0
"""Frame rate of a node on a small board."""
KEY = b"the simulated street's"
ONE_PERSON = 0.8
"""Share of a track's detections on one walker below which the tracker went over from one person to another."""
EARLY_ONE_IN = NodeConfig().score.early_one_in
RAREST = 0.05
"""Share of the people who are alerted where only the rarest are."""

ALIKE = "11111111"
"""One link code for everyone, so that all clothes look alike to the booth."""

Join = Callable[[wire.Score, float], str]
"""Returns a person's id for a score and the time at which it came in."""


class Heard(NamedTuple):
    """One score as the booth receives it, and the truth about it."""

    score: wire.Score
    now: float
    walker: int
    rarity: float
    share: float = 1.0
    """Share of the track's detections that lie on that walker."""


def booth(args: argparse.Namespace) -> dict[str, Any]:
    """Return duplicates and wrong joins of the booth, and beside them those of simpler ways to join."""
    jobs = [
        Job(args.seed, camera, args.cameras, args.minutes, 0.0, PLANTED, 0.0, FPS) for camera in range(args.cameras)
    ]
    with ProcessPoolExecutor() as pool:
        heard = hear(list(pool.map(watch, jobs)))
    facings: dict[str, int | None] = {
        _node(i): round(np.degrees(yaw)) % 360 for i, (_, yaw) in enumerate(camera_places(args.cameras))
    }
    section = JoinSection()
    found, *others = (
        figures(heard, join)
        for join in (
            Joiner(facings, section).person,
            lambda score, _: alert_id(score),
            _same_links,
            _same_clothes(Joiner(facings, section)),
            Joiner(dict.fromkeys(facings), section).person,
        )
    )
    names = ("no joining", "equal links alone", "time and geometry alone", "facings unknown")
    found["people as the booth counts them"] = counted(heard, facings)
    return {"model": "booth", **found, "beside": dict(zip(names, others, strict=True))}


def counted(heard: Sequence[Heard], facings: dict[str, int | None]) -> int:
    """Return how many people the booth counts, with shares of people for those whom it cannot join."""
    selection, total = Selection(BoothConfig(nodes=facings), None), 0
    for one in heard:
        total += selection.choose([one.score], one.now, 0, None).people
        selection.stored()
    return total


def hear(cameras: Sequence[Sequence[Seen]]) -> list[Heard]:
    """Return what the booth would receive, in order of arrival."""
    baseline = learnt([one for seen in cameras for one in seen if one.walker != NOBODY])
    heard: list[Heard] = []
    for camera, seen in enumerate(cameras):
        for one in seen:
            follows = None
            if one.early is not None and baseline.score(one.early.appearance).one_in >= EARLY_ONE_IN:
                heard.append(_heard(baseline, _node(camera), one, one.early, len(heard) + 1))
                follows = len(heard)
            heard.append(_heard(baseline, _node(camera), one, one.sighting, len(heard) + 1, follows))
    return sorted(heard, key=lambda one: one.now)


def _heard(baseline: Baseline, node: str, one: Seen, sighting: Sighting, seq: int, follows: int | None = None) -> Heard:
    """Compose the message of an early or a final sighting, as the node does."""
    is_early, score = sighting is one.early, baseline.score(sighting.appearance)
    linked = link(KEY, sighting.departure.last_seen_at, main_words(sighting.appearance))
    message = compose(score, sighting, node=node, baseline_id="", link=linked, early=is_early, follows=follows)
    rarity = score.surprisal_bits + 1e-3 * sum(score.facets.values())
    now = one.early_at if is_early else one.reported_at
    return Heard(msgspec.structs.replace(message, seq=seq), now, one.walker, rarity, one.share)


def figures(heard: Sequence[Heard], join: Join) -> dict[str, Any]:
    """Return the figures of one way to join."""
    ids = [join(one.score, one.now) for one in heard]
    final = [one for one in heard if not one.score.early]
    told = [(one, person) for one, person in zip(heard, ids, strict=True) if one.score.is_candidate]
    candidates = [one for one, _ in told]
    people: dict[int, set[str]] = defaultdict(set)
    rarest: dict[int, float] = {}
    for one, person in zip(heard, ids, strict=True):
        if one.walker != NOBODY:
            people[one.walker] |= {person} if one.score.is_candidate else set()
            rarest[one.walker] = max(rarest.get(one.walker, -np.inf), one.rarity)
    threshold = float(np.quantile(list(rarest.values()), 1 - RAREST))
    few, ids = max(sum(map(bool, people.values())), 1), [person for _, person in told]
    return {
        "people": len(people),
        "sightings": len(final),
        "early reports": len(heard) - len(final),
        "share of tracks on two people": sum(one.share < ONE_PERSON for one in final) / max(len(final), 1),
        "sightings that are no person's": sum(one.walker == NOBODY for one in final),
        "sightings per person": sum(one.walker != NOBODY for one in final) / max(len(people), 1),
        "people who are candidates": few,
        "sightings of candidates": sum(not one.score.early for one in candidates),
        "people split in two or more": sum(len(persons) > 1 for persons in people.values()) / few,
        "people joined with somebody else": _mixed_up(candidates, ids, 0.0) / few,
        "people joined with somebody else, without tracks on two people": _mixed_up(candidates, ids, ONE_PERSON) / few,
        **_alerts(candidates, ids, threshold, "the rarest"),
        **_alerts(candidates, ids, -np.inf, "everybody"),
    }


def _mixed_up(heard: Sequence[Heard], ids: Sequence[str], share: float) -> int:
    """Count the people whose id belongs to somebody else too, by tracks that are theirs for at least `share`."""
    walkers: dict[str, set[int]] = defaultdict(set)
    for one, person in zip(heard, ids, strict=True):
        if one.walker != NOBODY and one.share >= share:
            walkers[person].add(one.walker)
    return len(set().union(*(some for some in walkers.values() if len(some) > 1)))


def _alerts(heard: Sequence[Heard], ids: Sequence[str], threshold: float, whom: str) -> dict[str, Any]:
    """Alert once per person id that reaches the threshold, and count the duplicates."""
    alerts = dict[str, int]()
    for one, person in zip(heard, ids, strict=True):
        if one.rarity >= threshold:
            alerts.setdefault(person, one.walker)
    wanted = {one.walker for one in heard if one.rarity >= threshold} - {NOBODY}
    alerted = Counter(walker for walker in alerts.values() if walker != NOBODY)
    return {
        f"alerts on {whom}": len(alerts),
        f"share of these that are duplicates, {whom} alerted": (alerted.total() - len(alerted)) / max(len(alerts), 1),
        f"people never alerted, {whom} alerted": len(wanted - set(alerted)) / max(len(wanted), 1),
    }


def _same_clothes(joiner: Joiner) -> Join:
    def join(score: wire.Score, now: float) -> str:
        return joiner.person(msgspec.structs.replace(score, link=ALIKE) if score.is_candidate else score, now)

    return join


def _same_links(score: wire.Score, _: float) -> str:
    rotation = wire.from_time(score.at) // wire.LINK_ROTATION_S
    return f"{score.link}/{rotation}" if score.is_candidate else alert_id(score)


def _node(camera: int) -> str:
    return f"camera-{camera + 1}"
