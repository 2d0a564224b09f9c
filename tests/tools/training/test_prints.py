"""Prints for training: on the garment and nowhere else, each of its kind, equal for equal seeds."""

import cv2
import numpy as np
import pytest

from edge.vocabulary import PATTERNS
from tools.training.prints import print_onto

HEIGHT = 400.0
PICTURE = np.kron(np.random.default_rng(3).integers(0, 256, (8, 8, 3)), np.ones((8, 8, 1), int)).astype(np.uint8)
"""Picture that is printed where a print is a photograph."""


def garment() -> tuple[np.ndarray, np.ndarray]:
    """Return a grey coat with soft folds on a green ground, and its mask."""
    rng = np.random.default_rng(7)
    pixels = np.full((220, 160, 3), (60, 120, 60), np.uint8)
    mask = np.zeros((220, 160), bool)
    mask[30:190, 30:130] = True
    folds = cv2.GaussianBlur(rng.normal(0, 60, mask.shape).astype(np.float32), (0, 0), 9)
    pixels[mask] = np.clip(130 + folds[mask], 0, 255).astype(np.uint8)[:, None]
    return pixels, mask


def roughness(pixels: np.ndarray, mask: np.ndarray) -> float:
    """Return how much lightness differs from its surroundings of a few pixels, inside the garment."""
    light = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)[..., 0].astype(np.float32)
    return float(np.abs(light - cv2.GaussianBlur(light, (0, 0), 6))[45:175, 45:115].mean())


@pytest.mark.parametrize("kind", PATTERNS)
def test_a_print_stays_on_its_garment(kind: str) -> None:
    pixels, mask = garment()
    before = pixels.copy()
    print_onto(pixels, mask, kind, HEIGHT, PICTURE, np.random.default_rng(1))
    assert (pixels[~mask] == before[~mask]).all()
    assert (pixels[mask] != before[mask]).any()


@pytest.mark.parametrize("kind", PATTERNS)
def test_the_same_seed_prints_the_same(kind: str) -> None:
    one, mask = garment()
    other = one.copy()
    for pixels in (one, other):
        print_onto(pixels, mask, kind, HEIGHT, PICTURE, np.random.default_rng(5))
    assert (one == other).all()


@pytest.mark.parametrize("kind", PATTERNS[1:])
def test_a_print_is_rougher_than_plain_cloth(kind: str) -> None:
    """Compare medians of many: a strap or a shadow on plain cloth may be as rough as a faint print."""
    rough: dict[str, list[float]] = {"plain": [], kind: []}
    for each, found in rough.items():
        for seed in range(30):
            pixels, mask = garment()
            print_onto(pixels, mask, each, HEIGHT, PICTURE, np.random.default_rng(seed))
            found.append(roughness(pixels, mask))
    assert np.median(rough[kind]) > 1.25 * np.median(rough["plain"])
