"""Real cloth for training, on pictures drawn here: seamless, at the right scale, laid on, equal for equal seeds."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import ConfigError
from tests.tools.training.test_prints import garment, roughness
from tools.training.cloth import _sized, lay
from tools.training.drape import dress
from tools.training.swatches import TABLE, Swatch, _rows, flattened, load, neutral

SIDE = 512
PERIOD = 64.0
HEIGHT = 400.0
Y, X = np.mgrid[0:SIDE, 0:SIDE].astype(float)


def stripes(degrees: float = 0.0) -> np.ndarray:
    turn = np.radians(degrees)
    return np.asarray(np.sin((X * np.cos(turn) + Y * np.sin(turn)) * 2 * np.pi / PERIOD) > 0, float)


def checks() -> np.ndarray:
    return np.asarray((stripes() + stripes(90)) / 2)


def dots() -> np.ndarray:
    return np.asarray(np.hypot(X % 128 - 64, Y % 128 - 64) < 30, float)


def blots() -> np.ndarray:
    noise = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, (SIDE, SIDE)), (0, 0), 12)
    return (noise > 0).astype(float)


PLACES: dict[str, tuple[str, Callable[[], np.ndarray]]] = {
    "striped": ("striped/00017.jpg", lambda: stripes(25)),
    "checked": ("checkered/00001.jpg", checks),
    "dotted": ("dotted/00116.jpg", dots),
    "busy": ("floral/00134.jpg", blots),
    "plain": ("solid/00392.jpg", lambda: np.full((SIDE, SIDE), 0.5)),
}
TESTED = ("striped/00049.jpg", "solid/00428.jpg")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One swatch of each kind to train on, two to test with, in bluish light that fades to the corners."""
    root = tmp_path_factory.mktemp("swatches")
    light = 1 - 0.4 * ((X - SIDE / 2) ** 2 + (Y - SIDE / 2) ** 2) / (SIDE**2 / 2)
    for name, draw in (*PLACES.values(), *((name, stripes) for name in TESTED)):
        picture = (40 + 160 * draw()) * light
        path = root / name
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), (picture[..., None] * (1.2, 1.0, 0.6)).clip(0, 255).astype(np.uint8))
    return root


@pytest.fixture(scope="module")
def swatches(folder: Path) -> dict[str, Swatch]:
    return {swatch.kind: swatch for swatch in load(folder, held_out=False)}


def test_what_is_held_out_is_never_trained_on(folder: Path) -> None:
    train, test = (load(folder, held_out=held_out) for held_out in (False, True))
    assert {f"{swatch.name}.jpg" for swatch in train} == {name for name, _ in PLACES.values()}
    assert {f"{swatch.name}.jpg" for swatch in test} == set(TESTED)


def test_no_cloth_of_the_table_is_both_trained_on_and_held_out() -> None:
    paths = {use: {row.path for row in _rows(Path(), use)} for use in ("train", "test")}
    assert not paths["train"] & paths["test"]
    assert 0.25 < len(paths["test"]) / (len(paths["train"]) + len(paths["test"])) < 0.4
    lines = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
    uses: dict[tuple[str, str], set[str]] = {(line[0], line[4]): set() for line in lines}
    for line in lines:
        uses[line[0], line[4]].add(line[5])
    assert all(len(each) == 1 for each in uses.values()), "a cloth is in folds and flat: both or neither is held out"
    for kind in ("plain", "striped", "checked", "dotted", "busy"):
        assert all(any(row.kind == kind for row in _rows(Path(), use)) for use in ("train", "test"))


def test_a_folder_without_swatches_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"{tmp_path}: expected folders checkered, .* found none; get them from"):
        load(tmp_path, held_out=False)


def test_a_swatch_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "solid" / "00392.jpg"
    path.parent.mkdir()
    path.write_text("no picture")
    with pytest.raises(ConfigError, match=r"solid/00392\.jpg: expected a JPEG"):
        load(tmp_path, held_out=False)


def test_bluish_light_is_taken_off(swatches: dict[str, Swatch]) -> None:
    for swatch in swatches.values():
        red, _, blue = swatch.tile.reshape(-1, 3).mean(axis=0)
        assert abs(red - blue) < 6


def test_neutral_light_is_left_as_it_is() -> None:
    grey = np.full((64, 64, 3), 0.5, np.float32)
    np.testing.assert_allclose(neutral(grey, np.zeros(3)), 0.85, atol=1e-6)


def test_shading_is_flattened_and_stripes_stay() -> None:
    slope = np.linspace(0.3, 0.9, 256)[None, :, None] * np.ones((256, 1, 3))
    wave = 1 + 0.2 * np.sign(np.sin(np.arange(256) * 2 * np.pi / 16))[:, None, None]
    lab = flattened((slope * wave / 1.2).astype(np.float32))
    light = cv2.GaussianBlur(lab[..., 0], (0, 0), 20)
    before = cv2.GaussianBlur(cv2.cvtColor(slope.astype(np.float32), cv2.COLOR_RGB2Lab)[..., 0], (0, 0), 20)
    assert np.ptp(light[128]) < 0.5 * np.ptp(before[128])
    assert lab[..., 0].mean(axis=1).std() > 4


def test_stripes_run_down_the_tile_and_their_period_is_found(swatches: dict[str, Swatch]) -> None:
    striped = swatches["striped"]
    light = striped.tile.mean(axis=2)
    assert light.mean(axis=0).std() > 10 * light.mean(axis=1).std()
    kept = PERIOD * 256 / (SIDE - 2 * int(0.06 * SIDE))
    assert striped.period == pytest.approx(kept, rel=0.15)
    assert swatches["checked"].period == pytest.approx(kept, rel=0.15)
    assert swatches["dotted"].period == pytest.approx(2 * kept, rel=0.25)


@pytest.mark.parametrize("kind", PLACES)
def test_a_tile_is_seamless(swatches: dict[str, Swatch], kind: str) -> None:
    """Neighbouring pixels across its edges differ no more than the most different ones elsewhere."""
    tile = swatches[kind].tile.astype(float)
    for axis in (0, 1):
        steps = np.abs(np.diff(np.concatenate([tile, tile.take([0], axis)], axis), axis=axis)).mean(axis=(1 - axis, 2))
        assert steps[-1] <= 1.2 * steps[:-1].max() + 2


@pytest.mark.parametrize("kind", PLACES)
def test_cloth_stays_on_its_garment_and_the_same_seed_lays_the_same(swatches: dict[str, Swatch], kind: str) -> None:
    before, mask = garment()
    one, other = before.copy(), before.copy()
    for pixels in (one, other):
        lay(pixels, mask, swatches[kind], HEIGHT, np.random.default_rng(5))
    assert (one == other).all()
    assert (one[~mask] == before[~mask]).all()
    assert (one[mask] != before[mask]).any()


@pytest.mark.parametrize("finest", [0.0, 6.0])
@pytest.mark.parametrize("kind", [kind for kind in PLACES if kind != "plain"])
def test_the_kind_can_still_be_seen(swatches: dict[str, Swatch], kind: str, finest: float) -> None:
    rough = {"plain": 0.0, kind: 0.0}
    for each in rough:
        for seed in range(20):
            pixels, mask = garment()
            lay(pixels, mask, swatches[each], HEIGHT, np.random.default_rng(seed), finest=finest)
            rough[each] += roughness(pixels, mask)
    assert rough[kind] > 2 * rough["plain"]


def test_fine_cloth_does_not_alias() -> None:
    """Stripes much finer than a pixel become their mean, not false broad stripes."""
    tile = np.zeros((240, 240, 3), np.uint8)
    tile[:, np.arange(240) % 6 < 3] = 255
    for zoom in (1 / 20, 1 / 13, 1 / 30):
        assert _sized(tile, zoom)[..., 0].std() < 0.1 * _sized(tile, 1.0)[..., 0].std()


def test_of_patterned_cloth_only_its_broad_shade_is_kept() -> None:
    def grey(x: np.ndarray, _y: np.ndarray, _own: np.ndarray) -> np.ndarray:
        return np.dstack([np.full_like(x, 60), np.zeros_like(x), np.zeros_like(x)])

    rough = {}
    for is_patterned in (False, True):
        pixels, mask = garment()
        pixels[30:190:12, 30:130] = pixels[31:190:12, 30:130] = pixels[32:190:12, 30:130] = 20
        dress(pixels, mask, grey, np.random.default_rng(1), is_patterned=is_patterned)
        rough[is_patterned] = roughness(pixels, mask)
    assert rough[True] < 0.3 * rough[False]
