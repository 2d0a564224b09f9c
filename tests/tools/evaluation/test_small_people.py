"""Labelled photos of a painted person, shown small to a model that finds such people at any size."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.records import CLASSES, Pixels
from tests.people import SightedInterpreter, painted, standing
from tests.tools.evaluation.data import write
from tools.evaluation.small_people import SMALL, small_people


def photo(folder: Path, number: int) -> None:
    """Write a photo of one painted person, 500 pixels tall, with its labels."""
    person = standing(200, 60, 500)
    pixels = painted([person], number, (640, 400)).pixels
    (x1, y1), (x2, y2) = np.rint(person.min(axis=0)).astype(int), np.rint(person.max(axis=0)).astype(int)
    hips = round(float(person[11, 1]))
    classes: Pixels = np.zeros((640, 400), np.uint8)
    classes[y1 : hips + 1, x1 : x2 + 1] = CLASSES.index("upper")
    classes[hips : y2 + 1, x1 : x2 + 1] = CLASSES.index("lower")
    write(folder, number, classes)
    cv2.imwrite(str(folder / "photos" / f"{number:04d}.jpg"), pixels[..., ::-1])


def test_the_second_look_sees_the_borders_of_a_small_person_better(tmp_path: Path) -> None:
    photo(tmp_path, 705)
    network = SightedInterpreter()
    found = small_people(network, tmp_path, [705])
    title = f"people {SMALL} px tall"
    first, second = (found[f"garment mIoU, {title}, {name} look"] for name in ("one", "second"))
    assert 0.7 < first < second - 0.03
    assert second > 0.9
    assert found[f"not described, {title}, one look"] == found[f"not described, {title}, second look"] == 0
    assert found[f"{title}, second looks a photo"] == pytest.approx(1)
    rows = (np.ptp(network.inputs[0].astype(int), axis=-1) > 60).any(axis=1).sum()
    assert rows == pytest.approx(SMALL, abs=2)
