"""The best views of one person, averaged into the Appearance of the sighting."""

from collections.abc import Iterator, Sequence

import numpy as np

from edge.records import Appearance, Floats


class BestViews:
    """Owner of the best views of one track so far; all other views are dropped at once."""

    def __init__(self, best: int) -> None:
        self._best = best
        self._views: list[Appearance] = []
        self._geometric: list[float] = []

    def __len__(self) -> int:
        return len(self._views)

    def is_wanted(self, geometric: float) -> bool:
        """Return True if a view with this geometry (0..1) would be kept, so that it is worth describing."""
        return len(self._views) < self._best or geometric > min(self._geometric)

    def add(self, view: Appearance, geometric: float) -> None:
        """Keep a view; if there are enough, it replaces the one with the worst geometry."""
        if len(self._views) == self._best:
            worst = self._geometric.index(min(self._geometric))
            del self._views[worst], self._geometric[worst]
        self._views.append(view)
        self._geometric.append(geometric)

    def each(self) -> Iterator[tuple[Appearance, float]]:
        """Yield the views and their geometries."""
        yield from zip(self._views, self._geometric, strict=True)

    def merge(self, other: "BestViews") -> None:
        """Keep the best views of both; the other one is a second track of the same person."""
        for view, geometric in other.each():
            if self.is_wanted(geometric):
                self.add(view, geometric)

    def mean(self) -> Appearance | None:
        """Average the views, weighted by quality and agreement; None without any.

        A view that differs from the others (another person walked in front) weighs less. Disagreement between the
        views also lowers the quality of the result.
        """
        if not self._views:
            return None
        qualities = np.array([view.quality for view in self._views], np.float32)
        away = _disagreement([view.palettes for view in self._views])
        weights = qualities * (1 - away) ** 2
        return Appearance(
            _mean([view.palettes for view in self._views], weights),
            _mean([view.patterns for view in self._views], weights),
            _mean([view.garments for view in self._views], weights),
            _mean_known([view.colour for view in self._views], weights),
            _mean_known([view.texture for view in self._views], weights),
            _mean_known([view.composition for view in self._views], weights),
            float((qualities * (1 - away)).mean()),
            len(self._views),
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


def _mean_known(values: Sequence[Floats], weights: Floats) -> Floats:
    """Weighted mean of vectors [n]; NaN where no view has the value."""
    stacked = np.stack(values)
    known = ~np.isnan(stacked) * weights[:, None]
    total = known.sum(axis=0)
    mean = np.nan_to_num(stacked * known).sum(axis=0) / np.maximum(total, 1e-9)
    return np.asarray(np.where(total > 0, mean, np.nan), np.float32)
