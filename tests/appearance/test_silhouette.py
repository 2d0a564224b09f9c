import numpy as np
import pytest

from edge.appearance.body_parts import body_parts
from edge.appearance.crop import crop
from edge.appearance.garment_mask import garment_mask
from edge.appearance.region import legs
from edge.appearance.silhouette import silhouette
from edge.records import CLASSES, Detection, Floats, Pixels
from edge.vocabulary import SILHOUETTES
from tests.people import garment_map, person_picture

WORDS = [more for _, more in SILHOUETTES]


def measured(truth: Pixels, pixels: Pixels, person: Detection) -> Floats:
    near = crop(pixels, person)
    classes = garment_mask(near, [], garment_map(truth))
    return silhouette(near, classes, legs(body_parts(near), classes))


def composed(truth: Pixels, pixels: Pixels, person: Detection) -> dict[str, float]:
    return dict(zip(WORDS, measured(truth, pixels, person).tolist(), strict=True))


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
    assert np.isnan(measured(truth, pixels, person)).all()


@pytest.mark.parametrize("hides", ["the picture's edge", "a car in front", "the model, which sees nothing there"])
def test_shins_that_do_not_show_make_nothing_short(hides: str) -> None:
    pixels, person, truth = person_picture()
    knees = round(float(person.keypoints[13, 1])) + 10
    if hides == "the picture's edge":
        pixels, truth = pixels[:knees], truth[:knees]
        person.confidences[15:] = 0.1
    truth = truth.copy()
    truth[knees:] = 0
    found, whole = composed(truth, pixels, person), composed(person_picture()[2], *person_picture()[:2])
    unseen = {word for word, value in found.items() if np.isnan(value)}
    assert unseen == {"wide-lower", "dress", "large-shoes", "bare-legs", "long-lower"}
    for word in WORDS:
        assert word in unseen or found[word] == pytest.approx(whole[word], abs=0.05)


def test_a_long_coat_that_goes_on_behind_the_edge_has_no_hem() -> None:
    pixels, person, truth = person_picture()
    long = np.where(truth == CLASSES.index("lower"), CLASSES.index("outer"), truth).astype(np.uint8)
    knees = round(float(person.keypoints[13, 1])) + 10
    long[knees:] = 0
    person.confidences[15:] = 0.1
    found = composed(long, pixels, person)
    assert np.isnan([found["long-upper"], found["long-outer"]]).all()
