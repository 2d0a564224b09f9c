"""Prints on a garment: reproducible, really there, and nowhere else."""

import cv2
import numpy as np
import pytest

from edge.records import Pixels
from edge.vocabulary import PATTERNS
from tools.evaluation.drawings import DRAW
from tools.evaluation.prints import fineness, lay_on

TALL_PX = 700.0
PRINTED = [kind for kind in PATTERNS if kind != "plain"]


@pytest.fixture
def photo() -> Pixels:
    """Return a grey torso, darker to one side, on a noisy street."""
    pixels = np.random.default_rng(0).integers(60, 200, (500, 400, 3)).astype(np.uint8)
    pixels[100:400, 100:300] = np.linspace(90, 150, 200)[None, :, None]
    return pixels


@pytest.fixture
def garment() -> np.ndarray:
    mask = np.zeros((500, 400), bool)
    mask[100:400, 100:300] = True
    return mask


def spread(pixels: Pixels) -> float:
    """Return the standard deviation of fine shade in the middle of the garment, in grey levels."""
    part = pixels[120:380, 120:280].astype(np.float32)
    return float((part - cv2.GaussianBlur(part, (0, 0), 25)).std())


def test_every_kind_is_drawn() -> None:
    assert tuple(DRAW) == PATTERNS


@pytest.mark.parametrize("kind", PATTERNS)
def test_the_same_seed_gives_the_same_print_and_another_another(photo: Pixels, garment: np.ndarray, kind: str) -> None:
    prints = [lay_on(photo, garment, kind, seed, tall_px=TALL_PX, is_bold=True) for seed in (3, 3, 4)]
    np.testing.assert_array_equal(prints[0], prints[1])
    assert (prints[0] != prints[2]).any()


@pytest.mark.parametrize("kind", PATTERNS)
def test_only_the_garment_changes(photo: Pixels, garment: np.ndarray, kind: str) -> None:
    before, labels = photo.copy(), garment.copy()
    printed = lay_on(photo, garment, kind, 5, tall_px=TALL_PX, is_bold=True)
    np.testing.assert_array_equal(printed[~garment], before[~garment])
    assert (printed[garment] != before[garment]).mean() > 0.5
    np.testing.assert_array_equal(photo, before)
    np.testing.assert_array_equal(garment, labels)


@pytest.mark.parametrize("kind", PRINTED)
def test_a_print_is_there_bolder_than_subtle_and_plain_is_none(photo: Pixels, garment: np.ndarray, kind: str) -> None:
    def spreads(word: str, *, is_bold: bool) -> list[float]:
        return [spread(lay_on(photo, garment, word, seed, tall_px=TALL_PX, is_bold=is_bold)) for seed in range(4)]

    bold, subtle, plain = spreads(kind, is_bold=True), spreads(kind, is_bold=False), spreads("plain", is_bold=True)
    assert min(bold) > 2 * max(plain)
    assert np.mean(bold) > 1.7 * np.mean(subtle)
    assert np.mean(subtle) > 1.7 * np.mean(plain)


def test_the_garments_light_and_shade_stay(photo: Pixels, garment: np.ndarray) -> None:
    printed = lay_on(photo, garment, "plain", 1, tall_px=TALL_PX, is_bold=True).astype(float)
    assert printed[150:350, 250:290].mean() > 1.15 * printed[150:350, 110:150].mean()


def test_an_old_print_is_noticed(photo: Pixels, garment: np.ndarray) -> None:
    old = photo.copy()
    old[100:400:8, 100:300] = old[101:400:8, 100:300] = old[102:400:8, 100:300] = 20
    assert fineness(photo, garment, TALL_PX) < 0.02
    assert fineness(old, garment, TALL_PX) > 0.12
