"""How much light, lens, distance and framing move the features of one and the same person: shipped with the model.

A baseline adds it to the covariance of what people wear, so that what a cloud can do to a photo surprises nobody.
Estimated by tools/training/nuisance.py; one file a model, `models/NAME.nuisance.json`.
"""

import functools
import hashlib

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge.errors import BaselineError
from edge.model.manifest import manifest_path

WEIGHT = 3.0
"""Times the covariance, as in a feasibility study; here it steadies pattern and garment a little and
costs the finding of edits as little (mean .822 to .819)."""


class Nuisance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mean within-person covariance over the jitters, of each vector of moments; units as in the Appearance."""

    model: str
    """First 12 hex digits of the network's SHA-256."""
    people: int
    """How many it was estimated on."""
    colour: list[list[float]]
    kinds: list[list[float]]
    texture: list[list[float]]
    composition: list[list[float]]

    @property
    def id(self) -> str:
        """12 hex digits over all of it; part of the recipe."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]

    def of(self, moments: str) -> NDArray[np.float64]:
        """[values, values] of one of MOMENTS."""
        return np.array(getattr(self, moments), np.float64)


@functools.cache
def of_model(model: str) -> Nuisance | None:
    """What was shipped for the network of that id; None where nothing was. Raises BaselineError for a broken file."""
    for path in sorted(manifest_path().parent.glob("*.nuisance.json")):
        try:
            found = msgspec.json.decode(path.read_bytes(), type=Nuisance)
        except (OSError, msgspec.DecodeError) as err:
            raise BaselineError(f"{path}: cannot be read ({err}); it comes with the product: install it again") from err
        if found.model == model:
            return found
    return None


def of_recipe(model: str, wanted: str) -> Nuisance | None:
    """The one a recipe names; None if it names none. Raises BaselineError where it is not here."""
    if not wanted:
        return None
    found = of_model(model)
    if found is None or found.id != wanted:
        here = "none" if found is None else found.id
        raise BaselineError(
            f"the baseline was learnt with nuisance covariance {wanted} of model {model}, here is {here}; "
            "use the software it was learnt with, or learn anew"
        )
    return found
