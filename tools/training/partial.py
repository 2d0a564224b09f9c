"""Truth that is known in part: codes above the classes, each for several classes that a pixel may have.

A silhouette says that a pixel belongs to a person, not what the person wears there; a knee is certainly not hair. The
loss then asks that the classes of the set are likely together, not which of them it is.
"""

import numpy as np
from numpy.typing import NDArray

from edge.records import CLASSES

IGNORED = 255
"""Nothing is known here: the pixel does not count."""

SETS: dict[str, tuple[str, ...]] = {
    "anybody": CLASSES[1:],
    "torso": ("upper", "outer", "dress", "bag"),
    "legs": ("lower", "dress", "outer", "skin"),
    "feet": ("shoes",),
    "head": ("hair", "skin", "accessory"),
}
"""What is known of a pixel, and the classes that leaves."""

CODES = {name: len(CLASSES) + position for position, name in enumerate(SETS)}
"""Code of each set in a plane of classes."""


def members() -> NDArray[np.bool_]:
    """Return [sets, classes]: True where a class belongs to a set, sets in the order of CODES."""
    return np.array([[name in names for name in CLASSES] for names in SETS.values()])
