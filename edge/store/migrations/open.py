"""A database of any age to today's tables, or a clear refusal."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, script
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from edge.errors import StoreError

FIRST = "0001"
"""What stores had before they knew their version."""
LOCK = 0x5B07732
"""Of PostgreSQL, so that only one of several workers that start together migrates; any number of our own."""


def migrate(db: sa.Connection, site: str) -> None:
    """Within the transaction of `db`; what has no site yet is `site`'s.

    Raises StoreError for a store made by newer software, and for rows that would need a site where none is given.
    """
    if db.dialect.name == "postgresql":
        db.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes.update(connection=db, site=site)
    known = {step.revision for step in script.ScriptDirectory.from_config(config).walk_revisions()}
    here = MigrationContext.configure(db).get_current_revision()
    if here is not None and here not in known:
        raise StoreError(
            f"store {db.engine.url!r} has tables of version {here}, this software knows {max(known)} at most; "
            "update the software, or give another store"
        )
    if here is None and sa.inspect(db).has_table("scores"):
        command.stamp(config, FIRST)
    command.upgrade(config, "head")
