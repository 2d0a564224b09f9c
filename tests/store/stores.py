"""What tests of the store share: scores to put in, rows to look at."""

import sqlalchemy as sa

from edge import wire
from edge.store import store as module
from edge.store.store import Decision, Source, SqlStore
from tests.messages import EPOCH, NOW, make_score

CAMERA = Source("camera-1", EPOCH)


def rows(store: SqlStore, table: sa.Table) -> list[dict[str, object]]:
    with store.database.transaction() as db:
        return [dict(row) for row in db.execute(sa.select(table)).mappings()]


def put(store: SqlStore, *seqs: int, due: dict[wire.ScoreKey, str] | None = None) -> module.Recorded:
    return store.record([make_score(seq=seq) for seq in seqs], [], lambda _: Decision(due or {}, 0), {}, now=NOW)


def nobody(_: object) -> Decision:
    return Decision({}, 0)


def counted(store: SqlStore, kind: module.Kind) -> dict[tuple[int, str, str], int]:
    return {(cell.window, cell.node, cell.words): cell.n for cell in store.cells(kind)}
