"""The model: keypoints of people, a garment map and a pattern map from one pass.

The backbone and the pose heads are those of the published PoseNet (MobileNet v1 0.75 at stride 16, Howard et al.,
"MobileNets", 2017; Papandreou et al., "PersonLab", 2018) with its batch normalisation folded in, so that its weights
fit exactly. A feature pyramid of two steps (Lin et al., "Feature Pyramid Networks", 2017) with separable convolutions
carries the features up to stride 4 for the garments, and to stride 8 for the patterns.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from edge.records import CLASSES
from edge.vocabulary import PATTERNS

STEM = 24
BLOCKS = ((48, 1), (96, 2), (96, 1), (192, 2), (192, 1), (384, 2), *((384, 1),) * 7)
"""Output channels and stride of each separable block of the backbone."""
STRIDE_4, STRIDE_8, STRIDE_16 = 2, 4, 12
"""Index of the last block at each of these strides."""
HEATMAPS, SHORT_OFFSETS, MID_OFFSETS = 17, 34, 64
PYRAMID_8, PYRAMID_4, TEXTURE = 128, 48, 64
"""Channels of the pyramid at strides 8 and 4, and of the branch that carries texture from stride 4 to the patterns."""


class Maps(NamedTuple):
    """Outputs of the model, [n, channels, h, w]: logits, and offsets in pixels of the input."""

    heatmaps: Tensor
    short_offsets: Tensor
    mid_offsets: Tensor
    garments: Tensor
    """[n, 10, h/4, w/4]"""
    patterns: Tensor
    """[n, 6, h/8, w/8]"""


class Conv(nn.Module):
    """A convolution; in training with batch normalisation, which `fold` takes into its weights afterwards."""

    def __init__(self, inward: int, outward: int, size: int, stride: int = 1, groups: int = 1, *, norm: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inward, outward, size, stride, size // 2, groups=groups)
        self.norm: nn.Module = nn.BatchNorm2d(outward) if norm else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.norm(self.conv(x))
        return out

    def fold(self) -> tuple[Tensor, Tensor]:
        """Return weights [out, in, h, w] and bias [out] with the normalisation folded in."""
        weight, bias = self.conv.weight.detach(), self.conv.bias
        assert bias is not None
        if isinstance(self.norm, nn.Identity):
            return weight, bias.detach()
        norm = self.norm
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_var is not None
        assert norm.running_mean is not None
        factor = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
        return weight * factor[:, None, None, None], (bias.detach() - norm.running_mean) * factor + norm.bias.detach()


class Separable(nn.Module):
    """A 3x3 convolution per channel, then a 1x1 convolution, each with ReLU6."""

    def __init__(self, inward: int, outward: int, stride: int = 1, *, norm: bool) -> None:
        super().__init__()
        self.depthwise = Conv(inward, inward, 3, stride, inward, norm=norm)
        self.pointwise = Conv(inward, outward, 1, norm=norm)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu6(self.pointwise(functional.relu6(self.depthwise(x))))


class Network(nn.Module):
    """The whole model. Input [n, 3, h, w] RGB from -1 to 1; h and w are one more than a multiple of 16."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Conv(3, STEM, 3, 2, norm=False)
        inward = [STEM, *(channels for channels, _ in BLOCKS)]
        self.blocks = nn.ModuleList(
            Separable(before, channels, stride, norm=False)
            for before, (channels, stride) in zip(inward[:-1], BLOCKS, strict=True)
        )
        self.heatmaps = Conv(inward[-1], HEATMAPS, 1, norm=False)
        self.short_offsets = Conv(inward[-1], SHORT_OFFSETS, 1, norm=False)
        self.mid_offsets = Conv(inward[-1], MID_OFFSETS, 1, norm=False)
        self.from_16 = Conv(BLOCKS[STRIDE_16][0], PYRAMID_8, 1, norm=True)
        self.from_8 = Conv(BLOCKS[STRIDE_8][0], PYRAMID_8, 1, norm=True)
        self.at_8 = nn.Sequential(*(Separable(PYRAMID_8, PYRAMID_8, norm=True) for _ in range(2)))
        self.down_8 = Conv(PYRAMID_8, PYRAMID_4, 1, norm=True)
        self.from_4 = Conv(BLOCKS[STRIDE_4][0], PYRAMID_4, 1, norm=True)
        self.at_4 = nn.Sequential(*(Separable(PYRAMID_4, PYRAMID_4, norm=True) for _ in range(2)))
        self.garments = Conv(PYRAMID_4, len(CLASSES), 1, norm=False)
        self.texture_4 = Separable(BLOCKS[STRIDE_4][0], TEXTURE, 2, norm=True)
        self.texture_8 = Conv(PYRAMID_8, TEXTURE, 1, norm=True)
        self.texture = Separable(2 * TEXTURE, TEXTURE, norm=True)
        self.patterns = Conv(TEXTURE, len(PATTERNS), 1, norm=False)

    def forward(self, x: Tensor) -> Maps:
        x = functional.relu6(self.stem(x))
        features = []
        for block in self.blocks:
            x = block(x)
            features.append(x)
        fine, middle, coarse = (features[i] for i in (STRIDE_4, STRIDE_8, STRIDE_16))
        at_8 = self.at_8(functional.relu6(_twice(self.from_16(coarse)) + self.from_8(middle)))
        at_4 = self.at_4(functional.relu6(_twice(self.down_8(at_8)) + self.from_4(fine)))
        texture = torch.cat([self.texture_4(fine), functional.relu6(self.texture_8(at_8))], dim=1)
        return Maps(
            self.heatmaps(coarse),
            self.short_offsets(coarse),
            self.mid_offsets(coarse),
            self.garments(at_4),
            self.patterns(self.texture(texture)),
        )

    def ported(self) -> list[Conv]:
        """Return the layers that the published model has too, in the order of its graph."""
        return [
            self.stem,
            *(conv for block in self.blocks for conv in (block.depthwise, block.pointwise)),
            self.mid_offsets,
            self.heatmaps,
            self.short_offsets,
        ]


def _twice(x: Tensor) -> Tensor:
    """Enlarge to twice the size with corners aligned: h becomes 2h - 1."""
    size = [2 * side - 1 for side in x.shape[2:]]
    return functional.interpolate(x, size=size, mode="bilinear", align_corners=True)
