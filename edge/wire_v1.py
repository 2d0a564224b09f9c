"""Turn messages of version 1 into the newest, so that a booth takes both for one release; then this file goes.

The functions take decoded JSON; what they do not expect they leave to the newest schema, which refuses it.
"""

from math import log2
from typing import Any

from edge.limits import BATCH, CANDIDATE_P, rarity_at_least, rarity_at_most

GONE = {"facets", "quality"}
"""Fields of a score that exist no more."""
CANDIDATES = {"bits", "one_in", "low", "high", "reasons", "worn", "zone", "heading", "baseline", "link", "early"}
"""Fields that only a candidate's score has."""
COARSE = ("sightings", "held_back", "outbox_depth", "outbox_lost", "second_looks", "second_looks_skipped")
"""Counts of a heartbeat that move in steps of BATCH."""


def health(fields: Any) -> Any:
    """Return a heartbeat with coarse counts; its sentences are only counted, as text of a node is not shown.

    >>> found = health({"v": 1, "state": "degraded", "problems": ["x"], "sightings": 73, "last_person_s": 4.2})
    >>> found == {"v": 2, "state": "degraded", "problems": [{"code": "old-messages", "n": [1]}], "sightings": 50}
    True
    """
    found = {name: value for name, value in fields.items() if name != "last_person_s"} | {"v": 2}
    problems, parts = found.get("problems"), found.get("held_back_by")
    if isinstance(problems, list):
        found["problems"] = [{"code": "old-messages", "n": [min(len(problems), 8)]}]
    if isinstance(parts, dict):
        found["held_back_by"] = {name: _coarse(value) for name, value in parts.items()}
    return found | {name: _coarse(found[name]) for name in COARSE if name in found}


def notice(fields: Any) -> Any:
    """Return a notice in which sentences are only counted."""
    nodes = fields.get("nodes")
    if not isinstance(nodes, dict):
        return fields | {"v": 2}
    counted = {name: len(said) if isinstance(said, list) else 0 for name, said in nodes.items()}
    return fields | {
        "v": 2,
        "nodes": {name: [{"code": "old-messages", "n": [min(n, 8)]}] for name, n in counted.items()},
    }


def _coarse(value: Any) -> Any:
    return value // BATCH * BATCH if isinstance(value, int) else value


def score(fields: Any) -> Any:
    """Return a score with its figures on the grid; if it is of an ordinary person, with p and the minute alone.

    >>> found = score({"v": 1, "state": "scored", "at": "2026-01-01T12:00:41Z", "p": 0.31, "one_in": 3.2, "link": "1f"})
    >>> sorted(found.items())
    [('at', '2026-01-01T12:00:00Z'), ('p', 0.5), ('state', 'scored'), ('v', 2)]
    """
    found = {name: value for name, value in fields.items() if name not in GONE} | {"v": 2}
    p = found.get("p")
    if not isinstance(p, float | int) or not 0 < p <= 1:
        return _less(found) if p is None else found
    one_in = rarity_at_most(1 / p)
    found["p"] = 1 / one_in
    return found | _figures(found, one_in) if 1 / one_in <= CANDIDATE_P else _less(found)


def _less(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that the score of an ordinary person has."""
    found = {name: value for name, value in fields.items() if name not in CANDIDATES}
    return found | {"at": f"{str(found.get('at'))[:17]}00Z"}


def _figures(fields: dict[str, Any], one_in: float) -> dict[str, Any]:
    low, high, reasons = fields.get("low"), fields.get("high"), fields.get("reasons")
    return {
        "one_in": one_in,
        "bits": round(log2(one_in)),
        "low": min(rarity_at_most(low), one_in) if isinstance(low, float | int) else low,
        "high": max(rarity_at_least(high), one_in) if isinstance(high, float | int) else high,
        "reasons": [_whole(reason) for reason in reasons] if isinstance(reasons, list) else [],
    }


def _whole(reason: Any) -> Any:
    bits = reason.get("bits") if isinstance(reason, dict) else None
    return reason | {"bits": round(bits)} if isinstance(bits, float | int) else reason
