import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge.appearance.colour import (
    CAST_FADES_L,
    CAST_L,
    CAST_LEAST,
    CAST_MOST,
    DIM,
    TINT_FREE,
    Illumination,
    Light,
    moments,
    palette,
    to_lab,
    without_cast,
    word_shares,
)
from edge.palette import CELL_NAMES, CELLS, names
from edge.vocabulary import COLOURS
from tests.people import detection, standing

# sRGB of everyday clothes, named by eye.
SWATCHES = {
    "black": (20, 20, 22),
    "grey": (128, 128, 128),
    "white": (240, 240, 238),
    "navy": (25, 30, 70),
    "blue": (50, 90, 190),
    "red": (190, 25, 35),
    "orange": (240, 130, 20),
    "yellow": (245, 215, 50),
    "green": (30, 140, 60),
    "teal": (0, 140, 140),
    "purple": (120, 50, 150),
    "pink": (245, 140, 180),
    "brown": (95, 60, 35),
    "beige": (215, 195, 160),
    "olive": (95, 100, 45),
}


@pytest.mark.parametrize("word", SWATCHES)
def test_everyday_colours_have_their_names(word: str) -> None:
    lab = to_lab(np.array([[SWATCHES[word]]], np.uint8), np.ones(3, np.float32))[0]
    assert COLOURS[word_shares(lab, None).argmax()] == word


def test_every_word_has_cells() -> None:
    assert set(SWATCHES) == set(COLOURS)
    assert set(CELL_NAMES.argmax(axis=1)) == set(range(len(COLOURS)))


labs = arrays(np.float32, (20, 3), elements=st.floats(-120, 120, width=32))


@given(lab=labs)
def test_a_palette_and_words_are_shares_of_cells(lab: np.ndarray) -> None:
    shares = palette(lab)
    assert shares.shape == (CELLS,)
    assert np.isclose(shares.sum(), 1, atol=1e-5)
    assert (shares >= 0).all()
    assert np.isclose(word_shares(lab, None).sum(), 1, atol=1e-5)


def test_no_pixels_are_no_palette() -> None:
    assert palette(np.zeros((0, 3), np.float32)).sum() == 0
    assert np.isnan(moments(np.zeros((0, 3), np.float32))).all()


def lit(picture: np.ndarray, *, is_balanced: bool = False) -> Light:
    """Return the light that one picture without people shows."""
    illumination = Illumination()
    illumination.update(picture.astype(np.uint8), [], 1.0, 0.0, is_balanced=is_balanced)
    return illumination.light


@given(tint=st.tuples(*[st.floats(0.4, 1.0)] * 3), seed=st.integers(0, 20))
@settings(max_examples=30)
def test_a_tint_is_taken_off_down_to_what_walls_may_have(tint: tuple[float, float, float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    street = rng.integers(60, 200, (120, 160, 1)).repeat(3, axis=2) * tint
    before = np.log(np.array(tint) / np.mean(tint))
    after = before + np.log((gains := lit(street).gains) / np.exp(np.log(gains).mean()))
    assert np.ptp(after) <= min(np.ptp(before), 2 * TINT_FREE) + 0.03
    if (np.abs(before) < TINT_FREE - 0.02).all():
        assert np.ptp(gains) == pytest.approx(0, abs=1e-6), "a small tint is left alone"


@given(tint=st.tuples(*[st.floats(0.7, 1.0)] * 3))
@settings(max_examples=30)
def test_what_is_counted_is_alike_in_any_light(tint: tuple[float, float, float]) -> None:
    street = np.random.default_rng(0).integers(60, 200, (120, 160, 1)).repeat(3, axis=2)
    grey = street.mean() * lit(street).counted
    tinted = (street * tint).mean(axis=(0, 1)) * lit(street * tint).counted
    np.testing.assert_allclose(tinted / tinted.mean(), grey / grey.mean(), atol=0.03)


def test_the_cast_is_that_of_the_light_of_names() -> None:
    blue, black = np.full((80, 80, 3), (90, 100, 150), np.uint8), np.full((1, 9, 3), 30, np.uint8)
    light = Illumination()
    light.update(blue, [], 1.0, 0.0)
    counted, named = (to_lab(black, gains)[0] for gains in (light.light.counted, light.light.gains))
    for _ in range(CAST_LEAST):
        light.remember(np.concatenate([moments(counted), moments(counted)]))
    assert light.light.cast is not None
    np.testing.assert_allclose(light.light.cast, named.mean(axis=0)[1:], atol=0.5)


def test_a_camera_that_balances_colours_is_believed() -> None:
    blue = np.full((80, 80, 3), (60, 90, 180))
    assert np.ptp(lit(blue).gains) > 0.5
    assert np.ptp(lit(blue, is_balanced=True).gains) == 0


def test_clothes_do_not_move_the_light() -> None:
    street = np.full((120, 160, 3), 120, np.uint8)
    person = detection(standing(80, 10, 100))
    dressed = street.copy()
    x1, y1, x2, y2 = (int(v) for v in person.box)
    dressed[y1:y2, x1:x2] = (255, 60, 0)
    bare, clothed = Illumination(), Illumination()
    bare.update(street, [], 1.0, 0.0)
    clothed.update(dressed, [person], 1.0, 0.0)
    np.testing.assert_allclose(bare.light.gains, clothed.light.gains, atol=1e-3)


def test_the_light_settles_slowly() -> None:
    light = Illumination(settle_s=30)
    light.update(np.full((80, 80, 3), 120, np.uint8), [], 1.0, 0.0)
    warm = np.full((80, 80, 3), (220, 120, 50), np.uint8)
    tints = []
    for at in (2.0, 12.0, 200.0):
        light.update(warm, [], 1.0, at)
        tints.append(float(light.light.gains[0] / light.light.gains[1]))
    assert tints[0] == 1
    assert 1 > tints[1] > tints[2] + 0.05


def test_half_the_light_is_made_up_for_in_part() -> None:
    """With full correction a white wall would be taken for stronger light than a dark wall."""
    bright, dark = (float(lit(np.full((80, 80, 3), level)).gains.mean()) for level in (160, 80))
    assert 2**0.5 < dark / bright < 2**0.7


def test_black_clothes_show_the_cast_of_dark_colours() -> None:
    """Haze makes black bluish: without others to compare with it is taken for navy."""
    light = Illumination()
    hazy, navy = (np.array([[18.0, 1.0, b]] * 9, np.float32) for b in (-8.0, -22.0))
    assert [COLOURS[word_shares(one, light.light.cast).argmax()] for one in (hazy, navy)] == ["navy", "navy"]
    moments_of_two = np.array([18, 1, -8, 5, 5, 60, 0, 2, 5, 5], np.float32)
    for _ in range(CAST_LEAST):
        light.remember(moments_of_two)
    assert [COLOURS[word_shares(one, light.light.cast).argmax()] for one in (hazy, navy)] == ["black", "navy"]


@given(colours=arrays(np.float32, (30, 10), elements=st.floats(-100, 100, width=32)), lab=labs)
def test_a_cast_is_bounded_and_leaves_light_colours_alone(colours: np.ndarray, lab: np.ndarray) -> None:
    light = Illumination()
    for one in colours:
        light.remember(one)
    cast = light.light.cast
    assert cast is not None
    assert float(np.hypot(*cast)) <= CAST_MOST + 1e-3
    bright = lab[lab[:, 0] > CAST_L + CAST_FADES_L]
    np.testing.assert_array_equal(
        names(bright, is_cast_known=True), names(without_cast(bright, cast), is_cast_known=True)
    )


def test_in_the_dark_no_colour_is_claimed() -> None:
    assert lit(np.full((80, 80, 3), 255 * DIM * 0.8)).is_dim
    assert not lit(np.full((80, 80, 3), 255 * DIM * 1.2)).is_dim
