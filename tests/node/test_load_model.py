"""Choice of the model file: the CPU's, or the Edge TPU's if one is plugged in and the model has a compiled twin."""

import msgspec
import pytest

from edge.config import DetectionSection
from edge.errors import ModelError
from edge.model import choice, registry
from edge.model.choice import used
from edge.model.manifest import manifest
from edge.model.registry import Used
from edge.node.load_model import open_interpreter

NAME, TWIN = "spotter-305x545", "spotter-305x545-edgetpu"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the default model a twin, as tools/compile-edgetpu pins it; here it is the CPU's own file."""
    shipped = manifest()
    cpu = msgspec.structs.replace(shipped.models[NAME], edgetpu=TWIN)
    pinned = msgspec.structs.replace(
        shipped, models={NAME: cpu, TWIN: msgspec.structs.replace(cpu, edgetpu=None, cpu=NAME)}
    )
    monkeypatch.setattr(registry, "manifest", lambda: pinned)


@pytest.fixture
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "no_edge_tpu", lambda: "")


@pytest.mark.usefixtures("compiled", "plugged_in")
def test_the_twin_is_preferred_where_an_edge_tpu_is() -> None:
    choice = used(DetectionSection())
    assert (choice.name, choice.accelerator) == (TWIN, "edgetpu")
    assert used(DetectionSection(accelerator="cpu")).name == NAME


@pytest.mark.usefixtures("compiled")
def test_without_an_edge_tpu_it_is_the_cpu() -> None:
    assert used(DetectionSection()) == Used(NAME, "cpu", "libedgetpu.so.1 is not installed")
    assert open_interpreter(DetectionSection()).fallbacks == 0, "nobody asked for one"
    asked = used(DetectionSection(accelerator="edgetpu"))
    assert (asked.name, asked.accelerator) == (TWIN, "edgetpu")
    assert "libedgetpu.so.1 is not installed" in asked.why
    assert open_interpreter(DetectionSection(accelerator="edgetpu")).fallbacks == 1


@pytest.mark.usefixtures("plugged_in")
def test_without_a_twin_it_is_the_cpu() -> None:
    choice = used(DetectionSection())
    assert (choice.name, choice.accelerator) == (NAME, "cpu")
    assert "tools/compile-edgetpu spotter-305x545 makes one" in choice.why
    with pytest.raises(ModelError, match="tools/compile-edgetpu"):
        open_interpreter(DetectionSection(accelerator="edgetpu"))


@pytest.mark.usefixtures("plugged_in")
def test_a_twin_that_is_not_here_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("SPOTTER_MODELS", str(tmp_path))
    choice = used(DetectionSection(model="posenet-353x481"))
    assert choice == Used("posenet-353x481", "cpu", "its twin posenet-353x481-edgetpu is missing")
