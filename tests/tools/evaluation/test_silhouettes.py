"""Street people found or not, with known answers."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import ConfigError
from edge.records import CLASSES, Detection, Pixels
from tests.tools.evaluation.maps import HEIGHT, WIDTH, TellingInterpreter
from tools.evaluation.silhouettes import SMALL, Picture, _commonest, _small, silhouettes


class OneMore:
    """Finds one person in a whole picture, in pixels of it."""

    def __init__(self, box: tuple[float, float, float, float]) -> None:
        self.box = box

    def people(self, pixels: Pixels) -> list[Detection]:
        if pixels.shape[:2] != (HEIGHT, WIDTH):
            return []
        x1, y1, x2, y2 = self.box
        points = np.stack([np.linspace(x1, x2, 17), np.linspace(y1, y2, 17)], axis=1).astype(np.float32)
        return [Detection(points, np.full(17, 0.9, np.float32), self.box, 0.9, 0.3)]


UPPER, OUTER, LOWER = (CLASSES.index(name) for name in ("upper", "outer", "lower"))


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    """Two people of 200 pixels on a picture as large as the model's input."""
    people = np.zeros((HEIGHT, WIDTH), np.uint8)
    people[60:260, 80:140], people[60:260, 300:360] = 1, 2
    for folder, plane in (("images", np.full((HEIGHT, WIDTH, 3), 90, np.uint8)), ("masks", people)):
        (tmp_path / folder).mkdir()
        cv2.imwrite(str(tmp_path / folder / ("one.jpg" if folder == "images" else "one.png")), plane)
    return tmp_path


def seen(*people: int) -> Pixels:
    classes = np.zeros((HEIGHT, WIDTH), np.uint8)
    for left in people:
        classes[60:160, left : left + 60], classes[160:260, left : left + 60] = UPPER, LOWER
    return classes


def test_everybody_found_is_a_full_overlap(streets: Path) -> None:
    found = silhouettes(TellingInterpreter(seen(80, 300)), streets, ["one"])
    for how in ("as decoded", "likeliest class"):
        assert found[f"person-mask IoU, {how}"] > 0.93, "but for half a cell around every edge"
    assert found["people found"] == 1
    assert found["share of a torso's commonest garment class"] == 1


def test_one_of_two_is_half_of_both(streets: Path) -> None:
    found = silhouettes(TellingInterpreter(seen(80)), streets, ["one"])
    assert found["person-mask IoU, as decoded"] == pytest.approx(0.5, abs=0.03)
    assert found["people found"] == 0.5


def test_somebody_without_a_label_is_left_out_where_a_pose_model_finds_them(streets: Path) -> None:
    classes = seen(80, 300, 200)  # the third has no label
    found = silhouettes(TellingInterpreter(classes), streets, ["one"], posenet=OneMore((195, 55, 265, 265)))  # type: ignore[arg-type]
    assert found["person-mask IoU, as decoded"] < 0.7
    assert found["person-mask IoU, as decoded, where everybody has a label"] > 0.93


def test_a_garment_in_two_classes_is_told() -> None:
    person = np.zeros((100, 40), bool)
    person[:, 10:30] = True
    classes = np.where(person, UPPER, 0).astype(np.uint8)
    assert _commonest(classes, person) == 1
    classes[:, 10:15] = OUTER
    assert _commonest(classes, person) == pytest.approx(0.75, abs=0.01)
    assert _commonest(np.zeros_like(classes), person) is None


def test_people_are_shown_small() -> None:
    people = np.zeros((700, 500), np.uint8)
    people[100:600, 200:300] = 1
    nowhere = np.zeros_like(people)
    whole = Picture(np.zeros((700, 500, 3), np.uint8), people, np.asarray(people * UPPER, np.uint8), nowhere)
    pixels, who, classes, _ = _small(whole, (HEIGHT, WIDTH))
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert np.ptp(np.flatnonzero(who.any(axis=1))) + 1 == pytest.approx(SMALL, abs=1)
    assert set(np.unique(classes)) == {0, UPPER}


def test_a_folder_without_pictures_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="one"):
        silhouettes(TellingInterpreter(seen()), tmp_path, ["one"])
