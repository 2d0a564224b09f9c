"""The picture's statistics to what is wrong with the view: lens covered, too dark, image frozen, camera moved.

No picture is kept: a few dozen single pixels of the newest look, and how strong edges are along the columns and along
the rows, from which none can be made. They are in memory only.
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
"""Of the averages that edges are taken from; noise of single pixels is gone there."""
DARK_LEVEL = 18.0
"""Mean grey level below which clothes cannot be told apart; by eye on street photos."""
FLAT = 3.0
"""Grey levels between neighbouring averages: a lens covered by a hand, a bag or tape has no stronger edge anywhere."""
STRONGEST_SHARE = 0.01
"""Of the edges, that many are looked at: a street at night has few, but lamps and windows are strong ones."""
JUDGED = 10
"""Looks whose medians are judged: a bus in front of the lens is none of the camera's faults."""

DOTS = 64
"""Single pixels by whose values two looks are compared; too few to show anything."""
FROZEN_LEVEL = 0.05
"""Mean difference in grey levels: noise alone makes 0.5 and more in a live picture, a coded still of one none."""
FROZEN_LOOKS = 20

SETTLED = 30
"""Looks that the first signature is the median of."""
MEMORY = 1800.0
"""Looks over which the signature follows slow change: sun, shadows, dusk, parked cars."""
REACH = 1 / 3
"""Largest shift looked for, as a share of the picture."""
ALIKE, BETTER = 0.6, 0.2
"""Correlation of the shifted signature, and by how much it must beat the unshifted one."""
STRANGE = 0.5
"""Correlation below which the camera is turned or tilted: half the light or twice it leaves 0.9 (measured on clips)."""


class View(NamedTuple):
    """What is wrong with the view."""

    is_covered: bool = False
    is_dark: bool = False
    is_frozen: bool = False
    has_moved: bool = False

    @property
    def faults(self) -> list[ViewFault]:
        """Those that are so, as the wire says them."""
        faults: list[ViewFault] = ["covered", "dark", "frozen", "moved"]
        return [fault for fault, is_so in zip(faults, self, strict=True) if is_so]


class TamperDetector:
    """Owner of what is remembered of the view; `look` at every frame, at most once in LOOK_S is one taken."""

    def __init__(self, *, is_live: bool) -> None:
        """`is_live`: only a camera can freeze; a clip or a simulation may well stand still."""
        self._is_live = is_live
        self._looked_at: float | None = None
        self._levels: deque[tuple[float, float]] = deque(maxlen=JUDGED)
        """Mean grey level and strongest edges."""
        self._dots: Floats | None = None
        self._still = 0
        """Looks without any change, one after the other."""
        self._signature = Signature()

    @property
    def view(self) -> View:
        """As of the newest look."""
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
        """`boxes` of people, in the frame's pixels: what moves in front of the scene is no part of it."""
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
        """Sensor noise differs from frame to frame in every pixel; where nothing differs, the image is frozen."""
        flat = frame.pixels.reshape(-1, 3)
        dots = flat[:: max(1, len(flat) // DOTS), 1].astype(np.float32)
        if self._dots is not None and self._is_live:
            is_still = len(dots) == len(self._dots) and float(np.abs(dots - self._dots).mean()) < FROZEN_LEVEL
            self._still = self._still + 1 if is_still else 0
        self._dots = dots


class Signature:
    """How strong edges are along the columns and the rows of the fixed background: two coarse profiles."""

    def __init__(self) -> None:
        self._recent: deque[tuple[Floats, Floats]] = deque(maxlen=SETTLED)
        self._known: tuple[Floats, Floats] | None = None
        self._strange = 0

    @property
    def has_moved(self) -> bool:
        """Moved for JUDGED looks on end; the signature is not learnt meanwhile, so that it is said until put right."""
        return self._strange >= JUDGED

    def learn(self, columns: Floats, rows: Floats) -> None:
        """One look's profiles, NaN where people hid everything."""
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
    """Correlation of two profiles, the second moved back by `shift` places, where they overlap.

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
    """[ROWS, COLUMNS] where people are, a cell around them included."""
    hidden = np.zeros((ROWS, COLUMNS), np.bool_)
    across, down = COLUMNS / shape[1], ROWS / shape[0]
    for x1, y1, x2, y2 in boxes:
        top, bottom = max(0, int(y1 * down) - 1), int(y2 * down) + 2
        hidden[top:bottom, max(0, int(x1 * across) - 1) : int(x2 * across) + 2] = True
    return hidden


def _profile(edges: Floats, hidden: NDArray[np.bool_], axis: int) -> Floats:
    """Root of the mean edge strength over one axis, of what nobody hides; NaN where all is hidden."""
    seen = (~hidden).sum(axis=axis)
    total = np.where(hidden, 0, edges).sum(axis=axis)
    return np.sqrt(np.where(seen > 0, total / np.maximum(seen, 1), np.nan)).astype(np.float32)


def _median(profiles: list[Floats]) -> Floats:
    """Of the looks that saw something there; 0 where none did."""
    stacked = np.stack(profiles)
    stacked[:, np.isnan(stacked).all(axis=0)] = 0
    return np.asarray(np.nanmedian(stacked, axis=0), np.float32)


def _toward(known: Floats, seen: Floats) -> Floats:
    return (known + (seen - known) / np.float32(MEMORY)).astype(np.float32)
