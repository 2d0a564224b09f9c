import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.appearance.region import cut, to_lab
from edge.records import Detection, Pixels
from tests.people import detection, standing

NEUTRAL = np.ones(3, np.float32)
SKIN, HAIR, COAT, JEANS = (205, 150, 120), (60, 35, 20), (180, 30, 40), (40, 60, 120)


def person_picture(
    height: float = 300, *, bare_legs: bool = False, long_hair: bool = False
) -> tuple[Pixels, Detection]:
    """A flat-coloured person on green: hair above skin, a red coat, blue jeans or bare legs."""
    pixels = np.full((360, 260, 3), (60, 160, 60), np.uint8)
    found = detection(standing(130, 20, height))
    points = found.keypoints

    def fill(x1: float, y1: float, x2: float, y2: float, colour: tuple[int, int, int]) -> None:
        cv2.rectangle(pixels, (round(x1), round(y1)), (round(x2), round(y2)), colour, -1)

    unit = height
    fill(130 - 0.06 * unit, 20, 130 + 0.06 * unit, points[0, 1] - 0.05 * unit, HAIR)
    fill(130 - 0.05 * unit, points[0, 1] - 0.05 * unit, 130 + 0.05 * unit, points[5, 1], SKIN)
    fill(points[6, 0] - 8, points[5, 1], points[5, 0] + 8, points[11, 1], COAT)
    if long_hair:
        fill(130 - 0.05 * unit, points[5, 1], 130 + 0.05 * unit, points[5, 1] + 0.12 * unit, HAIR)
    for hip, ankle in ((11, 15), (12, 16)):
        x = points[hip, 0]
        fill(x - 0.07 * unit, points[11, 1], x + 0.07 * unit, points[ankle, 1] + 5, SKIN if bare_legs else JEANS)
    return pixels, found


def mean_lab(colour: tuple[int, int, int]) -> np.ndarray:
    return to_lab(np.array([[colour]], np.uint8), NEUTRAL)[0, 0]


def test_regions_hold_their_garments_and_no_background() -> None:
    pixels, person = person_picture()
    patches = cut(pixels, person, NEUTRAL)
    assert set(patches) == {"upper", "lower", "shins"}
    for name, colour in (("upper", COAT), ("lower", JEANS), ("shins", JEANS)):
        patch = patches[name]
        away = np.abs(patch.lab[patch.is_garment] - mean_lab(colour)).max(axis=1)
        assert (away < 6).mean() > 0.97, name


def test_bare_legs_are_skin_and_not_garment() -> None:
    pixels, person = person_picture(bare_legs=True)
    patches = cut(pixels, person, NEUTRAL)
    assert "lower" not in patches, "nothing of the thighs is a garment"
    assert patches["shins"].skin > 0.95


def test_hair_over_the_torso_is_masked() -> None:
    pixels, person = person_picture(long_hair=True)
    upper = cut(pixels, person, NEUTRAL)["upper"]
    garment = upper.lab[upper.is_garment]
    is_hair = np.abs(garment - mean_lab(HAIR)).max(axis=1) < 6
    assert is_hair.mean() < 0.03
    assert upper.is_garment.mean() > 0.5


def test_changing_only_the_head_changes_no_garment_pixel() -> None:
    pixels, person = person_picture()
    other = pixels.copy()
    head = slice(0, int(person.keypoints[5, 1]) - 4)
    other[head][(pixels[head] == SKIN).all(axis=2)] = (120, 80, 60)
    other[head][(pixels[head] == HAIR).all(axis=2)] = (200, 180, 120)
    for name, patch in cut(pixels, person, NEUTRAL).items():
        np.testing.assert_array_equal(
            patch.lab[patch.is_garment], cut(other, person, NEUTRAL)[name].lab[patch.is_garment]
        )


@given(scale=st.floats(0.45, 3.0))
@settings(max_examples=20, deadline=None)
def test_distance_does_not_change_what_is_seen(scale: float) -> None:
    pixels, person = person_picture()
    scaled = cv2.resize(
        pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    points = (person.keypoints + 0.5) * np.float32(scale) - 0.5
    patches = cut(np.asarray(scaled, np.uint8), detection(points), NEUTRAL)
    for name, colour in (("upper", COAT), ("lower", JEANS)):
        lab = patches[name].lab[patches[name].is_garment]
        np.testing.assert_allclose(np.median(lab, axis=0), mean_lab(colour), atol=3)


@given(x=st.floats(-200, 500), top=st.floats(-300, 400), height=st.floats(5, 900), seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_no_pose_breaks_it(x: float, top: float, height: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = (standing(x, top, height) + rng.normal(0, height / 10, (17, 2))).astype(np.float32)
    for patch in cut(np.full((360, 260, 3), 90, np.uint8), detection(points), NEUTRAL).values():
        assert np.isfinite(patch.lab).all()
        assert 0 <= patch.skin <= 1


@pytest.mark.parametrize("hidden", [[5, 6], [11, 12], [13, 14], [15, 16]])
def test_what_the_network_does_not_see_is_not_described(hidden: list[int]) -> None:
    pixels, person = person_picture()
    person.confidences[hidden] = 0.1
    expected = {5: {"lower", "shins"}, 11: {"shins"}, 13: {"upper"}, 15: {"upper", "lower"}}[hidden[0]]
    assert set(cut(pixels, person, NEUTRAL)) == expected
