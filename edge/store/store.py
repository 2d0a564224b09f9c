"""The booth's store: scores and alerts, each once, for the retention time; counts per window and day for good.

Plain SQLAlchemy Core: SQLite, or PostgreSQL by URL, which several sites may share.
"""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import sqlalchemy as sa

from edge import wire
from edge.errors import StoreError
from edge.limits import WINDOW_S
from edge.store import bulk
from edge.store.baselines import MOST_EPOCHS, Baselines, NodeCounts
from edge.store.database import Database
from edge.store.migrations.open import migrate
from edge.store.partitions import Partitions, drop_days
from edge.store.recording import (
    ALERTS,
    DAY_S,
    EVERYWHERE,
    PEOPLE,
    SIGHTINGS,
    WALK,
    Decide,
    Decision,
    Recorded,
    Recording,
    SiteBatch,
    Source,
    add_counts,
    keep_trends,
    window,
)
from edge.store.tables import SMALL, alerts, baselines, cells, cursors, marks, refused, scores

__all__ = [
    "ALERTS",
    "DAY_S",
    "EVERYWHERE",
    "MOST_EPOCHS",
    "PEOPLE",
    "SIGHTINGS",
    "WALK",
    "AlertEnd",
    "Cell",
    "Decide",
    "Decision",
    "Kind",
    "Mark",
    "NodeCounts",
    "Recorded",
    "SiteBatch",
    "Source",
    "SqlStore",
    "window",
]

AlertEnd = Literal["sent", "lapsed", "withdrawn"]
"""How an alert ends; until then it is `pending`."""
Mark = Literal["held", "revoked"]
"""What is noted about a node: its alerts wait for staff, or its certificate was revoked."""
Kind = Literal["worn", "exception", "outcome", "traffic"]
"""Kinds of counts: clothes of everybody, reasons of alerts, outcomes of alerts, numbers of people and alerts."""
GREET_S, GREET_TIMED = "greet-seconds", "greet-timed"
"""Labels of the total seconds from alert to greeting, and of the number of greetings timed."""


class Cell(NamedTuple):
    """One count of one window (or day)."""

    window: int
    """Start, in seconds since 1970."""
    node: str
    words: str
    n: int


AFTER_UNDOING: dict[str, str | None] = {"unclaimed": None, "reopened": "claimed"}
"""Outcome of an alert after the last one was taken back."""


def _is_next(before: str | None, outcome: str) -> bool:
    """Whether an outcome may follow `before`; else it was heard before, or came too late."""
    if outcome in AFTER_UNDOING:
        return before == "claimed" if outcome == "unclaimed" else before not in (None, "claimed")
    return before != outcome and (before is None or outcome != "claimed")


class SqlStore(Baselines):
    """One site's rows of the database; for one thread."""

    def __init__(self, url: str, site: str = "", *, is_made: bool = True) -> None:
        """Open the store, or make it unless `is_made` is false; raises StoreError saying what to do.

        Without a site, call `at` first. Rows from before stores knew sites are assigned to this one.
        """
        super().__init__(Database(url, is_made=is_made), site)
        self._partitions = Partitions()
        try:
            with self._transaction() as db:
                migrate(db, site)
        except StoreError:
            self.close()
            raise

    def at(self, site: str) -> "SqlStore":
        """Return a store for another site's rows, over the same connections; for the same thread."""
        other = copy.copy(self)
        other._site = site  # noqa: SLF001
        return other

    def sites(self) -> list[str]:
        """Return the names of the sites that have rows, sorted."""
        with self._transaction() as db:
            return sorted({*bulk.distinct(db, cursors, "site"), *bulk.distinct(db, cells, "site")})

    def epochs(self) -> dict[str, set[str]]:
        """Return the epochs of every node's outboxes; raises StoreError."""
        wanted = sa.select(cursors.c.node, cursors.c.epoch).where(cursors.c.site == self._site)
        found: dict[str, set[str]] = {}
        with self._transaction() as db:
            for node, epoch in db.execute(wanted):
                found.setdefault(node, set()).add(epoch)
        return found

    def record(
        self,
        batch: Sequence[wire.Score],
        gaps: Sequence[wire.Gap],
        decide: Decide,
        refusals: Mapping[str, int],
        *,
        now: float,
    ) -> Recorded:
        """Store one batch in one transaction: each score once, the alerts decided on them, gaps, counts, refusals.

        Raises StoreError, and then stores nothing; the next attempt calls `decide` again.
        """
        return self.record_sites({self._site: SiteBatch(batch, gaps, decide)}, refusals, now=now)[self._site]

    def record_sites(
        self, batches: Mapping[str, SiteBatch], refusals: Mapping[str, int], *, now: float
    ) -> dict[str, Recorded]:
        """Store one batch of several sites in one transaction, as `record`; returns the changes by site."""
        if not self._partitions.are_ready(now):
            with self._transaction() as db:
                self._partitions.prepare(db, now)
        with self._transaction() as db:
            return Recording(db, batches, now).record(refusals)

    def save_trend(self, trend: wire.Trend) -> None:
        """Store a node's counts of one window. Idempotent; if counts differ, the larger is kept."""
        with self._transaction() as db:
            keep_trends(db, {self._site: [trend]})

    def mark(self, node: str, kind: Mark) -> None:
        """Note something about a node; idempotent."""
        row = {"site": self._site, "node": node, "kind": kind}
        with self._transaction() as db:
            db.execute(self._insert(marks).on_conflict_do_nothing(), row)

    def unmark(self, node: str) -> bool:
        """Delete all marks of a node; returns whether it had any."""
        with self._transaction() as db:
            return bool(db.execute(marks.delete().where(marks.c.site == self._site, marks.c.node == node)).rowcount)

    def marked(self, kind: Mark) -> frozenset[str]:
        """Return the names of the nodes that have this mark."""
        wanted = sa.select(marks.c.node).where(marks.c.site == self._site, marks.c.kind == kind)
        with self._transaction() as db:
            return frozenset(db.execute(wanted).scalars())

    def forget_node(self, node: str) -> int:
        """Delete everything of a node and mark it as revoked; returns the number of rows deleted."""
        with self._transaction() as db:
            theirs = (
                db.execute(table.delete().where(table.c.site == self._site, table.c.node == node)).rowcount
                for table in (scores, alerts, cursors, cells, baselines, marks)
            )
            deleted = sum(theirs)
            db.execute(self._insert(marks), {"site": self._site, "node": node, "kind": "revoked"})
            return deleted

    def feedback(
        self, alert_id: str, outcome: wire.Outcome | wire.Undoing, *, now: float, greet_s: float | None = None
    ) -> bool:
        """Store the outcome of an alert; returns whether that changed anything.

        A final outcome may be corrected by another one; a claim after it is ignored. `unclaimed` takes back a claim,
        `reopened` a final outcome; neither does anything otherwise. `greet_s` is the time to greet, also of a greeting
        that is taken back.
        """
        with self._transaction() as db:
            at = self._alert(alert_id)
            row = db.execute(sa.select(alerts.c.outcome).where(at).with_for_update()).first()
            if row is None or not _is_next(row.outcome, outcome):
                return False
            db.execute(alerts.update().where(at).values(outcome=AFTER_UNDOING.get(outcome, outcome)))
            day = int(now // DAY_S) * DAY_S
            changes = Counter[str]() if outcome in AFTER_UNDOING else Counter[str]({outcome: 1})
            if row.outcome not in (None, "claimed") or outcome == "unclaimed":
                changes[row.outcome] -= 1
            if outcome == "greeted" and greet_s is not None:
                changes.update({GREET_S: round(greet_s), GREET_TIMED: 1})
            if outcome == "reopened" and row.outcome == "greeted" and greet_s is not None:
                changes.subtract({GREET_S: round(greet_s), GREET_TIMED: 1})
            add_counts(db, [(self._site, "outcome", day, EVERYWHERE, words, by) for words, by in changes.items()])
            return True

    def cells(self, kind: Kind, since: float = 0.0) -> list[Cell]:
        """Return the counts of windows that begin at or after `since` (seconds since 1970), in order of time."""
        wanted = sa.select(cells.c.window, cells.c.node, cells.c.words, cells.c["count"])
        wanted = wanted.where(cells.c.site == self._site, cells.c.kind == kind, cells.c.window >= since)
        with self._transaction() as db:
            return [Cell(*row) for row in db.execute(wanted.order_by(cells.c.window, cells.c.node, cells.c.words))]

    def settle(self, alert_id: str, state: AlertEnd) -> None:
        """Note that an alert was sent, or will never be."""
        with self._transaction() as db:
            db.execute(alerts.update().where(self._alert(alert_id)).values(state=state))

    def purge(self, before: float) -> int:
        """Delete scores and alerts of windows that ended before that time, of every site; returns how many scores.

        Alerts still pending then are never sent. Cursors stay, so a deleted score cannot be stored again, unless a
        node has MOST_EPOCHS of them. Counts below the floor are deleted too, except outcomes, which are about staff.
        Nothing deleted stays in SQLite's files, nor what a killed program had deleted. Raises StoreError, also if
        another program prevents that.
        """
        with self._transaction() as db:
            db.execute(cells.delete().where(SMALL, cells.c.window <= before - DAY_S))
            db.execute(alerts.delete().where(alerts.c.window <= before - WINDOW_S))
            deleted = drop_days(db, before)
            deleted += db.execute(scores.delete().where(scores.c.window <= before - WINDOW_S)).rowcount
            self._forget_outboxes(db)
        self.database.truncate_log()
        return deleted

    def _forget_outboxes(self, db: sa.Connection) -> None:
        """Delete the cursors without scores of nodes that have MOST_EPOCHS of them."""
        many = sa.select(cursors.c.site, cursors.c.node).group_by(cursors.c.site, cursors.c.node)
        crowded = db.execute(many.having(sa.func.count() >= MOST_EPOCHS)).all()
        for site, node in crowded:
            used = sa.select(scores.c.epoch).where(scores.c.site == site, scores.c.node == node)
            theirs = cursors.c.site == site, cursors.c.node == node, cursors.c.epoch.not_in(used)
            db.execute(cursors.delete().where(*theirs))

    def shift_times(self, by_s: float) -> None:
        """Shift stored times after the clock was set by `by_s` seconds, so that rows are kept as long as intended."""
        by = round(by_s / WINDOW_S) * WINDOW_S
        with self._transaction() as db:
            for table in (scores, alerts):
                db.execute(table.update().where(table.c.site == self._site).values(window=table.c.window + by))

    def lapse(self, before: float) -> int:
        """Mark unsent alerts of windows that ended before that time as lapsed, of every site; returns how many."""
        stale = alerts.update().where(alerts.c.state == "pending", alerts.c.window <= before - WINDOW_S)
        with self._transaction() as db:
            return db.execute(stale.values(state="lapsed")).rowcount

    def refusals(self) -> dict[str, int]:
        """Return the number of refused messages by reason, since the store was made."""
        with self._transaction() as db:
            found = db.execute(sa.select(refused.c.reason, refused.c["count"]))
            return {str(reason): int(count) for reason, count in found}

    def close(self) -> None:
        self.database.close()

    def _alert(self, alert_id: str) -> sa.ColumnElement[bool]:
        return sa.and_(alerts.c.site == self._site, alerts.c.id == alert_id)
