"""Threads that take turns on one simulated clock, so that a program with threads does the same in every run.

Only one thread runs at a time. It hands over when it waits (a condition, an event, a queue, a sleep, a join), to the
next thread that can go on, in the order of their starts. If none can, the clock moves to the earliest time limit.
"""

import _thread
import os
import queue
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

STARTS_AT = 900 * 1_944_445 - 14.0
"""UTC second at which the simulated clock starts: a window of the trends ends 14 s later, after five walkers."""


class Task:
    """One thread: whether it can go on, and until when it waits."""

    def __init__(self) -> None:
        self.turn = _thread.allocate_lock()
        self.turn.acquire()
        self.is_over = False
        self.is_ready: Callable[[], bool] = lambda: True
        self.until: float | None = None


class Turns:
    """The clock (it implements seams.Clock) and whose turn it is."""

    def __init__(self) -> None:
        self.uptime = 0.0
        self._tasks = [Task()]
        self._of = {_thread.get_ident(): self._tasks[0]}

    def now(self) -> float:
        return STARTS_AT + self.uptime

    def monotonic(self) -> float:
        return self.uptime

    def sleep(self, seconds: float) -> None:
        self.wait(lambda: False, seconds)

    def wait(self, is_ready: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait until `is_ready`, or for `timeout` seconds of the simulated clock; returns whether it is ready."""
        me = self._of[_thread.get_ident()]
        me.is_ready, me.until = is_ready, None if timeout is None else self.uptime + max(timeout, 0.0)
        chosen = self._choose(me)
        if chosen is not me:
            chosen.turn.release()
            me.turn.acquire()
        return is_ready()

    def begin(self, task: Task, work: Callable[[], None]) -> None:
        """Start a thread; its first turn comes when others wait."""
        self._tasks.append(task)
        _thread.start_new_thread(self._work, (task, work))

    def _work(self, task: Task, work: Callable[[], None]) -> None:
        self._of[_thread.get_ident()] = task
        task.turn.acquire()
        try:
            work()
        finally:
            task.is_over = True
            self._choose(task).turn.release()

    def _choose(self, after: Task) -> Task:
        """Return the next task that can go on; moves the clock if none can."""
        first = self._tasks.index(after) + 1
        order = [task for task in [*self._tasks[first:], *self._tasks[:first]] if not task.is_over]
        ready = next((task for task in order if task.is_ready()), None)
        if ready is None:
            until = min(task.until for task in order if task.until is not None)
            self.uptime = max(self.uptime, until)
            ready = next(task for task in order if task.until is not None and task.until <= self.uptime)
        ready.is_ready, ready.until = (lambda: True), None
        return ready


TURNS = Turns()
"""The one clock of this process."""


class Thread:
    """Replaces threading.Thread."""

    def __init__(
        self,
        group: None = None,
        target: Callable[..., object] | None = None,
        name: str | None = None,
        args: Iterable[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:
        assert group is None
        assert target is not None
        self.name, self.daemon = name or "thread", daemon
        self._target, self._args, self._kwargs = target, tuple(args), dict(kwargs or {})
        self._task = Task()

    def start(self) -> None:
        TURNS.begin(self._task, lambda: void(self._target(*self._args, **self._kwargs)))

    def join(self, timeout: float | None = None) -> None:
        TURNS.wait(lambda: self._task.is_over, timeout)

    def is_alive(self) -> bool:
        return not self._task.is_over


class Condition:
    """Replaces threading.Condition, and so everything in threading and queue that waits."""

    def __init__(self, lock: Any = None) -> None:
        self._lock = lock or threading.RLock()
        self.acquire, self.release = self._lock.acquire, self._lock.release
        self._waiting: list[list[bool]] = []

    def __enter__(self) -> bool:
        return bool(self._lock.__enter__())

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.__exit__(kind, err, trace)

    def wait(self, timeout: float | None = None) -> bool:
        ticket = [False]
        self._waiting.append(ticket)
        self.release()
        try:
            return TURNS.wait(lambda: ticket[0], timeout)
        finally:
            self.acquire()
            if ticket in self._waiting:
                self._waiting = [one for one in self._waiting if one is not ticket]

    def wait_for(self, predicate: Callable[[], Any], timeout: float | None = None) -> Any:
        until = None if timeout is None else TURNS.uptime + timeout
        while not (found := predicate()) and (until is None or TURNS.uptime < until):
            self.wait(None if until is None else until - TURNS.uptime)
        return found

    def notify(self, n: int = 1) -> None:
        for ticket in self._waiting[:n]:
            ticket[0] = True
        del self._waiting[:n]

    def notify_all(self) -> None:
        self.notify(len(self._waiting))


def void(_: object) -> None: ...


def install(seed: int) -> None:
    """Replace clock, threads and every source of chance in this process, before the product is imported."""
    chance = random.Random(seed)
    for name in ("time", "monotonic", "perf_counter"):
        setattr(time, name, TURNS.now if name == "time" else TURNS.monotonic)
    time.sleep = TURNS.sleep  # type: ignore[assignment]
    queue.time = TURNS.monotonic  # type: ignore[attr-defined]
    threading.current_thread = threading.main_thread  # asked for names only, by the log
    threading.Thread, threading.Condition = Thread, Condition  # type: ignore[misc, assignment]
    os.urandom = chance.randbytes
    X25519PrivateKey.generate = lambda: X25519PrivateKey.from_private_bytes(chance.randbytes(32))  # type: ignore[method-assign]
    secrets.token_bytes = lambda nbytes=None: chance.randbytes(nbytes or 32)
    secrets.token_hex = lambda nbytes=None: chance.randbytes(nbytes or 32).hex()
    secrets.randbits = chance.getrandbits  # type: ignore[assignment]
