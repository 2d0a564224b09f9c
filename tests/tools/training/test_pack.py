"""What a training needs survives being packed, and a training runs from it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the training extra: pip install -e .[training]")

import torch

from edge.records import CLASSES
from tools.training import pack
from tools.training.network import Network
from tools.training.photos import Photo
from tools.training.scenes import Source
from tools.training.streets import Street, cut_out
from tools.training.swatches import Swatch

REPO = Path(__file__).parents[3]


@pytest.fixture
def source() -> Source:
    rng = np.random.default_rng(0)
    pixels = np.full((440, 290, 3), 190, np.uint8)
    pixels[60:380, 100:190] = rng.integers(0, 255, 3)
    classes = np.zeros((440, 290), np.uint8)
    classes[60:200, 100:190], classes[200:380, 100:190] = CLASSES.index("upper"), CLASSES.index("lower")
    street = Street(pixels, (classes > 0).astype(np.uint8), classes)
    return Source(
        [Photo(1, pixels, classes)], {(1, "upper"): None, (1, "lower"): "striped"}, [pixels], range(3, 4),
        tagged=[Photo(1005, pixels, classes)], streets=[street], people=cut_out([street]),
        swatches=[Swatch("a/1.jpg", "striped", pixels[:64, :64], 8.0)],
    )  # fmt: skip


def test_all_labels_survive_and_pixels_nearly(source: Source, tmp_path: Path) -> None:
    torch.manual_seed(0)
    teacher = Network()
    pack.write(tmp_path / "a.pack", source, teacher)
    found, taught = pack.read(tmp_path / "a.pack")
    assert (found.kinds, found.street_seeds) == (source.kinds, source.street_seeds)
    for name in ("photos", "tagged", "people", "streets", "swatches"):
        (one,), (other,) = getattr(source, name), getattr(found, name)
        for field, value in one._asdict().items():
            if field in ("pixels", "tile"):
                assert np.abs(value.astype(int) - getattr(other, field)).mean() < 4
            else:
                assert np.array_equal(value, getattr(other, field)), field
    assert len(found.drawn) == pack.FEWER_FRAMES * 3
    assert all(
        torch.equal(a, b) for a, b in zip(teacher.state_dict().values(), taught.state_dict().values(), strict=True)
    )
    assert found.scene(5).pixels.any()


@pytest.mark.slow
def test_a_training_runs_from_a_pack_for_the_time_it_was_given(source: Source, tmp_path: Path) -> None:
    pack.write(tmp_path / "a.pack", source, Network())
    words = [str(tmp_path / "a.pack"), str(tmp_path / "out"), "--folder", str(tmp_path / "kept"), "--batch", "2"]
    words += ["--workers", "1", "--map-steps", "1", "--minutes", "0.1", "--device", "cpu"]
    subprocess.run([sys.executable, "-m", "tools.training.pack", *words], check=True, cwd=REPO)
    steps = (tmp_path / "kept" / "together.jsonl").read_text().splitlines()
    assert 0 < len(steps) < 100
    Network().load_state_dict(torch.load(tmp_path / "out" / "weights.pt", weights_only=True))
