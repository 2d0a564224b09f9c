"""PyOD's methods and one flat Mahalanobis distance on the same features; most of them store every person they saw."""

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import EdgeError
from edge.records import Appearance
from edge.score.features import vectors

Figures = NDArray[np.float64]
SEED = 0
PACKAGES = ("pyod", "sklearn", "opendp")
"""Import names of the packages that only the extra `rivals` installs; OpenDP makes the baselines with noise."""


def check_packages() -> None:
    """Raise EdgeError if a package of the extra `rivals` is not installed."""
    if missing := [name for name in PACKAGES if importlib.util.find_spec(name) is None]:
        raise EdgeError(
            f"rarity is compared with other methods, which need {', '.join(PACKAGES)}; not installed: "
            f"{', '.join(missing)}. Run tools/evaluate rarity, which installs them, or pip install -e .[rivals]"
        )


def fitted(usual: Sequence[Appearance]) -> dict[str, Callable[[Sequence[Appearance | None]], Figures]]:
    """Return scorers by name, each fitted on everyone; features are standardised, unseen ones set to the mean."""
    from pyod.models.copod import COPOD
    from pyod.models.ecod import ECOD
    from pyod.models.hbos import HBOS
    from pyod.models.iforest import IForest
    from pyod.models.knn import KNN
    from pyod.models.loda import LODA
    from sklearn.covariance import OAS

    raw = np.array([features(one) for one in usual])
    mean, spread = np.nanmean(raw, axis=0), np.maximum(np.nanstd(raw, axis=0), 1e-6)

    def standard(people: Sequence[Appearance]) -> Figures:
        return np.asarray(np.nan_to_num((np.array([features(one) for one in people]) - mean) / spread), np.float64)

    known = standard(usual)
    methods: dict[str, Any] = {
        "kNN": KNN(),
        "IForest": IForest(random_state=SEED),
        "ECOD": ECOD(),
        "COPOD": COPOD(),
        "HBOS": HBOS(),
        "LODA": LODA(),
    }
    np.random.seed(SEED)  # noqa: NPY002  LODA draws from the global generator
    scores = {name: method.fit(known).decision_function for name, method in methods.items()}
    scores["flat Mahalanobis"] = OAS().fit(known).mahalanobis

    def scorer(decide: Callable[[Figures], Figures]) -> Callable[[Sequence[Appearance | None]], Figures]:
        def score(people: Sequence[Appearance | None]) -> Figures:
            there = [one for one in people if one is not None]
            found = np.full(len(people), np.nan)
            found[[one is not None for one in people]] = decide(standard(there))
            return found

        return score

    return {name: scorer(decide) for name, decide in scores.items()}


def features(one: Appearance) -> Figures:
    """Return one vector: colour shares of the two main regions, and every vector whose moments a baseline keeps."""
    words = one.counted_words[:2].copy()
    words[~words.any(axis=1)] = np.nan
    return np.concatenate([words.ravel(), *vectors(one).values()]).astype(np.float64)
