"""Regions of an outfit, and the pixels of their cloth."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.appearance.body_parts import body_parts
from edge.appearance.colour import to_lab
from edge.appearance.crop import Crop, crop
from edge.appearance.garment_mask import garment_mask
from edge.appearance.region import SAMPLED_PX, Mask, cloth, legs, masks, patches, spots
from edge.records import CLASSES, Floats
from tests.people import BAG, BOOTS, COAT, JEANS, detection, garment_map, person_picture

NEUTRAL = np.ones(3, np.float32)
WORN = {"upper": COAT, "lower": JEANS, "shoes": BOOTS, "carried": BAG}


def mean_lab(colour: tuple[int, int, int]) -> Floats:
    lab: Floats = to_lab(np.array([[colour]], np.uint8), NEUTRAL)[0, 0]
    return lab


def shown(near: Crop, mask: Mask) -> Floats:
    lab: Floats = to_lab(cloth(near, spots(mask)), NEUTRAL)[0]
    return lab


def test_regions_hold_their_garments() -> None:
    pixels, person, truth = person_picture()
    near = crop(pixels, person)
    found = masks(near, garment_mask(near, [], garment_map(truth)))
    assert set(found) == set(WORN)
    for name, mask in found.items():
        away = np.abs(shown(near, mask) - mean_lab(WORN[name])).max(axis=1)
        assert (away < 8).mean() > 0.75, f"{name}: only its border, as wide as a cell of the map, is mixed"


def test_bare_legs_are_no_lower_garment() -> None:
    pixels, person, truth = person_picture(bare_legs=True)
    near = crop(pixels, person)
    classes = garment_mask(near, [], garment_map(truth))
    assert "lower" not in masks(near, classes)
    assert legs(body_parts(near), classes)["thighs"]["skin"] > 0.9
    assert legs(body_parts(near), classes)["shins"]["skin"] > 0.9


def test_a_dress_is_upper_down_to_the_hips() -> None:
    pixels, person, truth = person_picture()
    truth[np.isin(truth, [CLASSES.index("outer"), CLASSES.index("lower")])] = CLASSES.index("dress")
    near = crop(pixels, person)
    found = masks(near, garment_mask(near, [], garment_map(truth)))
    for name, colour in (("upper", COAT), ("lower", JEANS)):
        away = np.abs(shown(near, found[name]) - mean_lab(colour)).max(axis=1)
        assert (away < 8).mean() > 0.85, name


def test_a_long_coat_covers_the_thighs() -> None:
    pixels, person, truth = person_picture()
    hips, knees = (int(person.keypoints[i, 1]) for i in (11, 13))
    truth[hips : knees + 4][truth[hips : knees + 4] == CLASSES.index("lower")] = CLASSES.index("outer")
    near = crop(pixels, person)
    assert legs(body_parts(near), garment_mask(near, [], garment_map(truth)))["thighs"]["upper"] > 0.9


def test_cloth_is_sampled_straight_and_masked() -> None:
    pixels, person, truth = person_picture(long_hair=True)
    near = crop(pixels, person)
    found = patches(near, masks(near, garment_mask(near, [], garment_map(truth))), body_parts(near), NEUTRAL)
    assert set(found) == {"upper", "lower"}
    assert found["upper"].lab.shape == (64, 48, 3)
    assert 0.5 < found["upper"].is_garment.mean() < 0.97, "the hair is masked"
    away = np.abs(found["upper"].lab[found["upper"].is_garment] - mean_lab(COAT)).max(axis=1)
    assert (away < 8).mean() > 0.95


@given(scale=st.floats(0.45, 3.0))
@settings(max_examples=20)
def test_distance_does_not_change_what_is_seen(scale: float) -> None:
    pixels, person, truth = person_picture()
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=method), np.uint8)
    classes = np.asarray(cv2.resize(truth, scaled.shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
    near = crop(scaled, detection((person.keypoints + 0.5) * np.float32(scale) - 0.5))
    found = masks(near, garment_mask(near, [], garment_map(classes)))
    for name in ("upper", "lower"):
        np.testing.assert_allclose(np.median(shown(near, found[name]), axis=0), mean_lab(WORN[name]), atol=3)


def test_few_pixels_are_enough() -> None:
    pixels, person, truth = person_picture()
    near = crop(pixels, person)
    mask = masks(near, garment_mask(near, [], garment_map(truth)))["upper"]
    assert np.count_nonzero(mask) > 3000
    assert 3000 <= len(shown(near, mask)) < 6001


@pytest.mark.parametrize("hidden", [[13, 14], [15, 16]])
def test_legs_that_are_not_seen_say_nothing(hidden: list[int]) -> None:
    pixels, person, truth = person_picture()
    person.confidences[hidden] = 0.1
    near = crop(pixels, person)
    assert "shins" not in legs(body_parts(near), garment_mask(near, [], garment_map(truth)))


def test_a_torso_behind_a_bag_gives_no_texture() -> None:
    pixels, person, truth = person_picture()
    truth[truth == CLASSES.index("outer")] = CLASSES.index("bag")
    truth[60:75][truth[60:75] == CLASSES.index("bag")] = CLASSES.index("outer")
    near = crop(pixels, person)
    assert "upper" not in patches(
        near, masks(near, garment_mask(near, [], garment_map(truth))), body_parts(near), NEUTRAL
    )


@given(st.integers(0, 2**16), st.integers(1, 400), st.floats(0.01, 1))
def test_spots_lie_in_the_region_and_are_about_as_many_as_are_enough(seed: int, side: int, share: float) -> None:
    mask = np.random.default_rng(seed).random((side, 300)) < share
    at = spots(mask)
    assert mask.ravel()[at].all()
    assert len(np.unique(at)) == len(at) < 2 * SAMPLED_PX
    assert len(at) >= min(int(np.count_nonzero(mask)), SAMPLED_PX) / 2
