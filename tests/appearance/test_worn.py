"""How each garment looks: its colour and tone, its area, and the cut of what is worn below the hips."""

import numpy as np
import pytest

from edge.appearance.colour import Light
from edge.appearance.crop import crop
from edge.appearance.describe import describe
from edge.appearance.worn import CUT, areas, cut
from edge.records import CLASSES, WORN, Detection, Pixels, Worn
from edge.vocabulary import COLOURS, PATTERNS
from tests.people import garment_map, person_picture

LIGHT = Light(np.ones(3, np.float32))
BELOW, SHINS, SPLIT = range(len(CUT))


def looked(pixels: Pixels, person: Detection, truth: Pixels, kind: str = "plain") -> Worn:
    found = describe(pixels, person, [], garment_map(truth, kind), LIGHT, 1.0)
    assert found is not None
    assert found.worn is not None
    return found.worn


def main_colour(worn: Worn, garment: str) -> tuple[str, float, float]:
    """Return the commonest colour of a garment, its share and its mean L*."""
    shades = worn.shades[WORN.index(garment)]
    best = int(shades[:, 0].argmax())
    return COLOURS[best], float(shades[best, 0]), float(shades[best, 1] / shades[best, 0])


def test_a_coat_and_the_top_under_it_have_colours_of_their_own() -> None:
    pixels, person, truth = person_picture()
    outer = truth == CLASSES.index("outer")
    left = outer & (np.arange(truth.shape[1]) < float(person.keypoints[[5, 6, 11, 12], 0].mean()))
    truth = np.where(left, CLASSES.index("upper"), truth).astype(np.uint8)
    pixels = pixels.copy()
    pixels[left], pixels[outer & ~left] = (20, 60, 20), (250, 250, 250)
    worn = looked(pixels, person, truth)
    name, share, light = main_colour(worn, "upper")
    assert (name, main_colour(worn, "outer")[0]) == ("green", "white")
    assert share > 0.9
    assert light < 35, "a dark green"
    assert worn.areas[WORN.index("upper")] == pytest.approx(worn.areas[WORN.index("outer")], rel=0.3)
    assert not worn.shades[WORN.index("dress")].any()


def test_shares_sum_to_one_for_what_is_seen() -> None:
    worn = looked(*person_picture(bare_legs=True))
    sums = worn.shades[..., 0].sum(axis=1)
    assert set(np.round(sums, 5)) <= {0.0, 1.0}
    assert ((worn.areas > 0) >= (sums > 0)).all()


def test_patterns_are_those_of_the_garment() -> None:
    worn = looked(*person_picture(), "checked")
    assert worn.patterns[WORN.index("outer"), PATTERNS.index("checked")] > 0.9
    assert not worn.patterns[WORN.index("bag")].any()


def test_nothing_is_named_in_the_dark() -> None:
    pixels, person, truth = person_picture()
    found = describe(pixels, person, [], garment_map(truth), LIGHT._replace(is_dim=True), 1.0)
    assert found is not None
    assert found.worn is not None
    assert not found.worn.shades.any()
    assert found.worn.areas.any()


def test_cuts() -> None:
    pixels, person, _ = person_picture()
    near = crop(pixels, person)
    hips = near.points[[11, 12], 1].mean()
    rows = np.indices(near.pixels.shape[:2])[0]
    skirt = np.where((rows > hips) & (rows < hips + near.length), CLASSES.index("lower"), 0).astype(np.uint8)
    found = cut(near, skirt, 0.8)
    assert found.tolist() == [0.0, pytest.approx(0.8), 0.0]
    dress = np.where(skirt > 0, CLASSES.index("dress"), 0).astype(np.uint8)
    assert cut(near, dress, np.nan)[BELOW] == 1
    legs = skirt.copy()
    middle = int(near.points[[11, 12], 0].mean())
    legs[:, middle : middle + 4] = 0
    assert cut(near, legs, 0.0)[SPLIT] == 1
    assert np.isnan(cut(near, np.zeros_like(skirt), np.nan)).all()
    assert areas(near, skirt)[WORN.index("lower")] == pytest.approx((skirt > 0).sum() / near.length**2, rel=0.05)
