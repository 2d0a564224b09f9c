import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import DetectionSection
from edge.detection.keypoints import LEFT_BIAS_PX, PoseLayout, decode, read_layout
from edge.errors import ModelError
from edge.seams import TensorSpec
from tests.people import standing, tensors

LAYOUT = PoseLayout(353, 481, 0, 1, 2)


@given(x=st.floats(60, 420), top=st.floats(10, 60), height=st.floats(120, 280), scale=st.floats(0.5, 4))
@settings(max_examples=60)
def test_a_person_comes_back_from_its_tensors(x: float, top: float, height: float, scale: float) -> None:
    person = standing(x, top, height)
    (found,) = decode(tensors([person]), LAYOUT, DetectionSection(), scale=scale)
    expected = (person + [LEFT_BIAS_PX, 0] + 0.5) * scale - 0.5
    np.testing.assert_allclose(found.keypoints, expected, atol=0.02 * scale)
    x1, y1, x2, y2 = found.box
    assert x1 <= found.keypoints[:, 0].min() + 1e-3
    assert y2 >= found.keypoints[:, 1].max() - 1e-3
    assert x1 < x2
    assert y1 < y2


@given(count=st.integers(1, 5), height=st.floats(150, 250))
@settings(max_examples=20)
def test_a_crowd_comes_back_person_by_person(count: int, height: float) -> None:
    people = [standing(45 + 95 * i, 30 + 8 * i, height) for i in range(count)]
    found = decode(tensors(people), LAYOUT, DetectionSection())
    assert len(found) == count
    by_x = sorted(found, key=lambda person: float(person.keypoints[0, 0]))
    for person, expected in zip(by_x, people, strict=True):
        np.testing.assert_allclose(person.keypoints, expected + np.array([LEFT_BIAS_PX, 0]), atol=0.5)
    assert [p.confidence for p in found] == sorted((p.confidence for p in found), reverse=True)


def test_nobody_gives_nobody() -> None:
    assert decode(tensors([]), LAYOUT, DetectionSection()) == []


def test_more_people_than_asked_for_gives_the_surest() -> None:
    people = [standing(45 + 95 * i, 30, 200) for i in range(4)]
    assert len(decode(tensors(people), LAYOUT, DetectionSection(max_people=2))) == 2


@given(seed=st.integers(0, 1000))
@settings(max_examples=30)
def test_noise_never_breaks_the_decoder(seed: int) -> None:
    rng = np.random.default_rng(seed)
    outputs = [rng.normal(0, 40, tensor.shape).astype(np.float32) for tensor in tensors([])]
    for person in decode(outputs, LAYOUT, DetectionSection()):
        assert np.isfinite(person.keypoints).all()
        assert 0 <= person.confidence <= 1


def spec(shape: tuple[int, ...], dtype: str = "uint8", scale: float = 1 / 128, zero_point: int = 128) -> TensorSpec:
    return TensorSpec("t", shape, dtype, scale, zero_point)


GOOD_OUTPUTS = [spec((1, 23, 31, channels)) for channels in (17, 34, 64)]


def test_the_layout_is_found_by_shape_in_any_order() -> None:
    layout = read_layout(spec((1, 353, 481, 3)), GOOD_OUTPUTS[::-1])
    assert layout == PoseLayout(353, 481, 2, 1, 0)


@pytest.mark.parametrize(
    ("model_input", "outputs", "complaint"),
    [
        (spec((1, 353, 481, 3), "float32"), GOOD_OUTPUTS, "uint8"),
        (spec((1, 3, 353, 481)), GOOD_OUTPUTS, "height, width, 3"),
        (spec((1, 353, 481, 3), scale=1 / 200), GOOD_OUTPUTS, "mis-scaled"),
        (spec((1, 353, 481, 3), zero_point=0), GOOD_OUTPUTS, "mis-scaled"),
        (spec((1, 353, 481, 3)), GOOD_OUTPUTS[:2], "decoder stripped"),
        (spec((1, 481, 641, 3)), GOOD_OUTPUTS, "decoder stripped"),
    ],
)
def test_another_network_is_refused_with_what_is_wrong(
    model_input: TensorSpec, outputs: list[TensorSpec], complaint: str
) -> None:
    with pytest.raises(ModelError, match=complaint):
        read_layout(model_input, outputs)


@pytest.mark.parametrize("threshold", [0.2, 0.9])
def test_what_is_believed_is_said_by_the_settings_alone(threshold: float) -> None:
    section = DetectionSection(keypoint_threshold=threshold, person_threshold=0.1)
    (person,) = decode(tensors([standing(240, 40, 240)]), LAYOUT, section)
    person.confidences[3:7] = 0.5
    assert person.believed[3:7].all() == (threshold < 0.5)
