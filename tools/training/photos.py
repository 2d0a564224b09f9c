"""Labelled street-fashion photos, held in memory at the size that training needs."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.evaluation.labels import read

HEIGHT = 440
"""Pixels; a quarter more than the network sees, to zoom into."""


class Photo(NamedTuple):
    """One person, mostly."""

    number: int
    pixels: NDArray[np.uint8]
    """[h, w, 3] RGB"""
    classes: NDArray[np.uint8]
    """[h, w] positions in records.CLASSES"""

    def halved(self) -> Self:
        """Half as high and as wide."""
        size = [side // 2 for side in self.classes.shape[::-1]]
        return self._replace(
            pixels=np.asarray(cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA), np.uint8),
            classes=np.asarray(cv2.resize(self.classes, size, interpolation=cv2.INTER_NEAREST), np.uint8),
        )


def load(ccp: Path, numbers: Iterable[int]) -> list[Photo]:
    """Those that have labels at all."""
    cv2.setNumThreads(0)  # scenes are made in forked workers, which OpenCV's own threads do not survive
    with ThreadPoolExecutor() as pool:
        photos = pool.map(lambda number: _load(ccp, number), numbers)
        return [photo for photo in photos if photo.classes.any()]


def _load(ccp: Path, number: int) -> Photo:
    pixels, classes = read(ccp, number)
    size = (max(round(pixels.shape[1] * HEIGHT / pixels.shape[0]), 1), HEIGHT)
    return Photo(
        number,
        np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8),
        np.asarray(cv2.resize(classes, size, interpolation=cv2.INTER_NEAREST), np.uint8),
    )
