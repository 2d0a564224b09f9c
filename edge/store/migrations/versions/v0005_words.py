"""The booth's signed word on what nodes spot against, and whether they could have heard it."""

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
