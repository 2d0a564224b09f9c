"""How much counts have grown over the last minutes, so that a fault that is over is said no more."""

from collections import deque


class Lately:
    """Owner of the recent history of counts that only grow. Call `grown` with every heartbeat."""

    def __init__(self) -> None:
        self._changes: dict[str, deque[tuple[float, int]]] = {}
        """For each count the times of its changes, with its value from then on; at most one is before the window."""

    def grown(self, name: str, count: int, now: float, window_s: float) -> int:
        """Return by how much the count has grown in the last `window_s` seconds; before the first call it was 0.

        >>> drops = Lately()
        >>> [drops.grown("drops", count, now, 600) for now, count in ((10, 0), (20, 3), (500, 4), (700, 4), (1200, 4))]
        [0, 3, 4, 1, 0]
        """
        changes = self._changes.setdefault(name, deque())
        if not changes or changes[-1][1] != count:
            changes.append((now, count))
        while len(changes) > 1 and changes[1][0] <= now - window_s:
            changes.popleft()
        at, oldest = changes[0]
        return max(count - (oldest if at <= now - window_s else 0), 0)
