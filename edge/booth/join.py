"""Sightings to persons: whoever several cameras saw, or one camera lost and found again, is one; pure.

Nobody is recognised. What joins two sightings is that they fit in time, in the way the cameras face and the person
walks, and in the words behind `link`; a minute later all of it is forgotten. Evidence is counted in bits: one bit says
that it is twice as common between sightings of one person as between those of two.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log, log2
from statistics import fmean, median
from typing import NamedTuple

from edge import wire
from edge.booth.alert import alert_id
from edge.booth.link_evidence import LinkEvidence
from edge.config import JoinSection

REMEMBER_S = 60.0
"""A sighting is forgotten so long after it came in; what comes in that late is not joined, since no alert is due."""
LONGEST_S = float(wire.LINK_ROTATION_S)
"""Whoever stays longer is somebody new."""
NEAR = 100
"""New sightings are compared with so many of the newest people: more than pass in a window, and a flood stays cheap."""
MOST = 1000
"""Sightings remembered at once, the oldest forgotten first, whatever nodes send."""

TURNED_BITS = -8.0
"""Of walking left and then right, or the other way about: few turn round."""
LAGS = 31
"""So many of the newest lags from one camera to another say what is usual there: the cameras' places, their overlap,
the pace of the street, and how far two clocks differ."""
LAGS_KNOWN = 5
"""Fewer say nothing."""
UNKNOWN_SPREAD = 1 / 3
"""Of the window: how far lags spread around none where nothing is usual yet."""
LEAST_SPREAD_S = 0.5
"""Times are whole seconds."""
LEAST_LAG_BITS = -5.0
"""Somebody will be the first to take so long."""
ENOUGH = 1.6
"""Bits from which a sighting is taken to be of somebody who was seen before: more than time alone gives where nothing
is usual yet, log2(1 / UNKNOWN_SPREAD), so that without links nobody is joined."""
ROTATIONS = 2
"""Of the links, about which anything is known: sightings of the one before may still come in."""

SIDEWAYS = {"left", "right"}


@dataclass(slots=True)
class _Sighting:
    score: wire.Score
    at: float
    heard_at: float
    person: str
    since: float
    """When the person's first sighting came in."""


class _Usual(NamedTuple):
    """Seconds from one camera to another, and how far they spread around that."""

    lag: float
    spread: float


Bits = Callable[[_Sighting], float]
"""For a new sighting being of the person in another."""


class Joiner:
    """Remembers a minute of sightings and the usual lags from camera to camera; its one verb is `person`."""

    def __init__(self, facings: Mapping[str, int | None], section: JoinSection) -> None:
        """`facings` in degrees clockwise from north, by node; what is missing is unknown."""
        self._facings, self._section = facings, section
        self._sightings: OrderedDict[wire.ScoreKey, _Sighting] = OrderedDict()
        """Oldest first."""
        self._people: dict[str, list[_Sighting]] = {}
        self._lags: dict[tuple[str, str, str], deque[float]] = {}
        """Seconds from one node to another, by heading."""
        self._usuals: dict[tuple[str, str, str], _Usual] = {}
        """Of those, once enough are known."""
        self._evidence: OrderedDict[int, LinkEvidence] = OrderedDict()
        """The two newest rotations of the links."""

    def person(self, score: wire.Score, now: float) -> str:
        """Whose sighting this is: the `alert_id` of the first of that person's that came in.

        A score that came before, and a final one whose early one did, changes nothing about that.
        """
        self._forget(now)
        key = wire.key(score)
        if score.follows is not None:
            key = key._replace(seq=score.follows)
        known = self._sightings.get(key)
        at = wire.from_time(score.at)
        if known is not None:
            if known.score.early:
                known.score, known.at = score, at
            return known.person
        new = _Sighting(score, at, now, alert_id(score), now)
        if now - at <= REMEMBER_S:
            self._join(new)
            self._sightings[key] = new
            self._people.setdefault(new.person, []).append(new)
        return new.person

    def cameras(self, person: str) -> list[str]:
        """Which nodes have seen a person so far, in that order; none once the person is forgotten."""
        return list(dict.fromkeys(sighting.score.node for sighting in self._people.get(person, [])))

    def _join(self, new: _Sighting) -> None:
        """To who fits best, if anybody fits well enough; of two who fit alike, to the one who came first."""
        best, clothes = ENOUGH, None
        for seen in islice(reversed(self._people.values()), NEAR):
            if self._is_possible(seen, new):
                clothes = clothes or self._clothes_bits(new)
                bits = self._bits(seen, new, clothes)
                if bits >= best:
                    best, new.person, new.since = bits, seen[0].person, seen[0].since
        self._learn(new)

    def _is_possible(self, seen: list[_Sighting], new: _Sighting) -> bool:
        if new.since - seen[0].since > LONGEST_S:
            return False
        is_near, window_s = False, self._section.window_s
        for old in seen:
            if not self._can_follow(old, new):
                return False
            is_near = is_near or abs(old.at - new.at) <= window_s
        return is_near

    def _can_follow(self, old: _Sighting, new: _Sighting) -> bool:
        """Whether one person can have been last seen at both places at these times."""
        lag = new.at - old.at
        is_same_way = old.score.heading == new.score.heading
        if old.score.node == new.score.node:
            first = old if lag > 0 else new
            return lag != 0 and not (is_same_way and _has_left(first.score))
        if not is_same_way or self._usual(old, new):
            return True
        order = turn(self._facings.get(old.score.node), self._facings.get(new.score.node), new.score.heading)
        return order * lag >= -self._section.slack_s

    def _bits(self, seen: list[_Sighting], new: _Sighting, clothes: Bits) -> float:
        """For being the person seen there, by clothes, by the time from where they were nearest, and by heading."""
        nearest = min(seen, key=lambda old: abs(old.at - new.at))
        has_turned = any({old.score.heading, new.score.heading} == SIDEWAYS for old in seen)
        return _mean([clothes(old) for old in seen]) + self._lag_bits(nearest, new) + TURNED_BITS * has_turned

    def _clothes_bits(self, new: _Sighting) -> Bits:
        """Against any other sighting: 0 where links cannot be compared, of other ten minutes, or none."""
        link, rotation = new.score.link, _rotation(new)
        if not link:
            return lambda _: 0.0
        bits = self._evidence_of(new).bits_for(link)
        return lambda old: bits(old.score.link) if old.score.link and _rotation(old) == rotation else 0.0

    def _evidence_of(self, sighting: _Sighting) -> LinkEvidence:
        found = self._evidence.setdefault(_rotation(sighting), LinkEvidence())
        while len(self._evidence) > ROTATIONS:
            self._evidence.popitem(last=False)
        return found

    def _lag_bits(self, old: _Sighting, new: _Sighting) -> float:
        """Laplace's distribution around the usual lag, against all lags of the window being alike."""
        window_s = self._section.window_s
        usual = self._usual(old, new) or _Usual(0.0, UNKNOWN_SPREAD * window_s)
        away = abs(new.at - old.at - usual.lag)
        return max(log2(window_s / usual.spread) - away / usual.spread / log(2), LEAST_LAG_BITS)

    def _usual(self, old: _Sighting, new: _Sighting) -> _Usual | None:
        """What to compare their lag with; None if too little is known."""
        usual = self._usuals.get(_way(old, new))
        return usual if usual is not None and _has_left(old.score) and _has_left(new.score) else None

    def _learn(self, new: _Sighting) -> None:
        if new.score.link:
            self._evidence_of(new).add(new.score.link)
        for old in self._people.get(new.person, []):
            if old.score.node != new.score.node and _has_left(old.score) and _has_left(new.score):
                self._add_lag(_way(old, new), new.at - old.at)
                self._add_lag(_way(new, old), old.at - new.at)

    def _add_lag(self, way: tuple[str, str, str], lag: float) -> None:
        lags = self._lags.setdefault(way, deque(maxlen=LAGS))
        lags.append(lag)
        if len(lags) >= LAGS_KNOWN:
            middle = median(lags)
            self._usuals[way] = _Usual(middle, max(fmean(abs(each - middle) for each in lags), LEAST_SPREAD_S))

    def _forget(self, now: float) -> None:
        """A clock that is set, ahead or back, forgets all."""
        while self._sightings:
            key, oldest = next(iter(self._sightings.items()))
            if len(self._sightings) < MOST and abs(now - oldest.heard_at) <= REMEMBER_S:
                return
            del self._sightings[key]
            seen = self._people[oldest.person]
            seen.remove(oldest)
            if not seen:
                del self._people[oldest.person]


def turn(one: int | None, other: int | None, heading: str) -> int:
    """1 if who walks that way past outward cameras comes by `one` first, -1 if by `other`, 0 if nobody can tell.

    >>> turn(0, 90, "right"), turn(0, 90, "left"), turn(0, 270, "right"), turn(0, 180, "right"), turn(0, 90, "away")
    (1, -1, -1, 0, 0)
    """
    if one is None or other is None or heading not in SIDEWAYS or (other - one) % 180 == 0:
        return 0
    clockwise = 1 if (other - one) % 360 < 180 else -1
    return clockwise if heading == "right" else -clockwise


def _mean(bits: Sequence[float]) -> float:
    """Bits of the mean likelihood ratio.

    >>> _mean([3.0, 3.0]), round(_mean([3.0, -9.0]), 2)
    (3.0, 2.0)
    """
    return log2(fmean(2.0**each for each in bits)) if len(bits) > 1 else bits[0]


def _rotation(sighting: _Sighting) -> int:
    return int(sighting.at // wire.LINK_ROTATION_S)


def _has_left(score: wire.Score) -> bool:
    """Whether that was the last of them there: out of the picture on the side they were heading for."""
    return not score.early and score.zone == score.heading


def _way(one: _Sighting, other: _Sighting) -> tuple[str, str, str]:
    return one.score.node, other.score.node, other.score.heading
