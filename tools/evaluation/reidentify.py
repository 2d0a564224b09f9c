"""Measures whether scores identify people: which of 150 is seen again, by what the second view's message says?

Second views come from photos under another light, tint, distance and lens, and from the simulated street, where another
camera sees the same walker. A listener who has both messages compares everything in them: whether it is a candidate,
p, and the reasons and garments, word by word. By `link` this must work within its ten minutes only; a later rotation
has other digits.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import log2
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track

from edge import wire
from edge.config import DetectionSection
from edge.message.compose import compose
from edge.message.link import link
from edge.node.load_model import open_interpreter
from edge.records import Appearance, Departure, Heading, Pixels, Sighting, Zone
from edge.score.baseline import Baseline
from edge.score.features import main_words
from tools.evaluation.booth import FPS
from tools.evaluation.exam import Look, photo, unlabelled
from tools.evaluation.exceptions import PLANTED, Job, Seen, learnt, watch
from tools.evaluation.jitters import JITTERS
from tools.evaluation.street import NOBODY

PEOPLE = 150
"""People among whom one is looked for."""
LEARNT, PHOTOS = range(1, 640), range(640, 1005)
"""Photos that the baseline learns, and photos of the people who are looked for: the first PEOPLE who are seen."""
AT = 1_800_000_000.0
"""Time of all views, UTC seconds; LATER is in the next rotation of the link key."""
LATER = AT + wire.LINK_ROTATION_S
DEPARTURE = Departure(1, AT - 4, AT, Zone.LEFT, Heading.LEFT, is_confirmed=True, has_moved=True)
MISSED = 0.3
"""Penalty for each bit of what only one of two messages says."""
WORN_BITS = 2.0
"""Bits that a shared garment counts, or a colour or pattern of it."""


def _other_camera(pixels: Pixels) -> Pixels:
    for name in ("cut 6 %", "brightness x0.55", "warm", "scale to 30 %", "JPEG 30"):
        pixels = JITTERS[name](pixels)
    return pixels


VIEWS: dict[str, Callable[[Pixels], Pixels]] = {
    "light": JITTERS["brightness x0.55"],
    "tint": JITTERS["warm"],
    "distance": JITTERS["scale to 30 %"],
    "lens": JITTERS["cut 6 %"],
    "another camera": _other_camera,
}

Pair = tuple[Appearance, Appearance]
"""Two views of one person."""


class Views(NamedTuple):
    """What each of n people's two messages say, in the same order."""

    first: list[wire.Score]
    second: list[wire.Score]


def reidentify(args: argparse.Namespace) -> dict[str, Any]:
    """Return, for each kind of second view, in which share of cases the right person ranks first."""
    look = Look(open_interpreter(DetectionSection(model=args.model)))
    baseline = Baseline(look.recipe)
    for appearance in unlabelled(look, args.ccp, LEARNT):
        baseline.learn(appearance)
    found: dict[str, Any] = {"people": PEOPLE, "chance": 1 / PEOPLE}
    for name, pairs in _photo_pairs(look, args.ccp).items():
        found |= _figures(f"photos, {name}", baseline, pairs)
    seen = _street(args.seed, args.cameras, args.minutes)
    found |= _figures("street, another camera", learnt(seen), _street_pairs(seen))
    return found


def _photo_pairs(look: Look, folder: Any) -> dict[str, list[Pair]]:
    """Return the pairs of the first PEOPLE who are seen on photos, by kind of second view."""
    pairs: dict[str, list[Pair]] = {name: [] for name in VIEWS}
    people = 0
    for number in track(PHOTOS, "second views", disable=not sys.stderr.isatty(), console=Console(stderr=True)):
        pixels = photo(folder, number) if people < PEOPLE else None
        first = None if pixels is None else look(pixels)
        if pixels is None or first is None:
            continue
        people += 1
        for name, change in VIEWS.items():
            second = look(change(pixels))
            pairs[name] += [] if second is None else [(first, second)]
    return pairs


def _street(seed: int, cameras: int, minutes: float) -> list[Seen]:
    jobs = [Job(seed, camera, cameras, minutes, 0.0, PLANTED, 0.0, FPS) for camera in range(cameras)]
    with ProcessPoolExecutor() as pool:
        return [one for camera in pool.map(watch, jobs) for one in camera if one.walker != NOBODY]


def _street_pairs(seen: Sequence[Seen]) -> list[Pair]:
    """Return the first two sightings of each of the first PEOPLE walkers who were seen twice."""
    views: dict[int, list[Appearance]] = defaultdict(list)
    for one in seen:
        views[one.walker].append(one.sighting.appearance)
    return [(found[0], found[-1]) for found in views.values() if len(found) > 1][:PEOPLE]


def _figures(name: str, baseline: Baseline, pairs: Sequence[Pair]) -> dict[str, Any]:
    views, later = _messages(baseline, pairs, AT), _messages(baseline, pairs, LATER)
    blind = _similarities(views, alike)
    return {
        f"{name}: people seen twice": len(pairs),
        f"{name}: candidates": sum(one.is_candidate for one in views.first),
        f"{name}: rank 1 without link": rank_one(blind),
        f"{name}: rank 1 with link": rank_one(_similarities(views, linked) + blind / 100),
        f"{name}: rank 1 by link alone": rank_one(_similarities(views, linked)),
        f"{name}: rank 1 by link alone, ten minutes later": rank_one(
            _similarities(Views(views.first, later.second), linked)
        ),
    }


def _messages(baseline: Baseline, pairs: Sequence[Pair], at: float) -> Views:
    def message(appearance: Appearance) -> wire.Score:
        # a key for each rotation, as the booth hands out
        key = str(at // wire.LINK_ROTATION_S).encode()
        code = link(key, at, main_words(appearance))
        sighting = Sighting(DEPARTURE, appearance)
        return compose(baseline.score(appearance), sighting, node="camera-1", baseline_id="", link=code)

    return Views([message(first) for first, _ in pairs], [message(second) for _, second in pairs])


def alike(one: wire.Score, other: wire.Score) -> float:
    """Return how much two messages agree, without `link`: bits of what both say, less those missing and the rest."""
    mine, theirs = _said(one), _said(other)
    shared = sum(min(mine[words], theirs[words]) for words in mine.keys() & theirs.keys())
    missed = sum((mine | theirs)[words] for words in mine.keys() ^ theirs.keys())
    return shared - MISSED * missed - abs(log2(one.p or 1.0) - log2(other.p or 1.0))


def _said(score: wire.Score) -> dict[str, float]:
    """Return the bits of each reason, and WORN_BITS for each garment and for each colour and pattern of it."""
    parts = {f"{garment} {part}" for code in score.worn for garment, *rest in [code.split(":")] for part in ["", *rest]}
    return dict.fromkeys(parts, WORN_BITS) | {reason.words: reason.bits for reason in score.reasons}


def linked(one: wire.Score, other: wire.Score) -> float:
    """Return how many digits of the links agree."""
    return sum(a == b != "0" for a, b in zip(one.link, other.link, strict=False))


def _similarities(views: Views, measure: Callable[[wire.Score, wire.Score], float]) -> np.ndarray:
    """[first, second] similarity of each first message to each second one."""
    return np.array([[measure(one, other) for other in views.second] for one in views.first], float)


def rank_one(similarities: np.ndarray) -> float:
    """Return the share of second views whose own first view is the most similar; k equal ones count 1 / k.

    `similarities` is [first, second], with the same person at the same position.

    >>> rank_one(np.array([[2.0, 0.0], [0.0, 1.0]])), rank_one(np.ones((4, 4)))
    (1.0, 0.25)
    """
    own, best = similarities.diagonal(), similarities.max(axis=0)
    ties = (similarities == best).sum(axis=0)
    return float(np.mean((own == best) / ties))
