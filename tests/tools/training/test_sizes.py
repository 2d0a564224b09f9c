"""The sizes share one set of weights: the files, their pins and their recipes."""

import shutil
from pathlib import Path

import pytest

from edge.config import DetectionSection, NodeConfig
from edge.model.manifest import manifest_path, read
from edge.model.registry import ready_path
from edge.node.load_model import open_interpreter
from edge.pipeline import Pipeline
from tools.resize import resized
from tools.training.sizes import DEFAULT, SIZES, name_of, pin_sizes, write_sizes


@pytest.mark.parametrize("size", SIZES)
def test_what_is_shipped_was_made_from_the_default(size: tuple[int, int]) -> None:
    default = ready_path(name_of(DEFAULT)).read_bytes()
    assert ready_path(name_of(size)).read_bytes() == resized(default, size), "run tools/train --export-only"


def test_the_pins_are_made_from_the_files(tmp_path: Path) -> None:
    for path in (manifest_path(), ready_path(name_of(DEFAULT))):
        shutil.copy(path, tmp_path)
    assert len(write_sizes(tmp_path)) == len(SIZES)
    assert pin_sizes(tmp_path / "manifest.yaml") == []
    assert (tmp_path / "manifest.yaml").read_bytes() == manifest_path().read_bytes()
    assert all(read(manifest_path()).models[name_of(size)].purpose == SIZES[size] for size in SIZES)


def test_counts_of_two_sizes_are_never_added() -> None:
    sections = [DetectionSection(model=name_of(size)) for size in SIZES]
    recipes = [Pipeline(open_interpreter(section), NodeConfig(detection=section)).recipe for section in sections]
    assert len({recipe.model for recipe in recipes}) == len(SIZES)
    assert len({recipe.nuisance for recipe in recipes}) == len(SIZES)
    assert all(recipe.nuisance for recipe in recipes)
    assert len({recipe.id for recipe in recipes}) == len(SIZES)
