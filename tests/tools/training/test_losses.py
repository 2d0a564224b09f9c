"""The loss on truth that is known in part, and the pose that is taught to small people."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the training extra: pip install -e .[training]")

import torch

from edge.records import CLASSES
from tools.training.losses import Truth, _garments
from tools.training.network import Maps
from tools.training.partial import CODES, IGNORED, SETS, members
from tools.training.pose import ENLARGED, pose_of

UPPER, LOWER, SHOES = (CLASSES.index(name) for name in ("upper", "lower", "shoes"))


def logits_of(position: int, size: int = 9) -> torch.Tensor:
    sure = torch.full((1, len(CLASSES), size, size), -6.0)
    sure[:, position] = 6.0
    return sure


def truth_of(code: int) -> torch.Tensor:
    return torch.full((1, 17, 17), code)


def test_every_set_holds_classes_and_never_the_background() -> None:
    table = members()
    assert table.shape == (len(SETS), len(CLASSES))
    assert not table[:, 0].any()
    assert table[list(SETS).index("anybody"), 1:].all()
    assert min(CODES.values()) == len(CLASSES)
    assert IGNORED not in CODES.values()


@pytest.mark.parametrize("position", [UPPER, LOWER, SHOES])
def test_anybody_is_content_with_every_class_but_background(position: int) -> None:
    truth = truth_of(CODES["anybody"])
    assert _garments(logits_of(position), truth) < 0.1
    assert _garments(logits_of(0), truth) > 3


def test_a_torso_may_be_a_top_and_no_shoe() -> None:
    truth = truth_of(CODES["torso"])
    assert _garments(logits_of(UPPER), truth) < 0.1
    assert _garments(logits_of(SHOES), truth) > 3


def test_what_is_ignored_teaches_nothing() -> None:
    logits = torch.randn(1, len(CLASSES), 9, 9, requires_grad=True)
    truth = truth_of(IGNORED)
    truth[:, :, :8] = 0
    _garments(logits, truth).backward()
    assert logits.grad is not None
    assert float(logits.grad[..., 6:].abs().sum()) == 0
    assert float(logits.grad[..., :3].abs().sum()) > 0


class OnePerson(torch.nn.Module):
    """A teacher that knows where one keypoint is, whatever the size of the picture."""

    def __init__(self, at: tuple[float, float]) -> None:
        super().__init__()
        self.at = at
        self.heights: list[int] = []

    def forward(self, image: torch.Tensor) -> Maps:
        height, width = image.shape[2:]
        self.heights.append(height)
        rows, columns = (height - 1) // 16 + 1, (width - 1) // 16 + 1
        y, x = torch.meshgrid(torch.arange(rows) * 16.0, torch.arange(columns) * 16.0, indexing="ij")
        aim = torch.stack([self.at[0] * (height - 1) - y, self.at[1] * (width - 1) - x])
        short = aim.repeat_interleave(17, dim=0).expand(len(image), -1, -1, -1)
        mid = aim.repeat_interleave(16, dim=0).repeat(2, 1, 1).expand(len(image), -1, -1, -1)
        heat = torch.zeros(len(image), 17, rows, columns)
        return Maps(heat, short, mid, heat, heat)


def test_small_people_are_taught_by_a_larger_picture_in_pixels_of_their_own() -> None:
    image = torch.zeros(2, 3, 353, 257)
    garments = torch.zeros(2, 353, 257, dtype=torch.long)
    garments[0, 100:180, 50:80] = UPPER
    garments[1, 20:340, 50:180] = UPPER
    teacher = OnePerson((0.25, 0.5))
    found = pose_of(teacher, image, Truth(garments, garments, garments))
    assert sorted(teacher.heights) == [353, int(352 * ENLARGED) // 16 * 16 + 1]
    y, x = np.meshgrid(np.arange(23) * 16.0, np.arange(17) * 16.0, indexing="ij")
    for picture in range(2):
        for offsets, points in ((found.short_offsets, 17), (found.mid_offsets, 16)):
            down, across = offsets[picture].view(-1, 2, points, 23, 17)[-1].numpy()
            assert np.allclose(down[3] + y, 0.25 * 352, atol=0.1)
            assert np.allclose(across[3] + x, 0.5 * 256, atol=0.1)
