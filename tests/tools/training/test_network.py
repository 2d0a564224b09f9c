"""The model to be trained: shapes, what it takes from the published one, what it learns from."""

import copy
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the training extra: pip install -e .[training]")

import torch

from edge.detection import garments, keypoints
from edge.errors import ModelError
from edge.model.interpreter import TfliteInterpreter
from edge.model.registry import model_path
from edge.records import CLASSES
from edge.vocabulary import PATTERNS
from tools.training.losses import Truth, loss, pattern_loss
from tools.training.network import Network
from tools.training.partial import IGNORED
from tools.training.paste import Bytes, Scene
from tools.training.port import again, port
from tools.training.train import Settings, normalised, train


@pytest.fixture(scope="module")
def upstream() -> Path:
    try:
        return model_path("posenet-353x481")
    except ModelError as err:
        pytest.skip(f"no upstream PoseNet: {err}")


def test_its_maps_have_the_strides_that_the_product_reads() -> None:
    with torch.no_grad():
        maps = Network().eval()(torch.zeros(1, 3, 353, 481))
    strides = (keypoints.STRIDE,) * 3 + (garments.GARMENT_STRIDE, garments.PATTERN_STRIDE)
    channels = (17, 34, 64, len(CLASSES), len(PATTERNS))
    assert [tuple(one.shape) for one in maps] == [
        (1, count, 352 // stride + 1, 480 // stride + 1) for count, stride in zip(channels, strides, strict=True)
    ]


def test_folding_changes_nothing() -> None:
    torch.manual_seed(0)
    conv = Network().from_4
    conv.train()
    for _ in range(5):
        conv(torch.randn(4, 96, 9, 9) * 3 + 1)
    conv.eval()
    x = torch.randn(2, 96, 7, 7)
    weight, bias = conv.fold()
    with torch.no_grad():
        torch.testing.assert_close(torch.nn.functional.conv2d(x, weight, bias), conv(x), atol=1e-4, rtol=1e-4)


def test_the_port_computes_what_the_published_file_does(upstream: Path) -> None:
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
    pixels = np.kron(coarse, np.ones((30, 31, 1), np.uint8))[:353, :481]
    interpreter = TfliteInterpreter(upstream)
    theirs = {output.shape[-1]: output[0] for output in interpreter.invoke(pixels)}
    with torch.no_grad():
        maps = port(upstream).eval()(normalised(torch.from_numpy(pixels.copy())[None]))
    for one in maps[:3]:
        mine = one[0].permute(1, 2, 0).numpy()
        assert np.corrcoef(mine.ravel(), theirs[mine.shape[-1]].ravel())[0, 1] > 0.95


def test_a_pose_like_its_teachers_costs_nothing() -> None:
    network = Network().eval()
    with torch.no_grad():
        maps = network(torch.randn(2, 3, 65, 49))
    unknown = torch.full((2, 65, 49), IGNORED)
    known = torch.zeros((2, 65, 49), dtype=torch.long)
    truth = Truth(known, unknown, known, known)
    terms = loss(maps, maps, truth)
    assert float(terms["pose"]) == pytest.approx(0, abs=1e-4)
    assert float(terms["patterns"]) == 0
    moved = maps._replace(short_offsets=maps.short_offsets + 8)
    assert float(loss(moved, maps, truth)["pose"]) > 0.05


def test_the_right_garment_costs_least() -> None:
    network = Network().eval()
    with torch.no_grad():
        maps = network(torch.randn(1, 3, 65, 49))
    truth = torch.zeros((1, 65, 49), dtype=torch.long)
    truth[:, 10:50, 10:40] = CLASSES.index("upper")
    right = torch.nn.functional.one_hot(truth[:, ::4, ::4], len(CLASSES)).permute(0, 3, 1, 2) * 20.0
    wrong = right.roll(1, dims=1)
    unknown = torch.full_like(truth, IGNORED)
    known = Truth(truth, unknown, unknown, unknown)
    costs = [float(loss(maps._replace(garments=one), maps, known)["garments"]) for one in (right, wrong)]
    assert costs[0] < 0.5 * costs[1]


class RedSquares:
    """A source of scenes in which red squares are tops."""

    def pair(self, seed: int) -> tuple[Scene, Bytes]:
        rng = np.random.default_rng(seed)
        pixels = rng.integers(90, 160, (65, 49, 3)).astype(np.uint8)
        classes = np.zeros((65, 49), np.uint8)
        y, x = rng.integers(0, 30), rng.integers(0, 20)
        pixels[y : y + 30, x : x + 25], classes[y : y + 30, x : x + 25] = (220, 20, 20), CLASSES.index("upper")
        kinds, is_red = np.where(classes > 0, 1, IGNORED).astype(np.uint8), (classes > 0).astype(np.uint8)
        return Scene(pixels, classes, kinds, is_red, 15 * is_red), pixels


def test_training_learns_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    torch.manual_seed(0)
    begin = Network()
    short = Settings("together", steps=6, batch=2, seed=1, rate=2e-3, workers=0)
    first = train(begin, begin, RedSquares(), short, tmp_path / "whole")  # type: ignore[arg-type]
    again = train(begin, begin, RedSquares(), short, tmp_path / "whole")  # type: ignore[arg-type]
    for one, other in zip(first.state_dict().values(), again.state_dict().values(), strict=True):
        torch.testing.assert_close(one, other)
    lines = (tmp_path / "whole" / "together.jsonl").read_text().splitlines()
    assert len(lines) == 6, "the second call had nothing left to do"
    changed = copy.deepcopy(begin).state_dict()
    assert any(not torch.equal(changed[name], value) for name, value in first.state_dict().items())


def test_a_run_that_goes_on_learns_at_its_own_rate(tmp_path: Path) -> None:
    torch.manual_seed(0)
    short = Settings("together", steps=3, batch=2, seed=1, rate=2e-3, workers=0)
    parts = []
    for settings in (short, short._replace(steps=5, rate=0.0)):
        train(Network(), Network(), RedSquares(), settings, tmp_path)  # type: ignore[arg-type]
        parts.append(torch.load(tmp_path / "together.pt", weights_only=True))
    assert [part["step"] for part in parts] == [3, 5]
    torch.testing.assert_close(parts[0]["network"]["garments.conv.weight"], parts[1]["network"]["garments.conv.weight"])


def test_the_maps_alone_leave_the_published_layers_as_they_are(tmp_path: Path) -> None:
    torch.manual_seed(0)
    begin = Network()
    short = Settings("maps", steps=4, batch=2, seed=1, rate=2e-3, parts="maps", workers=0)
    trained = train(begin, begin, RedSquares(), short, tmp_path)  # type: ignore[arg-type]
    for one, other in zip(begin.ported(), trained.ported(), strict=True):
        torch.testing.assert_close(one.conv.weight, other.conv.weight)
    assert not torch.equal(begin.garments.conv.weight, trained.garments.conv.weight)


def test_a_garment_is_judged_as_a_whole() -> None:
    """The kind is right in every cell, in half of them, in none."""
    maps = Network().eval()(torch.zeros(1, 3, 65, 49))
    patterns = torch.ones((1, 65, 49), dtype=torch.long)
    patterns[:, :, :24] = 0
    truth = Truth(torch.zeros_like(patterns), patterns, patterns + 1, patterns)
    right = torch.nn.functional.one_hot(patterns[:, ::8, ::8], len(PATTERNS)).permute(0, 3, 1, 2) * 9.0
    wrong = right.roll(1, dims=1)
    half = right.clone()
    half[:, :, ::2] = wrong[:, :, ::2]
    costs = [float(pattern_loss(maps._replace(patterns=one), truth)) for one in (right, half, wrong)]
    assert costs[0] < 0.01
    assert costs[0] < costs[1] < costs[2]


def test_our_own_file_gives_back_the_network_it_was_made_from() -> None:
    """Equal up to the last rounding: the shipped file and its dequantized weights say the same of a picture."""
    model = model_path("spotter-353x481")
    network = again(model).eval()
    pixels = np.random.default_rng(0).integers(0, 256, (353, 481, 3)).astype(np.uint8)
    pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 9), np.uint8) // 2 + 60
    outputs = {output.shape[-1]: output for output in TfliteInterpreter(model).invoke(pixels[None])}
    with torch.no_grad():
        found = network(normalised(torch.from_numpy(pixels[None])))
    for name in ("heatmaps", "garments"):
        ours = getattr(found, name)[0].permute(1, 2, 0).numpy()
        theirs = outputs[ours.shape[-1]][0]
        assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.98, name
