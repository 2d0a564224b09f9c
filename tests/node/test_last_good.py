"""A damaged configuration, model or baseline is replaced by its last good copy; without a copy it is an error."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.config import BrokerSection, DetectionSection, NodeConfig
from edge.errors import ConfigError, ModelError
from edge.model import registry
from edge.model.registry import model_path
from edge.node import last_good, load_model
from edge.node.last_good import STATE_DIRECTORY, load_settings
from edge.node.load_model import open_with_last_good
from edge.wire import Problem
from tests.disk import limited_files

GOOD = "site: soho\nnode: north\nfacing: 90\nbroker: {host: 10.0.0.1}\n...\n"
NORTH = NodeConfig(site="soho", node="north", facing=90, broker=BrokerSection(host="10.0.0.1"))
BAD = (
    "",
    "node: [",
    "nodes: north\n...\n",
    "facing: north\n...\n",
    "\0\0\0",
    "node: north\nbroker: {host: 10.0.0.1}\n...\n",
    "site: soho\nbroker: {host: 10.0.0.1}\n...\n",
    "site: soho\nnode: north\n...\n",
    "site: soho\nnode: north\nbroker:\n  host: 10.0.0",
    GOOD.removesuffix("...\n"),
)
"""Files that a service refuses: damaged, shortened, or without a key whose default is for trying things out."""


@pytest.fixture
def as_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    state = tmp_path / "state"
    state.mkdir()
    monkeypatch.setenv(STATE_DIRECTORY, str(state))
    return state


def test_a_good_configuration_is_kept_and_stands_in_for_a_bad_one(as_service: Path, tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(GOOD)
    assert load_settings(path) == (NORTH, None)
    kept = as_service / last_good.FOLDER / "node.yaml"
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (GOOD, 0o600)
    for bad in BAD:
        path.write_text(bad)
        assert load_settings(path) == (NORTH, Problem("copy-settings")), bad
        assert kept.read_text() == GOOD
    path.unlink()
    assert load_settings(path).config.node == "north"
    path.write_text(GOOD.replace("north", "south"))
    assert load_settings(path).config.node == "south"
    assert kept.read_text() == GOOD.replace("north", "south")


@pytest.mark.parametrize("bad", BAD)
def test_a_service_without_a_copy_refuses_what_may_be_shortened(as_service: Path, tmp_path: Path, bad: str) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(bad)
    with pytest.raises(ConfigError, match=r"node\.yaml"):
        load_settings(path)
    assert not (as_service / last_good.FOLDER).exists()


def test_a_file_of_before_end_marks_is_used_as_long_as_it_is_the_last_good_one(
    as_service: Path, tmp_path: Path
) -> None:
    old = GOOD.removesuffix("...\n")
    (as_service / last_good.FOLDER).mkdir()
    (as_service / last_good.FOLDER / "node.yaml").write_text(old)
    path = tmp_path / "node.yaml"
    path.write_text(old)
    assert load_settings(path) == (NORTH, None)
    path.write_text(old[:-3])
    assert load_settings(path) == (NORTH, Problem("copy-settings"))


def test_by_hand_a_mistake_is_a_mistake(as_service: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(GOOD)
    load_settings(path)
    path.write_text("nodes: north\n")
    monkeypatch.delenv(STATE_DIRECTORY)
    with pytest.raises(ConfigError, match="nodes"):
        load_settings(path)


def test_without_a_good_copy_the_files_own_error_is_raised(as_service: Path, tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text("nodes: north\n")
    with pytest.raises(ConfigError, match=r"node.yaml: .*nodes"):
        load_settings(path)
    (as_service / last_good.FOLDER).mkdir()
    (as_service / last_good.FOLDER / "node.yaml").write_text("also: bad\n")
    with pytest.raises(ConfigError, match="nodes"):
        load_settings(path)


def test_a_disk_that_takes_no_copy_is_no_reason_not_to_start(as_service: Path, tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(GOOD)
    with limited_files():
        assert load_settings(path).config.node == "north"
    assert not (as_service / last_good.FOLDER / "node.yaml").exists()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped model that may be damaged."""
    path = tmp_path / "spotter.tflite"
    path.write_bytes(model_path().read_bytes())
    monkeypatch.setattr(load_model, "ready_path", lambda name: path)
    yield path
    registry._check_once.cache_clear()


@pytest.mark.parametrize("damage", ["flipped", "cut", "missing"])
def test_a_damaged_model_gives_way_to_its_copy(installed: Path, tmp_path: Path, damage: str) -> None:
    good, repair = open_with_last_good(DetectionSection(), tmp_path)
    assert repair is None
    content = bytearray(installed.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    installed.write_bytes(content[: len(content) // 3] if damage == "cut" else content)
    if damage == "missing":
        installed.unlink()
    spared, repair = open_with_last_good(DetectionSection(), tmp_path)
    assert spared.model_id == good.model_id
    assert repair == Problem("copy-model")
    (tmp_path / last_good.FOLDER / "spotter.tflite").write_bytes(b"")
    with pytest.raises(ModelError, match="install it again"):
        open_with_last_good(DetectionSection(), tmp_path)
