"""Token buckets by name: how often each node, or each address, may do something (Turner 1986); pure."""

from typing import NamedTuple


class Allowance(NamedTuple):
    """What one name may do."""

    per_s: float
    """Tokens a second, in the long run."""
    burst: float
    """Most tokens saved up; a new name starts with all of them."""


class Buckets:
    """Owner of one bucket for each name; not thread-safe."""

    def __init__(self, allowance: Allowance, most: int = 1000) -> None:
        """`most` names are remembered; the one that was seen least recently is forgotten first."""
        self._allowance, self._most = allowance, most
        self._levels: dict[str, tuple[float, float]] = {}
        """Tokens left, and when that was so, by name; the least recent first."""

    def take(self, name: str, now: float) -> bool:
        """Take one token, if there is one; `now` is in monotonic seconds."""
        per_s, burst = self._allowance
        level, at = self._levels.pop(name, (burst, now))
        level = min(burst, level + max(now - at, 0.0) * per_s)
        is_allowed = level >= 1
        self._levels[name] = (level - is_allowed, now)
        if len(self._levels) > self._most:
            del self._levels[next(iter(self._levels))]
        return is_allowed
