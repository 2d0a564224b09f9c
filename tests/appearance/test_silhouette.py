import numpy as np
import pytest

from edge.appearance.crop import crop
from edge.appearance.garment_mask import garment_mask
from edge.appearance.silhouette import silhouette
from edge.records import CLASSES, Detection, Floats, Pixels
from edge.vocabulary import SILHOUETTES
from tests.people import garment_map, person_picture

WORDS = [more for _, more in SILHOUETTES]


def composed(truth: Pixels, pixels: Pixels, person: Detection) -> dict[str, float]:
    near = crop(pixels, person)
    return dict(zip(WORDS, silhouette(near, garment_mask(near, [], garment_map(truth))).tolist(), strict=True))


def test_what_is_worn_and_where_it_ends() -> None:
    pixels, person, truth = person_picture()
    found = composed(truth, pixels, person)
    assert found["large-outer"] > 0.5
    assert found["wide-lower"] > 0.5
    assert found["dress"] == found["large-upper"] == 0
    assert found["long-outer"] == found["long-upper"]
    assert 0.7 < found["long-upper"] < 1.3, "about the hips"
    assert 2 < found["long-lower"] < 3.2, "about the ankles"


def test_a_dress_and_bare_legs() -> None:
    pixels, person, truth = person_picture(bare_legs=True)
    dress = np.where(truth == CLASSES.index("outer"), CLASSES.index("dress"), truth).astype(np.uint8)
    trousers, bare = composed(person_picture()[2], pixels, person), composed(dress, pixels, person)
    assert bare["dress"] == pytest.approx(trousers["large-outer"], abs=0.05)
    assert bare["bare-legs"] > 0.5 > trousers["bare-legs"]


def test_head_hair_and_scarf_change_nothing() -> None:
    pixels, person, truth = person_picture()
    covered = truth.copy()
    above = np.arange(len(truth))[:, None] < person.keypoints[[5, 6], 1].min()
    covered[above & (truth != 0)] = CLASSES.index("accessory")
    assert composed(covered, pixels, person) == composed(truth, pixels, person)


def test_unseen_legs_say_nothing() -> None:
    pixels, person, truth = person_picture()
    person.confidences[13:] = 0.0
    near = crop(pixels, person)
    found: Floats = silhouette(near, garment_mask(near, [], garment_map(truth)))
    assert np.isnan(found).all()
