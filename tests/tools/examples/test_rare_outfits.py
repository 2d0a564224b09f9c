"""The worked example: it learns from photos, scores others, and ends in a plot."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import cv2
import pytest

from edge.street.camera import StreetCamera

EXAMPLE = Path(__file__).parents[3] / "tools" / "examples" / "rare_outfits.py"
COPIES = 12
"""Copies of each photo: only from the 61st on they calibrate."""


@pytest.fixture
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rare_outfits", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Usual photos of the simulated street, and the same ones with their colours exchanged."""
    usual, new = tmp_path / "usual", tmp_path / "new"
    usual.mkdir()
    new.mkdir()
    camera, number, written = StreetCamera(5), 0, 0
    while written < 8:
        number += 4
        tall = [one for one in camera.truth(number) if one.is_full_height and one.visible > 0.95]
        if any(one.box[3] - one.box[1] > 150 and 200 < (one.box[0] + one.box[2]) / 2 < 440 for one in tall):
            pixels = camera.frame(number).pixels
            cv2.imwrite(str(usual / f"{written}.png"), pixels[..., ::-1])
            cv2.imwrite(str(new / f"{written}.png"), pixels[..., (0, 2, 1)])
            for copy in range(1, COPIES):
                shutil.copy(usual / f"{written}.png", usual / f"{written}-{copy}.png")
            written += 1
    return usual, new


def test_it_names_the_rarest_and_ends_in_a_plot(
    example: ModuleType, folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual, new = folders
    plot = tmp_path / "rare.svg"
    assert example.main([str(usual), str(new), "--least", "5", "--plot", str(plot)]) == 0
    *people, last = capsys.readouterr().out.splitlines()
    assert all("  1 in " in line for line in people)
    assert last.startswith(f"{len(people)} people scored against ")
    rarities = [int(line.split("  1 in ")[1].split()[0]) for line in people]
    assert rarities == sorted(rarities, reverse=True)
    assert rarities[0] > 5
    assert "<svg" in plot.read_text()


def test_too_few_people_give_no_plot(
    example: ModuleType, folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plot = tmp_path / "rare.svg"
    assert example.main([str(folders[1]), str(folders[1]), "--plot", str(plot)]) == 1
    assert not plot.exists()
