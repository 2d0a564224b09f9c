"""The booth's store: scores and alerts on disk, each once, for a day.

Nothing here is finer than a 15-minute window, and `link` is not kept: who passed when cannot be read back.
Plain SQLAlchemy Core, so that SQLite may be replaced by PostgreSQL by URL.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from edge import wire
from edge.errors import StoreError

WINDOW_S = 900
"""15 minutes: the finest time that is stored."""
BUSY_S = 5.0
"""Seconds to wait for another program that holds a SQLite file."""
WALK = 1000
"""Scores a cursor moves over in one batch at most; the rest follows with the next."""

Outcome = Literal["sent", "lapsed"]
"""How an alert ends; before that it is `pending`."""

tables = sa.MetaData()

scores = sa.Table(
    "scores",
    tables,
    sa.Column("node", sa.String(32), primary_key=True),
    sa.Column("epoch", sa.String(32), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("window", sa.BigInteger, nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    *(sa.Column(name, sa.Float) for name in ("bits", "p", "one_in", "low", "high")),
    sa.Column("facets", sa.JSON(none_as_null=True)),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("zone", sa.String(8), nullable=False),
    sa.Column("heading", sa.String(8), nullable=False),
    sa.Column("quality", sa.Float, nullable=False),
    sa.Column("early", sa.Boolean, nullable=False),
    sa.Column("follows", sa.BigInteger),
    sa.Column("baseline", sa.String(32), nullable=False),
)
cursors = sa.Table(
    "cursors",
    tables,
    sa.Column("node", sa.String(32), primary_key=True),
    sa.Column("epoch", sa.String(32), primary_key=True),
    sa.Column("upto", sa.BigInteger, nullable=False),
    sa.Column("floor", sa.BigInteger, nullable=False),
    sa.Column("dropped", sa.BigInteger, nullable=False),
)
alerts = sa.Table(
    "alerts",
    tables,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("window", sa.BigInteger, nullable=False, index=True),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("node", sa.String(32), nullable=False),
    sa.Column("epoch", sa.String(32), nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
)
refused = sa.Table(
    "refused",
    tables,
    sa.Column("reason", sa.String(32), primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)


class Key(NamedTuple):
    """One score, whoever delivers it and how often."""

    node: str
    epoch: str
    seq: int


class Source(NamedTuple):
    """One outbox."""

    node: str
    epoch: str


class Recorded(NamedTuple):
    """What one batch changed."""

    new: set[Key]
    """Scores seen for the first time."""
    pending: set[str]
    """Of the given alerts, those that were never sent."""
    upto: dict[Source, int]
    """Every score of a source up to here is stored, or was announced as a gap."""


def window(seconds: float) -> int:
    """Start of the 15-minute window, seconds since 1970.

    >>> window(1799.9)
    900
    """
    return int(seconds // WINDOW_S) * WINDOW_S


def key(score: wire.Score) -> Key:
    return Key(score.node, score.epoch, score.seq)


class SqlStore:
    """Owner of the database; used by one thread."""

    def __init__(self, url: str) -> None:
        """Opens or creates it; raises StoreError saying what to do."""
        self._url = url
        try:
            self._engine = sa.create_engine(url)
        except (sa.exc.SQLAlchemyError, ImportError) as err:
            raise StoreError(f"store {url!r} is no usable SQLAlchemy URL ({err}); try sqlite:///booth.sqlite") from err
        dialects = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
        if self._engine.dialect.name not in dialects:
            raise StoreError(f"store {url!r}: expected sqlite:///PATH or postgresql://..., found another database")
        self._insert: Any = dialects[self._engine.dialect.name]
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _pragmas)
        with self._transaction() as db:
            tables.create_all(db)

    def record(
        self,
        batch: Sequence[wire.Score],
        gaps: Sequence[wire.Gap],
        due: Mapping[Key, str],
        refusals: Mapping[str, int],
        *,
        now: float,
    ) -> Recorded:
        """One batch in one transaction: scores once each, gaps, an alert id for each due score, refusal counts.

        Raises StoreError if nothing of it could be stored.
        """
        with self._transaction() as db:
            sources = {Source(s.node, s.epoch) for s in batch} | {Source(g.node, g.epoch) for g in gaps}
            old = self._cursors(db, sources)
            fresh = [score for score in batch if score.seq > old[Source(score.node, score.epoch)]]
            new = self._insert_new(db, scores, [_score_row(score, now) for score in fresh])
            keys = {Key(row.node, row.epoch, row.seq) for row in new}
            rare = [score for score in fresh if key(score) in keys & due.keys()]
            self._insert_new(db, alerts, [_alert_row(score, due[key(score)], now) for score in rare])
            for gap in gaps:
                self._note_gap(db, gap)
            upto = {source: self._advance(db, source) for source in old}
            self._count(db, refusals)
            return Recorded(keys, self._pending(db, set(due.values())), upto)

    def settle(self, alert_id: str, state: Outcome) -> None:
        """An alert is out, or not worth sending any more."""
        with self._transaction() as db:
            db.execute(alerts.update().where(alerts.c.id == alert_id).values(state=state))

    def purge(self, before: float) -> int:
        """Delete scores and alerts of windows that ended before that time; returns how many scores.

        Alerts still pending then will never be sent; cursors stay, so that nothing deleted can come in again.
        """
        with self._transaction() as db:
            db.execute(alerts.delete().where(alerts.c.window + WINDOW_S <= before))
            return db.execute(scores.delete().where(scores.c.window + WINDOW_S <= before)).rowcount

    def lapse(self, before: float) -> int:
        """Mark alerts of windows that ended before that time and were never sent; returns how many."""
        stale = alerts.update().where(alerts.c.state == "pending", alerts.c.window + WINDOW_S <= before)
        with self._transaction() as db:
            return db.execute(stale.values(state="lapsed")).rowcount

    def refusals(self) -> dict[str, int]:
        """Refused messages by reason, since this store exists."""
        with self._transaction() as db:
            found = db.execute(sa.select(refused.c.reason, refused.c["count"]))
            return {str(reason): int(count) for reason, count in found}

    def close(self) -> None:
        self._engine.dispose()

    def _insert_new(self, db: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> Sequence[sa.Row[Any]]:
        """Primary keys of those rows that were not there."""
        if not rows:
            return ()
        statement = self._insert(table).on_conflict_do_nothing().returning(*table.primary_key)
        return db.execute(statement, rows).all()

    def _cursors(self, db: sa.Connection, sources: set[Source]) -> dict[Source, int]:
        """Where each source stands; new ones start at 0."""
        rows = [{**source._asdict(), "upto": 0, "floor": 0, "dropped": 0} for source in sources]
        self._insert_new(db, cursors, rows)
        wanted = sa.tuple_(cursors.c.node, cursors.c.epoch).in_(list(sources))
        found = db.execute(sa.select(cursors.c.node, cursors.c.epoch, cursors.c.upto).where(wanted)) if sources else ()
        return {Source(node, epoch): upto for node, epoch, upto in found}

    def _note_gap(self, db: sa.Connection, gap: wire.Gap) -> None:
        at = _at(Source(gap.node, gap.epoch))
        db.execute(cursors.update().where(at, cursors.c.floor < gap.upto).values(floor=gap.upto))
        db.execute(cursors.update().where(at, cursors.c.dropped < gap.dropped).values(dropped=gap.dropped))

    def _advance(self, db: sa.Connection, source: Source) -> int:
        """Move the cursor over the scores that follow without a hole; returns where it stands."""
        row = db.execute(sa.select(cursors.c.upto, cursors.c.floor).where(_at(source))).one()
        end = max(int(row.upto), int(row.floor))
        beyond = scores.c.node == source.node, scores.c.epoch == source.epoch, scores.c.seq > end
        wanted = sa.select(scores.c.seq).where(*beyond).order_by(scores.c.seq).limit(WALK)
        for seq in db.execute(wanted).scalars():
            if seq != end + 1:
                break
            end = seq
        if end > row.upto:
            db.execute(cursors.update().where(_at(source)).values(upto=end))
        return end

    def _count(self, db: sa.Connection, refusals: Mapping[str, int]) -> None:
        self._insert_new(db, refused, [{"reason": reason, "count": 0} for reason in refusals])
        for reason, more in refusals.items():
            db.execute(refused.update().where(refused.c.reason == reason).values(count=refused.c["count"] + more))

    def _pending(self, db: sa.Connection, ids: set[str]) -> set[str]:
        wanted = sa.select(alerts.c.id).where(alerts.c.state == "pending", alerts.c.id.in_(list(ids)))
        return set(db.execute(wanted).scalars()) if ids else set()

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as db:
                yield db
        except sa.exc.SQLAlchemyError as err:
            cause = " ".join(str(getattr(err, "orig", None) or err).split())
            raise StoreError(f"store {self._engine.url!r} cannot be used ({cause}); {_advice(cause)}") from err


def _at(source: Source) -> sa.ColumnElement[bool]:
    return sa.and_(cursors.c.node == source.node, cursors.c.epoch == source.epoch)


def _score_row(score: wire.Score, now: float) -> dict[str, Any]:
    row = {name: value for name, value in msgspec.to_builtins(score).items() if name in scores.c}
    return {**row, "window": _window(score, now)}


def _alert_row(score: wire.Score, alert_id: str, now: float) -> dict[str, Any]:
    return {**key(score)._asdict(), "id": alert_id, "window": _window(score, now), "state": "pending"}


def _window(score: wire.Score, now: float) -> int:
    """Never later than now: a node whose clock is ahead must not outlive the retention."""
    return window(min(wire.from_time(score.at), now))


def _pragmas(connection: Any, _record: Any) -> None:
    """Every commit reaches the disk, and what is deleted is overwritten."""
    for pragma in (
        f"busy_timeout = {int(1000 * BUSY_S)}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _advice(cause: str) -> str:
    """What to do, for the causes a technician meets; the words are SQLite's own."""
    for words, advice in {
        "locked": "another program holds it: is a second booth running?",
        "full": "the disk is full: free some space",
        "malformed": "the file is damaged: move it away and start again, the nodes send what is not acknowledged",
        "not a database": "this is another kind of file: give another path",
        "unable to open": "check that the folder exists and may be written",
        "readonly": "check permissions of file and folder",
    }.items():
        if words in cause:
            return advice
    return "check the URL and whether the database runs"
