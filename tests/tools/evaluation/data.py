"""A tiny data set laid out like CCP: one drawn person per photo, with labels."""

from pathlib import Path

import cv2
import numpy as np
import scipy.io

from edge.records import Pixels

WORDS = ("null", "skin", "hair", "shirt", "jacket", "pants", "dress", "boots", "bag", "hat")
"""One label of CCP for each class, in the order of the classes."""


def person() -> Pixels:
    """Return [353, 240] classes: head with hair, an upper and a lower garment, shoes; edges on multiples of 4."""
    classes = np.zeros((353, 240), np.uint8)
    classes[20:32, 100:140], classes[32:60, 100:140] = 2, 1
    classes[60:180, 72:168], classes[180:300, 80:160], classes[300:332, 80:160] = 3, 5, 7
    return classes


def write(folder: Path, number: int, classes: Pixels, skin: int = 170) -> Path:
    """Write photo and labels of one number; each class has a grey of its own, so that no garment has a print."""
    for name in ("photos", "annotations/pixel-level"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    greys = np.array([90, skin, 40, 150, 60, 110, 120, 30, 70, 80], np.uint8)
    cv2.imwrite(str(folder / "photos" / f"{number:04d}.jpg"), np.repeat(greys[classes][..., None], 3, axis=2))
    scipy.io.savemat(folder / "annotations" / "pixel-level" / f"{number:04d}.mat", {"groundtruth": classes})
    names = np.empty((1, len(WORDS)), object)
    names[0] = WORDS
    scipy.io.savemat(folder / "label_list.mat", {"label_list": names})
    return folder
