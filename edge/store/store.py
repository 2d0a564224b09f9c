"""The booth's store: scores and alerts, each once, for the retention time; counts per window and day for good.

Plain SQLAlchemy Core: SQLite, or PostgreSQL by URL, which several sites may share.
"""

import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
import sqlalchemy as sa

from edge import wire
from edge.baseline_codec import Counted, pack, unpack
from edge.errors import BaselineError, StoreError
from edge.limits import FLOOR, WINDOW_S
from edge.store.database import Database
from edge.store.migrations.open import migrate
from edge.store.tables import alerts, baselines, cells, cursors, marks, refused, scores, signed_baselines

DAY_S = 86_400
MOST_EPOCHS = 64
"""Most outboxes of one node that are remembered, as each card that is set up again begins a new one."""
WALK = 1000
"""Most scores that a cursor advances over in one batch; the rest follows with the next."""

AlertEnd = Literal["sent", "lapsed", "withdrawn"]
"""How an alert ends; until then it is `pending`."""
Mark = Literal["held", "revoked"]
"""What is noted about a node: its alerts wait for staff, or its certificate was revoked."""
Kind = Literal["worn", "exception", "outcome", "traffic"]
"""Kinds of counts: clothes of everybody, reasons of alerts, outcomes of alerts, numbers of people and alerts."""
SIGHTINGS, PEOPLE, ALERTS = "sightings", "people", "alerts"
"""Labels of counts that are not about clothes."""
GREET_S, GREET_TIMED = "greet-seconds", "greet-timed"
"""Labels of the total seconds from alert to greeting, and of the number of greetings timed."""
EVERYWHERE = ""
"""Stands for the node in counts over all nodes."""


class Source(NamedTuple):
    """One outbox of a node."""

    node: str
    epoch: str


class Recorded(NamedTuple):
    """The changes that one batch made."""

    new: set[wire.ScoreKey]
    """Scores that were new."""
    pending: dict[wire.ScoreKey, str]
    """Ids of this batch's alerts that are not sent yet."""
    upto: dict[Source, int]
    """Newest `seq` per outbox up to which every score is stored or was announced as a gap."""


def window(seconds: float) -> int:
    """Return the start of the 15-minute window, in seconds since 1970.

    >>> window(1799.9)
    900
    """
    return int(seconds // WINDOW_S) * WINDOW_S


class Cell(NamedTuple):
    """One count of one window (or day)."""

    window: int
    """Start, in seconds since 1970."""
    node: str
    words: str
    n: int


class NodeCounts(NamedTuple):
    """The counts of one node in one epoch."""

    node: str
    counted: Counted


class Decision(NamedTuple):
    """Which of the new scores become alerts."""

    alerts: Mapping[wire.ScoreKey, str]
    """Alert ids of the scores to alert on."""
    people: int
    """Number of people among the new scores who had not been seen before."""


Decide = Callable[[Sequence[wire.Score]], Decision]


AFTER_UNDOING: dict[str, str | None] = {"unclaimed": None, "reopened": "claimed"}
"""Outcome of an alert after the last one was taken back."""


def _is_next(before: str | None, outcome: str) -> bool:
    """Whether an outcome may follow `before`; else it was heard before, or came too late."""
    if outcome in AFTER_UNDOING:
        return before == "claimed" if outcome == "unclaimed" else before not in (None, "claimed")
    return before != outcome and (before is None or outcome != "claimed")


class SqlStore:
    """One site's rows of the database; for one thread."""

    def __init__(self, url: str, site: str = "", *, is_made: bool = True) -> None:
        """Open the store, or make it unless `is_made` is false; raises StoreError saying what to do.

        Without a site, call `at` first. Rows from before stores knew sites are assigned to this one.
        """
        self._site = site
        self.database = Database(url, is_made=is_made)
        self._transaction, self._insert = self.database.transaction, self.database.insert
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
        wanted = sa.union(sa.select(cursors.c.site), sa.select(cells.c.site))
        with self._transaction() as db:
            return sorted(db.execute(wanted).scalars())

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
        with self._transaction() as db:
            sources = {Source(s.node, s.epoch) for s in batch} | {Source(g.node, g.epoch) for g in gaps}
            old = self._cursors(db, sources)
            fresh = [score for score in batch if score.seq > old[Source(score.node, score.epoch)]]
            stored = self._insert_new(db, scores, [_score_row(score, now) for score in fresh])
            keys = {wire.ScoreKey(row.node, row.epoch, row.seq) for row in stored}
            new = list({wire.key(score): score for score in fresh if wire.key(score) in keys}.values())
            due, people = decide(new) if new else Decision({}, 0)
            alerted = [score for score in new if wire.key(score) in due]
            self._insert_new(db, alerts, [_alert_row(score, due[wire.key(score)], now) for score in alerted])
            self._count_people(db, new, alerted, people, now)
            for gap in gaps:
                self._note_gap(db, gap)
            upto = {source: self._advance(db, source) for source in old}
            self._count(db, refusals)
            return Recorded(keys, self._pending(db, batch), upto)

    def save_trend(self, trend: wire.Trend) -> None:
        """Store a node's counts of one window. Idempotent; if counts differ, the larger is kept."""
        start = int(wire.from_time(trend.window))
        rows = [self._cell("worn", start, trend.node, words, count) for words, count in trend.counts.items()]
        rows.append(self._cell("worn", start, trend.node, SIGHTINGS, trend.sightings))
        statement = self._insert(cells)
        larger = sa.case(
            (statement.excluded["count"] > cells.c["count"], statement.excluded["count"]), else_=cells.c["count"]
        )
        with self._transaction() as db:
            db.execute(statement.on_conflict_do_update(index_elements=cells.primary_key, set_={"count": larger}), rows)

    def keep_baseline(self, node: str, counted: Counted) -> None:
        """Replace a node's cumulative counts of one epoch; ignores counts that are not larger.

        Of more than MOST_EPOCHS epochs of one node, those with the fewest sightings are dropped.
        """
        statement = self._insert(baselines)
        where = {"site": self._site, "node": node, "epoch": counted.epoch}
        row = {**where, "sightings": counted.sightings, "content": pack(counted)}
        newest = {name: statement.excluded[name] for name in ("sightings", "content")}
        is_more = statement.excluded.sightings > baselines.c.sightings
        with self._transaction() as db:
            db.execute(
                statement.on_conflict_do_update(index_elements=baselines.primary_key, set_=newest, where=is_more), row
            )
            theirs = baselines.c.site == self._site, baselines.c.node == node
            ordered = sa.select(baselines.c.epoch).where(*theirs).order_by(baselines.c.sightings.desc())
            for epoch in db.execute(ordered.offset(MOST_EPOCHS)).scalars().all():
                db.execute(baselines.delete().where(*theirs, baselines.c.epoch == epoch))

    def baselines(self) -> list[NodeCounts]:
        """Return the newest counts of every node and epoch, sorted; raises StoreError if any are damaged."""
        wanted = sa.select(baselines.c.node, baselines.c.content).where(baselines.c.site == self._site)
        with self._transaction() as db:
            found = db.execute(wanted.order_by(*baselines.primary_key)).all()
        try:
            return [NodeCounts(node, unpack(content, f"counts of {node} in the store")) for node, content in found]
        except BaselineError as err:
            raise StoreError(str(err)) from err

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

    def save_signed_baseline(self, content: bytes) -> None:
        """Replace the site's signed baseline; it counts as not yet published."""
        row = {"site": self._site, "content": content, "published_at": None}
        statement = self._insert(signed_baselines).values(row)
        with self._transaction() as db:
            db.execute(statement.on_conflict_do_update(index_elements=signed_baselines.primary_key, set_=row))

    def signed_baseline(self, *, is_unpublished: bool = False) -> bytes | None:
        """Return the newest signed baseline, or None; with `is_unpublished` only if the broker lacks it."""
        wanted = sa.select(signed_baselines.c.content).where(signed_baselines.c.site == self._site)
        if is_unpublished:
            wanted = wanted.where(signed_baselines.c.published_at.is_(None))
        with self._transaction() as db:
            return db.execute(wanted).scalar_one_or_none()

    def note_published(self, content: bytes, now: float) -> None:
        """Note when this signed baseline was published; does nothing if another has replaced it."""
        theirs = signed_baselines.c.site == self._site, signed_baselines.c.content == content
        with self._transaction() as db:
            db.execute(signed_baselines.update().where(*theirs).values(published_at=int(now)))

    def published_at(self) -> int | None:
        """Return when the newest signed baseline was last published, in seconds since 1970; None: not yet."""
        with self._transaction() as db:
            return db.execute(
                sa.select(signed_baselines.c.published_at).where(signed_baselines.c.site == self._site)
            ).scalar_one_or_none()

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
            self._add(db, [self._cell("outcome", day, EVERYWHERE, words, by) for words, by in changes.items()])
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
            small = cells.c["count"] < FLOOR, cells.c.kind != "outcome", cells.c.window + DAY_S <= before
            db.execute(cells.delete().where(*small))
            db.execute(alerts.delete().where(alerts.c.window + WINDOW_S <= before))
            deleted = db.execute(scores.delete().where(scores.c.window + WINDOW_S <= before)).rowcount
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
        stale = alerts.update().where(alerts.c.state == "pending", alerts.c.window + WINDOW_S <= before)
        with self._transaction() as db:
            return db.execute(stale.values(state="lapsed")).rowcount

    def refusals(self) -> dict[str, int]:
        """Return the number of refused messages by reason, since the store was made."""
        with self._transaction() as db:
            found = db.execute(sa.select(refused.c.reason, refused.c["count"]))
            return {str(reason): int(count) for reason, count in found}

    def close(self) -> None:
        self.database.close()

    def _insert_new(self, db: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> Sequence[sa.Row[Any]]:
        """Insert the rows that are missing; returns their primary keys."""
        if not rows:
            return ()
        statement = self._insert(table).on_conflict_do_nothing().returning(*table.primary_key)
        return db.execute(statement, [{"site": self._site, **row} for row in rows]).all()

    def _cursors(self, db: sa.Connection, sources: set[Source]) -> dict[Source, int]:
        """Return the cursor of each source, 0 for new ones. Locks the rows, so workers see each other's scores."""
        rows = [{**source._asdict(), "upto": 0, "floor": 0, "dropped": 0} for source in sorted(sources)]
        self._insert_new(db, cursors, rows)
        wanted = sa.tuple_(cursors.c.node, cursors.c.epoch).in_(list(sources))
        held = sa.select(cursors.c.node, cursors.c.epoch, cursors.c.upto).where(cursors.c.site == self._site, wanted)
        found = db.execute(held.order_by(*cursors.primary_key).with_for_update()) if sources else ()
        return {Source(node, epoch): upto for node, epoch, upto in found}

    def _note_gap(self, db: sa.Connection, gap: wire.Gap) -> None:
        at = self._cursor(Source(gap.node, gap.epoch))
        db.execute(cursors.update().where(at, cursors.c.floor < gap.upto).values(floor=gap.upto))
        db.execute(cursors.update().where(at, cursors.c.dropped < gap.dropped).values(dropped=gap.dropped))

    def _advance(self, db: sa.Connection, source: Source) -> int:
        """Advance the cursor over the scores that follow without a hole; returns its new position."""
        at = self._cursor(source)
        row = db.execute(sa.select(cursors.c.upto, cursors.c.floor).where(at)).one()
        end = max(int(row.upto), int(row.floor))
        theirs = scores.c.site == self._site, scores.c.node == source.node, scores.c.epoch == source.epoch
        wanted = sa.select(scores.c.seq).where(*theirs, scores.c.seq > end).order_by(scores.c.seq).limit(WALK)
        for seq in db.execute(wanted).scalars():
            if seq != end + 1:
                break
            end = seq
        if end > row.upto:
            db.execute(cursors.update().where(at).values(upto=end))
        return end

    def _count(self, db: sa.Connection, refusals: Mapping[str, int]) -> None:
        """Count refusals of all sites together, in sorted order, so that two workers cannot deadlock."""
        rows = [{"reason": reason, "count": 0} for reason in sorted(refusals)]
        if rows:
            db.execute(self._insert(refused).on_conflict_do_nothing(), rows)
        for reason, more in sorted(refusals.items()):
            db.execute(refused.update().where(refused.c.reason == reason).values(count=refused.c["count"] + more))

    def _count_people(
        self, db: sa.Connection, new: Sequence[wire.Score], alerted: Sequence[wire.Score], people: int, now: float
    ) -> None:
        """Count sightings, people and alerts by window, and the reasons of alerts by day, with their number."""
        traffic = Counter((_window(score, now), score.node, SIGHTINGS) for score in new if score.follows is None)
        traffic.update((_window(score, now), score.node, ALERTS) for score in alerted)
        traffic[window(now), EVERYWHERE, PEOPLE] = people
        rows = [self._cell("traffic", *where, by) for where, by in traffic.items() if by]
        day = int(now // DAY_S) * DAY_S
        worn = Counter(reason.words for score in alerted for reason in score.reasons)
        worn.update({ALERTS: len(alerted)} if alerted else {})
        rows += [self._cell("exception", day, EVERYWHERE, words, by) for words, by in worn.items()]
        self._add(db, rows)

    def _add(self, db: sa.Connection, rows: list[dict[str, Any]]) -> None:
        """Add to the stored counts, in sorted order, so that two workers cannot deadlock."""
        if rows:
            statement = self._insert(cells)
            more = {"count": cells.c["count"] + statement.excluded["count"]}
            ordered = sorted(rows, key=lambda row: (row["kind"], row["window"], row["node"], row["words"]))
            db.execute(statement.on_conflict_do_update(index_elements=cells.primary_key, set_=more), ordered)

    def _pending(self, db: sa.Connection, batch: Sequence[wire.Score]) -> dict[wire.ScoreKey, str]:
        """Return the ids of the batch's pending alerts. Reads all pending ones, as there are few at any time."""
        keys = {wire.key(score) for score in batch}
        wanted = sa.select(alerts.c.node, alerts.c.epoch, alerts.c.seq, alerts.c.id)
        wanted = wanted.where(alerts.c.site == self._site, alerts.c.state == "pending")
        found = {wire.ScoreKey(node, epoch, seq): name for node, epoch, seq, name in db.execute(wanted)} if keys else {}
        return {one: name for one, name in found.items() if one in keys}

    def _cell(self, kind: Kind, start: int, node: str, words: str, count: int) -> dict[str, Any]:
        return {"site": self._site, "kind": kind, "window": start, "node": node, "words": words, "count": count}

    def _cursor(self, source: Source) -> sa.ColumnElement[bool]:
        here = cursors.c.site == self._site
        return sa.and_(here, cursors.c.node == source.node, cursors.c.epoch == source.epoch)

    def _alert(self, alert_id: str) -> sa.ColumnElement[bool]:
        return sa.and_(alerts.c.site == self._site, alerts.c.id == alert_id)


def _score_row(score: wire.Score, now: float) -> dict[str, Any]:
    row = {name: value for name, value in msgspec.to_builtins(score).items() if name in scores.c}
    return {**row, "window": _window(score, now)}


def _alert_row(score: wire.Score, alert_id: str, now: float) -> dict[str, Any]:
    return {**wire.key(score)._asdict(), "id": alert_id, "window": _window(score, now), "state": "pending"}


def _window(score: wire.Score, now: float) -> int:
    """Return the score's window, at most now's, so that a node's fast clock cannot prolong the retention."""
    return window(min(wire.from_time(score.at), now))
