"""Classes of the pixels around a person: from a garment map, and guessed without one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.appearance.crop import crop
from edge.appearance.garment_mask import garment_mask, guess_mask
from edge.appearance.region import masks
from edge.records import CLASSES
from tests.people import HAIR, SKIN, detection, garment_map, person_picture, standing

NEUTRAL = np.ones(3, np.float32)


def share(classes: np.ndarray, name: str) -> float:
    return float((classes == CLASSES.index(name)).mean())


def test_the_map_is_read_where_the_person_is() -> None:
    pixels, person, truth = person_picture()
    near = crop(pixels, person)
    found = garment_mask(near, [], garment_map(truth))
    x, y = near.corner
    height, width = (round(side / near.zoom) for side in found.shape)
    expected = truth[y : y + height, x : x + width]
    for name in ("outer", "lower", "shoes", "bag", "skin"):
        assert share(found, name) == pytest.approx(share(expected, name), rel=0.25), name


def test_two_people_keep_their_own_clothes() -> None:
    """A neighbour's coat must not count as this person's, even where the boxes overlap."""
    classes = np.zeros((360, 480), np.uint8)
    pixels = np.zeros((360, 480, 3), np.uint8)
    mine, other = detection(standing(200, 20, 300)), detection(standing(280, 20, 300))
    for person, name in ((mine, "upper"), (other, "outer")):
        (x1, y1), (x2, y2) = person.keypoints[[6, 11]]
        classes[int(y1) : int(y2), int(x1) - 6 : int(x2) + 16] = CLASSES.index(name)
    near = crop(pixels, mine)
    found = garment_mask(near, [other], garment_map(classes))
    assert share(found, "upper") > 5 * share(found, "outer")
    assert share(garment_mask(near, [], garment_map(classes)), "outer") > 2 * share(found, "outer")


def test_what_lies_far_from_the_body_is_nobodys() -> None:
    pixels, person, truth = person_picture()
    truth[:, :10] = CLASSES.index("bag")
    found = garment_mask(crop(pixels, person), [], garment_map(truth))
    assert (found[:, 0] == 0).all()


def test_a_guessed_leg_claims_nothing() -> None:
    """A leg that the model is not sure of may lie on the pavement, or on somebody else."""
    pixels, person, truth = person_picture()
    lower = share(garment_mask(crop(pixels, person), [], garment_map(truth)), "lower")
    person.confidences[13:] = 0.1
    assert share(garment_mask(crop(pixels, person), [], garment_map(truth)), "lower") < 0.5 * lower


def test_the_guess_leaves_skin_and_hair_out() -> None:
    pixels, person, truth = person_picture(bare_legs=True, long_hair=True)
    near = crop(pixels, person)
    found = guess_mask(near, NEUTRAL)
    expected = garment_mask(near, [], garment_map(truth))
    is_worn = np.isin(found, [CLASSES.index("upper"), CLASSES.index("lower")])
    assert np.count_nonzero(is_worn) > 500
    wrong = np.isin(expected, [CLASSES.index("skin"), CLASSES.index("hair"), 0])
    assert (is_worn & wrong).sum() < 0.03 * is_worn.sum()
    assert share(found, "skin") > 0.02
    assert share(found, "hair") > 0.005


@pytest.mark.parametrize("has_map", [True, False])
def test_changing_only_the_head_changes_no_garment_pixel(has_map: bool) -> None:
    pixels, person, truth = person_picture()
    other = pixels.copy()
    head = slice(0, int(person.keypoints[5, 1]) - 4)
    other[head][(pixels[head] == SKIN).all(axis=2)] = (120, 80, 60)
    other[head][(pixels[head] == HAIR).all(axis=2)] = (200, 180, 120)
    seen = []
    for picture in (pixels, other):
        near = crop(picture, person)
        classes = garment_mask(near, [], garment_map(truth)) if has_map else guess_mask(near, NEUTRAL)
        seen.append({name: near.pixels[mask] for name, mask in masks(near, classes).items()})
    assert seen[0].keys() == seen[1].keys() >= {"upper", "lower"}
    for name in seen[0]:
        np.testing.assert_array_equal(seen[0][name], seen[1][name])


@pytest.mark.parametrize(("hidden", "unseen"), [([5, 6], "upper"), ([11, 12], "upper"), ([13, 14], "lower")])
def test_what_the_network_does_not_see_is_not_guessed(hidden: list[int], unseen: str) -> None:
    pixels, person, _ = person_picture()
    person.confidences[hidden] = 0.1
    assert share(guess_mask(crop(pixels, person), NEUTRAL), unseen) == 0


@given(x=st.floats(-200, 500), top=st.floats(-300, 400), height=st.floats(5, 900), seed=st.integers(0, 9))
@settings(max_examples=60)
def test_no_pose_breaks_it(x: float, top: float, height: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = (standing(x, top, height) + rng.normal(0, height / 10, (17, 2))).astype(np.float32)
    pixels, person, truth = person_picture()
    near = crop(pixels, detection(points))
    if near.pixels.size:
        for classes in (garment_mask(near, [person], garment_map(truth)), guess_mask(near, NEUTRAL)):
            assert classes.shape == near.pixels.shape[:2]
            assert classes.max() < len(CLASSES)
