"""Choose whom to alert: join the sightings of one person, then admit as many people as the budget allows."""

from collections import OrderedDict, deque
from collections.abc import Sequence

from edge import wire
from edge.booth.alert import expires_at, is_rare
from edge.booth.join import Joiner
from edge.booth.pace import HOUR_S, Budget, Pacer
from edge.config import BoothConfig
from edge.limits import WINDOW_S
from edge.store.store import ALERTS, PEOPLE, Decision, SqlStore

RESUMED_S = 2 * HOUR_S
"""Traffic of this much time before a restart is taken into account again."""
MOST_CAME = 100_000
"""Most people counted in an hour."""
REMEMBERED = 5000
"""Most people for whom it is remembered whether they were alerted."""


class Selection:
    """Owner of who was seen and who was chosen; call `choose`."""

    def __init__(self, config: BoothConfig, pacer: Pacer | None) -> None:
        self._section = config.alert
        self._joiner = Joiner(config.nodes, config.join)
        self.pacer = pacer
        """The budget; None if booth.yaml sets none."""
        self._is_alerted: OrderedDict[str, bool] = OrderedDict()
        self._chosen: dict[wire.ScoreKey, str | None] = {}
        """Choices for the batch that is not stored yet, so that a second try chooses the same."""
        self._people = 0
        self._unseen = 0.0
        """Share of a person that was seen and is not counted yet."""
        self._came_at: deque[float] = deque(maxlen=MOST_CAME)

    def people_last_hour(self, now: float) -> int:
        """Return how many people came in the last hour, or since the booth started."""
        while self._came_at and not now - HOUR_S < self._came_at[0] <= now:
            self._came_at.popleft()
        return len(self._came_at)

    def choose(self, new: Sequence[wire.Score], now: float, open_alerts: int, stock_left: int | None) -> Decision:
        """Choose which new scores cause an alert, with its id; a second call for the same batch chooses the same.

        `stock_left` is how many items are left to give away; None if stock is not counted.
        """
        for score in new:
            if wire.key(score) not in self._chosen:
                taken = open_alerts + sum(name is not None for name in self._chosen.values())
                has_stock = stock_left is None or taken < stock_left
                self._chosen[wire.key(score)] = self._choose(score, now, taken, has_stock=has_stock)
        return Decision({one: name for one, name in self._chosen.items() if name is not None}, self._people)

    def stored(self) -> None:
        """Call once the batch is stored; the next one begins."""
        self._chosen, self._people = {}, 0

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
        if not is_known:
            self._come(now)
            self._is_alerted[person] = False
            while len(self._is_alerted) > REMEMBERED:
                self._is_alerted.popitem(last=False)
        is_late = expires_at(score, now, self._section.expires_s) < now
        if self._is_alerted[person] or score.p is None or is_late or not has_stock:
            return None
        if self._is_wanted(score, now, open_alerts, is_known=is_known):
            self._is_alerted[person] = True
            return person
        return None

    def _pass(self, score: wire.Score, now: float, open_alerts: int) -> None:
        """Count somebody who is no candidate. They cannot be joined, so each sighting is a share of a person.

        The share is that of candidates: one over the mean number of sightings of one person.
        """
        if score.follows is not None:
            return
        self._unseen += 1 / self._joiner.sightings_per_person
        if self._unseen >= 1:
            self._unseen -= 1
            self._come(now)
            if self.pacer is not None and score.p is not None:
                self.pacer.admit(score.p, now, open_alerts=open_alerts)

    def _come(self, now: float) -> None:
        self._people += 1
        self._came_at.append(now)

    def _is_wanted(self, score: wire.Score, now: float, open_alerts: int, *, is_known: bool) -> bool:
        """Whether to alert. A later sighting of a known person uses budget only if it crosses the threshold."""
        assert score.p is not None
        if self.pacer is None:
            return is_rare(score, self._section.one_in)
        if is_known and score.p > self.pacer.look(now, open_alerts=open_alerts).threshold:
            return False
        return self.pacer.admit(score.p, now, open_alerts=open_alerts)


class Nobody(Selection):
    """A selection that never alerts, for workers: each receives only some of the sightings."""

    def choose(self, new: Sequence[wire.Score], now: float, open_alerts: int, stock_left: int | None) -> Decision:  # noqa: ARG002
        return Decision({}, 0)


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
