"""Add what staff or the booth decided about nodes: alerts held, certificate revoked."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0007", "0006"


def upgrade() -> None:
    op.create_table(
        "marks",
        sa.Column("site", sa.String(32), primary_key=True),
        sa.Column("node", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
    )
