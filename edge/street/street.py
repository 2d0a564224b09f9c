"""The walkers of one street at any time. They depend on the seed only, so all cameras see the same ones.

Time is divided into slots. A slot holds nobody, one person or a pair, drawn from the street's seed and the slot's
number alone. Arrivals are thus close to a Poisson process, with a minimum distance between groups.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge.street import layout as layouts
from edge.street import path as paths
from edge.street import walker as walkers
from edge.street.layout import FACADE_Y, LANES_Y, Layout
from edge.street.optics import SPACING_M, Points, View, camera_places
from edge.street.path import Path
from edge.street.truth import Visit
from edge.street.walker import Walker

SLOTS_KEPT = 512
"""Slots whose people are remembered: ten minutes of a busy street; a long run needs no more memory than a short one."""
SLOT_SHARE = 0.8
"""Share of the slots that hold people."""
JITTER = 0.4
"""Part of a slot in which its people arrive; the rest is the minimum distance to those of the next slot."""
RUN_SLOTS = 12
"""Slots of one run: its people walk in one direction at about one speed, so that they seldom hide each other."""
PAIR_SHARE = 0.18
"""Share of the groups that are pairs."""
CROSSING_SHARE = 0.25
"""Share of the single walkers who come out of a shop or go into one, towards or away from the booth."""
SLOWEST, FASTEST = 1.1, 1.55
"""Range of walking speeds, metres a second."""
PACE_SPREAD = 0.04
"""Standard deviation of the speed within a run, metres a second."""
BEYOND_M = 10.0
"""Metres beyond the outermost camera at which walkers begin and end, outside every view."""
CLEARANCE_M = 0.55
"""Distance from a walker's path to the middle of a post that is enough, metres."""


class Street:
    """All walkers of one street."""

    def __init__(self, seed: int, *, cameras: int = 3, rate: float = 24.0, exceptions: float = 0.04) -> None:
        self.seed, self.cameras, self.rate, self.exceptions = seed, cameras, rate, exceptions
        self.layout: Layout = layouts.draw(seed)
        self._slot_s = SLOT_SHARE * (1 + PAIR_SHARE) * 60 / rate
        self._end_x = SPACING_M * (cameras - 1) / 2 + BEYOND_M
        self._longest_s = (2 * self._end_x + 8.0) / SLOWEST + 3
        self._slot = lru_cache(maxsize=SLOTS_KEPT)(self._draw_slot)

    def walkers(self, begin: float, end: float) -> list[Walker]:
        """Return the walkers in the street at any time between two street seconds, in the order of their ids."""
        return [w for w in self._candidates(begin, end) if w.begins_at < end and w.ends_at > begin]

    def view(self, camera: int, size: tuple[int, int]) -> View:
        """Return the view of a camera with pictures of this (width, height)."""
        x, yaw = camera_places(self.cameras)[camera]
        return View(x, yaw, size)

    def visits(self, camera: int, times: list[float], size: tuple[int, int] = (640, 360)) -> list[Visit]:
        """Return the walkers seen at full height by a camera, in frames at these evenly spaced street times."""
        if not times:
            return []
        view, interval = self.view(camera, size), times[1] - times[0] if len(times) > 1 else 0.0
        every = np.array(times)
        found = []
        for walker in self.walkers(times[0], times[-1] + 1e-9):
            present = every[(every >= walker.begins_at) & (every <= walker.ends_at)]
            visit = _visit(walker, camera, view, present, interval)
            if visit is not None:
                found.append(visit)
        return found

    def _candidates(self, begin: float, end: float) -> Iterator[Walker]:
        first = max(0, int(begin / self._slot_s))  # slot 0 begins _longest_s before street time 0
        last = int((end + self._longest_s) / self._slot_s)
        for slot in range(first, last + 1):
            yield from self._slot(slot)

    def _draw_slot(self, slot: int) -> tuple[Walker, ...]:
        rng = np.random.default_rng([self.seed, 2, slot])
        if rng.random() >= SLOT_SHARE:
            return ()
        at = (slot + JITTER * rng.random()) * self._slot_s - self._longest_s
        sign, pace = self._run(slot)
        speed = float(np.clip(pace + rng.normal(0, PACE_SPREAD), SLOWEST, FASTEST))
        if rng.random() < PAIR_SHARE:
            return self._draw_pair(rng, slot, at, sign, speed)
        is_crossing = rng.random() < CROSSING_SHARE
        path = self._crossing(rng, sign) if is_crossing else self._lane(slot, sign, float(rng.normal(0, 0.06)))
        return (walkers.draw(rng, 2 * slot, path, at, speed, self.exceptions),)

    def _draw_pair(
        self, rng: np.random.Generator, slot: int, at: float, sign: float, speed: float
    ) -> tuple[Walker, ...]:
        """Draw two people side by side, one a step ahead so that neither hides the other from the side."""
        behind = float(rng.uniform(1.15, 1.5)) / speed
        return tuple(
            walkers.draw(rng, 2 * slot + i, self._lane(slot, sign, aside), at + late, speed, self.exceptions)
            for i, (aside, late) in enumerate(((-0.2, 0.0), (0.2, behind)))
        )

    def _run(self, slot: int) -> tuple[float, float]:
        """Return direction (1 to the right, -1 to the left) and speed (metres a second) of the slot's run."""
        rng = np.random.default_rng([self.seed, 8, slot // RUN_SLOTS])
        return (1.0 if rng.random() < 0.5 else -1.0), float(rng.uniform(SLOWEST + 0.1, FASTEST - 0.1))

    def _lane(self, slot: int, sign: float, aside: float) -> Path:
        """Return a path along the street. Slots take the lanes in turn, so neighbours in time are near in depth too."""
        last = len(LANES_Y) - 1
        y = LANES_Y[last - abs(last - slot % (2 * last))] + aside
        return paths.straight((-sign * self._end_x, y), (sign * self._end_x, y))

    def _crossing(self, rng: np.random.Generator, sign: float) -> Path:
        """Return a path between a shop door and one end of the street that passes close to the booth."""
        reach = self._end_x - 6.0
        doors = [x for x in self.layout.doors if abs(x) < reach]
        tries = [self._try_crossing(rng, doors, sign) for _ in range(4)]
        return max(tries, key=lambda path: min(self._clearance(path), CLEARANCE_M))

    def _try_crossing(self, rng: np.random.Generator, doors: list[float], sign: float) -> Path:
        x, is_leaving = float(rng.choice(doors)), rng.random() < 0.5
        side = sign if is_leaving else -sign
        y = float(rng.uniform(4.4, 5.0))
        near = x + side * float(rng.uniform(0.0, 2.5))
        corners = [(x, FACADE_Y + 0.3), (x, 7.0), (near, 5.8), (near, y), (near + 3 * side, y), (side * self._end_x, y)]
        return paths.curve(corners if is_leaving else corners[::-1])

    def _clearance(self, path: Path) -> float:
        posts = np.array([(thing.x, thing.y) for thing in self.layout.things])
        return float(np.hypot(*(path.points[:, None] - posts[None]).transpose(2, 0, 1)).min())


def outline(walker: Walker, view: View, joints: Points) -> Points:
    """[t, 4] boxes (x1, y1, x2, y2 in pixels) around a walker with joints [t, joints, 3] in metres."""
    points, depth = view.project(joints)
    reach = (walker.radii() * view.focal / depth)[..., None]
    return np.concatenate([(points - reach).min(axis=1), (points + reach).max(axis=1)], axis=1)


def is_inside(boxes: Points, size: tuple[int, int]) -> NDArray[np.bool_]:
    """[t] True for boxes [t, 4] that are wholly inside a picture of this (width, height)."""
    x1, y1, x2, y2 = boxes.T
    return np.asarray((x1 >= 0) & (y1 >= 0) & (x2 <= size[0] - 1) & (y2 <= size[1] - 1), bool)


def _visit(walker: Walker, camera: int, view: View, times: Points, interval: float) -> Visit | None:
    if len(times) == 0:
        return None
    boxes = outline(walker, view, walker.pose(times))
    full = is_inside(boxes, view.size)
    if not full.any():
        return None
    tallest = float((boxes[full, 3] - boxes[full, 1]).max())
    seen = times[full]
    return Visit(
        walker.walker_id,
        camera,
        float(seen[0]),
        float(seen[-1]),
        float(full.sum() * interval),
        tallest,
        bool(walker.outfit.exceptional),
    )
