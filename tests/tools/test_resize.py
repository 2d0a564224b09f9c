"""Equal weights at another input size: where the picture is equal, so are the model's outputs."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edge.detection.keypoints import read_layout
from edge.errors import ModelError
from edge.model.interpreter import TfliteInterpreter
from edge.model.registry import model_path
from tools.resize import resize_file, resized

SIZES = [(305, 545), (481, 641), (417, 737)]
REACH_PX = 176
"""Distance in pixels up to which the model sees beyond a cell."""


@pytest.fixture(scope="module")
def content() -> bytes:
    return model_path("spotter-353x481").read_bytes()


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(noise, (800, 600), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.parametrize("size", SIZES)
def test_it_says_the_same_of_the_same_pixels(
    content: bytes, picture: np.ndarray, tmp_path: Path, size: tuple[int, int]
) -> None:
    height, width = size
    (tmp_path / "one.tflite").write_bytes(content)
    resize_file(tmp_path / "one.tflite", tmp_path / "other.tflite", size)
    here, there = TfliteInterpreter(tmp_path / "one.tflite"), TfliteInterpreter(tmp_path / "other.tflite")
    layout = read_layout(there.input, there.outputs)
    assert (layout.height, layout.width) == size
    assert here.model_id != there.model_id
    for one, other in zip(here.invoke(picture[:353, :481]), there.invoke(picture[:height, :width]), strict=True):
        stride = 352 // (one.shape[1] - 1)
        assert other.shape[1:3] == ((height - 1) // stride + 1, (width - 1) // stride + 1)
        rows, columns = (min(353, height) - REACH_PX) // stride, (481 - REACH_PX) // stride
        assert np.ptp(one[:, :rows, :columns]) > 0
        np.testing.assert_array_equal(one[:, :rows, :columns], other[:, :rows, :columns])


def test_back_again_it_is_the_same_file(content: bytes) -> None:
    there = resized(content, (481, 641))
    assert len(there) == len(content)
    assert there != content
    assert resized(there, (353, 481)) == content


@pytest.mark.requires_upstream
def test_the_published_model_is_resized_too(tmp_path: Path, picture: np.ndarray) -> None:
    """The published model pads its pictures with an operator of its own."""
    resize_file(model_path("posenet-353x481"), tmp_path / "posenet.tflite", (305, 545))
    interpreter = TfliteInterpreter(tmp_path / "posenet.tflite")
    assert read_layout(interpreter.input, interpreter.outputs).width == 545
    assert len(interpreter.invoke(picture[:305, :545])) == 3


@pytest.mark.parametrize("size", [(352, 481), (360, 640), (481, 640)])
def test_sides_that_the_maps_do_not_fit_are_refused(content: bytes, size: tuple[int, int]) -> None:
    with pytest.raises(ModelError, match="one more than a multiple of 16"):
        resized(content, size)


def test_an_operator_that_is_not_known_is_named(content: bytes) -> None:
    data = bytearray(content)
    code = schema.Model.GetRootAsModel(data, 0).OperatorCodes(0)
    for field in (4, 10):  # the number of the operator, old and new
        if at := code._tab.Offset(field):
            size = 1 if field == 4 else 4
            data[code._tab.Pos + at : code._tab.Pos + at + size] = schema.BuiltinOperator.SOFTMAX.to_bytes(
                size, "little"
            )
    with pytest.raises(ModelError, match="operator 0 is SOFTMAX"):
        resized(bytes(data), (481, 641))
