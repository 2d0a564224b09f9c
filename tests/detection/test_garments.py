"""The garment map from the model's tensors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detection.garments import BLANK, GARMENT_STRIDE, PERSON, Layout, blank, decode, read_layout
from edge.errors import ModelError
from edge.outputs import Outputs
from edge.records import CLASSES, Floats, Pixels
from edge.seams import TensorSpec
from edge.vocabulary import PATTERNS
from tests.people import detection, person_picture, standing

IMAGE = TensorSpec("image", (1, 353, 481, 3), "uint8", 1 / 128, 128)
POSE = [TensorSpec(str(c), (1, 23, 31, c), "uint8", 0.1, 128) for c in (17, 34, 64)]
GARMENTS = TensorSpec("garments", (1, 89, 121, len(CLASSES)), "uint8", 0.1, 128)
KINDS = TensorSpec("patterns", (1, 45, 61, len(PATTERNS)), "uint8", 0.1, 128)


def test_a_network_of_poses_alone_has_no_map() -> None:
    assert read_layout(IMAGE, POSE) is None


def test_outputs_are_found_in_any_order() -> None:
    layout = read_layout(IMAGE, [KINDS, *POSE, GARMENTS])
    assert layout == (4, 0)


@pytest.mark.parametrize("outputs", [[*POSE, GARMENTS], [*POSE, KINDS], [*POSE, KINDS, KINDS]])
def test_half_a_map_is_refused(outputs: list[TensorSpec]) -> None:
    with pytest.raises(ModelError, match="pattern map"):
        read_layout(IMAGE, outputs)


def test_the_likeliest_class_and_shares_of_kinds() -> None:
    rng = np.random.default_rng(0)
    outputs = [rng.normal(0, 3, shape).astype(np.float32) for shape in (GARMENTS.shape, KINDS.shape)]
    layout = read_layout(IMAGE, [GARMENTS, KINDS])
    assert layout is not None
    found = decode(outputs, layout, scale=2.0)
    assert found.pitch == 8.0
    shares = np.exp(outputs[0][0]) / np.exp(outputs[0][0]).sum(axis=-1, keepdims=True)
    is_person = shares[..., 1:].sum(axis=-1) >= PERSON
    assert 0.2 < is_person.mean() < 0.98
    assert (found.classes[is_person] == shares[is_person, 1:].argmax(axis=-1) + 1).all()
    assert (found.classes[~is_person] == 0).all()
    np.testing.assert_allclose(found.patterns.sum(axis=-1), 1, atol=1e-5)
    assert (found.patterns.argmax(axis=-1) == outputs[1][0].argmax(axis=-1)).all()


LAYOUT = Layout(0, 1)


def logits(truth: Pixels) -> list[Floats]:
    """Return the outputs of a model that is sure of the class of every fourth pixel."""
    cells = truth[::GARMENT_STRIDE, ::GARMENT_STRIDE]
    half = [(side + 1) // 2 for side in cells.shape]
    return [np.eye(len(CLASSES), dtype=np.float32)[cells][None] * 8, np.zeros((1, *half, len(PATTERNS)), np.float32)]


@given(seed=st.integers(0, 99), doubt=st.floats(0.01, 0.3), box=st.tuples(*[st.floats(-90, 500)] * 4))
@settings(max_examples=60)
def test_a_part_of_the_map_and_stored_values_say_what_the_whole_map_says(
    seed: int, doubt: float, box: tuple[float, float, float, float]
) -> None:
    rng = np.random.default_rng(seed)
    specs = [one._replace(scale=doubt) for one in (GARMENTS, KINDS)]
    values = Outputs([rng.integers(0, 256, one.shape).astype(np.uint8) for one in specs], specs)
    whole = decode(list(values), LAYOUT, scale=1.1)
    x1, y1, x2, y2 = (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
    part = decode(values, LAYOUT, scale=1.1, box=(x1, y1, x2, y2))
    x, y = part.corner
    height, width = part.classes.shape
    assert (part.classes == whole.classes[y : y + height, x : x + width]).all()
    half = part.patterns.shape[:2]
    assert (part.patterns == whole.patterns[y // 2 : y // 2 + half[0], x // 2 : x // 2 + half[1]]).all()
    for low, high, first, count, most in ((x1, x2, x, width, 121), (y1, y2, y, height, 89)):
        touched = np.arange(max(round(low / whole.pitch), 0), min(round(high / whole.pitch), most - 1) + 1)
        assert set(touched) <= set(range(first, first + count)), "also the cells that a pixel's place is rounded to"


def test_a_skeleton_on_bare_background_has_a_blank_map() -> None:
    _, person, truth = person_picture()
    ghost, outside = detection(standing(30, 40, 120)), detection(standing(-300, 40, 120))
    assert blank([person, ghost, outside], logits(truth), LAYOUT) == [ghost, outside]
    assert blank([], logits(truth), LAYOUT) == []
    torn = np.where(truth > 0, CLASSES.index("bag"), 0).astype(np.uint8)
    assert blank([person], logits(torn), LAYOUT) == [], "somebody, in whatever"


@given(share=st.floats(0, 1))
def test_a_torso_is_blank_below_a_share_of_its_points(share: float) -> None:
    """The lower the map's garment begins, the less of the torso is on it."""
    _, person, truth = person_picture()
    classes = np.zeros_like(truth)
    top, bottom = person.keypoints[5, 1], person.keypoints[11, 1]
    begins = round(bottom - share * (bottom - top))
    classes[begins:, :] = CLASSES.index("upper")
    is_blank = blank([person], logits(classes), LAYOUT) == [person]
    if abs(share - BLANK) > 0.2:
        assert is_blank == (share < BLANK)
