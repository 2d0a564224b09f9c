"""Edited people: only the garment changes, in its own light; and the nuisances, which change no clothes."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from edge.records import CLASSES, Pixels
from tests.people import person_picture
from tools.evaluation import edits
from tools.evaluation.edits import Labelled
from tools.evaluation.jitters import JITTERS

Edit = Callable[[Labelled, np.random.Generator], Pixels | None]

OUTER, LOWER, SKIN = (CLASSES.index(name) for name in ("outer", "lower", "skin"))


@pytest.fixture
def photo() -> Labelled:
    pixels, _, classes = person_picture()
    shade = np.linspace(0.7, 1.3, pixels.shape[1])[None, :, None]
    return Labelled(1, np.clip(pixels * shade, 0, 255).astype(np.uint8), classes)


def lab(pixels: Pixels) -> np.ndarray:
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB))


def test_the_largest_garments_come_first(photo: Labelled) -> None:
    assert set(edits.garments(photo)) == {OUTER, LOWER}
    sizes = [np.count_nonzero(photo.classes == garment) for garment in edits.garments(photo)]
    assert sizes == sorted(sizes, reverse=True)


def edited(photo: Labelled, edit: Edit, seed: int) -> Pixels:
    found = edit(photo, np.random.default_rng(seed))
    assert found is not None
    return found


@pytest.mark.parametrize("edit", [edits.rare_hue, edits.common_hue, edits.bold_pattern, edits.subtle_pattern])
def test_nothing_but_one_garment_changes(photo: Labelled, edit: Edit) -> None:
    found = edited(photo, edit, 3)
    changed = np.unique(photo.classes[(found != photo.pixels).any(axis=2)])
    assert changed.tolist() == [edits.garments(photo)[0]]


def test_a_rare_hue_is_saturated_and_a_common_one_is_not(photo: Labelled) -> None:
    inside = photo.classes == edits.garments(photo)[0]
    for seed in range(10):
        rare, common = (lab(edited(photo, edit, seed))[inside] for edit in (edits.rare_hue, edits.common_hue))
        assert np.hypot(*np.median(rare[:, 1:], axis=0)) > 30
        assert np.hypot(*np.median(common[:, 1:], axis=0)) < 25


def test_folds_and_light_stay_in_a_dyed_garment(photo: Labelled) -> None:
    inside = photo.classes == edits.garments(photo)[0]
    before = lab(photo.pixels)[inside]
    after = edits._dyed(before, (55.0, 0.0, 0.0))
    assert np.corrcoef(before[:, 0], after[:, 0])[0, 1] > 0.99


def test_bold_is_three_times_subtle(photo: Labelled) -> None:
    inside = photo.classes == edits.garments(photo)[0]
    ground = lab(photo.pixels)[inside][:, 0]
    for seed in range(8):
        bold, subtle = (
            np.abs(lab(edited(photo, edit, seed))[inside][:, 0] - ground).max()
            for edit in (edits.bold_pattern, edits.subtle_pattern)
        )
        assert bold == pytest.approx(42, abs=8)
        assert subtle == pytest.approx(14, abs=4)


def test_an_exchanged_garment_is_of_the_donors_cloth(photo: Labelled) -> None:
    donor = photo._replace(number=2, pixels=np.where((photo.classes == LOWER)[..., None], 250, photo.pixels))
    found = edits.exchanged(photo, donor._replace(pixels=donor.pixels.astype(np.uint8)))
    assert found is not None
    inside = cv2.erode((photo.classes == LOWER).astype(np.uint8), np.ones((5, 5))) > 0
    assert (found[inside] == 250).mean() > 0.9
    assert np.unique(photo.classes[(found != photo.pixels).any(axis=2)]).tolist() == [LOWER]


def test_who_wears_no_such_garment_gets_none(photo: Labelled) -> None:
    bare = photo._replace(classes=np.where(photo.classes == LOWER, SKIN, photo.classes).astype(np.uint8))
    assert edits.exchanged(bare, photo) is None
    nobody = photo._replace(classes=np.zeros_like(photo.classes))
    assert edits.rare_hue(nobody, np.random.default_rng(0)) is None


def test_only_skin_changes_with_the_skin(photo: Labelled) -> None:
    found = edits.with_skin(photo, -20.0)
    changed = (found != photo.pixels).any(axis=2)
    assert np.unique(photo.classes[changed]).tolist() == [SKIN]
    inside = photo.classes == SKIN
    assert np.median((lab(found) - lab(photo.pixels))[inside][:, 0]) == pytest.approx(-20, abs=3)


@pytest.mark.parametrize("name", JITTERS)
def test_a_nuisance_changes_the_picture_and_leaves_it_one(photo: Labelled, name: str) -> None:
    found = JITTERS[name](photo.pixels)
    assert found.dtype == np.uint8
    assert found.ndim == 3
    assert found.shape[2] == 3
    assert found.shape != photo.pixels.shape or (found != photo.pixels).any()
    np.testing.assert_array_equal(found, JITTERS[name](photo.pixels), "the same every time")
