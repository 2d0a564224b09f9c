"""Make alerts from scores, and describe them; pure."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from edge import wire
from edge.config import BoothConfig
from edge.phrase.outfit import phrase
from edge.vocabulary import UNTELLING

LEAST_BITS = 3.0
"""Bits (1 in 8) that one reason needs at least: an odd combination of ordinary clothes is not worth a walk."""
MOST_CAMERAS = 16
"""Most cameras that an alert names, the last ones: the limit of wire.Alert."""
CLOCK_S = 30.0
"""Clocks of node and booth that differ by less than this count as equal."""


def alert_id(score: wire.Score) -> str:
    """Return the id of a sighting's alert: 16 hex digits, the same for its early and final score and for repeats."""
    seq = score.seq if score.follows is None else score.follows
    return hashlib.sha256(f"{score.node}/{score.epoch}/{seq}".encode()).hexdigest()[:16]


def is_rare(score: wire.Score, threshold: float) -> bool:
    """Whether the best estimate (1 in N) reaches the threshold; never while warming up."""
    return score.one_in is not None and score.one_in >= threshold


def is_visible(score: wire.Score) -> bool:
    """Whether a reason is strong enough, and can be said, to find the person by it (LEAST_BITS, UNTELLING).

    Stripes on two garments, or one colour on two, are one reason: they are seen as one.
    """
    bits: defaultdict[tuple[str, str], float] = defaultdict(float)
    for reason in score.reasons:
        if reason.words not in UNTELLING:
            facet, *_, word = reason.words.split(":")
            bits[facet, word] += reason.bits
    return max(bits.values(), default=0.0) >= LEAST_BITS


def expires_at(score: wire.Score, now: float, expires_s: int) -> float:
    """Return when an alert for the score expires, in seconds since 1970; a node whose clock is ahead gains no time.

    If the sighting is dated more than CLOCK_S ahead, its age is unknown and the alert has expired already (0).
    """
    at = wire.from_time(score.at)
    return 0.0 if at > now + CLOCK_S else min(at, now) + expires_s


def make_alert(
    score: wire.Score, config: BoothConfig, now: float, *, name: str = "", cameras: Sequence[str] = ()
) -> wire.Alert:
    """Make the alert for a rare score; `name` is the person's alert id, `cameras` have seen the person so far."""
    assert score.is_candidate
    assert score.one_in is not None
    assert score.low is not None
    assert score.zone is not None
    assert score.heading is not None
    return wire.Alert(
        id=name or alert_id(score),
        at=score.at,
        node=score.node,
        facing=config.nodes.get(score.node),
        zone=score.zone,
        heading=score.heading,
        one_in=score.one_in,
        low=score.low,
        high=score.high,
        reasons=score.reasons,
        worn=score.worn if config.privacy.hint == "coarse" else [],
        cameras=list(cameras)[-MOST_CAMERAS:] or [score.node],
        expires_at=wire.to_time(expires_at(score, now, config.alert.expires_s)),
    )


def span(alert: wire.Alert) -> str:
    """Rarity with its interval: `1 in 430 (300-620)`, or `rarer than 1 in 430`."""
    if alert.high is None:
        return f"rarer than 1 in {alert.one_in:,.0f}"
    return f"1 in {alert.one_in:,.0f} ({alert.low:,.0f}-{alert.high:,.0f})"


def where(alert: wire.Alert) -> str:
    """Where to look: `camera-1 (faces 120°), left, heading right`."""
    facing = "" if alert.facing is None else f" (faces {alert.facing}°)"
    heading = {"left": "heading left", "right": "heading right", "toward": "coming closer", "away": "walking away"}
    return f"{alert.node}{facing}, {alert.zone}, {heading[alert.heading]}"


def why(alert: wire.Alert) -> str:
    """What is unusual, as staff say it: `orange top, checked trousers`."""
    return phrase([reason.words for reason in alert.reasons], alert.worn)
