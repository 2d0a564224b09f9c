import numpy as np
import pytest

from edge.appearance.pattern import kinds, spectrum
from edge.appearance.region import Patch
from edge.vocabulary import PATTERNS

Y, X = np.mgrid[0:64, 0:48].astype(np.float32)


def patch(light: np.ndarray, garment: np.ndarray | None = None) -> Patch:
    lab = np.dstack([light, np.full_like(light, 4), np.full_like(light, -8)]).astype(np.float32)
    return Patch(lab, np.ones(light.shape, bool) if garment is None else garment)


def cloth(kind: str, contrast: float = 25.0, period: float = 10.0) -> np.ndarray:
    rng = np.random.default_rng(0)
    wave = np.sign(np.sin(2 * np.pi * Y / period))
    other = np.sign(np.sin(2 * np.pi * X / period))
    dots = (np.hypot((X % period) - period / 2, (Y % period) - period / 2) < period / 4) * 2.0 - 1
    pattern = {
        "plain": 0 * wave,
        "striped": wave,
        "checked": (wave + other) / 1.4,
        "dotted": dots,
        "busy": np.clip(rng.normal(0, 1, (64, 48)), -2, 2),
    }[kind]
    return np.asarray(50 + contrast * pattern + rng.normal(0, 1, (64, 48)))


@pytest.mark.parametrize("kind", ["plain", "striped", "checked", "busy"])
def test_the_bold_kinds_are_told_apart(kind: str) -> None:
    seen = spectrum(patch(cloth(kind)))
    shares = kinds(seen)
    assert PATTERNS[int(shares.argmax())] == kind
    assert np.isclose(shares.sum(), 1)
    assert np.isfinite(seen.texture).all()


def test_dots_are_a_pattern_with_energy_both_ways() -> None:
    shares = kinds(spectrum(patch(cloth("dotted"))))
    assert shares[PATTERNS.index("plain")] < 0.1
    assert shares[PATTERNS.index("striped")] < 0.3


def test_the_bodys_own_shading_is_no_pattern() -> None:
    shares = kinds(spectrum(patch(55 + 20 * np.cos((X - 24) / 16))))
    assert PATTERNS[int(shares.argmax())] == "plain"


def test_what_is_masked_is_no_pattern() -> None:
    light = cloth("plain")
    light[20:40] = 95
    garment = np.ones(light.shape, bool)
    garment[19:41] = False
    shares = kinds(spectrum(patch(light, garment)))
    assert PATTERNS[int(shares.argmax())] == "plain"
