"""The loss on truth that is known in part, and the pose that is taught to small people."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the training extra: pip install -e .[training]")

import torch

from edge.records import CLASSES
from tools.training.losses import Truth, _garments
from tools.training.network import Maps
from tools.training.partial import CODES, IGNORED, SETS, members
from tools.training.paste import HEIGHT_UNIT, NOBODY
from tools.training.pose import DOUBT, NEVER, pose_of

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
        short = aim.repeat_interleave(17, dim=0).repeat(len(image), 1, 1, 1)
        mid = aim.repeat_interleave(16, dim=0).repeat(2, 1, 1).repeat(len(image), 1, 1, 1)
        heat = torch.zeros(len(image), 17, rows, columns)
        return Maps(heat, short, mid, heat, heat)


def test_small_people_are_taught_by_a_larger_picture_in_pixels_of_their_own() -> None:
    image = torch.zeros(2, 3, 353, 257)
    garments, heights = torch.zeros(2, 2, 353, 257, dtype=torch.long)
    for picture, (top, bottom) in enumerate(((100, 180), (20, 340))):
        garments[picture, top:bottom, 50:180] = UPPER
        heights[picture, top:bottom, 50:180] = (bottom - top) // HEIGHT_UNIT
    teacher = OnePerson((0.25, 0.5))
    found = pose_of(teacher, image, Truth(garments, garments, garments, heights))
    assert teacher.heights == [353, 705]
    y, x = np.meshgrid(np.arange(23) * 16.0, np.arange(17) * 16.0, indexing="ij")
    for picture in range(2):
        for offsets, points in ((found.short_offsets, 17), (found.mid_offsets, 16)):
            down, across = offsets[picture].view(-1, 2, points, 23, 17)[-1].numpy()
            assert np.allclose(down[3] + y, 0.25 * 352, atol=0.1)
            assert np.allclose(across[3] + x, 0.5 * 256, atol=0.1)


class Sees(torch.nn.Module):
    """A teacher that sees a keypoint everywhere, in logits: `near` in an enlarged picture, else `far`."""

    def __init__(self, far: float, near: float) -> None:
        super().__init__()
        self.far, self.near = far, near

    def forward(self, image: torch.Tensor) -> Maps:
        rows, columns = ((side - 1) // 16 + 1 for side in image.shape[2:])
        heat = torch.full((len(image), 17, rows, columns), self.near if image.shape[2] > 353 else self.far)
        offsets = torch.zeros(len(image), 64, rows, columns)
        return Maps(heat, offsets[:, :34], offsets, heat, heat)


@pytest.mark.parametrize(("far", "near"), [(1.0, 3.0), (3.0, 1.0)])
def test_the_surer_view_counts_for_people_and_the_less_sure_where_nobody_is(far: float, near: float) -> None:
    garments, heights = torch.zeros(2, 1, 353, 257, dtype=torch.long)
    garments[:, :100], garments[:, 200:300] = IGNORED, UPPER
    heights[:, 200:300] = 100 // HEIGHT_UNIT
    found = pose_of(Sees(far, near), torch.zeros(1, 3, 353, 257), Truth(garments, garments, garments, heights))
    heat = found.heatmaps[0, 0, :, 8]
    assert heat[3] == max(far, near), "nobody knows who is there"
    assert heat[15] == near, "a small person"
    assert heat[9] == min(far, near) - DOUBT, "nobody is there"


def test_a_post_is_nobody_whatever_the_teacher_sees_but_not_where_a_person_is() -> None:
    garments, heights = torch.zeros(2, 1, 353, 257, dtype=torch.long)
    garments[:, 200:300, 100:150] = UPPER
    heights[:, 200:300, 100:150] = 200 // HEIGHT_UNIT
    heights[:, :, 120:126], heights[:, :, 20:26] = NOBODY, NOBODY
    found = pose_of(Sees(3.0, 3.0), torch.zeros(1, 3, 353, 257), Truth(garments, garments, garments, heights))
    heat = found.heatmaps[0, 0]
    assert (heat[:, 1] == NEVER).all()
    assert heat[3, 8] == NEVER
    assert heat[15, 8] == 3.0
    assert heat[3, 12] == 3.0 - DOUBT
