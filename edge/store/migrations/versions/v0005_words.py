"""Add the signed baseline of each site, and when it was published."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0005", "0004"


def upgrade() -> None:
    op.create_table(
        "words",
        sa.Column("site", sa.String(32), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("published_at", sa.BigInteger),
    )
