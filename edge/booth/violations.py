"""Notice what a healthy node never does, and say it to field staff."""

from math import inf

from edge import wire
from edge.problems import numbers_of

SHOWN_S = 900.0
"""A violation is shown until its problem has not occurred for this long."""
WINDOW = 100
"""Most sightings that a healthy node sends again after announcing its gap: the sending window of message/sender.py."""
FAR = 2 * WINDOW
"""A sighting numbered this far below the newest acknowledged one cannot come from a waiting outbox."""
OLD_S = float(wire.SCORE_EXPIRY_S)
"""The broker discards messages older than this, so an older sighting was sent again."""
MANY = 5 * WINDOW
"""Repeats without a pause of SHOWN_S from which the connection is called unreliable."""
ORDER_S = 5.0
"""Tolerance when comparing times of sightings, since they may end in another order than they are numbered."""
BOOTS = 8
"""Starts of a node that are remembered."""
KINDS = ("old", "reused", "again", "impossible", "baseline", "twins", "refused")
"""Kinds of violations, codes of edge/problems.py, the gravest first."""


def is_impossible(score: wire.Score) -> bool:
    """Whether the figures of a score contradict each other, beyond what the schema checks.

    In a score of score/baseline.py `one_in` lies inside its interval.
    """
    if score.follows is not None and (score.early or score.follows >= score.seq):
        return True
    if score.one_in is None or score.low is None:
        return False
    return not score.low <= score.one_in <= (inf if score.high is None else score.high)


class Violations:
    """The violations of one node; `monotonic` arguments are seconds on the booth's monotonic clock."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = {}
        """Number of violations since the booth started, by kind."""
        self._recent: dict[str, tuple[int, float]] = {}
        """By kind: number without a pause of SHOWN_S, and time of the last one."""
        self._boots: list[str] = []
        self._epoch, self._newest_at, self._may_repeat = "", 0.0, 0
        self._baseline: str | None = None
        """Baseline named by the heartbeats from `_since` to `_until`, on the node's clock."""
        self._since = self._until = 0.0
        self._other_at: float | None = None
        """When a sighting was scored against another baseline, on the node's clock."""

    def note(self, kind: str, monotonic: float) -> None:
        """Count one violation of a kind, one of KINDS."""
        count, at = self._recent.get(kind, (0, -inf))
        self._recent[kind] = (count + 1 if monotonic < at + SHOWN_S else 1, monotonic)
        self.totals[kind] = self.totals.get(kind, 0) + 1

    def problems(self, monotonic: float) -> list[wire.Problem]:
        """Return a problem for each recent kind of violation, the gravest first."""
        recent = {kind: count for kind, (count, at) in self._recent.items() if monotonic < at + SHOWN_S}
        if recent.get("again", 0) < MANY:
            recent.pop("again", None)
        return [wire.problem(kind, *[recent[kind]][: numbers_of(kind)]) for kind in KINDS if kind in recent]

    def started(self, boot: str, monotonic: float) -> None:
        """Note that the node came online; two boot ids in turn mean that two machines use one name."""
        if boot in self._boots[:-1]:
            self.note("twins", monotonic)
            self._boots.remove(boot)
        if boot not in self._boots:
            self._boots = [*self._boots, boot][-BOOTS:]

    def announced(self) -> None:
        """Note a gap message, after which the node may send everything unacknowledged again."""
        self._may_repeat = WINDOW

    def stored(self, score: wire.Score, monotonic: float) -> None:
        """Note a sighting that was stored for the first time."""
        at = wire.from_time(score.at)
        self._newest_at = at if score.epoch != self._epoch else max(at, self._newest_at)
        self._epoch = score.epoch
        if is_impossible(score):
            self.note("impossible", monotonic)
        if score.is_candidate and self._baseline not in (None, score.baseline):
            self._other_at = at

    def repeated(self, score: wire.Score, behind: int, now: float, monotonic: float) -> None:
        """Note a sighting that was stored before; its number is `behind` the newest acknowledged one by so many."""
        at = wire.from_time(score.at)
        kind = "again"
        if score.epoch == self._epoch and at > self._newest_at + ORDER_S:
            kind = "reused"
        elif now - at > OLD_S:
            kind = "old" if behind >= FAR or not self._may_repeat else "again"
            self._may_repeat = max(self._may_repeat - 1, 0)
        self.note(kind, monotonic)

    def beat(self, health: wire.Health, monotonic: float) -> None:
        """Note a heartbeat. A sighting between two that name one baseline must have used that baseline."""
        at = wire.from_time(health.at)
        if health.baseline != self._baseline or at < self._until:
            self._baseline, self._since, self._other_at = health.baseline, at, None
        self._until = at
        if self._other_at is not None and self._since < self._other_at < at:
            self.note("baseline", monotonic)
            self._other_at = None
