"""The nuisance covariance: how light, lens, distance and framing change the features of one person.

A baseline adds it to the covariance of people's clothes, so that a change of light does not make a person unusual.
It is estimated by tools/training/nuisance.py and shipped with the model as `models/NAME.nuisance.json`.
"""

import functools
import hashlib
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge.errors import BaselineError
from edge.model.manifest import manifest_path

WEIGHT = 3.0
"""Factor on the nuisance covariance, from a feasibility study. It makes pattern and garment scores a little steadier
and finds edited garments a little less often (mean .822 to .819)."""


class Nuisance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mean covariance within a person over simulated changes, for each of MOMENTS; units as in the Appearance."""

    model: str
    """First 12 hex digits of the model file's SHA-256."""
    people: int
    """Number of people it was estimated on."""
    colour: list[list[float]]
    kinds: list[list[float]]
    texture: list[list[float]]
    composition: list[list[float]]

    @property
    def id(self) -> str:
        """12 hex digits of a hash of all its values; part of the recipe."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]

    def of(self, moments: str) -> NDArray[np.float64]:
        """[values, values] covariance of one of MOMENTS."""
        return np.array(getattr(self, moments), np.float64)


@functools.cache
def of_model(model: str) -> Nuisance | None:
    """Load the covariance shipped with the model of this id; None if there is none. Raises BaselineError if damaged."""
    return find(manifest_path().parent, model)


def find(folder: Path, model: str) -> Nuisance | None:
    """Load the covariance of the model of this id from a folder; None if it has none. Raises BaselineError."""
    for path in sorted(folder.glob("*.nuisance.json")):
        try:
            found = msgspec.json.decode(path.read_bytes(), type=Nuisance)
        except (OSError, msgspec.DecodeError) as err:
            raise BaselineError(f"{path}: cannot be read ({err}); install this release again") from err
        if found.model == model:
            return found
    return None


def of_recipe(model: str, wanted: str) -> Nuisance | None:
    """Load the covariance that a recipe names; None if it names none. Raises BaselineError if it is missing."""
    if not wanted:
        return None
    found = of_model(model)
    if found is None or found.id != wanted:
        here = "none" if found is None else found.id
        raise BaselineError(
            f"the baseline was learnt with nuisance covariance {wanted} of model {model}, found {here}; "
            "use the software it was learnt with, or learn a new baseline"
        )
    return found
