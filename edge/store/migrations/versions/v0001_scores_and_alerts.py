"""Add the tables of scores, cursors, alerts and refusals."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade() -> None:
    op.create_table(
        "scores",
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
    op.create_table(
        "cursors",
        sa.Column("node", sa.String(32), primary_key=True),
        sa.Column("epoch", sa.String(32), primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("upto", "floor", "dropped")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("window", sa.BigInteger, nullable=False, index=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("node", sa.String(32), nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "refused",
        sa.Column("reason", sa.String(32), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
