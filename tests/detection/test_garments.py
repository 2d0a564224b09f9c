"""The garment map from the model's tensors."""

import numpy as np
import pytest

from edge.detection.garments import PERSON, Layout, decode, dressed, read_layout
from edge.errors import ModelError
from edge.records import CLASSES
from edge.seams import TensorSpec
from edge.vocabulary import PATTERNS
from tests.people import detection, garment_map, person_picture, standing

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


def test_a_skeleton_on_bare_background_is_nobody() -> None:
    _, person, truth = person_picture()
    classes = garment_map(truth).classes
    layout = Layout(0, 1)
    ghost = detection(standing(30, 40, 120))
    sure = np.eye(len(CLASSES), dtype=np.float32)[classes][None] * 9
    assert dressed([person, ghost], [sure], layout) == [person]
    torn = sure.copy()
    torn[..., 1:][sure[..., 0] == 0] = 3.0
    assert dressed([person, ghost], [torn], layout) == [person], "somebody, in whatever"
    outside = detection(standing(-300, 40, 120))
    assert dressed([outside], [sure], layout) == []
