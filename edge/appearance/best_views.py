"""The best views of one person, averaged into the Appearance of the sighting."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from edge.appearance.colour import Light
from edge.appearance.crop import CloseUp
from edge.appearance.describe import Draft, complete
from edge.records import WORN, Appearance, Detection, Floats, Worn

NOT_FOUND = 0.5
"""Factor on the quality of a view whose second look found nobody."""
BETTER = 1.1
"""Ratio by which a view's geometry must be better than that of the view it replaces: who walks up to the camera is a
little better in every frame, and describing each costs more than it gains."""


class Waiting(NamedTuple):
    """What a second look at a view needs; kept in memory only while the view waits for it."""

    near: CloseUp
    person: Detection
    """In pixels of the frame, as first seen."""
    light: Light
    """The camera's light at that time."""
    geometric: float
    """Quality (0..1) of the view by its keypoints at the close-up's size."""


class _View(NamedTuple):
    seen: Appearance | Draft | None
    """A first look stays a draft until somebody asks for the mean; None if it showed too little garment."""
    geometric: float
    waiting: Waiting | None


class BestViews:
    """Owner of the best views of one track so far; all other views are dropped at once.

    The best `close` of them may wait for a second look. No view is looked at twice.
    """

    def __init__(self, best: int, close: int = 0) -> None:
        self._best, self._close = best, close
        self._views: list[_View] = []
        """Best geometry first."""
        self.seen_at = 0.0
        """UTC seconds of the newest frame in which the person was in view."""

    def __len__(self) -> int:
        """Return the number of views that are described."""
        return sum(view.seen is not None for view in self._views)

    @property
    def kept(self) -> int:
        """Number of views, with those that only wait to be described by a second look."""
        return len(self._views)

    @property
    def looked_again(self) -> int:
        """Number of views described from a second look."""
        return sum(view.seen is not None and view.seen.looked_again > 0 for view in self._views)

    @property
    def waiting(self) -> int:
        """Number of views that wait for a second look."""
        return sum(view.waiting is not None for view in self._views)

    @property
    def waiting_bytes(self) -> int:
        """Bytes of the close-ups that are kept."""
        return sum(view.waiting.near.pixels.nbytes for view in self._views if view.waiting is not None)

    def is_wanted(self, geometric: float) -> bool:
        """Return True if a view with this geometry (0..1) would be kept, so that it is worth describing."""
        return len(self._views) < self._best or geometric > BETTER * self._views[-1].geometric

    def is_close(self, geometric: float) -> bool:
        """Return True if a view with this geometry (0..1) would wait for a second look."""
        if len(self._views) < self._close:
            return True
        return self._close > 0 and geometric > self._views[self._close - 1].geometric

    def add(self, seen: Appearance | Draft | None, geometric: float, waiting: Waiting | None = None) -> None:
        """Keep a view with its first description; if there are enough, it replaces the one with the worst geometry."""
        self._keep([*self._views, _View(seen, geometric, waiting)])

    def absorb(self, other: "BestViews") -> None:
        """Take over the views of a track that proved to be the same person; the best of both are kept."""
        self.seen_at = max(self.seen_at, other.seen_at)
        self._keep([*self._views, *other.release()])

    def release(self) -> "list[_View]":
        """Give all views away."""
        views, self._views = self._views, []
        return views

    def next_waiting(self) -> Waiting | None:
        """Return the best view that waits for a second look; None if there is none."""
        return next((view.waiting for view in self._views if view.waiting is not None), None)

    def replace(self, waiting: Waiting, seen: Appearance | None) -> None:
        """Put `seen` in the place of the first description of the view `waiting`, whose close-up is dropped.

        None: the second look found nobody. The first description stays, at NOT_FOUND of its quality.
        """
        views = []
        for view in self._views:
            if view.waiting is not waiting:
                views.append(view)
            elif seen is not None:
                views.append(view._replace(seen=seen, waiting=None))
            elif view.seen is not None:
                first = dataclasses.replace(view.seen, quality=view.seen.quality * NOT_FOUND)
                views.append(view._replace(seen=first, waiting=None))
        self._views = views

    def stop_waiting(self) -> int:
        """Drop every close-up, so that the first descriptions count; returns how many second looks that skips."""
        skipped = self.waiting
        self._keep([view._replace(waiting=None) for view in self._views])
        return skipped

    def _keep(self, views: list[_View]) -> None:
        """Keep the best of `views`; drop close-ups below the best `close`, then views with nothing left."""
        ranked = sorted(views, key=lambda view: -view.geometric)
        kept = [*ranked[: self._close], *(view._replace(waiting=None) for view in ranked[self._close :])]
        self._views = [view for view in kept if view.seen is not None or view.waiting is not None][: self._best]

    def mean(self) -> Appearance | None:
        """Average the views, weighted by quality and agreement; None without any.

        A view that differs from the others (another person walked in front) weighs less. Disagreement between the
        views also lowers the quality of the result. Patterns come from second looks alone if there are any.
        """
        self._views = [
            view._replace(seen=complete(view.seen)) if isinstance(view.seen, Draft) else view for view in self._views
        ]
        views = [view.seen for view in self._views if isinstance(view.seen, Appearance)]
        if not views:
            return None
        qualities = np.array([view.quality for view in views], np.float32)
        away = _disagreement([view.palettes for view in views])
        weights = qualities * (1 - away) ** 2
        is_close = np.array([view.looked_again > 0 for view in views])
        kinds = weights * is_close if is_close.any() else weights
        return Appearance(
            _mean([view.palettes for view in views], weights),
            _mean([view.words for view in views], weights),
            _mean([view.counted_words for view in views], weights),
            _mean([view.patterns for view in views], kinds),
            _mean([view.garments for view in views], weights),
            _mean_known([view.colour for view in views], weights),
            _mean_known([view.texture for view in views], weights),
            _mean_known([view.composition for view in views], weights),
            float((qualities * (1 - away)).mean()),
            len(views),
            int(is_close.sum()),
            float(np.average([view.height for view in views], weights=np.maximum(weights, 1e-9))),
            worn=_mean_worn([view.worn for view in views], weights, kinds),
        )


def _disagreement(palettes: Sequence[Floats]) -> Floats:
    """[views] 0..<1: total variation distance of each view's whole palette from the median palette.

    One odd view does not pull the median. With one or two views there is no telling which is odd: all are 0.
    """
    whole = np.stack([one[-1] for one in palettes])
    if len(whole) < 3:
        return np.zeros(len(whole), np.float32)
    return np.asarray(np.minimum(np.abs(whole - np.median(whole, axis=0)).sum(axis=1) / 2, 0.95), np.float32)


def _mean(shares: Sequence[Floats], weights: Floats) -> Floats:
    """Weighted mean of share arrays [..., n], row by row, without the views that did not see the row (all 0)."""
    stacked = np.stack(shares)
    seen = (stacked.sum(axis=-1, keepdims=True) > 0) * weights.reshape(-1, *(1,) * (stacked.ndim - 1))
    return np.asarray((stacked * seen).sum(axis=0) / np.maximum(seen.sum(axis=0), 1e-9), np.float32)


def _mean_worn(views: Sequence[Worn | None], weights: Floats, of_patterns: Floats) -> Worn | None:
    """Weighted mean of the single garments, their patterns by weights of their own; None if no view has any."""
    known = [i for i, view in enumerate(views) if view is not None]
    seen = [view for view in views if view is not None]
    if not seen:
        return None
    weights, of_patterns = weights[known], of_patterns[known]
    shades = _mean([view.shades.reshape(len(WORN), -1) for view in seen], weights)
    return Worn(
        _mean_known([view.areas for view in seen], weights),
        shades.reshape(seen[0].shades.shape),
        _mean([view.patterns for view in seen], of_patterns),
        _mean_known([view.cut for view in seen], weights),
    )


def _mean_known(values: Sequence[Floats], weights: Floats) -> Floats:
    """Weighted mean of vectors [n]; NaN where no view has the value."""
    stacked = np.stack(values)
    known = ~np.isnan(stacked) * weights[:, None]
    total = known.sum(axis=0)
    mean = np.nan_to_num(stacked * known).sum(axis=0) / np.maximum(total, 1e-9)
    return np.asarray(np.where(total > 0, mean, np.nan), np.float32)
