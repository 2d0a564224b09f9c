"""Trends are computed apart: a process that hangs or dies costs the booth its trends, and nothing else."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge import wire
from edge.booth.figures import EVERY_S, FiguresProcess
from edge.store.store import DAY_S, SqlStore
from tests.brokers import wait_for
from tests.fakes import FakeClock

NOW = 20_000.0 * DAY_S
HANGS = (sys.executable, "-c", "import time; time.sleep(600)")
DIES = (sys.executable, "-c", "raise SystemExit(3)")
BABBLES = (sys.executable, "-c", "print('no JSON', flush=True); import time; time.sleep(600)")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(f"sqlite:///{tmp_path}/booth.sqlite", "booth")) as made:
        yield made


def trend(start: float, orange: int) -> wire.Trend:
    counts = {"colour:upper:orange": orange}
    return wire.Trend(node="camera-1", window=wire.to_time(start), sightings=1000, counts=counts, withheld=0)


def asked(process: FiguresProcess) -> None:
    """Ask, and wait until the answer was taken in."""
    process.step()
    wait_for(lambda: process._answer is not None and process._answer.done(), 60, "an answer")
    process.step()


def test_trends_come_from_the_store(store: SqlStore) -> None:
    store.save_trend(trend(NOW - DAY_S, 100))
    store.save_trend(trend(NOW, 500))
    with closing(FiguresProcess(store.database.url, "booth", FakeClock(NOW + 60))) as process:
        asked(process)
        assert process.newest.missing == ""
        assert [(row.value, row.verdict) for row in process.newest.trends] == [("orange", "more than usual")]


@pytest.mark.parametrize("command", [DIES, BABBLES])
def test_a_process_that_fails_is_said_and_started_again(store: SqlStore, command: tuple[str, ...]) -> None:
    clock = FakeClock(NOW)
    with closing(FiguresProcess(store.database.url, "booth", clock, command=command)) as process:
        asked(process)
        assert process.newest.missing == "their process ended"
        clock.sleep(EVERY_S)
        asked(process)
        assert process.newest.missing == "their process ended"


def test_a_process_that_hangs_is_killed(store: SqlStore) -> None:
    clock = FakeClock(NOW)
    with closing(FiguresProcess(store.database.url, "booth", clock, limit_s=5.0, command=HANGS)) as process:
        process.step()
        running = process._process
        assert running is not None
        clock.sleep(6.0)
        process.step()
        assert running.returncode not in (None, 0), "killed"
        assert process.newest.missing == "they took longer than 5 s"


def test_a_store_in_memory_has_none() -> None:
    process = FiguresProcess("sqlite://", "booth", FakeClock())
    process.step()
    assert process.newest.missing == "the store is in memory only"


def test_the_weekly_report_is_of_every_site(store: SqlStore) -> None:
    for site, orange in (("booth", 100), ("york", 500)):
        store.at(site).save_trend(trend(NOW - 9 * DAY_S, 100))
        store.at(site).save_trend(trend(NOW - 2 * DAY_S, orange))
    with closing(FiguresProcess(store.database.url, "booth", FakeClock(NOW))) as process:
        asked(process)
        report = process.newest.report
        assert report is not None
        assert [site.site for site in report.sites] == ["booth", "york"]
        assert [[row.verdict for row in site.trends] for site in report.sites] == [["as usual"], ["more than usual"]]
