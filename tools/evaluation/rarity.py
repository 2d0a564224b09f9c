"""Measures on photos how well scores find what is rare: edited real people, controls, nuisances, calibration.

The people of the baseline and those who are scored are different people. Each scored person is seen as they are, with a
garment edited (edits.py), under twelve nuisances (jitters.py) and with the skin alone changed. Scores are also compared
with labels by eye (eye.py); nobody who has a label is in a baseline.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from edge.baseline.noise import noised
from edge.recipe import Recipe
from edge.records import Appearance
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.score.channels import FACET_WEIGHTS
from edge.seams import Interpreter
from edge.vocabulary import FACETS
from tools.evaluation import eye, rivals
from tools.evaluation.cost import cost
from tools.evaluation.exam import Exam, Figures, Look, colour_bits, examine, photo, unlabelled
from tools.evaluation.patterns import auroc
from tools.evaluation.splits import CONTROLS, CURVE, DRAWS, EPSILONS, EXCEPTIONS, FOLDS, LABELLED_IDS, PREVALENCE, SEEDS

OWN = 200
"""People with whom the user of a baseline with noise calibrates it."""

Found = dict[str, Any]
ALL = "all labels"
CALM = "among labels 0 and 1"
CLEARLY = 2
"""The label of clearly unusual people."""
Scorer = Callable[[Sequence[Appearance | None]], Figures]
"""Returns [people] scores, higher for rarer; NaN for a missing person."""


class ByEye(NamedTuple):
    """People labelled by eye."""

    tables: dict[str, tuple[list[Appearance], eye.Labels]]
    """By name of the table: people and their labels, in the same order."""
    calm: NDArray[np.bool_]
    """[people of the exam] True for label 0 or 1: nobody else is a false alarm for certain."""


def rarity(
    interpreter: Interpreter,
    ccp: Path,
    baseline_ids: Sequence[int],
    photos: Path,
    ids: Sequence[int],
    tables: Sequence[eye.Table],
) -> Found:
    """Return every figure of ours, and `beside` them those of methods that keep every person."""
    look = Look(interpreter)
    exam = examine(look, photos, ids, colour_bits(ccp, LABELLED_IDS))
    labelled = by_eye(look, photos, exam, tables)
    usual = unlabelled(look, ccp, baseline_ids)
    baselines = [learnt(usual, look.recipe, seed) for seed in SEEDS]
    runs = [judge(scorer(baseline), exam) | agree(scorer(baseline), exam, labelled) for baseline in baselines]
    found = {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}
    return {
        "baseline people": len(usual),
        "scored people": len(exam.people),
        "photos without labels, edited where the model sees garments": exam.unlabelled,
        **{f"{name}: people": len(people) for name, (people, _) in labelled.tables.items()},
        **{name: figure for table in tables for name, figure in eye.agreement(table).items()},
        **found,
        **bootstrap(scorer(baselines[0]), exam, labelled),
        **calibration(usual, look.recipe),
        **learning_curve(usual, exam, look.recipe),
        **drift(usual, exam, look.recipe),
        **cost(interpreter, baselines[0], [one.pixels for one in exam.photos], exam.people),
        "baseline, bytes": len(baseline_file.to_bytes(baselines[0])),
        "beside": {
            name: judge(one, exam) | agree(one, exam, labelled)
            for name, one in {
                **{f"{facet} alone": scorer(baselines[0], facet) for facet in FACETS},
                **{f"epsilon {e:g}": scorer(hidden(usual, look.recipe, e)) for e in EPSILONS},
                **rivals.fitted(usual),
            }.items()
        },
    }


def by_eye(look: Look, photos: Path, exam: Exam, tables: Sequence[eye.Table]) -> ByEye:
    """Describe everyone of the tables who is seen."""
    known = {one.number: seen for one, seen in zip(exam.photos, exam.people, strict=True)}
    said = {number: table.label(number) for table in tables for number in table.passes}
    known |= {number: seen for number in said if number not in known and (seen := look(photo(photos, number)))}
    groups = {table.name: list(table.passes) for table in tables} | ({ALL: list(said)} if len(tables) > 1 else {})
    found = {}
    for name, everybody in groups.items():
        numbers = [number for number in everybody if number in known]
        found[name] = ([known[n] for n in numbers], np.array([said[n] for n in numbers], np.int64))
    calm = [said.get(one.number, CLEARLY) < CLEARLY for one in exam.photos]
    return ByEye(found, np.array(calm, bool))


def agree(score: Scorer, exam: Exam, labelled: ByEye) -> Found:
    """Return how one way to score agrees with the eye, and how it ranks edited people among those of labels 0 and 1."""
    found = {
        f"{name}: {what}": figure
        for name, (people, labels) in labelled.tables.items()
        for what, figure in eye.agree(score(people), labels).items()
    }
    own, edited = _scored(score, exam)
    return found | {f"{CALM}: {what}": figure for what, figure in _found(own[labelled.calm], edited).items()}


def learnt(usual: Sequence[Appearance], recipe: Recipe, seed: int) -> Baseline:
    baseline = Baseline(recipe)
    for position in np.random.default_rng(seed).permutation(len(usual)):
        baseline.learn(usual[position])
    return baseline


def hidden(usual: Sequence[Appearance], recipe: Recipe, epsilon: float) -> Baseline:
    """Return a baseline with noise, calibrated with the last OWN people, who are its user's."""
    found = noised(learnt(usual[:-OWN], recipe, SEEDS[0]), epsilon)
    for one in usual[-OWN:]:
        found.learn(one)
    return found


def scorer(baseline: Baseline, facet: str = "") -> Scorer:
    """Return a scorer by the joined score's raw value, or by one facet's bits."""

    def score(people: Sequence[Appearance | None]) -> Figures:
        return np.array([np.nan if one is None else _value(baseline, one, facet) for one in people])

    return score


def _value(baseline: Baseline, one: Appearance, facet: str) -> float:
    found = baseline.score(one)
    if facet:
        return found.facets[facet]
    joined = sum(FACET_WEIGHTS[name] * bits for name, bits in found.facets.items())
    return found.surprisal_bits + 1e-3 * joined  # beyond the rarest sighting of the past, all p-values are equal


def judge(score: Scorer, exam: Exam) -> Found:
    """Return what one way to score finds, and how much nuisances change it."""
    own, edited = _scored(score, exam)
    return {
        **_found(own, edited),
        "share of edited people above their original": float(
            np.mean(np.concatenate([_above(edited[n], own) for n in EXCEPTIONS]))
        ),
        "rank correlation with labelled colour rarity": float(spearmanr(own, exam.colour_bits).statistic),
        **_nuisance(score, exam, own),
    }


def bootstrap(score: Scorer, exam: Exam, labelled: ByEye) -> Found:
    """Return 95 % intervals by bootstrap over people; a person drawn twice counts twice, in every version."""
    own, edited = _scored(score, exam)
    found = _intervals(own, edited, np.ones(len(own), bool))
    for name, (people, labels) in labelled.tables.items():
        found |= {f"{name}: {what}": ends for what, ends in eye.intervals(score(people), labels).items()}
    if labelled.calm.any():
        found |= {f"{CALM}: {what}": ends for what, ends in _intervals(own, edited, labelled.calm).items()}
    return {f"95 % of {name}": ends for name, ends in found.items()}


def calibration(usual: Sequence[Appearance], recipe: Recipe) -> Found:
    """Score each fold of the baseline's people by a baseline of the others; the standard error is binomial."""
    order = np.random.default_rng(0).permutation(len(usual))
    p = []
    for fold in range(FOLDS):
        others = learnt([usual[i] for i in order[np.arange(len(order)) % FOLDS != fold]], recipe, fold)
        p += [others.score(usual[i]).p_value for i in order[fold::FOLDS]]
    shares = {level: float(np.mean(np.array(p) <= level)) for level in (0.2, 0.05, 0.01)}
    found: Found = {f"share of people with p <= {level}": share for level, share in shares.items()}
    return found | {
        f"standard error of the share with p <= {level}": (level * (1 - level) / len(p)) ** 0.5 for level in shares
    }


def learning_curve(usual: Sequence[Appearance], exam: Exam, recipe: Recipe) -> Found:
    """Return how alike two baselines rank people when they share no person."""
    order = np.random.default_rng(0).permutation(len(usual))
    found = {}
    for size in CURVE:
        if 2 * size <= len(usual):
            halves = [[usual[i] for i in order[begin : begin + size]] for begin in (0, size)]
            one, other = (scorer(_warm(half, recipe))(exam.people) for half in halves)
            found[f"rank correlation of two baselines of {size}"] = float(spearmanr(one, other).statistic)
    return found


def drift(usual: Sequence[Appearance], exam: Exam, recipe: Recipe) -> Found:
    """Return the drift test's wealth for ordinary people (half against the other half) and for printed people."""
    order = np.random.default_rng(0).permutation(len(usual))
    half, others = ([usual[i] for i in order[begin::2]] for begin in (0, 1))
    baseline = learnt(half, recipe, 0)
    found: Found = {}
    for name, people in (("others of the same street", others), ("printed people", exam.edited["bold pattern"])):
        watch = baseline.drift(np.random.default_rng(0))
        noticed = None
        for count, one in enumerate((one for one in people if one is not None), 1):
            baseline.watch(one, watch)
            noticed = count if noticed is None and watch.shift is not None else noticed
        found[f"drift, {name}: wealth at the end"] = watch.wealth
        found[f"drift, {name}: noticed after"] = noticed
    return found


def _warm(people: Sequence[Appearance], recipe: Recipe) -> Baseline:
    """Return a baseline that gives scores from the first calibrating sighting."""
    return Baseline(recipe, min_sightings=1, counts=learnt(people, recipe, 0).counts)


def _known(bits: Figures) -> Figures:
    return bits[~np.isnan(bits)]


def _scored(score: Scorer, exam: Exam) -> tuple[Figures, dict[str, Figures]]:
    """Return the scores [people] of an exam's people, and those of their edited copies by name of the edit."""
    return score(exam.people), {name: score(guise) for name, guise in exam.edited.items()}


def _found(own: Figures, edited: dict[str, Figures]) -> Found:
    """Return what edits are found among the people themselves; nothing without people."""
    if not len(own):
        return {}
    each = {name: auroc(_known(bits), own) for name, bits in edited.items()}
    return {
        **{f"AUROC {name}": figure for name, figure in each.items()},
        f"mean AUROC of {', '.join(EXCEPTIONS)}": float(np.mean([each[name] for name in EXCEPTIONS])),
        f"worst AUROC of {', '.join(CONTROLS)}": max(each[name] for name in CONTROLS),
        "precision in the top 5 %, 5 % being exceptions": _precision(own, [edited[name] for name in EXCEPTIONS]),
    }


def _intervals(own: Figures, edited: dict[str, Figures], compared: NDArray[np.bool_]) -> Found:
    """Return the intervals of `_found`, where edited people are compared with those people for whom `compared`."""

    def figures(drawn: NDArray[np.intp]) -> Found:
        return _found(own[drawn][compared[drawn]], {name: bits[drawn] for name, bits in edited.items()})

    return eye.bootstrap(figures, len(own))


def _above(edited: Figures, own: Figures) -> Figures:
    """Return 1 where the edited copy scores above its original, a half where they tie."""
    both = ~np.isnan(edited)
    return np.asarray((edited[both] > own[both]) + 0.5 * (edited[both] == own[both]), np.float64)


def _precision(own: Figures, edited: Sequence[Figures]) -> float:
    """Return the share of exceptions among the highest scores, at PREVALENCE; ties are broken at random."""
    rng = np.random.default_rng(0)
    exceptions = np.concatenate([_known(one) for one in edited])
    count = max(round(len(own) * PREVALENCE / (1 - PREVALENCE)), 1)
    shares = []
    for _ in range(DRAWS):
        scores = np.concatenate([own, rng.choice(exceptions, count, replace=False)])
        order = np.lexsort((rng.random(len(scores)), -scores))[:count]
        shares.append(float((order >= len(own)).mean()))
    return float(np.mean(shares))


def _nuisance(score: Scorer, exam: Exam, own: Figures) -> Found:
    """Return figures of ranks under nuisances; a rank is the share of people that a score lies above."""
    raw = {name: score(guise) for name, guise in exam.jittered.items()}
    ranks = {"as it is": _rank(own, own), **{name: _rank(bits, own) for name, bits in raw.items()}}
    table = np.array(list(ranks.values()))
    within, total = np.nanmean(np.nanvar(table, axis=0)), np.nanvar(table)
    shifts = {name: float(np.nanmean(rank - ranks["as it is"])) for name, rank in ranks.items() if name in raw}
    skin = [abs(float(np.nanmean(_rank(score(guise), own) - ranks["as it is"]))) for guise in exam.skin.values()]
    agree = [float(spearmanr(bits, own, nan_policy="omit").statistic) for bits in raw.values()]
    return {
        "jitters: mean rho": float(np.mean(agree)),
        "jitters: share of the variance of ranks": float(within / total),
        "jitters: worst mean rank shift": max(abs(shift) for shift in shifts.values()),
        **{f"mean rank shift, {name}": shift for name, shift in shifts.items()},
        "skin alone changed: worst mean rank shift": max(skin),
    }


def _rank(bits: Figures, own: Figures) -> Figures:
    ordered = np.sort(own)
    rank = (np.searchsorted(ordered, bits, "left") + np.searchsorted(ordered, bits, "right")) / (2 * len(own))
    return np.where(np.isnan(bits), np.nan, rank)
