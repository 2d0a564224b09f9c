"""Loads labelled photos of Clothing Co-Parsing (CCP): pixels, and labels as this project's classes.

Source: Yang, Luo and Lin, "Clothing Co-Parsing by Joint Image Segmentation and Labeling" (CVPR 2014); photos 1 to 804
have one of 59 labels at every pixel.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import scipy.io

from edge.records import CLASSES, Pixels

TEST_IDS = range(705, 805)
"""Photos that are never trained on."""
TWINS = (594, 692)
"""Photos of the same outfits as test photos 722 and 732; not trained on either."""
TRAIN_IDS = tuple(number for number in range(1, 705) if number not in TWINS)

WORDS = {
    "background": "null",
    "skin": "skin",
    "hair": "hair",
    "upper": "blouse bra hoodie intimate jumper shirt sweater sweatshirt t-shirt top",
    "outer": "blazer cape cardigan coat jacket suit vest",
    "lower": "jeans leggings panties pants shorts skirt stockings tights",
    "dress": "bodysuit dress romper swimwear",
    "shoes": "boots clogs flats heels loafers pumps sandals shoes sneakers socks wedges",
    "bag": "bag purse wallet",
    "accessory": "accessories belt bracelet earrings glasses gloves hat necklace ring scarf sunglasses tie watch",
}
"""Labels of CCP that belong to each class."""

CLASS_OF = {word: CLASSES.index(name) for name, words in WORDS.items() for word in words.split()}


def read(ccp: Path, number: int) -> tuple[Pixels, Pixels]:
    """Return the photo [h, w, 3] RGB and the class of each pixel [h, w], as positions in CLASSES."""
    pixels = picture(ccp, number)
    labels = scipy.io.loadmat(ccp / "annotations" / "pixel-level" / f"{number:04d}.mat")["groundtruth"]
    return pixels, _classes(ccp)[labels]


def picture(ccp: Path, number: int) -> Pixels:
    """Return the photo alone, [h, w, 3] RGB; FileNotFoundError if there is none of that number."""
    pixels = cv2.imread(str(ccp / "photos" / f"{number:04d}.jpg"))
    if pixels is None:
        raise FileNotFoundError(f"{ccp}: expected photos/{number:04d}.jpg, found no such picture")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


def tags(ccp: Path, number: int) -> set[str]:
    """Return the names of our classes in a photo that has tags alone (1005 to 1804)."""
    said = scipy.io.loadmat(ccp / "annotations" / "image-level" / f"{number:04d}.mat")["tags"].ravel()
    return {CLASSES[_classes(ccp)[int(position)]] for position in said} - {"background"}


def has_labels(folder: Path, number: int) -> bool:
    return (folder / "annotations" / "pixel-level" / f"{number:04d}.mat").exists()


def wears(ccp: Path, number: int, words: Sequence[str]) -> bool:
    """Return True if any pixel of the photo has one of these of its 59 labels."""
    labels = scipy.io.loadmat(ccp / "annotations" / "pixel-level" / f"{number:04d}.mat")["groundtruth"]
    names = _names(ccp)
    return bool(np.isin(labels, [names.index(word) for word in words]).any())


@cache
def _names(ccp: Path) -> tuple[str, ...]:
    """Return the photos' own labels, in the order of their numbers."""
    return tuple(str(name.item()) for name in scipy.io.loadmat(ccp / "label_list.mat")["label_list"].ravel())


@cache
def _classes(ccp: Path) -> Pixels:
    """Return [59] the class of each label, in the order of the photos' numbers for them."""
    return np.array([CLASS_OF[name] for name in _names(ccp)], np.uint8)
