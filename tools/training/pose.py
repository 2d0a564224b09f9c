"""The pose to be learnt: the published model's; for pictures of small people, what it finds in the enlarged picture."""

import torch
from torch import Tensor
from torch.nn import functional

from tools.training.losses import Truth
from tools.training.network import Maps, Network
from tools.training.partial import IGNORED

ENLARGED = 1.5
"""Zoom for small people. The published model finds a third of those 45-70 pixels tall, and twice as many enlarged."""
SMALL = 0.45
"""Scenes whose people are all shorter than this are enlarged, as a share of the picture's height."""
STRIDE = 16


@torch.no_grad()
def pose_of(teacher: Network, image: Tensor, truth: Truth) -> Maps:
    """Return the teacher's heatmaps and offsets on the image's own grid; its other maps are unused."""
    is_small = torch.tensor([_tallest(garments) < SMALL for garments in truth.garments], device=image.device)
    maps = [torch.empty(0)] * 3
    for which, see in ((~is_small, _as_it_is), (is_small, _enlarged)):
        if not bool(which.any()):
            continue
        for position, found in enumerate(see(teacher, image[which])):
            if not maps[position].numel():
                maps[position] = found.new_zeros((len(image), *found.shape[1:]))
            maps[position][which] = found
    heatmaps, short_offsets, mid_offsets = maps
    return Maps(heatmaps, short_offsets, mid_offsets, heatmaps, heatmaps)


def _tallest(garments: Tensor) -> float:
    """Return the height of the rows that show people as a share of the picture's; 1 if there are none."""
    rows = ((garments > 0) & (garments != IGNORED)).any(dim=1).nonzero()
    return float(rows[-1] - rows[0] + 1) / garments.shape[0] if len(rows) else 1.0


def _as_it_is(teacher: Network, image: Tensor) -> list[Tensor]:
    return [found.float() for found in teacher(image)[:3]]


def _enlarged(teacher: Network, image: Tensor) -> list[Tensor]:
    """Return the maps of the enlarged picture, with offsets in pixels of the picture as it is, on its own grid."""
    height, width = image.shape[2:]
    size = [int((side - 1) * ENLARGED) // STRIDE * STRIDE + 1 for side in (height, width)]
    grown = functional.interpolate(image, size=size, mode="bilinear", align_corners=True)
    grid = [(side - 1) // STRIDE + 1 for side in (height, width)]
    heat, short, mid = (
        functional.interpolate(found.float(), size=grid, mode="bilinear", align_corners=True)
        for found in teacher(grown.contiguous(memory_format=torch.channels_last))[:3]
    )
    shrink = torch.tensor([(side - 1) / (big - 1) for side, big in zip((height, width), size, strict=True)])
    return [heat, _scaled(short, shrink, 17), _scaled(mid, shrink, 16)]


def _scaled(offsets: Tensor, shrink: Tensor, points: int) -> Tensor:
    """Scale offsets whose channels come as `points` of y, then `points` of x, repeated."""
    pairs = offsets.view(len(offsets), -1, 2, points, *offsets.shape[2:])
    return (pairs * shrink.to(pairs).view(1, 1, 2, 1, 1, 1)).view_as(offsets)
