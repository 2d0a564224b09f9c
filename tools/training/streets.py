"""Street pictures with several labelled people each, seen from all sides, and the people cut out of them."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Pixels
from tools.training import silhouettes
from tools.training.bystanders import bystanders
from tools.training.partial import CODES, IGNORED
from tools.training.paste import HEIGHT_UNIT, extent
from tools.training.photos import Photo

if TYPE_CHECKING:  # a pack (pack.py) needs no model's runtime
    from tools.evaluation.peers import PoseNet

UNNUMBERED = -1
"""Photo number of a street person: nothing is known of their patterns."""
SMALLEST = 60
"""Height in pixels below which people are not cut out."""
MARGIN = 4
"""Pixels kept around a person who is cut out."""


class Street(NamedTuple):
    """One street picture with its labels."""

    pixels: Pixels
    """[h, w, 3] RGB."""
    people: Pixels
    """[h, w] a number for each labelled person, 0 for background."""
    classes: Pixels
    """[h, w] positions in records.CLASSES, codes of partial.py, or IGNORED."""

    @property
    def heights(self) -> Pixels:
        """[h, w] height of the person there, as in paste.Scene."""
        numbers = range(1, int(self.people.max()) + 1)
        tall = [0, *(_rows(self.people == number) // HEIGHT_UNIT for number in numbers)]
        return np.minimum(tall, 255).astype(np.uint8)[self.people]


def load(folder: Path, posenet: "PoseNet") -> list[Street]:
    """Load the Penn-Fudan pictures that may be trained on; their labels are in silhouettes.py."""
    cv2.setNumThreads(0)  # scenes are made in forked workers, which OpenCV's own threads do not survive
    names = [name for name in silhouettes.names(folder) if name not in silhouettes.HELD_OUT]
    return [_load(folder, name, posenet) for name in names]


def cut_out(streets: list[Street]) -> list[Photo]:
    """Cut out each person alone, on pixels labelled as background."""
    return [photo for street in streets for photo in _people(street)]


def _load(folder: Path, name: str, posenet: "PoseNet") -> Street:
    pixels, people, classes = silhouettes.labelled(folder, name)
    is_person = people > 0
    classes = np.where(is_person & (classes == IGNORED), CODES["anybody"], classes).astype(np.uint8)
    classes[bystanders(pixels, is_person, posenet)] = IGNORED
    near = np.ones((3, 3), np.uint8)  # silhouettes are a pixel off here and there
    solid = is_person.astype(np.uint8)
    classes[cv2.dilate(solid, near) != cv2.erode(solid, near)] = IGNORED
    return Street(pixels, people, classes)


def _rows(mask: NDArray[np.bool_]) -> int:
    rows = np.flatnonzero(mask.any(axis=1))
    return int(rows[-1] - rows[0] + 1) if rows.size else 0


def _people(street: Street) -> list[Photo]:
    photos = []
    for number in range(1, int(street.people.max()) + 1):
        mask = street.people == number
        if not mask.any():
            continue
        top, bottom, left, right = extent(mask)
        if bottom - top < SMALLEST:
            continue
        part = np.s_[max(top - MARGIN, 0) : bottom + MARGIN + 1, max(left - MARGIN, 0) : right + MARGIN + 1]
        alone = np.where(mask, street.classes, 0)[part].astype(np.uint8)
        photos.append(Photo(UNNUMBERED, street.pixels[part].copy(), alone))
    return photos
