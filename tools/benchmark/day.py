"""A store with one day of many sightings, in SQLite and PostgreSQL: size, and times to read, purge and migrate it."""

import random
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import quantiles

import msgspec
import sqlalchemy as sa

from edge import wire
from edge.booth.figures import compute
from edge.limits import WINDOW_S
from edge.store.store import DAY_S, Decision, SiteBatch, SqlStore
from tools.postgresql import find_programs, server
from tools.sites.traffic import make_score

NODES, ASKED = 100, 40
"""Nodes of the site, and how often each question is asked."""
BATCH = 2000
WORDS = [
    f"colour:{part}:{colour}" for part in ("upper", "lower") for colour in ("black", "blue", "grey", "white", "red")
]
"""Words that a node counts in each window."""
INCOMING = 20
"""Scores in each of the batches that come in meanwhile, five a second."""


class Day(msgspec.Struct, frozen=True):
    """What was measured of one database."""

    database: str
    sightings: int
    size_mb: float
    filled_s: float
    p95_ms: dict[str, float]
    """By question, while scores come in."""
    cpu_ms: dict[str, float]
    """CPU time of the asking thread in the mean, without that of a PostgreSQL server."""
    purge_s: float
    """To delete the scores of the oldest window."""
    purge_day_s: float
    """To delete those of a whole day."""
    migrated_s: float | None
    """To part the scores of that many sightings by day; None for SQLite."""


def days(sightings: int) -> Iterator[Day]:
    """Measure SQLite, then PostgreSQL if it is installed."""
    with tempfile.TemporaryDirectory(prefix="spotter-day-") as folder:
        path = Path(folder) / "booth.sqlite"
        yield measure(f"sqlite:///{path}", sightings, lambda: path.stat().st_size)
    programs = find_programs()
    if programs is not None:
        with server(programs) as made:
            yield measure(made.url, sightings, lambda: _size(made.url))


def measure(url: str, sightings: int, size: Callable[[], int]) -> Day:
    """Fill a store and measure it; `size` returns its bytes on disk."""
    now, begun = time.time(), time.monotonic()
    with closing(SqlStore(url, "soho")) as store:
        _fill(store, sightings, now)
        filled_s = time.monotonic() - begun
        found = size() / 1e6
        asked = _ask(url, store, now)
        is_parted = store.database.url.startswith("postgresql")
        migrated_s = None
        if is_parted:
            _join_days(store)
            migrated_s = _timed(lambda: SqlStore(url, "soho").close())
        purge_s = _timed(lambda: store.purge(now - DAY_S + WINDOW_S))
        purge_day_s = _timed(lambda: store.purge(now + 2 * DAY_S))
    name = "PostgreSQL" if is_parted else "SQLite"
    return Day(
        database=name,
        sightings=sightings,
        size_mb=round(found, 1),
        filled_s=round(filled_s, 1),
        p95_ms={what: _p95_ms(took) for what, (took, _) in asked.items()},
        cpu_ms={what: round(1000 * cpu_s, 2) for what, (_, cpu_s) in asked.items()},
        purge_s=purge_s,
        purge_day_s=purge_day_s,
        migrated_s=migrated_s,
    )


def _fill(store: SqlStore, sightings: int, now: float) -> None:
    """Store scores of the last day, evenly over its windows and nodes, and each node's counts of each window."""
    chance, start = random.Random(1), now - DAY_S  # noqa: S311 - no secret
    epochs = [secrets.token_hex(8) for _ in range(NODES)]
    for first in range(0, sightings, BATCH):
        batch = []
        for number in range(first, min(first + BATCH, sightings)):
            seq, node = divmod(number, NODES)
            at = wire.to_time((start + DAY_S * number / sightings) // 60 * 60)
            score = make_score(f"camera-{node + 1}", epochs[node], seq + 1)
            batch.append(msgspec.structs.replace(score, at=at))
        store.record(batch, [], _nobody, {}, now=now)
    for number in range(int(DAY_S // WINDOW_S)):
        window = wire.to_time((start // WINDOW_S + number) * WINDOW_S)
        trends = [
            wire.Trend(
                node=f"camera-{node + 1}",
                window=window,
                sightings=200,
                counts={word: chance.randint(5, 60) for word in WORDS},
                withheld=3,
            )
            for node in range(NODES)
        ]
        store.record_sites({"soho": SiteBatch([], [], _nobody, trends)}, {}, now=now)


def _nobody(_: Sequence[wire.Score]) -> Decision:
    return Decision({}, 0)


def _ask(url: str, store: SqlStore, now: float) -> dict[str, tuple[list[float], float]]:
    """Return the seconds of each answer and their mean CPU seconds, by question, while scores come in."""
    questions: dict[str, Callable[[], object]] = {
        "outcomes (page)": lambda: store.cells("outcome"),
        "traffic of two hours (start)": lambda: store.cells("traffic", now - 7200),
        "clothes of two hours": lambda: store.cells("worn", now - 7200),
        "sites": store.sites,
        "outboxes (housekeeping)": store.epochs,
        "trends (process of their own)": lambda: compute(store, now),
    }
    stop = threading.Event()
    writer = threading.Thread(target=_write, args=(url, stop))
    writer.start()
    try:
        return {name: _answers(ask, 5 if name.startswith("trends") else ASKED) for name, ask in questions.items()}
    finally:
        stop.set()
        writer.join()


def _write(url: str, stop: threading.Event) -> None:
    epoch, seq = secrets.token_hex(8), 0
    with closing(SqlStore(url, "soho")) as store:
        while not stop.wait(0.2):
            batch = [make_score("camera-1", epoch, seq + number + 1) for number in range(INCOMING)]
            store.record(batch, [], _nobody, {}, now=time.time())
            seq += INCOMING


def _answers(ask: Callable[[], object], times: int) -> tuple[list[float], float]:
    begun = time.thread_time()
    took = [_timed(ask) for _ in range(times)]
    return took, (time.thread_time() - begun) / times


def _p95_ms(took: Sequence[float]) -> float:
    return round(1000 * quantiles(took, n=20)[18], 1)


def _timed(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return round(time.monotonic() - begun, 4)


def _join_days(store: SqlStore) -> None:
    """Put all scores into one table, as they were before version 0008."""
    with store.database.transaction() as db:
        for statement in (
            "CREATE TABLE scores_whole AS SELECT * FROM scores",
            "DROP TABLE scores",
            "ALTER TABLE scores_whole RENAME TO scores",
            "ALTER TABLE scores ADD CONSTRAINT scores_of_sites_pkey PRIMARY KEY (site, node, epoch, seq)",
            'CREATE INDEX ix_scores_window ON scores ("window")',
            "DROP INDEX ix_cells_small",
            "UPDATE alembic_version SET version_num = '0007'",
        ):
            db.exec_driver_sql(statement)


def _size(url: str) -> int:
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as db:
        found = int(db.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
    engine.dispose()
    return found
