"""Labelled street-fashion photos, held in memory at the size that training needs."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from tools.evaluation.labels import TRAIN_IDS, read
from tools.training.bystanders import REACH, bystanders
from tools.training.partial import IGNORED

if TYPE_CHECKING:  # a pack (pack.py) needs no model's runtime
    from tools.evaluation.peers import PoseNet

HEIGHT = 440
"""Height of a photo in pixels: a quarter more than the model's input, so that a scene can zoom in."""


class Photo(NamedTuple):
    """A photo of mostly one person, with its labels."""

    number: int
    pixels: NDArray[np.uint8]
    """[h, w, 3] RGB."""
    classes: NDArray[np.uint8]
    """[h, w] positions in records.CLASSES, codes of partial.py, or IGNORED."""

    @property
    def person(self) -> NDArray[np.bool_]:
        """[h, w] True where a person certainly is."""
        return np.asarray((self.classes > 0) & (self.classes != IGNORED))

    @property
    def is_known(self) -> bool:
        """True if the photo's patterns were labelled by eye (kinds.py)."""
        return self.number in TRAIN_IDS

    def halved(self) -> Self:
        """Return the photo half as high and as wide."""
        size = [side // 2 for side in self.classes.shape[::-1]]
        return self._replace(
            pixels=np.asarray(cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA), np.uint8),
            classes=np.asarray(cv2.resize(self.classes, size, interpolation=cv2.INTER_NEAREST), np.uint8),
        )


def load(ccp: Path, numbers: Iterable[int], posenet: "PoseNet", cache: Path) -> list[Photo]:
    """Load the photos that have labels; unlabelled passers-by behind the person become IGNORED."""
    cv2.setNumThreads(0)  # scenes are made in forked workers, which OpenCV's own threads do not survive
    wanted = list(numbers)

    def made() -> Iterator[Photo]:
        for number in track(wanted, "labelled photos", disable=not sys.stderr.isatty()):
            yield _load(ccp, number, posenet)

    stamp = f"{posenet.interpreter.model_id} {wanted} {REACH}"
    return [photo for photo in kept(cache, stamp, made) if photo.person.any()]


def kept(cache: Path, stamp: str, make: Callable[[], Iterable[Photo]]) -> list[Photo]:
    """Return the photos cached in the .npz `cache`; without a cache of that stamp, make them and cache them."""
    if cache.exists():
        with np.load(cache) as planes:
            if str(planes["stamp"]) == stamp:
                return [Photo(int(n), planes[f"pixels {n}"], planes[f"classes {n}"]) for n in planes["numbers"]]
    photos = list(make())
    planes = {f"{name} {photo.number}": getattr(photo, name) for photo in photos for name in ("pixels", "classes")}
    new = cache.with_suffix(".new.npz")
    np.savez_compressed(new, stamp=stamp, numbers=[photo.number for photo in photos], **planes)
    new.replace(cache)
    return photos


def _load(ccp: Path, number: int, posenet: "PoseNet") -> Photo:
    pixels, classes = read(ccp, number)
    classes = np.where(bystanders(pixels, classes > 0, posenet), IGNORED, classes)
    size = (max(round(pixels.shape[1] * HEIGHT / pixels.shape[0]), 1), HEIGHT)
    return Photo(
        number,
        np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8),
        np.asarray(cv2.resize(classes, size, interpolation=cv2.INTER_NEAREST), np.uint8),
    )
