"""The tables of the booth's store: scores and alerts for the retention time, counts above the floor for good.

No time is finer than a 15-minute window and `link` is not stored, so nobody's path can be read back.
A change here needs a migration in migrations/versions/.
"""

import sqlalchemy as sa

from edge.limits import FLOOR

tables = sa.MetaData()

scores = sa.Table(
    "scores",
    tables,
    sa.Column("site", sa.String(32), primary_key=True),
    sa.Column("node", sa.String(32), primary_key=True),
    sa.Column("epoch", sa.String(32), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("window", sa.BigInteger, nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    *(sa.Column(name, sa.Float) for name in ("bits", "p", "one_in", "low", "high")),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("zone", sa.String(8)),
    sa.Column("heading", sa.String(8)),
    sa.Column("early", sa.Boolean, nullable=False),
    sa.Column("follows", sa.BigInteger),
    sa.Column("baseline", sa.String(32), nullable=False),
)
cursors = sa.Table(
    "cursors",
    tables,
    sa.Column("site", sa.String(32), primary_key=True),
    sa.Column("node", sa.String(32), primary_key=True),
    sa.Column("epoch", sa.String(32), primary_key=True),
    sa.Column("upto", sa.BigInteger, nullable=False),
    sa.Column("floor", sa.BigInteger, nullable=False),
    sa.Column("dropped", sa.BigInteger, nullable=False),
)
alerts = sa.Table(
    "alerts",
    tables,
    sa.Column("site", sa.String(32), primary_key=True),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("window", sa.BigInteger, nullable=False, index=True),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("node", sa.String(32), nullable=False),
    sa.Column("epoch", sa.String(32), nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("outcome", sa.String(16)),
)
refused = sa.Table(
    "refused",
    tables,
    sa.Column("reason", sa.String(32), primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)
cells = sa.Table(
    "cells",
    tables,
    sa.Column("site", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("window", sa.BigInteger, primary_key=True),
    sa.Column("node", sa.String(32), primary_key=True),
    sa.Column("words", sa.String(64), primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)
"""Counts of one kind in one window (or day), which stay after scores and alerts are deleted."""
SMALL = sa.and_(
    cells.c["count"] < sa.literal(FLOOR, literal_execute=True),
    cells.c.kind != sa.literal("outcome", literal_execute=True),
)
"""Which counts are deleted after a day. Written into statements, so that a database knows that its index serves."""
sa.Index("ix_cells_small", cells.c.window, sqlite_where=SMALL, postgresql_where=SMALL)
baselines = sa.Table(
    "baselines",
    tables,
    sa.Column("site", sa.String(32), primary_key=True),
    sa.Column("node", sa.String(32), primary_key=True),
    sa.Column("epoch", sa.String(32), primary_key=True),
    sa.Column("sightings", sa.BigInteger, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""The newest counts of each node and epoch, as received."""
marks = sa.Table(
    "marks",
    tables,
    sa.Column("site", sa.String(32), primary_key=True),
    sa.Column("node", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
)
"""Nodes whose alerts are held until staff allow them, and nodes whose certificate was revoked."""
signed_baselines = sa.Table(
    "words",
    tables,
    sa.Column("site", sa.String(32), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("published_at", sa.BigInteger),
)
"""The newest signed baseline of each site, as published; published_at is null until the broker has it."""
