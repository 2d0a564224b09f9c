"""Add the site to every row, so that several sites can share one store."""

import sqlalchemy as sa
from alembic import context, op

from edge.errors import StoreError

revision, down_revision = "0003", "0002"

KEYS = {
    "scores": ("node", "epoch", "seq"),
    "cursors": ("node", "epoch"),
    "alerts": ("id",),
    "cells": ("kind", "window", "node", "words"),
}


def upgrade() -> None:
    site: str = context.config.attributes["site"]
    counts = [sa.select(sa.func.count()).select_from(sa.table(name)) for name in KEYS]
    if not site and any(op.get_bind().scalar(count) for count in counts):
        raise StoreError(
            "this store holds the scores of one booth, from before several sites could share one; run that booth on "
            "it once (spotter booth --config booth.yaml), so that they are noted as its site's, or give another store"
        )
    for name, key in KEYS.items():
        old = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
        new = op.create_table(
            f"{name}_of_sites",
            sa.Column("site", sa.String(32)),
            *(sa.Column(column.name, column.type, nullable=column.nullable) for column in old.c),
            sa.PrimaryKeyConstraint("site", *key),
        )
        op.execute(new.insert().from_select(["site", *old.c.keys()], sa.select(sa.literal(site), *old.c)))
        op.drop_table(name)
        op.rename_table(new.name, name)
    for name in ("scores", "alerts"):
        op.create_index(f"ix_{name}_window", name, ["window"])
