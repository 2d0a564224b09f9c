"""How many second looks the node may take: a number a second and a share of the frames, saved up for a short while."""

SAVED_S = 2.0
"""Seconds of unused second looks that are saved up: several people may leave together."""
FRAME_SHARE = 0.5
"""Most second looks for each frame: a slow board takes fewer a second, so that it still sees people often enough."""


class LookBudget:
    """A token bucket in the time of the frames, so that a clip gives the same sightings however fast it is read.

    Method: token bucket (as in RFC 2697), full at the start.
    """

    def __init__(self, per_s: float) -> None:
        """`per_s` second looks a second; 0: none, infinite: as many as are asked for."""
        self._per_s = per_s
        self._most = max(per_s * SAVED_S, 1.0) if per_s > 0 else 0.0
        self._left = self._most
        self._at: float | None = None

    def refill(self, at: float) -> None:
        """Add what the next frame, at `at` UTC seconds, brings; time that goes back brings nothing."""
        if self._at is not None:
            came = min(max(at - self._at, 0.0) * self._per_s, FRAME_SHARE)
            self._left = min(self._most, self._left + came)
        self._at = at

    def take(self) -> bool:
        """Take one second look; False if there is none left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
