"""Choose whom to alert: join the sightings of one person, then admit as many people as the budget allows."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from math import inf

from edge import wire
from edge.booth.alert import expires_at, is_rare, is_visible
from edge.booth.buckets import Allowance, Buckets
from edge.booth.claims import Claims
from edge.booth.join import Joiner
from edge.booth.pace import HOUR_S, Budget, Pacer
from edge.config import BoothConfig
from edge.limits import WINDOW_S
from edge.store.store import ALERTS, PEOPLE, Decision, SqlStore

RESUMED_S = 2 * HOUR_S
"""Traffic of this much time before a restart is taken into account again."""
MOST_SEEN = 100_000
"""Most sightings counted in an hour."""
REMEMBERED = 5000
"""Most people for whom it is remembered whether they were alerted."""


WALKING = Allowance(2.0, 600.0)
"""People a second of one node that count as traffic, and sightings for the page: more than a busy street has. Invented
people would raise the price of an alert for all nodes."""
RESERVE = 1.0
"""Alerts of the budget that are left to the others by a node that had most of the last hour's."""


class Selection:
    """Owner of who was seen and who was chosen; call `choose`."""

    def __init__(self, config: BoothConfig, pacer: Pacer | None) -> None:
        self._section = config.alert
        self._is_alone = len(config.nodes) == 1
        self._joiner = Joiner(config.nodes, config.join)
        self.pacer = pacer
        """The budget; None if booth.yaml sets none."""
        self.claims = Claims(self._section.one_in, inf if self._section.crowd is None else self._section.crowd)
        self._walking = Buckets(WALKING)
        self._alerts: deque[tuple[float, str]] = deque()
        """Time and node of each alert in the last hour."""
        self._rare: OrderedDict[str, None] = OrderedDict()
        """People that some sighting claims to be rare."""
        self._is_alerted: OrderedDict[str, bool] = OrderedDict()
        self._chosen: dict[wire.ScoreKey, str | None] = {}
        """Choices for the batch that is not stored yet, so that a second try chooses the same."""
        self._people = self._taken = 0
        self.held_back = 0
        """Sightings that were rare enough for an alert, but that staff could not have found by any reason."""
        self._unseen = 0.0
        """Share of a person that was seen and is not counted yet."""
        self._seen_at: deque[float] = deque(maxlen=MOST_SEEN)
        self._seeing = Buckets(WALKING)

    def sightings_last_hour(self, now: float) -> int:
        """Return how many sightings came in the last hour, or since the booth started.

        Not people: of most sightings nobody can tell whose they are, and each camera sees the same people.
        """
        while self._seen_at and not now - HOUR_S < self._seen_at[0] <= now:
            self._seen_at.popleft()
        return len(self._seen_at)

    def choose(self, new: Sequence[wire.Score], now: float, open_alerts: int, stock_left: int | None) -> Decision:
        """Choose which new scores cause an alert, with its id; a second call for the same batch chooses the same.

        `stock_left` is how many items are left to give away; None if stock is not counted.
        """
        for score in new:
            self.consider(score, now, open_alerts, stock_left)
        return self.decision()

    def consider(self, score: wire.Score, now: float, open_alerts: int, stock_left: int | None) -> None:
        """Choose whether one new score causes an alert, as `choose`; a second call changes nothing."""
        key = wire.key(score)
        if key not in self._chosen:
            if score.follows is None and self._seeing.take(score.node, now):
                self._seen_at.append(now)
            taken = open_alerts + self._taken
            name = self._choose(score, now, taken, has_stock=stock_left is None or taken < stock_left)
            self._chosen[key] = name
            self._taken += name is not None

    def decision(self) -> Decision:
        """Return what was chosen since the last `stored`."""
        return Decision({one: name for one, name in self._chosen.items() if name is not None}, self._people)

    def stored(self) -> None:
        """Call once the batch is stored; the next one begins."""
        self._chosen, self._people, self._taken = {}, 0, 0

    def person(self, score: wire.Score, now: float) -> str:
        """Return the id of the person a score is about, which is also the id of their alert."""
        return self._joiner.person(score, now)

    def cameras(self, person: str) -> list[str]:
        """Return the nodes that have seen a person, in order."""
        return self._joiner.cameras(person)

    def _choose(self, score: wire.Score, now: float, open_alerts: int, *, has_stock: bool) -> str | None:
        if not score.is_candidate:
            self._pass(score, now, open_alerts)
            return None
        person = self._joiner.person(score, now)
        is_known = person in self._is_alerted
        is_counted = is_known or self._walking.take(score.node, now)
        if not is_known:
            self._is_alerted[person] = False
            self._people += is_counted
            while len(self._is_alerted) > REMEMBERED:
                self._is_alerted.popitem(last=False)
        is_late = expires_at(score, now, self._section.expires_s) < now
        if not is_late:
            self._count_claim(score, person, now, is_known=is_known)
        is_held = score.node in self.claims.held
        if self._is_alerted[person] or score.p is None or is_late or is_held or not has_stock:
            return None
        if self._is_wanted(score, now, open_alerts, is_known=is_known, is_counted=is_counted):
            self._is_alerted[person] = True
            self._alerts.append((now, score.node))
            return person
        return None

    def _pass(self, score: wire.Score, now: float, open_alerts: int) -> None:
        """Count the sighting of an ordinary person. These cannot be joined, so each counts as a share of a person.

        The share is that of candidates: one over the mean number of sightings of one person. It is too large, as a
        person is not a candidate at each camera (tools/MEASURED.md: 401 people for 217). So the number is for the
        budget alone, whose price follows its alerts as well, and the page shows sightings.
        """
        if score.follows is not None:
            return
        self._unseen += 1 / self._joiner.sightings_per_person
        if self._unseen < 1:
            return
        self._unseen -= 1
        is_counted = self._walking.take(score.node, now)
        self._people += is_counted
        self.claims.note(score.node, now, is_rare=False)
        if self.pacer is not None and score.p is not None:
            self.pacer.admit(score.p, now, open_alerts=open_alerts, is_counted=is_counted)

    def _count_claim(self, score: wire.Score, person: str, now: float, *, is_known: bool) -> None:
        """Count each person once, and once more when a sighting claims that they are rare."""
        is_claim = is_rare(score, self._section.one_in) and person not in self._rare
        if is_claim:
            self._rare[person] = None
            while len(self._rare) > REMEMBERED:
                self._rare.popitem(last=False)
        if is_claim or not is_known:
            self.claims.note(score.node, now, is_rare=is_claim)

    def _is_wanted(self, score: wire.Score, now: float, open_alerts: int, *, is_known: bool, is_counted: bool) -> bool:
        """Whether to alert. A later sighting of a known person uses budget only if it crosses the threshold.

        A person whom no reason shows (alert.is_visible) counts for the budget as an ordinary one, so that the others
        get their alerts.
        """
        assert score.p is not None
        if self.pacer is None:
            is_wanted = is_rare(score, self._section.one_in)
        else:
            is_wanted = score.p <= self.pacer.look(now, open_alerts=open_alerts).threshold
        is_held_back = is_wanted and not is_visible(score)
        self.held_back += is_held_back
        if self.pacer is None or (is_known and not is_wanted):
            return is_wanted and not is_held_back
        p = 1.0 if is_held_back else score.p
        reserve = RESERVE if self._has_most(score.node, now) else 0.0
        return self.pacer.admit(p, now, open_alerts=open_alerts, reserve=reserve, is_counted=is_counted)

    def _has_most(self, node: str, now: float) -> bool:
        """Whether one more alert of a node would make it more than half of those in the last hour."""
        while self._alerts and not now - HOUR_S < self._alerts[0][0] <= now:
            self._alerts.popleft()
        mine = sum(name == node for _, name in self._alerts)
        return 2 * (mine + 1) > len(self._alerts) + 1 and not self._is_alone


class Nobody(Selection):
    """A selection that never alerts, for workers: each receives only some of the sightings."""

    def consider(self, score: wire.Score, now: float, open_alerts: int, stock_left: int | None) -> None:
        """Choose nobody."""


def resumed(config: BoothConfig, store: SqlStore, now: float) -> Selection:
    """Continue from the stored counts; without a budget everybody rare enough is chosen."""
    section = config.alert
    if section.per_hour is None:
        return Selection(config, None)
    budget = Budget(section.per_hour, section.max_open, at_most_p=1 / section.one_in)
    cells = store.cells("traffic", since=now - RESUMED_S)
    alerts = sum(cell.n for cell in cells if cell.words == ALERTS and cell.window > now - HOUR_S)
    people = [cell.n for cell in cells if cell.words == PEOPLE]
    pacer = Pacer.resume(budget, now, alerts=alerts, people=sum(people), hours=len(people) * WINDOW_S / HOUR_S)
    return Selection(config, pacer)
