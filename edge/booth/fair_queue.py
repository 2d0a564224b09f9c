"""Messages waiting for the booth: each node has its own queue, and they take turns.

So a node that floods waits for itself, and others are served at once. When all is full, the newest message of the
longest queue is dropped (Suter et al. 1998, "Design considerations for supporting TCP with per-flow queueing").
"""

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Thread-safe; holds at most `most` messages."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._queues: dict[str, deque[T]] = {}
        """Waiting messages by sender; the sender whose turn is next is the first."""
        self._changed = threading.Condition()
        self._wanted = 1
        """Number of messages that `take` waits for; waking it earlier, for each one, would cost more than they do."""

    def qsize(self) -> int:
        """Return how many messages wait."""
        return self._size

    def put(self, sender: str, message: T) -> bool:
        """Add a message; returns False if a message had to be dropped, this one or another."""
        with self._changed:
            is_full = self._size >= self._most
            if is_full:
                longest = max(self._queues, key=lambda name: len(self._queues[name]))
                if len(self._queues.get(sender, ())) + 1 >= len(self._queues[longest]):
                    return False
                self._queues[longest].pop()
                self._size -= 1
            self._queues.setdefault(sender, deque()).append(message)
            self._size += 1
            if self._size >= self._wanted:
                self._changed.notify()
            return not is_full

    def take(self, most: int, wait_s: float, gather_s: float = 0.0) -> list[T]:
        """Take up to `most` messages, one of each sender in turn.

        Waits up to `wait_s` seconds for the first, and after it `gather_s` for as many as can be taken.
        """
        taken: list[T] = []
        with self._changed:
            if wait_s:
                self._wait_for(1, wait_s)
                if self._size:
                    self._wait_for(min(most, self._most), gather_s)
            while self._queues and len(taken) < most:
                sender, waiting = next(iter(self._queues.items()))
                del self._queues[sender]
                is_alone = not self._queues
                taken += [waiting.popleft() for _ in range(min(most - len(taken), len(waiting)) if is_alone else 1)]
                if waiting:
                    self._queues[sender] = waiting
            self._size -= len(taken)
        return taken

    def _wait_for(self, wanted: int, seconds: float) -> None:
        self._wanted = wanted
        self._changed.wait_for(lambda: self._size >= wanted, seconds)
        self._wanted = 1
