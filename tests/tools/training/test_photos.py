"""Photos and street pictures as the training sees them: what is known of a pixel, what is not, what is kept."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.records import CLASSES, KEYPOINTS, Detection, Floats, Pixels
from tools.evaluation.labels import TRAIN_IDS
from tools.training.bystanders import bystanders
from tools.training.partial import CODES, IGNORED
from tools.training.paste import SIZE, blank, extent, pasted, placement, plain_scene
from tools.training.photos import Photo, kept
from tools.training.tagged import _classes


class PoseNet:
    """Everybody whom a test names, in pixels of the whole picture."""

    def __init__(self, *boxes: tuple[float, float, float, float]) -> None:
        self.boxes = boxes

    def people(self, pixels: Pixels) -> list[Detection]:
        if pixels.shape[0] != 400:  # a half of the picture, enlarged: nobody more
            return []
        return [_standing(box) for box in self.boxes]


def _standing(box: tuple[float, float, float, float]) -> Detection:
    x1, y1, x2, y2 = box
    share = np.linspace(0, 1, len(KEYPOINTS), dtype=np.float32)
    points = np.stack([x1 + (x2 - x1) * (share * 3 % 1), y1 + (y2 - y1) * share], axis=1).astype(np.float32)
    return Detection(points, np.full(len(KEYPOINTS), 0.9, np.float32), box, 0.9, 0.3)


def test_who_passes_behind_is_unknown_and_not_background() -> None:
    pixels, labelled = np.zeros((400, 300, 3), np.uint8), np.zeros((400, 300), bool)
    labelled[50:390, 100:200] = True
    unknown = bystanders(pixels, labelled, PoseNet((100, 50, 199, 389), (230, 150, 260, 250)))  # type: ignore[arg-type]
    assert unknown[150:250, 230:260].all()
    assert not unknown[labelled].any()
    assert not unknown[:, :60].any(), "the labelled person's own skeleton hides nothing"


def test_a_photo_knows_where_somebody_is_for_certain() -> None:
    classes = np.array([[0, 3, CODES["anybody"], IGNORED]], np.uint8)
    photo = Photo(TRAIN_IDS[0], np.zeros((1, 4, 3), np.uint8), classes)
    assert photo.person.tolist() == [[False, True, True, False]]
    assert photo.is_known
    assert not Photo(1005, photo.pixels, classes).is_known


def test_tags_leave_what_can_be_and_doubt_stays_anybody() -> None:
    chances: Floats = np.full((1, 4, len(CLASSES)), 0.01, np.float32)
    upper, dress = CLASSES.index("upper"), CLASSES.index("dress")
    chances[0, 0, dress], chances[0, 0, upper] = 0.5, 0.4  # but no dress is worn
    chances[0, 1, upper], chances[0, 1, CLASSES.index("outer")] = 0.3, 0.3
    chances[0, 2, 0] = 0.9
    chances[0, 3, upper] = 0.9
    silhouette = np.array([[1.0, 0.9, 0.1, 0.5]], np.float32)
    found = _classes(chances, silhouette, {"upper", "outer"})
    assert found.tolist() == [[upper, CODES["anybody"], 0, IGNORED]]


def test_what_is_kept_is_made_once_and_anew_for_another_stamp(tmp_path: Path) -> None:
    made = []

    def make() -> Iterator[Photo]:
        made.append(1)
        yield Photo(7, np.full((4, 3, 3), 9, np.uint8), np.eye(4, 3, dtype=np.uint8))

    for stamp, times in (("one", 1), ("one", 1), ("two", 2)):
        (photo,) = kept(tmp_path / "photos.npz", stamp, make)
        assert len(made) == times
        assert photo.number == 7
        assert (photo.pixels == 9).all()
        assert (photo.classes == np.eye(4, 3)).all()


@pytest.mark.parametrize("zoom", [0.3, 1.0, 2.0])
def test_what_is_pasted_brings_its_truth(zoom: float) -> None:
    rng = np.random.default_rng(1)
    pixels = np.full((100, 60, 3), 250, np.uint8)
    scene = pasted(
        blank(rng)._replace(pixels=np.zeros((*SIZE, 3), np.uint8)),
        plain_scene(pixels, np.full((100, 60), 3, np.uint8)),
        np.full((100, 60), 255, np.uint8),
        placement(zoom, (60, 90), (100, 60), rng),
        soft=0.0,
    )
    top, bottom, left, right = extent(scene.garments == 3)
    assert bottom - top == pytest.approx(100 * zoom, rel=0.15)
    assert right - left == pytest.approx(60 * zoom, rel=0.25)
    assert (scene.pixels[scene.garments == 0] < 130).all()
