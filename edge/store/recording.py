"""Store one batch of scores and gaps, of one site or of many: each score once, cursors over what is complete.

A batch takes the same few statements however many sites and nodes it is of.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from edge import wire
from edge.limits import WINDOW_S
from edge.store import bulk
from edge.store.tables import alerts, cells, cursors, refused, scores

DAY_S = 86_400
WALK = 1000
"""Most scores that a cursor advances over in one batch; the rest follows with the next."""
SIGHTINGS, PEOPLE, ALERTS = "sightings", "people", "alerts"
"""Labels of counts that are not about clothes."""
EVERYWHERE = ""
"""Stands for the node in counts over all nodes."""

Place = tuple[str, str, str]
"""Site, node and epoch: one outbox."""
Row = tuple[Any, ...]

_PLACE, _KEY = ("site", "node", "epoch"), ("site", "node", "epoch", "seq")
_SCORE, _ALERT, _CELL = (tuple(table.c.keys()) for table in (scores, alerts, cells))
_ADD = '(site, kind, "window", node, words) DO UPDATE SET count = cells.count + excluded.count'
_LARGER = (
    '(site, kind, "window", node, words) DO UPDATE SET'
    " count = CASE WHEN excluded.count > cells.count THEN excluded.count ELSE cells.count END"
)
_MORE = "(reason) DO UPDATE SET count = refused.count + excluded.count"
_ONCE = "DO NOTHING"
_BEYOND = (
    "EXISTS (SELECT 1 FROM scores WHERE scores.site = cursors.site AND scores.node = cursors.node"
    " AND scores.epoch = cursors.epoch AND scores.seq > cursors.upto)"
)
"""Whether scores beyond the cursor are stored: behind a hole, or sent ahead of their turn."""


class Source(NamedTuple):
    """One outbox of a node."""

    node: str
    epoch: str


class Decision(NamedTuple):
    """Which of the new scores become alerts."""

    alerts: Mapping[wire.ScoreKey, str]
    """Alert ids of the scores to alert on."""
    people: int
    """Number of people among the new scores who had not been seen before."""


Decide = Callable[[Sequence[wire.Score]], Decision]


class SiteBatch(NamedTuple):
    """What one site sent."""

    scores: Sequence[wire.Score]
    gaps: Sequence[wire.Gap]
    decide: Decide | None
    """Called with the new scores; None if nobody is ever alerted at this site."""
    trends: Sequence[wire.Trend] = ()


class Recorded(NamedTuple):
    """The changes that one batch made."""

    new: set[wire.ScoreKey]
    """Scores that were new."""
    pending: dict[wire.ScoreKey, str]
    """Ids of this batch's alerts that are not sent yet."""
    upto: dict[Source, int]
    """Newest `seq` per outbox up to which every score is stored or was announced as a gap."""


class _Cursor:
    """How far one outbox is stored, while a batch is."""

    def __init__(self, upto: int, floor: int) -> None:
        self.before = self.upto = upto
        self.floor = floor
        self.is_complete = True
        """Whether nothing beyond it was stored before this batch."""


def window(seconds: float) -> int:
    """Return the start of the 15-minute window, in seconds since 1970.

    >>> window(1799.9)
    900
    """
    return int(seconds // WINDOW_S) * WINDOW_S


class Recording:
    """Records one batch in the transaction of `db`; call `record` once."""

    def __init__(self, db: sa.Connection, batches: Mapping[str, SiteBatch], now: float) -> None:
        """`batches` are by site; `now` is in seconds since 1970."""
        self._db, self._batches, self._now = db, batches, now
        self._counts: Counter[Row] = Counter()
        """Changes of counts, by site, kind, window, node and words."""

    def record(self, refusals: Mapping[str, int]) -> dict[str, Recorded]:
        """Store everything; returns the changes by site."""
        held = self._hold()
        new = {site: self._new(site, batch.scores, held) for site, batch in self._batches.items()}
        rows = [_score_row(site, score, self._now) for site, some in new.items() for score in some.values()]
        bulk.write(self._db, scores, _SCORE, rows, _ONCE)
        for site, some in new.items():
            self._alert(site, self._batches[site].decide, list(some.values()))
        self._write_counts()
        keep_trends(self._db, {site: batch.trends for site, batch in self._batches.items()})
        self._note_gaps(held)
        self._advance(held, new)
        self._refuse(refusals)
        return {site: self._recorded(site, batch, new[site], held) for site, batch in self._batches.items()}

    def _hold(self) -> dict[Place, _Cursor]:
        """Return all cursors, and lock them in sorted order, so that workers see each other's scores."""
        places = {
            (site, one.node, one.epoch)
            for site, batch in self._batches.items()
            for some in (batch.scores, batch.gaps)
            for one in some
        }
        held = self._held(sorted(places))
        if missing := sorted(places - held.keys()):
            rows = [(*place, 0, 0, 0) for place in missing]
            bulk.write(self._db, cursors, (*_PLACE, "upto", "floor", "dropped"), rows, _ONCE)
            held |= self._held(missing)
        # A statement of its own: only after the cursors are locked does it see what the other worker stored.
        for site, node, epoch in bulk.find(self._db, cursors, _PLACE, _PLACE, list(held), where=_BEYOND):
            held[site, node, epoch].is_complete = False
        return held

    def _held(self, places: Sequence[Place]) -> dict[Place, _Cursor]:
        found = bulk.find(self._db, cursors, (*_PLACE, "upto", "floor"), _PLACE, places, lock=True)
        return {(site, node, epoch): _Cursor(upto, floor) for site, node, epoch, upto, floor in found}

    def _new(
        self, site: str, batch: Sequence[wire.Score], held: dict[Place, _Cursor]
    ) -> dict[wire.ScoreKey, wire.Score]:
        """Return the scores that are not stored yet, each once."""
        fresh = {wire.key(score): score for score in batch if score.seq > held[site, score.node, score.epoch].before}
        doubtful = [(site, *key) for key in fresh if not held[site, key.node, key.epoch].is_complete]
        for _, node, epoch, seq in bulk.find(self._db, scores, _KEY, _KEY, doubtful):
            del fresh[wire.ScoreKey(node, epoch, seq)]
        return fresh

    def _alert(self, site: str, decide: Decide | None, new: Sequence[wire.Score]) -> None:
        """Open the alerts decided on, and count sightings, people and alerts by window, reasons of alerts by day."""
        due, people = decide(new) if new and decide else Decision({}, 0)
        alerted = [score for score in new if wire.key(score) in due] if due else []
        rows = [_alert_row(site, score, due[wire.key(score)], self._now) for score in alerted]
        bulk.write(self._db, alerts, _ALERT, rows, _ONCE)
        seen = Counter((score.at, score.node) for score in new if score.follows is None)
        for (at, node), count in seen.items():
            self._counts[site, "traffic", window(min(wire.from_time(at), self._now)), node, SIGHTINGS] += count
        self._counts[site, "traffic", window(self._now), EVERYWHERE, PEOPLE] += people
        day = int(self._now // DAY_S) * DAY_S
        for score in alerted:
            self._counts[site, "traffic", _window(score, self._now), score.node, ALERTS] += 1
            self._counts[site, "exception", day, EVERYWHERE, ALERTS] += 1
            for reason in score.reasons:
                self._counts[site, "exception", day, EVERYWHERE, reason.words] += 1

    def _write_counts(self) -> None:
        add_counts(self._db, [(*where, by) for where, by in self._counts.items() if by])

    def _note_gaps(self, held: dict[Place, _Cursor]) -> None:
        for site, batch in self._batches.items():
            for gap in batch.gaps:
                at = of_outbox(site, gap.node, gap.epoch)
                held[site, gap.node, gap.epoch].floor = max(held[site, gap.node, gap.epoch].floor, gap.upto)
                self._db.execute(cursors.update().where(at, cursors.c.floor < gap.upto).values(floor=gap.upto))
                self._db.execute(
                    cursors.update().where(at, cursors.c.dropped < gap.dropped).values(dropped=gap.dropped)
                )

    def _advance(self, held: dict[Place, _Cursor], new: Mapping[str, dict[wire.ScoreKey, wire.Score]]) -> None:
        """Advance the cursors over the scores that follow without a hole."""
        for place, cursor in held.items():
            site, node, epoch = place
            end = max(cursor.upto, cursor.floor)
            if cursor.is_complete:
                theirs = new[site]
                while wire.ScoreKey(node, epoch, end + 1) in theirs:
                    end += 1
            else:
                end = self._walk(place, end)
            cursor.upto = end
        changed = [(*place, cursor.upto) for place, cursor in held.items() if cursor.upto > cursor.before]
        bulk.change(self._db, cursors, "upto", _PLACE, changed)

    def _walk(self, place: Place, end: int) -> int:
        """Return the last of the stored numbers that follow `end` without a hole, at most WALK."""
        theirs = [scores.c[name] == value for name, value in zip(_PLACE, place, strict=True)]
        wanted = sa.select(scores.c.seq).where(*theirs, scores.c.seq > end).order_by(scores.c.seq).limit(WALK)
        for seq in self._db.execute(wanted).scalars():
            if seq != end + 1:
                break
            end = seq
        return end

    def _refuse(self, refusals: Mapping[str, int]) -> None:
        """Count refusals of all sites together, in sorted order, so that two workers cannot deadlock."""
        rows = sorted(refusals.items())
        bulk.write(self._db, refused, ("reason", "count"), rows, _MORE)

    def _recorded(
        self, site: str, batch: SiteBatch, new: dict[wire.ScoreKey, wire.Score], held: dict[Place, _Cursor]
    ) -> Recorded:
        sources = {Source(one.node, one.epoch) for some in (batch.scores, batch.gaps) for one in some}
        upto = {source: held[site, *source].upto for source in sources}
        return Recorded(set(new), self._pending(site, batch) if batch.decide else {}, upto)

    def _pending(self, site: str, batch: SiteBatch) -> dict[wire.ScoreKey, str]:
        """Return the ids of the batch's pending alerts. Reads all pending ones, as there are few at any time."""
        keys = {wire.key(score) for score in batch.scores if score.is_candidate}
        if not keys:
            return {}
        wanted = sa.select(alerts.c.node, alerts.c.epoch, alerts.c.seq, alerts.c.id)
        wanted = wanted.where(alerts.c.site == site, alerts.c.state == "pending")
        found = {wire.ScoreKey(node, epoch, seq): name for node, epoch, seq, name in self._db.execute(wanted)}
        return {one: name for one, name in found.items() if one in keys}


def add_counts(db: sa.Connection, rows: Sequence[Row]) -> None:
    """Add to stored counts, in sorted order, so that two workers cannot deadlock; each row is as in `cells`."""
    bulk.write(db, cells, _CELL, sorted(rows), _ADD)


def keep_trends(db: sa.Connection, trends: Mapping[str, Sequence[wire.Trend]]) -> None:
    """Store nodes' counts of windows, by site. Idempotent; if counts differ, the larger is kept."""
    largest: dict[Row, int] = {}
    for site, some in trends.items():
        for trend in some:
            start = int(wire.from_time(trend.window))
            for words, count in {**trend.counts, SIGHTINGS: trend.sightings}.items():
                where = site, "worn", start, trend.node, words
                largest[where] = max(count, largest.get(where, 0))
    bulk.write(db, cells, _CELL, sorted((*where, count) for where, count in largest.items()), _LARGER)


def of_outbox(site: str, node: str, epoch: str) -> sa.ColumnElement[bool]:
    """Return the condition for the cursor of one outbox."""
    return sa.and_(cursors.c.site == site, cursors.c.node == node, cursors.c.epoch == epoch)


def _score_row(site: str, score: wire.Score, now: float) -> Row:
    """Return a row in the order of the table's columns."""
    return (
        *(site, score.node, score.epoch, score.seq, _window(score, now), score.state),
        *(score.bits, score.p, score.one_in, score.low, score.high),
        "[]" if not score.reasons else msgspec.json.encode(score.reasons).decode(),
        *(score.zone, score.heading, score.early, score.follows, score.baseline),
    )


def _alert_row(site: str, score: wire.Score, name: str, now: float) -> Row:
    return site, name, _window(score, now), "pending", score.node, score.epoch, score.seq, None


def _window(score: wire.Score, now: float) -> int:
    """Return the score's window, at most now's, so that a node's fast clock cannot prolong the retention."""
    return window(min(wire.from_time(score.at), now))
