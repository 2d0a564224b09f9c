"""Losses: the distance of the maps from the truth, and of the pose from its teacher's."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from tools.training.network import Maps
from tools.training.partial import IGNORED, members


class Truth(NamedTuple):
    """Truth of a batch, each [n, h, w] at the input's size, as in scenes.Scene."""

    garments: Tensor
    patterns: Tensor
    pieces: Tensor
    heights: Tensor


CLASS_WEIGHTS = (1.0, 1.4, 1.4, 1.2, 1.0, 1.0, 1.3, 1.5, 1.4, 2.0)
"""Weight of each of records.CLASSES in the loss; rare and small classes count more."""
SET_WEIGHTS = (1.3, 1.3, 1.3, 1.5, 1.3)
"""Weight of each of partial.SETS in the loss."""
PATTERN_WEIGHTS = (0.5, 1.0, 1.0, 1.4, 1.0, 1.4)
"""Weight of each of vocabulary.PATTERNS in the loss. Plain counts less, since most real cloth is plain: with 1 for
plain, a quarter of the patterned garments of training photos were called plain. Dots and graphics count more: dots are
easily lost among busy prints, graphics among the plain cloth around them.
"""
POSE_WEIGHT = 4.0
"""Weight of the pose in the loss. With less it drifts from its teacher's: at 0.5 only .894 of the keypoints were found
again in photos.
"""
PATTERN_SHARE = 0.5
"""Weight of the patterns while everything is trained together. At 1 they hold the garments back (mIoU .58 after 11,000
steps)."""
NEAR_A_PERSON = 0.02
"""Teacher's certainty from which its offsets are taught. Elsewhere the offsets are only kept from growing."""


def loss(found: Maps, teacher: Maps, truth: Truth) -> dict[str, Tensor]:
    """Return the terms of the loss by name; their sum is the loss."""
    return {
        "garments": _garments(found.garments.float(), truth.garments[:, ::2, ::2]),
        "patterns": PATTERN_SHARE * pattern_loss(found, truth),
        "pose": POSE_WEIGHT * _pose(found, teacher),
    }


def pattern_loss(found: Maps, truth: Truth) -> Tensor:
    """Return the patterns' loss: half from every cell, half from each garment's mean over its cells, which is what the
    garment will be called. Both are cross entropies.
    """
    logits = found.patterns.float()
    kinds, pieces = (plane[:, ::8, ::8] for plane in (truth.patterns, truth.pieces))
    is_known = kinds != IGNORED
    if not bool(is_known.any()):
        return logits.sum() * 0
    weights = torch.tensor(PATTERN_WEIGHTS, device=logits.device)
    cells = functional.cross_entropy(logits, kinds, weights, ignore_index=IGNORED)
    is_piece = is_known & (pieces > 0)
    if not bool(is_piece.any()):
        return cells
    picture = torch.arange(len(logits), device=logits.device)[:, None, None]
    _, number = torch.unique((picture * 256 + pieces)[is_piece], return_inverse=True)
    count = int(number.max()) + 1
    chances = logits.softmax(dim=1).permute(0, 2, 3, 1)[is_piece]
    total = torch.zeros(count, chances.shape[1], device=logits.device).index_add(0, number, chances)
    kind = torch.zeros(count, dtype=kinds.dtype, device=logits.device).index_copy(0, number, kinds[is_piece])
    mean = total / total.sum(dim=1, keepdim=True)
    return 0.5 * cells + functional.nll_loss(torch.log(mean + 1e-4), kind, weights)


def _garments(logits: Tensor, truth: Tensor) -> Tensor:
    """Return cross entropy plus soft Dice (Milletari et al., "V-Net", 2016), over the classes present and over people.

    `truth` [n, h, w] holds classes, sets of classes (partial.py) and IGNORED. A set's loss is that of all its classes
    together. Dice over classes counts where the class is known; Dice over people counts wherever the person is known.
    """
    logits = functional.interpolate(logits, size=truth.shape[1:], mode="bilinear", align_corners=True)
    is_known = truth != IGNORED
    code = truth.where(is_known, 0)
    chances = logits.softmax(dim=1)
    in_sets = torch.einsum("nchw,sc->nshw", chances, torch.from_numpy(members()).to(chances))
    log_chances = torch.cat([logits.log_softmax(dim=1), in_sets.clamp_min(1e-6).log()], dim=1)
    weights = torch.tensor((*CLASS_WEIGHTS, *SET_WEIGHTS), device=logits.device)[code] * is_known
    entropy = -(log_chances.gather(1, code[:, None])[:, 0] * weights).sum() / weights.sum().clamp_min(1)
    is_class = (is_known & (code < logits.shape[1]))[:, None]
    wanted = functional.one_hot(code.clamp_max(logits.shape[1] - 1), logits.shape[1]).permute(0, 3, 1, 2) * is_class
    dice = _dice(chances * is_class, wanted)
    person = _dice((1 - chances[:, :1]) * is_known[:, None], ((code > 0) & is_known)[:, None].to(chances))
    return entropy + 0.5 * dice.sum() / max(len(dice), 1) + 0.5 * person.sum()


def _dice(shares: Tensor, wanted: Tensor) -> Tensor:
    """Return 1 - Dice of each channel that is present, over all pictures of the batch: [channels present]."""
    both, either = (shares * wanted).sum(dim=(0, 2, 3)), (shares + wanted).sum(dim=(0, 2, 3))
    is_there = wanted.sum(dim=(0, 2, 3)) > 0
    return 1 - (2 * both[is_there] + 1) / (either[is_there] + 1)


def _pose(found: Maps, teacher: Maps) -> Tensor:
    """Compare heatmaps everywhere, and offsets where the teacher sees the keypoint that they start from."""
    sure = teacher.heatmaps.float().sigmoid()
    heat = functional.binary_cross_entropy_with_logits(found.heatmaps.float(), sure, reduction="none")
    floor = functional.binary_cross_entropy(sure, sure, reduction="none")
    near = functional.max_pool2d(sure, 3, 1, 1)
    weight = near.where(near > NEAR_A_PERSON, 0.002)
    short = _offsets(found.short_offsets, teacher.short_offsets, weight.repeat(1, 2, 1, 1))
    mid = _offsets(found.mid_offsets, teacher.mid_offsets, weight.amax(dim=1, keepdim=True).expand(-1, 64, -1, -1))
    return 40 * (heat - floor).mean() + short + mid


def _offsets(found: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Compare offsets in cells of the pose grid (pixels over the stride, 16)."""
    away = functional.smooth_l1_loss(found.float() / 16, wanted.float() / 16, reduction="none", beta=0.25)
    return (away * weight).sum() / weight.sum()
