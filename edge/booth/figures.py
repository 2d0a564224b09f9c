"""Compute trends in a process of their own, so that no count can stop the booth.

The booth writes one line to its standard input and reads one from its standard output, both JSON. A process that does
not answer in time is killed.
"""

import math
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import IO

import msgspec

from edge.booth.exceptions import WEEK_S
from edge.booth.trends import Row, trends
from edge.booth.trends_report import Question, TrendsReport, site_trends, sure
from edge.errors import StoreError
from edge.seams import Clock
from edge.store.database import is_in_memory
from edge.store.store import DAY_S, SqlStore
from edge.wire import to_time

EVERY_S = 30.0
"""Interval at which figures are computed; nodes send counts every 15 minutes."""
COMMAND = (sys.executable, "-m", "edge.booth.figures")
LIMIT_S = 20.0
"""Most seconds that they may take."""
REPORT_EVERY_S = 900.0
"""Interval of the weekly report: as nodes send counts."""
NOW_S, BEFORE_S = 2 * 3600.0, 14 * DAY_S
"""Length of `now` in the page's trends, and how far back they look for what is usual."""


MOST_SITES = 5
"""Sites that the page shows side by side."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The trends, or why there are none."""

    trends: list[Row] = []
    report: TrendsReport | None = None
    """This week against the one before, at every site of the store: what the page of trends draws."""
    missing: str = ""
    """Why they are not available; empty if they are."""


class Request(msgspec.Struct, frozen=True):
    """What to compute; by standard input, as others can read the arguments of a process."""

    url: str
    """SQLAlchemy URL of the store."""
    site: str
    now: float
    """UTC seconds."""


class FiguresProcess:
    """Owner of the process; `step` never waits for it."""

    def __init__(
        self, url: str, site: str, clock: Clock, *, limit_s: float = LIMIT_S, command: Sequence[str] = COMMAND
    ) -> None:
        self._url, self._site, self._command = url, site, command
        self._clock, self._limit_s = clock, limit_s
        self._process: subprocess.Popen[bytes] | None = None
        self._answer: Future[bytes] | None = None
        self._asked_at = clock.monotonic() - EVERY_S
        self.newest = Figures(missing="the store is in memory only") if is_in_memory(url) else Figures()

    def step(self) -> None:
        """Take an answer, kill a process that is too slow, and ask again every EVERY_S seconds."""
        now = self._clock.monotonic()
        if is_in_memory(self._url):
            return
        if self._answer is None:
            if now >= self._asked_at + EVERY_S:
                self._asked_at = now
                self._ask()
        elif self._answer.done():
            self._take(self._answer.result())
        elif now >= self._asked_at + self._limit_s:
            self.close()
            self.newest = Figures(missing=f"they took longer than {self._limit_s:g} s")

    def close(self) -> None:
        """Kill the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process = self._answer = None

    def _ask(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(  # noqa: S603
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            request = Request(self._url, self._site, self._clock.now())
            self._process.stdin.write(msgspec.json.encode(request) + b"\n")
            self._process.stdin.flush()
        answer = Future[bytes]()
        self._answer = answer
        threading.Thread(target=_read, args=(self._process.stdout, answer), daemon=True).start()

    def _take(self, line: bytes) -> None:
        self._answer = None
        try:
            self.newest = msgspec.json.decode(line, type=Figures)
        except msgspec.DecodeError:
            self.close()
            self.newest = Figures(missing="their process ended")


def _read(pipe: IO[bytes], answer: Future[bytes]) -> None:
    try:
        answer.set_result(pipe.readline())
    except (OSError, ValueError):
        answer.set_result(b"")


def compute(store: SqlStore, now: float) -> list[Row]:
    """Return the trends at `now`, UTC seconds; raises StoreError."""
    return trends(store.cells("worn", now - BEFORE_S), now - NOW_S, now)


def weekly(store: SqlStore, own: str, now: float) -> TrendsReport:
    """Return what the page draws: this week against the one before at every site, the own one first, sure rows only.

    Raises StoreError.
    """
    asked = Question(since=now - WEEK_S, until=now, against="last-week")
    names = dict.fromkeys((own, *store.sites()))
    sites = [site_trends(store.at(name), name, asked) for name in list(names)[:MOST_SITES]]
    return sure(TrendsReport(since=to_time(asked.since), until=to_time(now), against="last-week", sites=sites))


def main() -> None:
    """Answer each line of standard input until it is closed."""
    store: SqlStore | None = None
    report, reported_at = None, -math.inf
    for line in sys.stdin:
        try:
            asked = msgspec.json.decode(line, type=Request)
            store = store or SqlStore(asked.url, asked.site, is_made=False)
            if abs(asked.now - reported_at) >= REPORT_EVERY_S:
                report, reported_at = weekly(store, asked.site, asked.now), asked.now
            found = Figures(trends=compute(store, asked.now), report=report)
        except StoreError as err:
            found = Figures(missing=err.plain)
        except Exception as err:  # noqa: BLE001 - reported to the booth, which shows it
            found = Figures(missing=type(err).__name__)
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
