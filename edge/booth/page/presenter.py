"""Turn a snapshot into the cards, cameras and words of the alert page; pure."""

from dataclasses import dataclass

from edge import aim as aiming
from edge import wire, wire_update
from edge.booth.page.figure import Figure, draw
from edge.booth.page.snapshot import AlertState, AlertView, Outcome, Snapshot
from edge.booth.page.text import Text
from edge.booth.page.whereabouts import Whereabouts, called, whereabouts
from edge.booth.roster import NodeHealth
from edge.config import BoothConfig

ACTIONS: dict[AlertState, tuple[Outcome, ...]] = {
    "open": ("claimed",),
    "claimed": ("greeted", "not_found", "not_unusual", "declined"),
}
"""Outcomes that staff can choose in each state. An alert in any other state is over."""
KEYS: dict[str, str] = {
    "claimed": "c",
    "greeted": "g",
    "not_found": "n",
    "not_unusual": "u",
    "declined": "d",
    "undo": "z",
}
"""Key of each button, the same in every language."""
UNDO_S = 10.0
"""Seconds in which a laptop can take back what it chose."""
UNDO_SLACK_S = 2.0
"""A press at the last moment still counts."""
WORST = ("failing", "degraded", "ok")


@dataclass(frozen=True)
class Card:
    """One alert as the page shows it."""

    id: str
    state: AlertState
    who: str
    """What they wear: `Magenta trousers, white shirt`."""
    rare: str
    people: str
    """`of 6,120 people`; empty if the number is not known."""
    range: str
    where: Whereabouts
    figure: Figure
    status: str
    """The state in words, and the laptop that chose it; empty while it is open."""
    by: str
    """Name of that laptop."""
    left_s: int | None
    """Seconds until it expires, or until the claim does; None if it is over."""
    undo_s: int
    """Seconds in which this laptop can still take its choice back; 0: it cannot."""
    cameras: str
    note: str
    actions: tuple[Outcome, ...]

    @property
    def is_over(self) -> bool:
        return self.left_s is None


@dataclass(frozen=True)
class CameraLine:
    """One camera: its state in a word, and what is wrong as sentences."""

    node: str
    name: str
    state: str
    word: str
    problems: list[str]
    aim: str
    """How its camera saw the people of the last minutes; empty before enough people passed."""
    advice: list[str]
    update: str
    """What it does with the newest update; empty if there was none."""
    row: NodeHealth


@dataclass(frozen=True)
class Presenter:
    """What the page says to one laptop: its language, the site's words, and the laptop's name."""

    text: Text
    config: BoothConfig
    laptop: str

    def cards(self, snapshot: Snapshot) -> list[Card]:
        """Return the alerts to show, newest first."""
        return [self._card(view, snapshot) for view in current(snapshot)]

    def _card(self, view: AlertView, snapshot: Snapshot) -> Card:
        alert, text = view.alert, self.text
        people = snapshot.people.get(alert.node)
        is_withdrawn = view.state == "claimed" and alert.state == "withdrawn"
        return Card(
            id=alert.id,
            state=view.state,
            who=text.why(alert),
            rare=text("rarer" if alert.high is None else "rare", n=round(alert.one_in)),
            people=text("of-people", n=people) if people else "",
            range="" if alert.high is None else text("range", low=round(alert.low), high=round(alert.high)),
            where=whereabouts(alert, self.config, text, snapshot.angles),
            figure=draw(alert),
            status=self.status(view),
            by=view.claimed_by,
            left_s=round(view.left_s) if view.state in ACTIONS else None,
            undo_s=undo_s(view, self.laptop),
            cameras=self._seen_by(alert),
            note=text("looked-again") if is_withdrawn else "",
            actions=ACTIONS.get(view.state, ()),
        )

    def status(self, view: AlertView) -> str:
        """Return the state in words, and the laptop that chose it; empty while the alert is open."""
        if view.state == "open":
            return ""
        state = self.text(f"state-{view.state}")
        if not view.claimed_by:
            return state
        key = "by-you" if view.claimed_by == self.laptop else "by"
        return self.text(key, state=state, who=view.claimed_by)

    def _seen_by(self, alert: wire.Alert) -> str:
        names = [called(self.config, node) for node in alert.cameras]
        return self.text("seen-by", cameras=", ".join(names)) if len(names) > 1 else ""

    def nobody(self, snapshot: Snapshot) -> str:
        """Return the sentence shown while there is no alert."""
        return self.silence(snapshot) or self.text("nobody")

    def silence(self, snapshot: Snapshot) -> str:
        """Return why nobody is alerted right now; empty if alerts are possible."""
        budget = snapshot.budget
        if budget is None or not budget.silence:
            return ""
        return self.text.fact(budget.why_silent) if budget.why_silent else budget.silence

    def cameras(self, snapshot: Snapshot) -> list[CameraLine]:
        """Return the cameras, those with problems first."""
        lines = [self._camera(row) for row in snapshot.nodes]
        return sorted(lines, key=lambda line: (WORST.index(line.state) if line.state in WORST else 0, line.name))

    def _camera(self, row: NodeHealth) -> CameraLine:
        key = f"state-{row.state}"
        word = self.text(key) if self.text.has(key) else row.state
        aim, say = row.aimed, self.text.sayer(aiming.SENTENCES)
        return CameraLine(
            node=row.node,
            name=called(self.config, row.node),
            state=row.state,
            word=word,
            problems=self.text.facts(row.facts, row.problems),
            aim="" if aim is None else aiming.figures(aim, say),
            advice=[] if aim is None else aiming.advice(aim, say),
            update="" if row.updating is None else row.updating.said(self.text.sayer(wire_update.SENTENCES)),
            row=row,
        )

    def unplaced(self, snapshot: Snapshot) -> list[str]:
        """Return the cameras whose facing is not known, so that the map cannot show them."""
        names = {row.node for row in snapshot.nodes} | set(snapshot.facings)
        return sorted(called(self.config, name) for name in names if snapshot.facings.get(name) is None)


def current(snapshot: Snapshot) -> list[AlertView]:
    """Return the alerts without those that are open or claimed but have expired."""
    return [view for view in snapshot.alerts if view.state not in ACTIONS or view.left_s > 0]


def undo_s(view: AlertView, laptop: str) -> int:
    """Return the seconds in which a laptop can still take back what it chose; 0: it cannot."""
    is_own = view.state in KEYS and view.claimed_by == laptop
    return max(round(UNDO_S - view.changed_s), 0) if is_own else 0


def undoing(view: AlertView, laptop: str) -> wire.Undoing | None:
    """Return the message that takes the last choice back; None if it is too late or another laptop's."""
    is_own = view.state in KEYS and view.claimed_by == laptop
    if not is_own or view.changed_s > UNDO_S + UNDO_SLACK_S:
        return None
    return "unclaimed" if view.state == "claimed" else "reopened"
