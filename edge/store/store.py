"""The booth's store: scores and alerts on disk, each once, for a day; counts of windows and days for good.

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
from edge.store.tables import alerts, baselines, cells, cursors, refused, scores, signed_baselines

DAY_S = 86_400
WALK = 1000
"""Scores a cursor moves over in one batch at most; the rest follows with the next."""

AlertEnd = Literal["sent", "lapsed", "withdrawn"]
"""How an alert ends; before that it is `pending`."""
Kind = Literal["worn", "exception", "outcome", "traffic"]
"""Of counts: what everybody wears, what exceptions do, what became of alerts, how many there were."""
SIGHTINGS, PEOPLE, ALERTS = "sightings", "people", "alerts"
GREET_S, GREET_TIMED = "greet-seconds", "greet-timed"
"""Words of counts that are not about clothes: the sum of seconds to greet, and over how many."""
EVERYWHERE = ""
"""Instead of a node, where a count is of all of them together."""


class Source(NamedTuple):
    """One outbox of a site."""

    node: str
    epoch: str


class Recorded(NamedTuple):
    """What one batch changed."""

    new: set[wire.ScoreKey]
    """Scores seen for the first time."""
    pending: dict[wire.ScoreKey, str]
    """Ids of alerts of this batch's scores that were never sent."""
    upto: dict[Source, int]
    """Every score of a source up to here is stored, or was announced as a gap."""


def window(seconds: float) -> int:
    """Start of the 15-minute window, seconds since 1970.

    >>> window(1799.9)
    900
    """
    return int(seconds // WINDOW_S) * WINDOW_S


class Cell(NamedTuple):
    """One count."""

    window: int
    """Seconds since 1970 of its start."""
    node: str
    words: str
    n: int


class NodeCounts(NamedTuple):
    """What one node counted in one epoch."""

    node: str
    counted: Counted


class Decision(NamedTuple):
    """What becomes of scores seen for the first time."""

    alerts: Mapping[wire.ScoreKey, str]
    """Ids, for those that are to be alerted."""
    people: int
    """How many they are of who had not been seen."""


Decide = Callable[[Sequence[wire.Score]], Decision]


class SqlStore:
    """Owner of one site's rows of the database; used by one thread."""

    def __init__(self, url: str, site: str = "", *, is_made: bool = True) -> None:
        """Opens it, or makes it unless `is_made` is false; raises StoreError saying what to do.

        Without a site it is of none, until `at` names one. Rows of before sites had names are taken for this one's.
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
        """Another site's rows, by the same connections; used by the same thread."""
        other = copy.copy(self)
        other._site = site  # noqa: SLF001
        return other

    def sites(self) -> list[str]:
        """Whose rows are here."""
        wanted = sa.union(sa.select(cursors.c.site), sa.select(cells.c.site))
        with self._transaction() as db:
            return sorted(db.execute(wanted).scalars())

    def record(
        self,
        batch: Sequence[wire.Score],
        gaps: Sequence[wire.Gap],
        decide: Decide,
        refusals: Mapping[str, int],
        *,
        now: float,
    ) -> Recorded:
        """One batch in one transaction: scores once each, the alerts decided on them, gaps, counts, refusals.

        Raises StoreError if nothing of it could be stored; `decide` is then asked again with the next try.
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
        """What a node counted in one window; told again it changes nothing, told more it is the larger."""
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
        """A node's cumulative counts in place of its earlier ones of that epoch; told again, or older, no change."""
        statement = self._insert(baselines)
        where = {"site": self._site, "node": node, "epoch": counted.epoch}
        row = {**where, "sightings": counted.sightings, "content": pack(counted)}
        newest = {name: statement.excluded[name] for name in ("sightings", "content")}
        is_more = statement.excluded.sightings > baselines.c.sightings
        with self._transaction() as db:
            db.execute(
                statement.on_conflict_do_update(index_elements=baselines.primary_key, set_=newest, where=is_more), row
            )

    def baselines(self) -> list[NodeCounts]:
        """The newest counts of every node and epoch, in that order; raises StoreError for one that is damaged."""
        wanted = sa.select(baselines.c.node, baselines.c.content).where(baselines.c.site == self._site)
        with self._transaction() as db:
            found = db.execute(wanted.order_by(*baselines.primary_key)).all()
        try:
            return [NodeCounts(node, unpack(content, f"counts of {node} in the store")) for node, content in found]
        except BaselineError as err:
            raise StoreError(str(err)) from err

    def save_signed_baseline(self, content: bytes) -> None:
        """What the site's nodes are to hear from now on, instead of any baseline before; not yet published."""
        row = {"site": self._site, "content": content, "published_at": None}
        statement = self._insert(signed_baselines).values(row)
        with self._transaction() as db:
            db.execute(statement.on_conflict_do_update(index_elements=signed_baselines.primary_key, set_=row))

    def signed_baseline(self, *, is_unpublished: bool = False) -> bytes | None:
        """The newest; with `is_unpublished` only if no broker has it yet."""
        wanted = sa.select(signed_baselines.c.content).where(signed_baselines.c.site == self._site)
        if is_unpublished:
            wanted = wanted.where(signed_baselines.c.published_at.is_(None))
        with self._transaction() as db:
            return db.execute(wanted).scalar_one_or_none()

    def note_published(self, content: bytes, now: float) -> None:
        """A broker keeps this one for every node; nothing if another has taken its place meanwhile."""
        theirs = signed_baselines.c.site == self._site, signed_baselines.c.content == content
        with self._transaction() as db:
            db.execute(signed_baselines.update().where(*theirs).values(published_at=int(now)))

    def published_at(self) -> int | None:
        """When the newest signed baseline was published last, in seconds since 1970."""
        with self._transaction() as db:
            return db.execute(
                sa.select(signed_baselines.c.published_at).where(signed_baselines.c.site == self._site)
            ).scalar_one_or_none()

    def feedback(self, alert_id: str, outcome: wire.Outcome, *, now: float, greet_s: float | None = None) -> bool:
        """What became of an alert; returns whether that changed anything.

        An end may be corrected by another end; a claim after the end is none. `greet_s` is how long greeting took.
        """
        with self._transaction() as db:
            at = self._alert(alert_id)
            row = db.execute(sa.select(alerts.c.outcome).where(at).with_for_update()).first()
            if row is None or row.outcome == outcome or (row.outcome is not None and outcome == "claimed"):
                return False
            db.execute(alerts.update().where(at).values(outcome=outcome))
            day = int(now // DAY_S) * DAY_S
            changes = Counter[str]({outcome: 1})
            if row.outcome not in (None, "claimed"):
                changes[row.outcome] -= 1
            if outcome == "greeted" and greet_s is not None:
                changes.update({GREET_S: round(greet_s), GREET_TIMED: 1})
            self._add(db, [self._cell("outcome", day, EVERYWHERE, words, by) for words, by in changes.items()])
            return True

    def cells(self, kind: Kind, since: float = 0.0) -> list[Cell]:
        """Counts of windows that begin at or after that time, in the order of time."""
        wanted = sa.select(cells.c.window, cells.c.node, cells.c.words, cells.c["count"])
        wanted = wanted.where(cells.c.site == self._site, cells.c.kind == kind, cells.c.window >= since)
        with self._transaction() as db:
            return [Cell(*row) for row in db.execute(wanted.order_by(cells.c.window, cells.c.node, cells.c.words))]

    def settle(self, alert_id: str, state: AlertEnd) -> None:
        """An alert is out, or not worth sending any more."""
        with self._transaction() as db:
            db.execute(alerts.update().where(self._alert(alert_id)).values(state=state))

    def purge(self, before: float) -> int:
        """Delete scores and alerts of windows that ended before that time, of every site; returns how many scores.

        Alerts still pending then will never be sent; cursors stay, so that nothing deleted can come in again. Of
        counts, those under the floor go with them, but for outcomes, which are about the staff.
        """
        with self._transaction() as db:
            small = cells.c["count"] < FLOOR, cells.c.kind != "outcome", cells.c.window + DAY_S <= before
            db.execute(cells.delete().where(*small))
            db.execute(alerts.delete().where(alerts.c.window + WINDOW_S <= before))
            return db.execute(scores.delete().where(scores.c.window + WINDOW_S <= before)).rowcount

    def shift_times(self, by_s: float) -> None:
        """The clock was set, ahead where `by_s` is above 0: what is there is kept no shorter and no longer for it."""
        by = round(by_s / WINDOW_S) * WINDOW_S
        with self._transaction() as db:
            for table in (scores, alerts):
                db.execute(table.update().where(table.c.site == self._site).values(window=table.c.window + by))

    def lapse(self, before: float) -> int:
        """Mark alerts of windows that ended before that time and were never sent, of every site; returns how many."""
        stale = alerts.update().where(alerts.c.state == "pending", alerts.c.window + WINDOW_S <= before)
        with self._transaction() as db:
            return db.execute(stale.values(state="lapsed")).rowcount

    def refusals(self) -> dict[str, int]:
        """Refused messages by reason, since this store exists."""
        with self._transaction() as db:
            found = db.execute(sa.select(refused.c.reason, refused.c["count"]))
            return {str(reason): int(count) for reason, count in found}

    def close(self) -> None:
        self.database.close()

    def _insert_new(self, db: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> Sequence[sa.Row[Any]]:
        """Primary keys of those rows that were not there."""
        if not rows:
            return ()
        statement = self._insert(table).on_conflict_do_nothing().returning(*table.primary_key)
        return db.execute(statement, [{"site": self._site, **row} for row in rows]).all()

    def _cursors(self, db: sa.Connection, sources: set[Source]) -> dict[Source, int]:
        """Where each source stands; new ones start at 0. Held, so that a second worker sees what the first stored."""
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
        """Move the cursor over the scores that follow without a hole; returns where it stands."""
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
        """Of all sites together; in one order, so that two workers cannot wait for each other."""
        rows = [{"reason": reason, "count": 0} for reason in sorted(refusals)]
        if rows:
            db.execute(self._insert(refused).on_conflict_do_nothing(), rows)
        for reason, more in sorted(refusals.items()):
            db.execute(refused.update().where(refused.c.reason == reason).values(count=refused.c["count"] + more))

    def _count_people(
        self, db: sa.Connection, new: Sequence[wire.Score], alerted: Sequence[wire.Score], people: int, now: float
    ) -> None:
        """Sightings, people and alerts by window, words of exceptions by day."""
        traffic = Counter((_window(score, now), score.node, SIGHTINGS) for score in new if score.follows is None)
        traffic.update((_window(score, now), score.node, ALERTS) for score in alerted)
        traffic[window(now), EVERYWHERE, PEOPLE] = people
        rows = [self._cell("traffic", *where, by) for where, by in traffic.items() if by]
        day = int(now // DAY_S) * DAY_S
        worn = Counter(reason.words for score in alerted for reason in score.reasons)
        rows += [self._cell("exception", day, EVERYWHERE, words, by) for words, by in worn.items()]
        self._add(db, rows)

    def _add(self, db: sa.Connection, rows: list[dict[str, Any]]) -> None:
        """Add counts to counts; in one order, so that two workers cannot wait for each other."""
        if rows:
            statement = self._insert(cells)
            more = {"count": cells.c["count"] + statement.excluded["count"]}
            ordered = sorted(rows, key=lambda row: (row["kind"], row["window"], row["node"], row["words"]))
            db.execute(statement.on_conflict_do_update(index_elements=cells.primary_key, set_=more), ordered)

    def _pending(self, db: sa.Connection, batch: Sequence[wire.Score]) -> dict[wire.ScoreKey, str]:
        """Few alerts are pending at any time."""
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
    """Never later than now: a node whose clock is ahead must not outlive the retention."""
    return window(min(wire.from_time(score.at), now))
