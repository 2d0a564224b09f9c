"""People from the tensors of a PoseNet."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.clock import SystemClock
from edge.config import DetectionSection
from edge.detection.keypoints import _CHAIN, _WALKS, LEFT_BIAS_PX, STRIDE, PoseLayout, decode, read_layout
from edge.detection.letterbox import letterbox
from edge.errors import ModelError
from edge.frame.source import open_camera
from edge.node.load_model import open_interpreter
from edge.outputs import Outputs
from edge.records import KEYPOINTS
from edge.seams import TensorSpec
from tests.people import REACH_PX, standing, tensors

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


@pytest.mark.parametrize("scale", [1.0, 3.5])
def test_whoever_is_too_small_for_the_model_is_nobody_at_any_size_of_the_frame(scale: float) -> None:
    outputs = tensors([standing(100, 100, 60), standing(300, 100, 200)])
    heights = [len(decode(outputs, LAYOUT, DetectionSection(min_body_px=px), scale=scale)) for px in (1, 90, 300)]
    assert heights == [2, 1, 0]


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


def bytes_of(outputs: list[np.ndarray], scales: tuple[float, ...] = (0.1, 0.62, 1.35)) -> Outputs:
    """Return outputs as a quantized model would store them."""
    specs = [TensorSpec("t", one.shape, "uint8", scale, 120) for one, scale in zip(outputs, scales, strict=True)]
    values = [np.clip(np.rint(one / s.scale + s.zero_point), 0, 255) for one, s in zip(outputs, specs, strict=True)]
    return Outputs([one.astype(np.uint8) for one in values], specs)


@given(
    places=st.lists(st.tuples(st.floats(30, 450), st.floats(5, 120), st.floats(60, 240)), max_size=6),
    noise=st.floats(0, 3),
    seed=st.integers(0, 99),
)
@settings(max_examples=60)
def test_stored_and_real_values_give_the_same_people(
    places: list[tuple[float, float, float]], noise: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    values = bytes_of([one + rng.normal(0, noise, one.shape) for one in tensors([standing(*one) for one in places])])
    found, real = (decode(one, LAYOUT, DetectionSection(), scale=1.5) for one in (values, list(values)))
    assert [(one.box, one.confidence) for one in found] == [(one.box, one.confidence) for one in real]
    for one, other in zip(found, real, strict=True):
        assert (one.keypoints == other.keypoints).all()
        assert (one.confidences == other.confidences).all()


def test_the_steps_of_a_walk_reach_every_part_from_every_root() -> None:
    for root, walk in enumerate(np.moveaxis(_WALKS, 0, -1)):
        depths = {root: 0}
        for parent, child, channel, depth in walk.tolist():
            depths[child] = depths[parent] + 1
            ends = [KEYPOINTS.index(name) for name in _CHAIN[channel % 16]]
            assert (parent, child) == tuple(ends if channel < 16 else ends[::-1])
            assert depth == depths[child]
        assert set(depths) == set(range(17))


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


def crossed(people: list[np.ndarray], edge: tuple[str, str]) -> list[np.ndarray]:
    """Return the tensors of two people in which the first one's `edge` leads, there and back, to the second's joint."""
    outputs = tensors(people)
    grid = np.moveaxis(np.indices((23, 31), np.float32), 0, -1) * STRIDE
    (parent, child), k = (KEYPOINTS.index(name) for name in edge), _CHAIN.index(edge)
    for start, end, channel in (
        (people[0][parent], people[1][child], k),
        (people[1][child], people[0][parent], k + 32),
    ):
        near = np.hypot(*np.moveaxis(grid - start[::-1], -1, 0)) < REACH_PX
        outputs[2][0][near, channel], outputs[2][0][near, channel + 16] = (end - start)[::-1]
    return outputs


@given(apart=st.floats(0.4, 0.9), height=st.floats(120, 280), edge=st.sampled_from(["shoulder", "hip", "knee"]))
@settings(max_examples=60)
def test_edges_that_lead_to_somebody_else_do_not_stitch(apart: float, height: float, edge: str) -> None:
    ends = {
        "shoulder": ("left_shoulder", "left_hip"),
        "hip": ("left_hip", "left_knee"),
        "knee": ("left_knee", "left_ankle"),
    }
    people = [standing(x, 30, height) for x in (120, 120 + apart * height)]
    found = decode(crossed(people, ends[edge]), LAYOUT, DetectionSection())
    for person in found:
        away = [np.hypot(*(person.keypoints - one).T) < 0.05 * height for one in people]
        assert min(int((one & person.believed).sum()) for one in away) <= 3, "the head may be near, a limb is not"
    assert len(found) >= 2


@given(apart=st.floats(0.1, 0.6), lower=st.floats(-0.2, 0.2), height=st.floats(120, 240))
@settings(max_examples=60)
def test_a_keypoint_has_one_owner(apart: float, lower: float, height: float) -> None:
    people = [standing(150, 60, height), standing(150 + apart * height, 60 + lower * height, height)]
    section = DetectionSection()
    found = decode(tensors(people), LAYOUT, section)
    assert found
    for i, person in enumerate(found):
        for other in found[:i]:
            away = np.hypot(*(person.keypoints - other.keypoints).T)
            assert not ((away < section.nms_radius_px) & person.believed & other.believed).any()


@given(x=st.floats(60, 420), height=st.floats(60, 300), turn=st.floats(0, 1))
@settings(max_examples=60)
def test_a_lone_person_of_any_size_and_turn_is_whole(x: float, height: float, turn: float) -> None:
    person = standing(0, 20, height) * np.array([turn, 1], np.float32) + np.array([x, 0], np.float32)
    (found,) = decode(tensors([person]), LAYOUT, DetectionSection())
    assert found.believed.all()


@pytest.mark.requires_clips
def test_the_channels_lead_along_the_edges_in_this_order(shared_data: Path) -> None:
    """From a real person's keypoints the shipped model's offsets lead nearer to the next ones than in another order."""
    network = open_interpreter(DetectionSection())
    layout = read_layout(network.input, network.outputs)
    clip = f"replay:{shared_data / 'clips' / 'one-by-one-person-detection.mp4'}"
    with closing(open_camera(clip, clock=SystemClock(), pace="fast", start_at=0.0)) as camera:
        frame = next(frame for frame in iter(camera.read, None) if frame.number == 100)
    outputs = network.invoke(letterbox(frame, layout.height, layout.width)[0])
    heat, short, mid = (outputs[at][0] for at in (layout.heatmaps, layout.short_offsets, layout.mid_offsets))
    cells = [np.unravel_index(int(heat[..., part].argmax()), heat.shape[:2]) for part in range(17)]
    points = [np.array(cell) * STRIDE + short[cell][[part, part + 17]] for part, cell in enumerate(cells)]

    def missed(order: list[int]) -> float:
        ends = [(k, *(KEYPOINTS.index(name) for name in _CHAIN[e])) for k, e in enumerate(order)]
        there = [mid[cells[a]][[k, k + 16]] + np.array(cells[a]) * STRIDE - points[b] for k, a, b in ends]
        back = [mid[cells[b]][[k + 32, k + 48]] + np.array(cells[b]) * STRIDE - points[a] for k, a, b in ends]
        return float(np.hypot(*np.array(there + back).T).mean())

    published = [*range(5), *range(6, 11), 5, *range(11, 16)]
    assert missed(list(range(16))) < missed(published)
