"""The pose to be learnt: the published model's; for small people, what it finds in the picture at twice the size."""

import torch
from torch import Tensor
from torch.nn import functional

from tools.training.losses import Truth
from tools.training.network import Maps, Network
from tools.training.partial import IGNORED
from tools.training.paste import HEIGHT_UNIT, NOBODY

TALL = 150
"""Height in pixels from which the teacher sees a person in the picture as it is. Of people on street clips it finds
36 % at 45-70 pixels, 59 % at 70-90 and 82 % at 90-130.
"""
NEVER = -8.0
"""Logits of a keypoint on a thing."""
STRIDE = 16
"""Pixels per cell of the pose's grid."""
DOUBT = 1.5
"""Logits that the teacher's certainty loses where nobody is. It takes posts and lamps for people, more so enlarged."""
AROUND = 3
"""Side in cells of the surroundings that are a person's too: keypoints lie on the outline."""


@torch.no_grad()
def pose_of(teacher: Network, image: Tensor, truth: Truth) -> Maps:
    """Return the teacher's heatmaps and offsets on the image's own grid; its other maps are unused.

    `image` [n, 3, h, w]. Where no height is known, the view in which the teacher is surer counts; where the labels say
    that nobody is, the one in which it is less sure.
    """
    seen = [found.float() for found in teacher(image)[:3]]
    tall, is_empty, is_thing = _heights(truth.heights), _empty(truth.garments), _things(truth.heights)
    which = ((tall > 0) & (tall < TALL)).flatten(1).any(dim=1) | (truth.garments == IGNORED).flatten(1).any(dim=1)
    if bool(which.any()):
        near = _at_twice_the_size(teacher, image[which])
        surer = near[0].amax(dim=1, keepdim=True) > seen[0][which].amax(dim=1, keepdim=True)
        takes_near = torch.where(tall[which] > 0, tall[which] < TALL, surer ^ is_empty[which])
        for whole, found in zip(seen, near, strict=True):
            whole[which] = torch.where(takes_near, found, whole[which])
    heatmaps, short_offsets, mid_offsets = seen
    heatmaps = torch.where(is_thing, NEVER, heatmaps - DOUBT * is_empty)
    return Maps(heatmaps, short_offsets, mid_offsets, heatmaps, heatmaps)


def _things(heights: Tensor) -> Tensor:
    """Return [n, 1, cells, cells]: True where a thing stands and no person is in or beside the cell."""
    is_thing = functional.max_pool2d((heights == NOBODY)[:, None].float(), STRIDE + 1, STRIDE, STRIDE // 2) > 0
    return is_thing & (_heights(heights) == 0)


def _heights(heights: Tensor) -> Tensor:
    """Return [n, 1, cells, cells], the height in pixels of the person in or beside each cell; 0 where nobody is."""
    heights = heights * (heights > NOBODY)
    own = HEIGHT_UNIT * heights[:, None, ::STRIDE, ::STRIDE].float()
    beside = functional.max_pool2d(own, AROUND, 1, AROUND // 2)
    return own.where(own > 0, beside)


def _empty(garments: Tensor) -> Tensor:
    """Return [n, 1, cells, cells]: True where all around each cell is labelled background."""
    is_taken = functional.max_pool2d((garments != 0)[:, None].float(), STRIDE + 1, STRIDE, STRIDE // 2)
    return functional.max_pool2d(is_taken, AROUND, 1, AROUND // 2) == 0


def _at_twice_the_size(teacher: Network, image: Tensor) -> list[Tensor]:
    """Return the maps of the enlarged picture on the image's own grid, in its own pixels."""
    size = [2 * side - 1 for side in image.shape[2:]]
    grown = functional.interpolate(image, size=size, mode="bilinear", align_corners=True)
    maps = teacher(grown.contiguous(memory_format=torch.channels_last))[:3]
    heat, short, mid = (found[:, :, ::2, ::2].float() for found in maps)
    return [heat, short / 2, mid / 2]
