"""Add the outcome of each alert, and counts of clothes, exceptions, outcomes and traffic."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("outcome", sa.String(16)))
    op.create_table(
        "cells",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("window", sa.BigInteger, primary_key=True),
        sa.Column("node", sa.String(32), primary_key=True),
        sa.Column("words", sa.String(64), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
