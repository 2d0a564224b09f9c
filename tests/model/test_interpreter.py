"""The real runtime on the real model; the Edge TPU missing, failing and unplugged."""

import ctypes
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from edge.detection.keypoints import read_layout
from edge.errors import ModelError
from edge.model import interpreter
from edge.model.interpreter import TfliteInterpreter, no_edge_tpu
from edge.model.registry import model_path

GREY = np.full((353, 481, 3), 128, np.uint8)


@pytest.fixture
def cpu() -> Path:
    return model_path("posenet-353x481")


@pytest.fixture
def edgetpu(cpu: Path) -> Path:
    return model_path("posenet-353x481", accelerator="edgetpu")


@pytest.mark.requires_upstream
def test_the_model_runs_and_its_layout_is_a_posenets(cpu: Path) -> None:
    opened = TfliteInterpreter(cpu)
    assert opened.accelerator == "cpu"
    assert (opened.input.scale, opened.input.zero_point) == (1 / 128, 128)
    layout = read_layout(opened.input, opened.outputs)
    outputs = opened.invoke(GREY)
    assert [output.dtype for output in outputs] == [np.float32] * 3
    assert outputs[layout.heatmaps].shape == (1, 23, 31, 17)
    assert outputs[layout.heatmaps].max() < 0, "nobody stands on grey"


@pytest.mark.requires_upstream
def test_a_missing_edge_tpu_is_loud_counted_and_replaced(
    cpu: Path, edgetpu: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        opened = TfliteInterpreter(cpu, edgetpu)
    assert (opened.accelerator, opened.fallbacks) == ("cpu", 1)
    assert "libedgetpu" in caplog.text
    assert opened.model_id == TfliteInterpreter(cpu).model_id
    assert len(opened.invoke(GREY)) == 3


LIBRARY = """
#include <stdlib.h>
struct edgetpu_device {{ int type; const char* path; }};
struct edgetpu_device* edgetpu_list_devices(size_t* count) {{ *count = {count}; return malloc(64); }}
void edgetpu_free_devices(struct edgetpu_device* devices) {{ free(devices); }}
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.parametrize(("count", "why"), [(0, "no Edge TPU is plugged in"), (1, ""), (2, "")])
def test_libedgetpu_is_asked_for_its_devices(tmp_path: Path, count: int, why: str) -> None:
    """Uses a library with the two functions of edgetpu_c.h, loaded as the real one is."""
    (tmp_path / "edgetpu.c").write_text(LIBRARY.format(count=count))
    library = tmp_path / "libedgetpu.so.1"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, tmp_path / "edgetpu.c"], check=True)
    assert no_edge_tpu(str(library)) == why


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_library_that_is_none_is_named(tmp_path: Path) -> None:
    assert "expected libedgetpu" in no_edge_tpu("libc.so.6")
    assert "is not installed" in no_edge_tpu(str(tmp_path / "libedgetpu.so.1"))


class UnpluggedRuntime:
    """A runtime whose Edge TPU starts well and is gone at the third invoke; its CPU models last as `cpu_lasts` says."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.cpu_lasts: list[int] = []
        """Invokes of each CPU model in turn; later models last for ever."""

    def load_delegate(self, library: str) -> str:
        assert library == interpreter.EDGETPU_LIBRARY
        return "tpu"

    def Interpreter(self, *, model_content: bytes, experimental_delegates: list[str], num_threads: int) -> Any:  # noqa: N802
        self.made.append("edgetpu" if experimental_delegates else "cpu")
        if experimental_delegates:
            return UnpluggedInterpreter(fails_after=2)
        return UnpluggedInterpreter(fails_after=self.cpu_lasts.pop(0) if self.cpu_lasts else None)


class UnpluggedInterpreter:
    def __init__(self, fails_after: int | None) -> None:
        self.left = fails_after

    def allocate_tensors(self) -> None:
        pass

    def get_input_details(self) -> list[dict[str, Any]]:
        return [
            {"name": "in", "index": 0, "shape": np.array([1, 2, 2, 3]), "dtype": np.uint8, "quantization": (0.5, 3)}
        ]

    def get_output_details(self) -> list[dict[str, Any]]:
        return [{"name": "out", "index": 1, "shape": np.array([1, 1]), "dtype": np.uint8, "quantization": (0.5, 3)}]

    def set_tensor(self, index: int, tensor: np.ndarray) -> None:
        self.value = tensor

    def get_tensor(self, index: int) -> np.ndarray:
        return self.value[:, 0, 0, :1]

    def invoke(self) -> None:
        if self.left == 0:
            raise RuntimeError("USB transfer error 5")
        if self.left is not None:
            self.left -= 1


@pytest.fixture
def unplugged(monkeypatch: pytest.MonkeyPatch) -> UnpluggedRuntime:
    fake = UnpluggedRuntime()
    monkeypatch.setitem(sys.modules, "ai_edge_litert", SimpleNamespace(interpreter=fake))
    monkeypatch.setattr(ctypes, "CDLL", lambda name: name)
    return fake


def test_an_edge_tpu_unplugged_in_the_middle_costs_no_frame(tmp_path: Path, unplugged: UnpluggedRuntime) -> None:
    for name in ("cpu", "tpu"):
        (tmp_path / name).write_bytes(name.encode())
    opened = TfliteInterpreter(tmp_path / "cpu", tmp_path / "tpu")
    assert opened.accelerator == "edgetpu"
    frames = [np.full((2, 2, 3), value, np.uint8) for value in (5, 7, 9, 11)]
    assert [float(opened.invoke(frame)[0][0, 0]) for frame in frames] == [1.0, 2.0, 3.0, 4.0]
    assert (opened.accelerator, opened.fallbacks) == ("cpu", 1)
    assert unplugged.made == ["edgetpu", "cpu"]


def test_a_model_that_fails_a_few_times_is_opened_again_and_costs_no_frame(
    tmp_path: Path, unplugged: UnpluggedRuntime
) -> None:
    (tmp_path / "cpu").write_bytes(b"cpu")
    unplugged.cpu_lasts = [1, 0, 1]
    opened = TfliteInterpreter(tmp_path / "cpu")
    frames = [np.full((2, 2, 3), value, np.uint8) for value in (5, 7, 9)]
    assert [float(opened.invoke(frame)[0][0, 0]) for frame in frames] == [1.0, 2.0, 3.0]
    assert (opened.failures, opened.fallbacks, len(unplugged.made)) == (3, 0, 4)


def test_a_model_that_fails_for_good_says_so(tmp_path: Path, unplugged: UnpluggedRuntime) -> None:
    (tmp_path / "cpu").write_bytes(b"cpu")
    unplugged.cpu_lasts = [0] * 10
    opened = TfliteInterpreter(tmp_path / "cpu")
    with pytest.raises(ModelError, match=r"failed 4 times on one frame \(USB transfer error 5\); check memory"):
        opened.invoke(np.zeros((2, 2, 3), np.uint8))
    assert opened.failures == interpreter.TRIES


def test_a_file_that_is_no_model_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    with pytest.raises(ModelError, match="spotter models fetch"):
        TfliteInterpreter(path)
    path.write_bytes(b"no flatbuffer at all")
    with pytest.raises(ModelError, match="spotter models verify"):
        TfliteInterpreter(path)
