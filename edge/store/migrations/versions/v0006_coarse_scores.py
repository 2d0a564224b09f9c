"""Drop what a score no longer says, and let place and direction be missing for everybody but candidates."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    with op.batch_alter_table("scores") as table:
        table.drop_column("facets")
        table.drop_column("quality")
        for name in ("zone", "heading"):
            table.alter_column(name, existing_type=sa.String(8), nullable=True)
