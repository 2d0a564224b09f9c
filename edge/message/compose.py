"""THE PRIVACY GATE: turn the Score of one sighting, or the counts of many, into the few fields that may leave the node.

Only this file sees `records` and `wire` together (tests/test_architecture.py); all others hand a composed message on
unchanged. No object is passed through: every field is made from a number (on a coarse grid) or an enumerated word.
So no pixel, array, embedding, box, track id, finer time or free text can leave. The message is checked against the
closed schema before it is returned.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from edge import wire
from edge.errors import WireError
from edge.limits import CANDIDATE_P, FLOOR, MOST_REASONS, MOST_WORN, rarity_at_least, rarity_at_most
from edge.message.combinations import PREFIX, sendable
from edge.records import Departure, Reason, Score, Sighting

LATEST = 253_402_300_799.0
"""9999-12-31T23:59:59, the last second a message can carry; seconds since 1970."""
MINUTE_S = 60

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

    Only a candidate's message has more than a coarse p-value and the minute (wire.Score).
    `early`: the person is still in view; `follows`: the `seq` of the early message on the same sighting.

    Raises WireError if a figure is not a number or a word is not in the vocabulary; then nothing leaves the node.
    """
    departure = sighting.departure
    message = wire.Score(
        node=node,
        epoch=wire.UNNUMBERED_EPOCH,
        seq=1,
        follows=follows,
        **_figures(score, departure, {"baseline": baseline_id, "link": link, "early": early}),
    )
    wire.pack(message)
    return message


def compose_trend(node: str, start: int, sightings: int, counts: Mapping[str, int]) -> wire.Trend | None:
    """Return the message for one window's counts by word; None if there were fewer than FLOOR sightings.

    `start` is the start of the window in seconds since 1970. Counts below FLOOR are left out, as are combinations that
    could give away smaller ones (combinations.py), and the least common combinations if the message would be too large.
    Raises WireError for a word that is not in the vocabulary.
    """
    if sightings < FLOOR:
        return None
    single = {words: n for words, n in sorted(counts.items()) if n >= FLOOR and not words.startswith(PREFIX)}
    pairs = sendable(counts)
    while True:
        enough = single | dict(pairs)
        message = wire.Trend(
            node=node,
            window=wire.to_time(start),
            sightings=sightings,
            counts=enough,
            withheld=len(counts) - len(enough),
        )
        try:
            wire.pack(message)
        except WireError as err:
            if not pairs or err.reason != "too_large":
                raise
            pairs = pairs[:-1]
        else:
            return message


def _figures(score: Score, departure: Departure, candidates: Mapping[str, Any]) -> dict[str, Any]:
    """Return state, time and figures of a score; `candidates` are more fields of a candidate."""
    at = _clamp(departure.last_seen_at, 0.0, LATEST)
    minute = {"at": wire.to_time(at // MINUTE_S * MINUTE_S)}
    state = {"state": score.state.value}
    if not score.has_figures:
        return {**state, **minute}
    one_in = rarity_at_most(1 / _clamp(score.p_value, 1e-9, 1.0))
    if 1 / one_in > CANDIDATE_P:
        return {**state, "p": 1 / one_in, **minute}
    return {
        **state,
        "at": wire.to_time(at),
        "p": 1 / one_in,
        "bits": round(math.log2(one_in)),
        "one_in": one_in,
        "low": min(rarity_at_most(_clamp(score.low, 1.0, 1e9)), one_in),
        "high": None if score.high is None else max(rarity_at_least(_clamp(score.high, 1.0, 1e9)), one_in),
        "reasons": _reasons(score.reasons),
        "worn": list(score.worn[:MOST_WORN]),
        "zone": departure.zone.value,
        "heading": departure.heading.value,
        **candidates,
    }


def _reasons(reasons: Sequence[Reason]) -> list[wire.Reason]:
    """Return the first reasons in whole bits, and in an order that tells no more than these bits."""
    found = [wire.Reason(reason.words, round(_clamp(reason.bits, 0.0, 64.0))) for reason in reasons[:MOST_REASONS]]
    return sorted(found, key=lambda reason: (-reason.bits, reason.words))


def _clamp(value: float, low: float, high: float) -> float:
    """Return a plain float in range, also for a numpy scalar; raises WireError for NaN."""
    if math.isnan(value):
        raise WireError("schema", "expected a number in every figure of a score, found NaN; report this as a defect")
    return min(max(float(value), low), high)
