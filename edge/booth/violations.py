"""What one node was heard to do that a sound one never does, to sentences for field staff."""

from math import inf, isclose, log2

from edge import wire

SHOWN_S = 900.0
"""A sentence stays until it has not been true for so long."""
WINDOW = 100
"""Sightings a sound node sends again at most, after it has said its gap: message/sender.py has so many on their way."""
FAR = 2 * WINDOW
"""So far behind the newest acknowledged one, a sighting's number cannot come from an outbox that waits."""
OLD_S = float(wire.SCORE_EXPIRY_S)
"""Older than this nothing is still on its way through the broker."""
MANY = 5 * WINDOW
"""Repeats in SHOWN_S of a connection that comes and goes."""
ORDER_S = 5.0
"""Sightings may end in another order than they are numbered."""
BOOTS = 8
"""Remembered starts of a node."""
ROUNDED = 0.01
"""Relative error of a product of two figures of three digits."""
ROUNDED_BITS = 0.05

SENTENCES = {
    "old": "sent {n} sightings of long ago again: is a recording played into the network? None counts twice; if nobody "
    "knows why, take this node off and give it a new certificate",
    "reused": "gave {n} new sightings numbers that were used already, so they are lost: its card is an older copy; "
    "delete outbox.sqlite on it and restart it",
    "again": "sent {n} sightings again in a quarter of an hour: check its network and power. None counts twice",
    "impossible": "sent {n} sightings whose figures contradict each other: nobody is alerted by them; install its "
    "software and model anew",
    "baseline": "compares with another baseline than its heartbeat names: restart it; if this stays, freeze anew",
    "twins": "two machines speak under this name: switch one off, or provision it under a name of its own",
    "refused": "had {n} messages refused; why, and what to do, stands at the top of the booth's page",
}


def is_impossible(score: wire.Score) -> bool:
    """Whether no recipe can have made these figures: the schema looks at each alone, this at all together.

    As score/baseline.py makes them: one_in = 1 / p inside its interval, bits = -log2 p, and the reasons of a facet
    share its bits.
    """
    if score.follows is not None and (score.early or score.follows >= score.seq):
        return True
    if score.p is None or score.one_in is None or score.bits is None or score.low is None or score.facets is None:
        return bool(score.reasons)
    given: dict[str, float] = {}
    for reason in score.reasons:
        facet = reason.words.partition(":")[0]
        given[facet] = given.get(facet, 0.0) + reason.bits
    return not (
        score.low <= score.one_in <= (inf if score.high is None else score.high)
        and isclose(score.p * score.one_in, 1.0, rel_tol=ROUNDED)
        and isclose(score.bits, -log2(score.p), abs_tol=ROUNDED_BITS)
        and all(bits <= getattr(score.facets, facet) + ROUNDED_BITS for facet, bits in given.items())
    )


class Violations:
    """Of one node; times are monotonic seconds but where they are said to be on the wire."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = {}
        """How often, by kind, since the booth started."""
        self._recent: dict[str, tuple[int, float]] = {}
        """How often without a pause of SHOWN_S, and when last."""
        self._boots: list[str] = []
        self._epoch, self._newest_at, self._may_repeat = "", 0.0, 0
        self._baseline: str | None = None
        """What the heartbeats of the time from `_since` to `_until` on the node's clock named."""
        self._since = self._until = 0.0
        self._other_at: float | None = None
        """When a sighting was compared with another one."""

    def note(self, kind: str, monotonic: float) -> None:
        count, at = self._recent.get(kind, (0, -inf))
        self._recent[kind] = (count + 1 if monotonic < at + SHOWN_S else 1, monotonic)
        self.totals[kind] = self.totals.get(kind, 0) + 1

    def sentences(self, monotonic: float) -> list[str]:
        """Gravest first."""
        recent = {kind: count for kind, (count, at) in self._recent.items() if monotonic < at + SHOWN_S}
        if recent.get("again", 0) < MANY:
            recent.pop("again", None)
        return [sentence.format(n=recent[kind]) for kind, sentence in SENTENCES.items() if kind in recent]

    def started(self, boot: str, monotonic: float) -> None:
        """The node said that it is online; two that take turns have one name."""
        if boot in self._boots[:-1]:
            self.note("twins", monotonic)
            self._boots.remove(boot)
        if boot not in self._boots:
            self._boots = [*self._boots, boot][-BOOTS:]

    def announced(self) -> None:
        """A gap was said: what is unacknowledged comes again."""
        self._may_repeat = WINDOW

    def stored(self, score: wire.Score, monotonic: float) -> None:
        """A sighting that was not known."""
        at = wire.from_time(score.at)
        self._newest_at = at if score.epoch != self._epoch else max(at, self._newest_at)
        self._epoch = score.epoch
        if is_impossible(score):
            self.note("impossible", monotonic)
        if self._baseline not in (None, score.baseline):
            self._other_at = at

    def repeated(self, score: wire.Score, behind: int, now: float, monotonic: float) -> None:
        """A sighting that was stored before; `behind` is how far from the newest acknowledged one."""
        at = wire.from_time(score.at)
        kind = "again"
        if score.epoch == self._epoch and at > self._newest_at + ORDER_S:
            kind = "reused"
        elif now - at > OLD_S:
            kind = "old" if behind >= FAR or not self._may_repeat else "again"
            self._may_repeat = max(self._may_repeat - 1, 0)
        self.note(kind, monotonic)

    def beat(self, health: wire.Health, monotonic: float) -> None:
        """A heartbeat; a sighting between two that name one baseline was not compared with another."""
        at = wire.from_time(health.at)
        if health.baseline != self._baseline or at < self._until:
            self._baseline, self._since, self._other_at = health.baseline, at, None
        self._until = at
        if self._other_at is not None and self._since < self._other_at < at:
            self.note("baseline", monotonic)
            self._other_at = None
