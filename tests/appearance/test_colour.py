import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge.appearance.colour import Illumination, moments, palette, to_lab
from edge.palette import CELL_COLOURS, CELLS, name
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
    light, a, b = to_lab(np.array([[SWATCHES[word]]], np.uint8), np.ones(3, np.float32))[0, 0]
    assert name(float(light), float(a), float(b)) == word


def test_every_word_has_cells() -> None:
    assert set(SWATCHES) == set(COLOURS)
    assert set(np.unique(CELL_COLOURS)) == set(range(len(COLOURS)))


@given(lab=arrays(np.float32, (20, 3), elements=st.floats(-120, 120, width=32)))
def test_a_palette_is_shares_of_cells(lab: np.ndarray) -> None:
    shares = palette(lab)
    assert shares.shape == (CELLS,)
    assert np.isclose(shares.sum(), 1, atol=1e-5)
    assert (shares >= 0).all()


def test_no_pixels_are_no_palette() -> None:
    assert palette(np.zeros((0, 3), np.float32)).sum() == 0
    assert np.isnan(moments(np.zeros((0, 3), np.float32))).all()


@given(cast=st.tuples(*[st.floats(0.7, 1.0)] * 3), seed=st.integers(0, 20))
@settings(max_examples=30)
def test_a_colour_cast_is_taken_off_by_the_background(cast: tuple[float, float, float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    street = rng.integers(60, 200, (120, 160, 1)).repeat(3, axis=2)
    light = Illumination()
    light.update((street * cast).astype(np.uint8), [], 1.0, 0.0)
    corrected = np.array([180.0, 180.0, 180.0]) * cast * light.gains
    assert np.ptp(corrected) / corrected.mean() < 0.03


def test_clothes_do_not_move_the_light() -> None:
    street = np.full((120, 160, 3), 120, np.uint8)
    person = detection(standing(80, 10, 100))
    dressed = street.copy()
    x1, y1, x2, y2 = (int(v) for v in person.box)
    dressed[y1:y2, x1:x2] = (255, 60, 0)
    bare, clothed = Illumination(), Illumination()
    bare.update(street, [], 1.0, 0.0)
    clothed.update(dressed, [person], 1.0, 0.0)
    np.testing.assert_allclose(bare.gains, clothed.gains, atol=1e-3)


def test_the_light_settles_slowly() -> None:
    light = Illumination(settle_s=30)
    light.update(np.full((80, 80, 3), 120, np.uint8), [], 1.0, 0.0)
    warm = np.full((80, 80, 3), (160, 120, 90), np.uint8)
    light.update(warm, [], 1.0, 2.0)
    early = light.gains.copy()
    light.update(warm, [], 1.0, 200.0)
    tint, early = light.gains / light.gains.mean(), early / early.mean()
    assert 0.9 < early[0] < 1.0
    assert tint[0] < 0.85


def test_half_the_light_is_made_up_for_in_part() -> None:
    """With full correction a white wall would be taken for stronger light than a dark wall."""
    gains = []
    for level in (160, 80):
        light = Illumination()
        light.update(np.full((80, 80, 3), level, np.uint8), [], 1.0, 0.0)
        gains.append(float(light.gains.mean()))
    assert 2**0.5 < gains[1] / gains[0] < 2**0.7
