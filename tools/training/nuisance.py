"""Measures how much light, lens, distance and framing move one person's features, from training photos.

The result ships with a model.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge.score.counts import MOMENTS
from edge.score.features import vectors
from edge.score.nuisance import Nuisance
from edge.seams import Interpreter
from tools.evaluation.exam import Look, photo, progress
from tools.evaluation.jitters import JITTERS
from tools.evaluation.labels import TRAIN_IDS

PEOPLE = 60
DIGITS = 6
"""Significant digits in the file."""


def estimate(interpreter: Interpreter, ccp: Path, ids: Sequence[int] = TRAIN_IDS) -> Nuisance:
    """Return the mean covariance of a person's vectors over all jitters, over PEOPLE evenly drawn from `ids`."""
    look = Look(interpreter)
    within: dict[str, list[NDArray[np.float64]]] = {name: [] for name in MOMENTS}
    people = 0
    for number in progress(ids[:: max(len(ids) // PEOPLE, 1)], "nuisance"):
        pixels = photo(ccp, number)
        seen = look(pixels)
        if pixels is None or seen is None:
            continue
        people += 1
        guises = [seen, *(one for one in (look(jitter(pixels)) for jitter in JITTERS.values()) if one is not None)]
        for name in MOMENTS:
            within[name] += _covariance([vectors(guise)[name] for guise in guises])
    matrices = {name: _rounded(np.mean(each, axis=0)) for name, each in within.items()}
    return Nuisance(interpreter.model_id, people, **matrices)


def save(nuisance: Nuisance, model: Path) -> Path:
    """Write the file beside the model and return its path."""
    path = model.with_suffix(".nuisance.json")
    path.write_bytes(msgspec.json.format(msgspec.json.encode(nuisance), indent=0) + b"\n")
    return path


def _covariance(guises: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float64]]:
    """Return one covariance [values, values], or none if fewer than two versions were seen in full."""
    whole = np.array([guise for guise in guises if not np.isnan(guise).any()], np.float64)
    return [np.cov(whole.T, bias=True)] if len(whole) > 1 else []


def _rounded(matrix: NDArray[np.float64]) -> list[list[float]]:
    return [[float(f"{value:.{DIGITS}g}") for value in row] for row in matrix]
