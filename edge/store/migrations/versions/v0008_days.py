"""Part the scores of PostgreSQL by day, so that old ones are deleted with their file; find small counts by an index."""

from alembic import op

from edge.store.partitions import make_day, make_rest

revision, down_revision = "0008", "0007"


def upgrade() -> None:
    db = op.get_bind()
    op.execute("CREATE INDEX ix_cells_small ON cells (\"window\") WHERE count < 5 AND kind != 'outcome'")
    if db.dialect.name != "postgresql":
        return
    for statement in (
        "DROP INDEX ix_scores_window",
        "ALTER TABLE scores RENAME TO scores_whole",
        'CREATE TABLE scores (LIKE scores_whole) PARTITION BY RANGE ("window")',
    ):
        op.execute(statement)
    make_rest(db)
    for (day,) in db.exec_driver_sql('SELECT DISTINCT "window" / 86400 FROM scores_whole').all():
        make_day(db, day)
    for statement in (
        "INSERT INTO scores SELECT * FROM scores_whole",
        "DROP TABLE scores_whole",
        'ALTER TABLE scores ADD PRIMARY KEY (site, node, epoch, seq, "window")',
        'CREATE INDEX ix_scores_window ON scores ("window")',
    ):
        op.execute(statement)
