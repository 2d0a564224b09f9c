"""The rows of one site's baselines: what each node counted, and what the booth signed."""

from typing import NamedTuple

import sqlalchemy as sa

from edge.baseline_codec import Counted, pack, unpack
from edge.errors import BaselineError, StoreError
from edge.store.database import Database
from edge.store.tables import baselines, signed_baselines

MOST_EPOCHS = 64
"""Most outboxes of one node that are remembered, as each card that is set up again begins a new one."""


class NodeCounts(NamedTuple):
    """The counts of one node in one epoch."""

    node: str
    counted: Counted


class Baselines:
    """The part of a store (store.py) that holds baselines; for one thread."""

    def __init__(self, database: Database, site: str) -> None:
        self._site, self.database = site, database
        self._transaction, self._insert = database.transaction, database.insert

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
