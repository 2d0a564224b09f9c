"""Stores of older software are migrated with all that they hold; newer ones are refused."""

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from edge import wire
from edge.errors import StoreError
from edge.store import migrations
from edge.store import store as module
from edge.store.store import SqlStore
from edge.store.tables import alerts, cells, cursors, scores, tables
from tests.messages import EPOCH, NOW
from tests.store.stores import put, rows


def make_old(url: str, version: str) -> None:
    """Make a store of that version with an acknowledged score and its alert; none before 0002 says its version."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as db:
        config.attributes.update(connection=db, site="")
        command.upgrade(config, version)
        score = (
            'INSERT INTO scores (node, epoch, seq, "window", state, reasons, zone, heading, quality, early, baseline)'
            f" VALUES ('camera-1', '{EPOCH}', 1, {module.window(NOW)}, 'scored', '[]', 'left', 'left', 1, false, '')"
        )
        alert = f"INSERT INTO alerts VALUES ('aaaaaaaa', {module.window(NOW)}, 'sent', 'camera-1', '{EPOCH}', 1"
        for statement in (
            score,
            f"INSERT INTO cursors VALUES ('camera-1', '{EPOCH}', 1, 0, 0)",
            f"{alert})" if version == "0001" else f"{alert}, NULL)",
            "DROP TABLE alembic_version" if version == "0001" else "SELECT 1",
        ):
            db.execute(sa.text(statement))
    engine.dispose()


@pytest.mark.parametrize("version", ["0001", "0002"])
def test_a_store_of_before_versions_or_sites_keeps_its_scores(url: str, version: str) -> None:
    make_old(url, version)
    with pytest.raises(StoreError, match="run that booth on it once"):
        SqlStore(url)
    with closing(SqlStore(url, "soho")) as store:
        assert put(store, 1, 2).new == {wire.ScoreKey("camera-1", EPOCH, 2)}
        assert store.feedback("aaaaaaaa", "claimed", now=NOW)
        assert {row["site"] for table in (scores, cursors, alerts, cells) for row in rows(store, table)} == {"soho"}
    with closing(SqlStore(url)) as store:
        assert store.sites() == ["soho"], "once every row has its site, nobody needs to say one"


def test_a_store_of_newer_software_is_refused_and_left_alone(url: str) -> None:
    with closing(SqlStore(url)) as store, store.database.transaction() as db:
        db.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="tables of version 9999, expected 0008 at most"):
        SqlStore(url)


def test_migrations_make_the_tables_that_the_code_names(store: SqlStore) -> None:
    with store.database.transaction() as db:
        whole = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("scores_")}
        context = MigrationContext.configure(db, opts=whole)
        assert compare_metadata(context, tables) == []
