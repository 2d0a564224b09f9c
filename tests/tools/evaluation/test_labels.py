"""The mapping of 59 labels is total, and photos come with labels of their size."""

from pathlib import Path

import numpy as np
import pytest
import scipy.io

from edge.records import CLASSES
from tools.evaluation.labels import CLASS_OF, TEST_IDS, TRAIN_IDS, WORDS, read


def test_every_class_has_labels_and_no_label_two() -> None:
    assert tuple(WORDS) == CLASSES
    words = " ".join(WORDS.values()).split()
    assert len(words) == len(set(words)) == len(CLASS_OF) == 59
    assert (CLASS_OF["null"], CLASS_OF["tie"], CLASS_OF["socks"]) == (0, 9, 7)


def test_training_and_test_photos_are_apart() -> None:
    assert not set(TRAIN_IDS) & set(TEST_IDS)
    assert (min(TRAIN_IDS), max(TRAIN_IDS), min(TEST_IDS), max(TEST_IDS)) == (1, 704, 705, 804)


def test_a_photo_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"photos/0007\.jpg"):
        read(tmp_path, 7)


@pytest.mark.requires_clips
def test_the_mapping_covers_the_data_sets_own_list(shared_data: Path) -> None:
    names = scipy.io.loadmat(shared_data / "ccp" / "label_list.mat")["label_list"].ravel()
    assert {str(name.item()) for name in names} == set(CLASS_OF)


@pytest.mark.requires_clips
def test_photo_and_classes_have_one_size(shared_data: Path) -> None:
    photo, classes = read(shared_data / "ccp", 705)
    assert photo.shape == (*classes.shape, 3)
    assert photo.dtype == classes.dtype == np.uint8
    assert {0, 1, 2} < set(np.unique(classes)) <= set(range(10))
