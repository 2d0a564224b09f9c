"""Faults of the view, found from statistics of the picture: lens covered, too dark, image frozen, camera moved.

No picture is kept, only a few dozen single pixels of the newest look and the strength of edges along columns and rows.
No picture can be made from these. They are in memory only.
"""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Floats, Frame
from edge.vocabulary import ViewFault

LOOK_S = 1.0
"""Seconds between two looks."""
ROWS, COLUMNS = 36, 64
"""Size of the averaged picture that edges are taken from; averaging removes the noise of single pixels."""
DARK_LEVEL = 18.0
"""Mean grey level (0-255) below which clothes cannot be told apart; chosen by eye on street photos."""
FLAT = 3.0
"""Grey levels: behind a hand, a bag or tape no edge between neighbouring averages is stronger than this."""
STRONGEST_SHARE = 0.01
"""Share of the edges that is looked at, the strongest ones: a street at night has few, such as lamps and windows."""
JUDGED = 10
"""Looks whose median is judged, so that a bus in front of the lens is not taken for a fault."""

DOTS = 64
"""Single pixels that are compared between two looks; too few to show anything."""
FROZEN_LEVEL = 0.05
"""Mean difference in grey levels below which two looks are the same: the noise of a live picture makes 0.5 or more."""
FROZEN_LOOKS = 20
"""Looks in a row without change after which the image counts as frozen."""

SETTLED = 30
"""Looks whose median is the first signature."""
MEMORY = 1800.0
"""Looks over which the signature follows slow change: sun, shadows, dusk, parked cars."""
REACH = 1 / 3
"""Largest shift that is searched, as a share of the picture."""
ALIKE, BETTER = 0.6, 0.2
"""A camera has shifted if the shifted signature correlates this well, and this much better than the unshifted one."""
STRANGE = 0.5
"""Correlation below which the camera was turned or tilted; half or double the light leaves 0.9 (measured on clips)."""


class View(NamedTuple):
    """The faults of the view."""

    is_covered: bool = False
    is_dark: bool = False
    is_frozen: bool = False
    has_moved: bool = False

    @property
    def faults(self) -> list[ViewFault]:
        """The names of the faults that are true, as the wire has them."""
        faults: list[ViewFault] = ["covered", "dark", "frozen", "moved"]
        return [fault for fault, is_so in zip(faults, self, strict=True) if is_so]


class TamperDetector:
    """Owner of the view's statistics. Call `look` with every frame; it uses at most one in LOOK_S seconds."""

    def __init__(self, *, is_live: bool) -> None:
        """`is_live`: whether a still image is a fault; a clip or a simulation may stand still."""
        self._is_live = is_live
        self._looked_at: float | None = None
        self._levels: deque[tuple[float, float]] = deque(maxlen=JUDGED)
        """Mean grey level and strength of the strongest edges, for each of the last looks."""
        self._dots: Floats | None = None
        self._still = 0
        """Looks in a row without any change."""
        self._signature = Signature()

    @property
    def view(self) -> View:
        """The faults as of the newest look."""
        levels = list(self._levels)  # the heartbeat asks from another thread
        level, edge = np.median(levels, axis=0) if len(levels) == JUDGED else (128.0, 255.0)
        is_covered = bool(edge < FLAT)
        return View(
            is_covered,
            is_dark=bool(level < DARK_LEVEL) and not is_covered,
            is_frozen=self._still >= FROZEN_LOOKS and not is_covered,
            has_moved=self._signature.has_moved and not is_covered,
        )

    def look(self, frame: Frame, boxes: Sequence[tuple[float, float, float, float]], now: float) -> None:
        """Measure brightness, contrast, change and edges of a frame, once every LOOK_S; `now` is monotonic, in seconds.

        `boxes` are those of the people, (x1, y1, x2, y2) in pixels of the frame: edges inside them are left out.
        """
        if self._looked_at is not None and now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        self._note_change(frame)
        grey = _averages(frame)
        across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
        edges = np.sort(np.concatenate([across.ravel(), down.ravel()]))
        self._levels.append((float(grey.mean()), float(edges[-max(1, int(STRONGEST_SHARE * edges.size))])))
        if edges[-1] >= FLAT:
            hidden = _hidden(frame.pixels.shape[:2], boxes)
            self._signature.learn(_profile(across, hidden[:, 1:], 0), _profile(down, hidden[1:], 1))

    def _note_change(self, frame: Frame) -> None:
        """Count looks without change. Sensor noise changes every pixel, so an image without change is frozen."""
        flat = frame.pixels.reshape(-1, 3)
        dots = flat[:: max(1, len(flat) // DOTS), 1].astype(np.float32)
        if self._dots is not None and self._is_live:
            is_still = len(dots) == len(self._dots) and float(np.abs(dots - self._dots).mean()) < FROZEN_LEVEL
            self._still = self._still + 1 if is_still else 0
        self._dots = dots


class Signature:
    """The strength of edges along the columns and rows of the background: two coarse profiles."""

    def __init__(self) -> None:
        self._recent: deque[tuple[Floats, Floats]] = deque(maxlen=SETTLED)
        self._known: tuple[Floats, Floats] | None = None
        self._strange = 0

    @property
    def has_moved(self) -> bool:
        """True after JUDGED looks in a row that differ. The signature is not updated then, so the fault stays."""
        return self._strange >= JUDGED

    def learn(self, columns: Floats, rows: Floats) -> None:
        """Add the edge profiles of one look, [COLUMNS - 1] and [ROWS - 1]; NaN where people hid everything."""
        self._recent.append((columns, rows))
        if len(self._recent) < SETTLED:
            return
        recent = tuple(_median([look[axis] for look in self._recent]) for axis in (0, 1))
        if self._known is None:
            self._known = (recent[0], recent[1])
        self._strange = self._strange + 1 if self._differs(recent[0], recent[1]) else 0
        if not self._strange:
            known = self._known
            self._known = (_toward(known[0], recent[0]), _toward(known[1], recent[1]))

    def _differs(self, columns: Floats, rows: Floats) -> bool:
        assert self._known is not None
        pairs = list(zip(self._known, (columns, rows), strict=True))
        here = [likeness(known, seen, 0) for known, seen in pairs]
        for (known, seen), unmoved in zip(pairs, here, strict=True):
            reach = int(len(known) * REACH)
            best = max(likeness(known, seen, shift) for shift in range(-reach, reach + 1))
            if best > ALIKE and best > unmoved + BETTER:
                return True
        return min(here) < STRANGE


def likeness(known: Floats, seen: Floats, shift: int) -> float:
    """Correlation (-1..1) of two profiles [n] where they overlap, with `seen` moved back by `shift` places.

    >>> wave = np.array([0, 1, 5, 1, 0, 0, 3, 0], np.float32)
    >>> round(likeness(wave, wave, 0), 2), round(likeness(wave[:-1], wave[1:], -1), 2)
    (1.0, 1.0)
    >>> likeness(wave, np.ones(8, np.float32), 0)
    0.0
    """
    mine = known[max(0, -shift) : len(known) - max(0, shift)]
    theirs = seen[max(0, shift) : len(seen) - max(0, -shift)]
    mine, theirs = mine - mine.mean(), theirs - theirs.mean()
    size = float(np.linalg.norm(mine) * np.linalg.norm(theirs))
    return float(mine @ theirs) / size if size else 0.0


def _averages(frame: Frame) -> Floats:
    """[ROWS, COLUMNS] mean grey levels."""
    pixels = frame.pixels if frame.lores is None else frame.lores
    small = cv2.resize(pixels, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)


def _hidden(shape: tuple[int, ...], boxes: Sequence[tuple[float, float, float, float]]) -> NDArray[np.bool_]:
    """[ROWS, COLUMNS] True in the cells of people and one cell around them; `shape` is the frame's."""
    hidden = np.zeros((ROWS, COLUMNS), np.bool_)
    across, down = COLUMNS / shape[1], ROWS / shape[0]
    for x1, y1, x2, y2 in boxes:
        top, bottom = max(0, int(y1 * down) - 1), int(y2 * down) + 2
        hidden[top:bottom, max(0, int(x1 * across) - 1) : int(x2 * across) + 2] = True
    return hidden


def _profile(edges: Floats, hidden: NDArray[np.bool_], axis: int) -> Floats:
    """Root of the mean edge strength over one axis, without hidden cells; NaN where all are hidden."""
    seen = (~hidden).sum(axis=axis)
    total = np.where(hidden, 0, edges).sum(axis=axis)
    return np.sqrt(np.where(seen > 0, total / np.maximum(seen, 1), np.nan)).astype(np.float32)


def _median(profiles: list[Floats]) -> Floats:
    """Median over the looks, at each place without those that are NaN there; 0 where all are."""
    stacked = np.stack(profiles)
    stacked[:, np.isnan(stacked).all(axis=0)] = 0
    return np.asarray(np.nanmedian(stacked, axis=0), np.float32)


def _toward(known: Floats, seen: Floats) -> Floats:
    return (known + (seen - known) / np.float32(MEMORY)).astype(np.float32)
