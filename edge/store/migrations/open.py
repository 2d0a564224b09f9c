"""Migrate a database of any age to today's tables, or refuse it with a clear error."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, script
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from edge.errors import StoreError

FIRST = "0001"
"""Version of stores from before versions were recorded."""
LOCK = 0x5B07732
"""Arbitrary id of a PostgreSQL lock, so that only one of several starting workers migrates."""


def migrate(db: sa.Connection, site: str) -> None:
    """Migrate within the transaction of `db`; rows without a site are assigned to `site`.

    Raises StoreError if newer software made the store, or if rows need a site and none is given.
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
            f"store {db.engine.url!r} has tables of version {here}, expected {max(known)} at most; "
            "update the software, or give another store"
        )
    if here is None and sa.inspect(db).has_table("scores"):
        command.stamp(config, FIRST)
    command.upgrade(config, "head")
