"""Make alerts from scores, and describe them; pure."""

import hashlib
from collections.abc import Sequence

from edge import wire
from edge.config import BoothConfig
from edge.vocabulary import phrase

HINT_PHRASES = 3
"""Phrases in a hint: as many as people remember after hearing them once."""
CLOCK_S = 30.0
"""Clocks of node and booth that differ by less than this count as equal."""


def alert_id(score: wire.Score) -> str:
    """Return the id of a sighting's alert: 16 hex digits, the same for its early and final score and for repeats."""
    seq = score.seq if score.follows is None else score.follows
    return hashlib.sha256(f"{score.node}/{score.epoch}/{seq}".encode()).hexdigest()[:16]


def is_rare(score: wire.Score, threshold: float) -> bool:
    """Whether the best estimate (1 in N) reaches the threshold; never while warming up."""
    return score.one_in is not None and score.one_in >= threshold


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
        hint=_hint(score) if config.privacy.hint == "coarse" else None,
        cameras=list(cameras) or [score.node],
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
    """What is unusual: `orange upper, checked lower`."""
    return ", ".join(phrase(reason.words) for reason in alert.reasons) or "the whole outfit"


def _hint(score: wire.Score) -> str | None:
    return ", ".join(phrase(reason.words) for reason in score.reasons[:HINT_PHRASES]) or None
