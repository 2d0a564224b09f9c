"""Count how many rare people each node claims, against how many its p-values promise; pure.

P-values are uniform where the baseline fits: 1 in 100 people is at least as rare as 1 in 100. A node that claims far
more than that, for longer than a crowd in one dress takes to pass, is defective or lies: its alerts stop until staff
allow them. The count is a leaky bucket (Turner 1986).
"""

GENEROUS = 10.0
"""Times as many rare people as its p-values promise, as a baseline ages."""
SLOWEST_S = 10.0
"""Seconds for one rare person, however many others pass: more than staff can greet."""
ALLOWED = 300.0
"""Rare people that a node may claim at once after staff allowed it."""


class Claims:
    """Owner of the counts; call `note` for each person."""

    def __init__(self, one_in: float, crowd: float) -> None:
        """A person is rare from 1 in `one_in`; `crowd` rare ones may come at once: a team or a party in one dress."""
        self._fall, self._crowd = GENEROUS / one_in, crowd
        self._levels: dict[str, tuple[float, float]] = {}
        """Rare people claimed beyond what was promised, and when that was so (seconds), by node."""
        self.held: set[str] = set()
        """Nodes whose alerts have stopped."""

    def note(self, node: str, now: float, *, is_rare: bool) -> None:
        """Count one person that a node has seen; holds the node if that is too many rare ones."""
        level, at = self._levels.get(node, (0.0, now - SLOWEST_S))
        floor = min(level, 0.0)
        level = max(level - min(self._fall, max(now - at, 0.0) / SLOWEST_S), floor) + is_rare
        self._levels[node] = level, now
        if level > self._crowd:
            self.held.add(node)

    def allow(self, node: str, now: float) -> None:
        """Let a node claim ALLOWED rare people more."""
        self.held.discard(node)
        self._levels[node] = self._crowd - ALLOWED, now
