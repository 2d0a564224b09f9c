"""Overlap, recall and purity of garment maps with known answers."""

from pathlib import Path

import numpy as np
import pytest

from edge.errors import ModelError
from edge.records import CLASSES, Pixels
from tests.people import KnowingInterpreter
from tests.tools.evaluation.data import person, write
from tests.tools.evaluation.maps import HEIGHT, WIDTH, TellingInterpreter
from tools.evaluation.__main__ import main
from tools.evaluation.garments import confusion, garments, overlap, skin_luminance
from tools.evaluation.models import Heads, upsample


def padded(classes: Pixels) -> Pixels:
    return np.pad(classes, ((0, HEIGHT - classes.shape[0]), (0, WIDTH - classes.shape[1])))


def test_overlap_is_intersection_over_union() -> None:
    truth, found = np.zeros((10, 10), np.uint8), np.zeros((10, 10), np.uint8)
    truth[:4], found[2:6] = 3, 3  # 20 pixels of 60
    each = overlap(confusion(truth, found))
    assert each[3] == pytest.approx(20 / 60)
    assert each[0] == pytest.approx(40 / 80)
    assert np.isnan(each[5]), "a class neither there nor found has no overlap"


def test_upsampling_meets_the_corners() -> None:
    cells = np.array([[[0.0], [4.0]], [[8.0], [12.0]]], np.float32)
    pixels = upsample(cells, 4, 5, 5)[..., 0]
    assert (pixels[0, 0], pixels[0, 4], pixels[4, 0], pixels[4, 4]) == (0, 4, 8, 12)
    assert pixels[2, 1] == pytest.approx(5)
    assert upsample(cells, 4, 3, 4).shape == (3, 4, 1)


def test_a_model_that_knows_is_right_everywhere(tmp_path: Path) -> None:
    write(tmp_path, 705, person())
    found = garments(TellingInterpreter(padded(person())), tmp_path, [705])
    assert found["garment mIoU"] > 0.85, "but for half a cell around every edge"
    assert found["person-mask IoU"] > 0.93
    assert found["skin and hair recalled as skin or hair"] > 0.85
    assert found["purity of the upper region"] > 0.93, "but for the same"
    assert np.isnan(found["IoU of bag"])


def test_skin_taken_for_a_garment_is_found_out(tmp_path: Path) -> None:
    write(tmp_path, 705, person())
    wrong = padded(person())
    wrong[wrong == CLASSES.index("skin")] = CLASSES.index("upper")
    found = garments(TellingInterpreter(wrong), tmp_path, [705])
    hair, skin = (person() == 2).sum(), (person() == 1).sum()
    assert found["skin and hair recalled as skin or hair"] == pytest.approx(hair / (hair + skin), abs=0.06)
    upper = (person() == 3).sum()
    assert found["purity of the upper region"] == pytest.approx(upper / (upper + skin), abs=0.04)
    assert found["person-mask IoU"] > 0.93


def test_recall_is_told_by_the_luminance_of_skin(tmp_path: Path) -> None:
    for number, skin in ((705, 60), (706, 120), (707, 220)):
        write(tmp_path, number, person(), skin=skin)
    found = garments(TellingInterpreter(padded(person())), tmp_path, [707, 705, 706])
    darkest, middle, lightest = found["skin L*: darkest, middle, lightest"]
    assert darkest < middle < lightest
    assert len(found["recall of upper, by skin L*"]) == 3


def test_luminance_of_next_to_no_skin_is_not_judged() -> None:
    labels = np.zeros((100, 100), np.uint8)
    labels[0, :5] = CLASSES.index("skin")
    assert np.isnan(skin_luminance(np.full((100, 100, 3), 99, np.uint8), labels))


def test_a_pose_model_alone_is_refused() -> None:
    with pytest.raises(ModelError, match="pose model"):
        Heads(KnowingInterpreter())


def test_the_command_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["garments", "--model", "nothing.tflite", "--no-tflite"]) == 2
    assert "nothing.tflite" in capsys.readouterr().err
