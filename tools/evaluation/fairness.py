"""Checks whether being flagged depends on skin, height in the picture, headwear, or bare legs and arms.

Everyone in the labelled photos is scored by a baseline of the others (folds); the rarest share is flagged. A ratio of
flag rates whose interval holds 1 is no evidence of unfairness, nor is it proof of fairness.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from scipy.stats import spearmanr
from scipy.stats.contingency import relative_risk

from edge.appearance.colour import to_lab
from edge.records import CLASSES, KEYPOINTS, Detection, Pixels
from edge.seams import Interpreter
from tools.evaluation.edits import Labelled, with_skin
from tools.evaluation.exam import Figures, Look, progress, unlabelled
from tools.evaluation.labels import read, wears
from tools.evaluation.rarity import learnt
from tools.evaluation.splits import FOLDS, SKIN_L

Found = dict[str, Any]

FLAGGED = 0.1
"""Share of the people who are flagged. The booth's few in a thousand could not be measured on hundreds of photos."""
FEW = 5
"""Smallest number of flagged people and of people in a group; below it no ratio is given."""
ENOUGH_SKIN = 100
"""Pixels of labelled skin from which its lightness is measured."""
BARE = 0.25
"""Share of a leg's or arm's labelled length from which it counts as bare."""
HEADWEAR = ("hat", "scarf")
"""Labels of headwear. A scarf around the neck counts too, since the labels do not say where it is."""
_LEGS = (("left_hip", "left_knee", "left_ankle"), ("right_hip", "right_knee", "right_ankle"))
_ARMS = (("left_shoulder", "left_elbow", "left_wrist"), ("right_shoulder", "right_elbow", "right_wrist"))


class Traits(NamedTuple):
    """Traits of one person that must not matter."""

    skin: float
    """Median L* of labelled skin; NaN if there is too little."""
    height: float
    """Pixels of the photo."""
    has_headwear: bool
    has_bare_legs: bool
    has_bare_arms: bool


def fairness(interpreter: Interpreter, ccp: Path, ids: Sequence[int], unlabelled_ids: Sequence[int]) -> Found:
    """Return ratios of flag rates with 95 % intervals, correlations, and the effect of changing the skin alone."""
    look = Look(interpreter)
    always = unlabelled(look, ccp, unlabelled_ids)
    people, traits, changed = [], [], []
    for number in progress(ids, "labelled people"):
        photo = Labelled(number, *read(ccp, number))
        seen = look(photo.pixels) if photo.classes.any() else None
        person = look.person(photo.pixels) if seen is not None else None
        if seen is not None and person is not None:
            people.append(seen)
            traits.append(_traits(photo, person, has_headwear=wears(ccp, number, HEADWEAR)))
            changed.append([look(with_skin(photo, by)) for by in SKIN_L])
    p, shifts = np.ones(len(people)), np.full((len(people), len(SKIN_L)), np.nan)
    order = np.random.default_rng(0).permutation(len(people))
    for fold in range(FOLDS):
        mine = order[fold::FOLDS]
        others = [people[i] for i in np.setdiff1d(order, mine)]
        baseline = learnt([*always, *others], look.recipe, fold)
        p[mine] = [baseline.score(people[i]).p_value for i in mine]
        for i in mine:
            after = [np.nan if one is None else baseline.score(one).p_value for one in changed[i]]
            shifts[i] = p[i] - np.array(after)
    return {"people": len(people), **_figures(p, traits), **_causal(shifts)}


def _figures(p: Figures, traits: Sequence[Traits]) -> Found:
    flagged = p <= np.quantile(p, FLAGGED)
    skin, height = (np.array([getattr(one, name) for one in traits]) for name in ("skin", "height"))
    found: Found = {
        "flagged": int(flagged.sum()),
        "rank correlation of rarity and skin lightness": _rho(-p, skin),
        "rank correlation of rarity and height": _rho(-p, height),
    }
    for name, values in (("skin", skin), ("height", height)):
        low, high = np.nanquantile(values, [1 / 3, 2 / 3])
        thirds = {"lowest third": values <= low, "highest third": values > high}
        thirds["middle third"] = ~np.isnan(values) & ~thirds["lowest third"] & ~thirds["highest third"]
        for group, inside in thirds.items():
            found |= _ratio(f"{name}, {group}", flagged, inside, ~np.isnan(values) & ~inside)
    for name in ("has_headwear", "has_bare_legs", "has_bare_arms"):
        inside = np.array([getattr(one, name) for one in traits])
        found |= _ratio(name.removeprefix("has_").replace("_", " "), flagged, inside, ~inside)
    return found


def _ratio(name: str, flagged: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> Found:
    """Return the flag rate inside to outside as [ratio, low, high], and the number of people inside."""
    hits, others = int(flagged[inside].sum()), int(flagged[outside].sum())
    if min(hits, others) < FEW:
        return {f"flag-rate ratio, {name}": None, f"people, {name}": int(inside.sum())}
    risk = relative_risk(hits, int(inside.sum()), others, int(outside.sum()))
    interval = risk.confidence_interval(0.95)
    ratio = [float(value) for value in (risk.relative_risk, interval.low, interval.high)]
    return {f"flag-rate ratio, {name}": ratio, f"people, {name}": int(inside.sum())}


def _causal(shifts: Figures) -> Found:
    means = np.nanmean(shifts, axis=0)
    found = {f"mean rank shift, skin {by:+.0f} L*": float(mean) for by, mean in zip(SKIN_L, means, strict=True)}
    return {**found, "skin alone changed: worst mean rank shift": float(np.abs(means).max())}


def _rho(one: Figures, other: Figures) -> float:
    return float(spearmanr(one, other, nan_policy="omit").statistic)


def _traits(photo: Labelled, person: Detection, *, has_headwear: bool) -> Traits:
    skin = photo.pixels[photo.classes == CLASSES.index("skin")]
    light = to_lab(skin[None], np.ones(3, np.float32))[0, :, 0] if len(skin) >= ENOUGH_SKIN else np.array([np.nan])
    return Traits(
        float(np.median(light)),
        photo.tall_px,
        has_headwear,
        _bare(photo.classes, person, _LEGS) >= BARE,
        _bare(photo.classes, person, _ARMS) >= BARE,
    )


def _bare(classes: Pixels, person: Detection, limbs: Sequence[Sequence[str]]) -> float:
    """Return the share of skin on the middle lines of the limbs."""
    lines = np.zeros(classes.shape, np.uint8)
    for limb in limbs:
        points = np.rint(person.keypoints[[KEYPOINTS.index(name) for name in limb]]).astype(np.int32)
        cv2.polylines(lines, [points], isClosed=False, color=(1,), thickness=3)
    on = classes[(lines > 0) & (classes > 0)]
    return float((on == CLASSES.index("skin")).mean()) if len(on) else 0.0
