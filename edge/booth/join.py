"""Join sightings of one person by several cameras, or by one camera that lost the track; pure.

Nobody is recognised, and only candidates for an alert are joined: the nodes say too little of everybody else. Two
sightings are joined if they fit in time, in the directions the cameras face and the person walks, and in the codes of
`link`; all of it is forgotten after a minute. Evidence is in bits: one bit is an observation twice as common between
sightings of one person as between those of two.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import log, log2
from statistics import fmean, median
from typing import NamedTuple, TypeVar

from edge import wire
from edge.booth.alert import alert_id
from edge.booth.link_evidence import LinkEvidence
from edge.config import JoinSection

REMEMBER_S = 60.0
"""A sighting is forgotten this long after it came in. One that comes in this late is not joined: it gets no alert."""
LONGEST_S = float(wire.LINK_ROTATION_S)
"""Someone first seen longer ago than this counts as a new person."""
NEAR = 100
"""A sighting is compared with this many of the newest people, the same number of each node: more than pass in a window,
yet bounded in a flood."""
MOST = 1000
"""Most sightings remembered at once; the oldest of the node with the most are forgotten first."""
MOST_OF_ONE = 50
"""Most sightings joined to one person."""

TURNED_BITS = -8.0
"""Evidence of one person walking left and then right, or the reverse: few people turn round."""
LAGS = 31
"""Newest lags kept for each pair of cameras. Their median stands for the cameras' positions and overlap, the walking
speed, and the difference of the two clocks."""
LAGS_KNOWN = 5
"""Lags needed before a usual lag is known."""
UNKNOWN_SPREAD = 1 / 3
"""Assumed spread of lags around 0 while no usual lag is known, as a share of the window."""
LEAST_SPREAD_S = 0.5
"""Smallest spread of lags, since times are whole seconds."""
LEAST_LAG_BITS = -5.0
"""Lowest evidence of a lag: however unusual, somebody will be the first to take so long."""
ENOUGH = 1.6
"""Bits needed to join a sighting to a person. It is more than time alone gives while no usual lag is known,
log2(1 / UNKNOWN_SPREAD), so that nothing is joined without links."""
ROTATIONS = 2
"""Rotations of the link key for which evidence is kept; sightings of the previous one may still come in."""
PRIOR_PEOPLE = 3.0
"""People with one sighting each that are assumed before any candidate was seen."""
KEPT = 0.998
"""Weight that a count keeps with each further candidate: the last 500 count."""

SIDEWAYS = {"left", "right"}


@dataclass(slots=True)
class _Sighting:
    score: wire.Score
    at: float
    heard_at: float
    person: str
    since: float
    """When the person's first sighting came in, seconds."""
    has_left: bool = field(init=False)
    """Whether the person left the picture on the side they were heading for."""
    rotation: int = field(init=False)
    """Rotation of the link key."""

    def __post_init__(self) -> None:
        self.tell(self.score, self.at)

    def tell(self, score: wire.Score, at: float) -> None:
        """Set what is known of it; a final score says it better than the early one."""
        self.score, self.at = score, at
        self.has_left = not score.early and score.zone == score.heading
        self.rotation = int(at // wire.LINK_ROTATION_S)


class _Usual(NamedTuple):
    """Usual lag from one camera to another in seconds, and what lags are evidence of."""

    lag: float
    most_bits: float
    """Evidence of exactly this lag, in bits."""
    bits_per_s: float
    """How much less it is for each second more or less."""


K = TypeVar("K")
V = TypeVar("V")

Bits = Callable[[_Sighting], float]
"""Evidence in bits that a new sighting is of the person in the given one."""


class Joiner:
    """Owner of the last minute's sightings and of the usual lags between cameras; call `person`."""

    def __init__(self, facings: Mapping[str, int | None], section: JoinSection) -> None:
        """`facings` are degrees clockwise from north by node; None or missing means unknown."""
        self._facings, self._section = facings, section
        self._sightings: OrderedDict[wire.ScoreKey, _Sighting] = OrderedDict()
        """Oldest first."""
        self._by_node: dict[str, OrderedDict[wire.ScoreKey, None]] = {}
        """Keys of the sightings by node, oldest first."""
        self._people: dict[str, list[_Sighting]] = {}
        self._first_seen: dict[str, OrderedDict[str, list[_Sighting]]] = {}
        """People by the node that saw them first, oldest first."""
        self._finders: dict[str, str] = {}
        """The node that saw each person first."""
        self._lags: dict[tuple[str, str, str], deque[float]] = {}
        """Lags in seconds, by node, other node and heading."""
        self._usuals: dict[tuple[str, str, str], _Usual] = {}
        """Usual lags of pairs with at least LAGS_KNOWN lags."""
        self._unknown = _usual_lag(0.0, UNKNOWN_SPREAD * section.window_s, section.window_s)
        self._evidence: OrderedDict[int, LinkEvidence] = OrderedDict()
        """Evidence by rotation of the link key, the newest ROTATIONS."""
        self._joined = self._came = 0.0
        """Recent sightings of candidates, and people among them."""

    @property
    def sightings_per_person(self) -> float:
        """Mean number of sightings that were joined to one candidate; 1 while little is known."""
        return (self._joined + PRIOR_PEOPLE) / (self._came + PRIOR_PEOPLE)

    def person(self, score: wire.Score, now: float) -> str:
        """Return the id of the person seen: the `alert_id` of that person's first sighting.

        A repeated score, or a final one after its early one, gets the same id again. `now` is seconds since 1970.
        """
        self._forget(now)
        key = wire.key(score)
        if score.follows is not None:
            key = key._replace(seq=score.follows)
        known = self._sightings.get(key)
        at = wire.from_time(score.at)
        if known is not None:
            if known.score.early and score.is_candidate:
                known.tell(score, at)
            return known.person
        if not score.is_candidate:
            return alert_id(score)
        new = _Sighting(score, at, now, alert_id(score), now)
        if abs(now - at) <= REMEMBER_S:
            self._join(new)
            self._remember(key, new)
            self._count(is_new=new.person == alert_id(score))
        return new.person

    def cameras(self, person: str) -> list[str]:
        """Return the nodes that have seen a person, in order; empty once the person is forgotten."""
        return list(dict.fromkeys(sighting.score.node for sighting in self._people.get(person, [])))

    def _remember(self, key: wire.ScoreKey, new: _Sighting) -> None:
        self._sightings[key] = new
        self._by_node.setdefault(key.node, OrderedDict())[key] = None
        if new.person not in self._people:
            seen = self._people[new.person] = []
            self._finders[new.person] = key.node
            self._first_seen.setdefault(key.node, OrderedDict())[new.person] = seen
        self._people[new.person].append(new)

    def _join(self, new: _Sighting) -> None:
        """Join the sighting to the best-fitting person with ENOUGH bits or more; if two fit equally, the earlier."""
        best, clothes = (ENOUGH, 0.0), None
        for seen in self._newest():
            if self._is_possible(seen, new):
                clothes = clothes or self._clothes_bits(new)
                fit = self._bits(seen, new, clothes), -seen[0].since
                if fit >= best:
                    best, new.person, new.since = fit, seen[0].person, seen[0].since
        self._learn(new)

    def _newest(self) -> list[list[_Sighting]]:
        """Return the NEAR newest people, an equal number of each node; what one does not need is for the others."""
        found: list[list[_Sighting]] = []
        turns = [reversed(people.values()) for people in self._first_seen.values()]
        while turns and len(found) < NEAR:
            share = max((NEAR - len(found)) // len(turns), 1)
            taken = [list(islice(people, share)) for people in turns]
            turns = [people for people, some in zip(turns, taken, strict=True) if len(some) == share]
            for some in taken:
                found += some
        return found[:NEAR]

    def _count(self, *, is_new: bool) -> None:
        """Count one sighting of a candidate, and a person if it `is_new`; older counts weigh less."""
        self._joined = KEPT * self._joined + 1
        self._came = KEPT * self._came + is_new

    def _is_possible(self, seen: list[_Sighting], new: _Sighting) -> bool:
        if new.since - seen[0].since > LONGEST_S or len(seen) >= MOST_OF_ONE:
            return False
        window_s, is_near = self._section.window_s, False
        for old in seen:
            if not self._can_follow(old, new):
                return False
            is_near = is_near or -window_s <= old.at - new.at <= window_s
        return is_near

    def _can_follow(self, old: _Sighting, new: _Sighting) -> bool:
        """Whether one person can have left both views at these times."""
        one, other, lag = old.score, new.score, new.at - old.at
        is_same_way = one.heading == other.heading
        if one.node == other.node:
            first = old if lag > 0 else new
            return lag != 0 and not (is_same_way and first.has_left)
        if not is_same_way or self._usual(old, new):
            return True
        order = turn(self._facings.get(one.node), self._facings.get(other.node), other.heading or "")
        return order * lag >= -self._section.slack_s

    def _bits(self, seen: list[_Sighting], new: _Sighting, clothes: Bits) -> float:
        """Evidence in bits that `new` is the person in `seen`: clothing, time since the nearest sighting, heading."""
        if len(seen) == 1:
            (nearest,) = seen
            has_turned = {nearest.score.heading, new.score.heading} == SIDEWAYS
            return clothes(nearest) + self._lag_bits(nearest, new) + TURNED_BITS * has_turned
        nearest = min(seen, key=lambda old: abs(old.at - new.at))
        has_turned = any({old.score.heading, new.score.heading} == SIDEWAYS for old in seen)
        return _mean([clothes(old) for old in seen]) + self._lag_bits(nearest, new) + TURNED_BITS * has_turned

    def _clothes_bits(self, new: _Sighting) -> Bits:
        """Return the function that gives clothing evidence: 0 if a link is missing or of another rotation."""
        link, rotation = new.score.link, new.rotation
        if not link:
            return lambda _: 0.0
        bits = self._evidence_of(new).bits_for(link)
        return lambda old: bits(old.score.link) if old.score.link and old.rotation == rotation else 0.0

    def _evidence_of(self, sighting: _Sighting) -> LinkEvidence:
        found = self._evidence.setdefault(sighting.rotation, LinkEvidence())
        while len(self._evidence) > ROTATIONS:
            self._evidence.popitem(last=False)
        return found

    def _lag_bits(self, old: _Sighting, new: _Sighting) -> float:
        """Evidence of the lag in bits: Laplace distribution around the usual lag against a uniform one."""
        usual = self._usual(old, new) or self._unknown
        away = abs(new.at - old.at - usual.lag)
        return max(usual.most_bits - away * usual.bits_per_s, LEAST_LAG_BITS)

    def _usual(self, old: _Sighting, new: _Sighting) -> _Usual | None:
        """Return the usual lag between two cameras; None if too little is known."""
        return self._usuals.get(_way(old, new)) if new.has_left and old.has_left else None

    def _learn(self, new: _Sighting) -> None:
        if new.score.link:
            self._evidence_of(new).add(new.score.link)
        for old in self._people.get(new.person, []):
            if old.score.node != new.score.node and old.has_left and new.has_left:
                self._add_lag(_way(old, new), new.at - old.at)
                self._add_lag(_way(new, old), old.at - new.at)

    def _add_lag(self, way: tuple[str, str, str], lag: float) -> None:
        lags = self._lags.setdefault(way, deque(maxlen=LAGS))
        lags.append(lag)
        if len(lags) >= LAGS_KNOWN:
            middle = median(lags)
            spread = max(fmean(abs(each - middle) for each in lags), LEAST_SPREAD_S)
            self._usuals[way] = _usual_lag(middle, spread, self._section.window_s)

    def _forget(self, now: float) -> None:
        """Forget old sightings; if the clock was set by more than REMEMBER_S, all of them."""
        while self._sightings:
            key, oldest = next(iter(self._sightings.items()))
            if abs(now - oldest.heard_at) <= REMEMBER_S:
                break
            self._drop(key)
        while len(self._sightings) >= MOST:
            most = max(self._by_node, key=lambda node: len(self._by_node[node]))
            self._drop(next(iter(self._by_node[most])))

    def _drop(self, key: wire.ScoreKey) -> None:
        gone = self._sightings.pop(key)
        _remove(self._by_node, key.node, key)
        seen = self._people[gone.person]
        seen.remove(gone)
        if not seen:
            del self._people[gone.person]
            _remove(self._first_seen, self._finders.pop(gone.person), gone.person)


def _remove(by_node: dict[str, OrderedDict[K, V]], node: str, name: K) -> None:
    del by_node[node][name]
    if not by_node[node]:
        del by_node[node]


def turn(one: int | None, other: int | None, heading: str) -> int:
    """Return 1 if a person with this heading passes camera `one` first, -1 if `other`, 0 if unknown.

    `one` and `other` are facings of cameras that look outwards, degrees clockwise from north.

    >>> turn(0, 90, "right"), turn(0, 90, "left"), turn(0, 270, "right"), turn(0, 180, "right"), turn(0, 90, "away")
    (1, -1, -1, 0, 0)
    """
    if one is None or other is None or heading not in SIDEWAYS or (other - one) % 180 == 0:
        return 0
    clockwise = 1 if (other - one) % 360 < 180 else -1
    return clockwise if heading == "right" else -clockwise


def _mean(bits: Sequence[float]) -> float:
    """Log2 of the mean likelihood ratio; `bits` are log2 ratios.

    >>> _mean([3.0, 3.0]), round(_mean([3.0, -9.0]), 2)
    (3.0, 2.0)
    """
    return log2(fmean(2.0**each for each in bits)) if len(bits) > 1 else bits[0]


def _usual_lag(lag: float, spread: float, window_s: float) -> _Usual:
    """Return a usual lag with the mean absolute deviation `spread`, of lags within `window_s`; all in seconds."""
    return _Usual(lag, log2(window_s / spread), 1 / (spread * log(2)))


def _way(one: _Sighting, other: _Sighting) -> tuple[str, str, str]:
    return one.score.node, other.score.node, other.score.heading or ""
