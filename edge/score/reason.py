"""Why a score is what it is: each facet's bits shared out among the words that carry them."""

import numpy as np
from numpy.typing import NDArray

from edge.records import Appearance, Floats, Reason
from edge.score.channels import COLOUR_OF_CELL, REGION_WEIGHTS, Model, pairs
from edge.vocabulary import COLOURS, GARMENTS, PATTERNS, REGIONS, SILHOUETTES

REASON_BITS = 2.0
"""A facet below this (1 in 4) is no reason."""
SECOND = 0.5
"""A second word is said if it carries at least this share of what the first does."""

MOST = 4
"""Words that leave the node with one score at most."""

Shares = dict[str, float]


def reasons(appearance: Appearance, model: Model, facets: dict[str, float]) -> tuple[Reason, ...]:
    """At most MOST, most bits first; those of a facet add up to its bits."""
    shares = {"colour": _colours, "pattern": _patterns, "garment": _garments, "combination": _pairs}
    said = {facet: _said(shares[facet](appearance, model)) for facet, bits in facets.items() if bits >= REASON_BITS}
    seconds = sorted((facet for facet in said if len(said[facet]) > 1), key=lambda facet: -facets[facet])
    for facet in seconds[max(MOST - len(said), 0) :]:
        del said[facet][1:]
    found = [reason for facet, words in said.items() for reason in _shared_out(words, facets[facet])]
    return tuple(sorted(found, key=lambda reason: -reason.bits))


def _said(shares: Shares) -> list[tuple[str, float]]:
    """The first word, and the second if it carries enough, with their shares."""
    first, *others = sorted(shares.items(), key=lambda pair: -pair[1])[:2]
    return [first, *(other for other in others if other[1] >= SECOND * first[1] > 0)]


def _shared_out(words: list[tuple[str, float]], bits: float) -> list[Reason]:
    total = sum(share for _, share in words)
    return [Reason(word, float(bits * share / total) if total > 0 else float(bits)) for word, share in words]


def _colours(appearance: Appearance, model: Model) -> Shares:
    """The regions and colours that hold most of the palette channel's squared bits."""
    by_colour = (REGION_WEIGHTS[:, None] * appearance.palettes * model.palettes**2) @ COLOUR_OF_CELL
    return {f"colour:{r}:{c}": float(by_colour[i, k]) for i, r in enumerate(REGIONS) for k, c in enumerate(COLOURS)}


def _patterns(appearance: Appearance, model: Model) -> Shares:
    """Kinds by their squared bits; a plain garment is named only where most are patterned."""
    each = (appearance.patterns * model.patterns**2)[:2]
    if each[:, 1:].max() > 0 and model.patterns[:2, 0].max() < REASON_BITS:
        each[:, 0] = 0
    return {f"pattern:{REGIONS[i]}:{k}": float(each[i, j]) for i in range(2) for j, k in enumerate(PATTERNS)}


def _garments(appearance: Appearance, model: Model) -> Shares:
    """The arrangement by its bits, silhouettes by their part of the distance."""
    shares = {f"garment:{k}": float(b) for k, b in zip(GARMENTS, appearance.garments * model.garments, strict=True)}
    gaussian = model.gaussians["composition"]
    if gaussian is not None:
        away = np.nan_to_num(np.asarray(appearance.composition - gaussian.mean, np.float32))
        for words, one, part in zip(SILHOUETTES, away, _parts(away, gaussian.inverse), strict=True):
            word = f"garment:{words[int(one > 0)]}"
            shares[word] = max(shares.get(word, 0.0), float(part))
    return shares


def _parts(away: Floats, inverse: NDArray[np.float64]) -> NDArray[np.float64]:
    """[values] of a squared distance, in bits of a normal density; what others explain away counts nothing."""
    return np.asarray(np.maximum(away * (inverse @ away), 0) / (2 * np.log(2)))


def _pairs(appearance: Appearance, model: Model) -> Shares:
    each = (pairs(appearance).ravel() * model.pairs).reshape(len(COLOURS), -1)
    top = np.argsort(-each, axis=None)[:2]
    return {
        f"combination:{COLOURS[int(i)]}-over-{COLOURS[int(k)]}": float(each[i, k])
        for i, k in zip(*np.unravel_index(top, each.shape), strict=True)
    }
