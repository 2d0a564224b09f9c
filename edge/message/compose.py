"""THE PRIVACY GATE: turn the Score of one sighting, or the counts of many, into the few fields that may leave the node.

Only this file sees `records` and `wire` together (tests/test_architecture.py); all others hand a composed message on
unchanged. No object is passed through: every field is made from a number (clamped and rounded) or an enumerated word.
So no pixel, array, embedding, box, track id, finer time or free text can leave. The message is checked against the
closed schema before it is returned.
"""

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

from edge import wire
from edge.errors import WireError
from edge.limits import FLOOR, MOST_REASONS, MOST_WORN
from edge.records import Score, Sighting
from edge.vocabulary import FACETS

LATEST = 253_402_300_799.0
"""9999-12-31T23:59:59, the last second a message can carry; seconds since 1970."""

ComposedScore: TypeAlias = wire.Score
"""Type for annotations in modules that hand a composed message on and must not import `wire`."""


def compose(
    score: Score,
    sighting: Sighting,
    *,
    node: str,
    baseline_id: str,
    link: str,
    early: bool = False,
    follows: int | None = None,
) -> wire.Score:
    """Return the message for one sighting; the outbox fills in `epoch` and `seq`.

    `early`: the person is still in view; `follows`: the `seq` of the early message on the same sighting.

    Raises WireError if a figure is not a number or a word is not in the vocabulary; then nothing leaves the node.
    """
    departure = sighting.departure
    message = wire.Score(
        node=node,
        epoch=wire.UNNUMBERED_EPOCH,
        seq=1,
        at=wire.to_time(_clamp(departure.last_seen_at, 0.0, LATEST)),
        reasons=[wire.Reason(reason.words, _bits(reason.bits)) for reason in score.reasons[:MOST_REASONS]],
        worn=list(score.worn[:MOST_WORN]),
        zone=departure.zone.value,
        heading=departure.heading.value,
        quality=round(_clamp(sighting.appearance.quality, 0.0, 1.0), 2),
        baseline=baseline_id,
        link=link,
        early=early,
        follows=follows,
        **_figures(score),
    )
    wire.pack(message)
    return message


def compose_trend(node: str, start: int, sightings: int, counts: Mapping[str, int]) -> wire.Trend | None:
    """Return the message for one window's counts by word; None if there were fewer than FLOOR sightings.

    `start` is the start of the window in seconds since 1970. Counts below FLOOR are left out. Raises WireError for a
    word that is not in the vocabulary.
    """
    if sightings < FLOOR:
        return None
    enough = {words: count for words, count in sorted(counts.items()) if count >= FLOOR}
    withheld = len(counts) - len(enough)
    message = wire.Trend(node=node, window=wire.to_time(start), sightings=sightings, counts=enough, withheld=withheld)
    wire.pack(message)
    return message


def _figures(score: Score) -> dict[str, Any]:
    """Return the state and the figures of a score; no figures where too few were seen for any."""
    if not score.has_figures:
        return {"state": score.state.value}
    return {
        "state": score.state.value,
        "facets": wire.Facets(**{facet: _bits(score.facets.get(facet, 0.0)) for facet in FACETS}),
        "bits": _bits(score.surprisal_bits),
        "p": _round(_clamp(score.p_value, 1e-9, 1.0)),
        "one_in": _one_in(score.one_in),
        "low": _one_in(score.low),
        "high": None if score.high is None else _one_in(score.high),
    }


def _bits(value: float) -> float:
    return round(_clamp(value, 0.0, 64.0), 2)


def _one_in(value: float) -> float:
    return _round(_clamp(value, 1.0, 1e9))


def _clamp(value: float, low: float, high: float) -> float:
    """Return a plain float in range, also for a numpy scalar; raises WireError for NaN."""
    if math.isnan(value):
        raise WireError("schema", "expected a number in every figure of a score, found NaN; report this as a defect")
    return min(max(float(value), low), high)


def _round(value: float) -> float:
    """Round to three significant digits: more would be false precision, and a fingerprint.

    >>> [_round(value) for value in (1.0, 430.77, 0.00232558, 123456.0)]
    [1.0, 431.0, 0.00233, 123000.0]
    """
    return float(f"{value:.3g}")
