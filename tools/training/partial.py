"""Truth that is known in part: codes above the classes, each for several classes that a pixel may have.

A silhouette says that a pixel is somebody, not what they wear there; a knee says that it is no hair. The loss then
asks that the classes of the set together are likely, not which of them is.
"""

import numpy as np
from numpy.typing import NDArray

from edge.records import CLASSES

IGNORED = 255
"""Nothing is known: the pixel does not count."""

SETS: dict[str, tuple[str, ...]] = {
    "anybody": CLASSES[1:],
    "torso": ("upper", "outer", "dress", "bag"),
    "legs": ("lower", "dress", "outer", "skin"),
    "feet": ("shoes",),
    "head": ("hair", "skin", "accessory"),
}
"""What is known, and the classes it leaves."""

CODES = {name: len(CLASSES) + position for position, name in enumerate(SETS)}
"""The number that stands for a set in a plane of classes."""


def members() -> NDArray[np.bool_]:
    """[sets, classes] whether a class belongs to a set, in the order of CODES."""
    return np.array([[name in names for name in CLASSES] for names in SETS.values()])
