"""Train the weights from labelled photos, street pictures and the simulated street; a stopped run resumes.

First the maps alone, with the layers of the published model fixed, then everything together.
"""

import copy
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from rich.progress import track
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from tools.training.losses import Truth, loss
from tools.training.network import Maps, Network
from tools.training.pose import pose_of
from tools.training.scenes import Source

WARM_UP = 100
"""Steps over which the learning rate rises to its highest."""
AVERAGING = 0.998
"""Decay per step of the exponential mean of the weights, which is what is kept: about the last 500 steps."""


class Settings(NamedTuple):
    """Settings of a run, beside its data."""

    name: str
    """Name of its checkpoint and its log, without ending."""
    steps: int
    batch: int
    seed: int
    rate: float
    """Highest learning rate, of the new layers; the published layers learn at `ported_share` of it."""
    parts: str = "all"
    """What is trained: "all", or "maps" (the layers of the published model stay fixed)."""
    ported_share: float = 0.25
    workers: int = 1
    device: str = "cpu"
    seconds: float = 0.0
    """Time for all steps, on which the rate then depends; 0: the rate depends on `steps`. `steps` stays the limit."""


class Scenes(Dataset[tuple[Tensor, ...]]):
    """The scenes of a run by number; equal seeds give equal scenes."""

    def __init__(self, source: Source, settings: Settings, begin: int) -> None:
        self._source, self._seed = source, settings.seed
        self._begin, self._end = begin * settings.batch, settings.steps * settings.batch

    def __len__(self) -> int:
        return self._end - self._begin

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        scene, clean = self._source.pair((self._seed << 32) + self._begin + index)
        return tuple(torch.from_numpy(plane) for plane in (clean, *scene))


def train(network: Network, teacher: Network, source: Source, settings: Settings, folder: Path) -> Network:
    """Train all steps and return the averaged weights. `network` is where to start, `teacher` supplies the pose."""
    folder.mkdir(parents=True, exist_ok=True)
    device = torch.device(settings.device)
    teacher = copy.deepcopy(teacher).eval().requires_grad_(requires_grad=False).to(device)
    network = copy.deepcopy(network).to(device).to(memory_format=torch.channels_last)
    mean = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(_groups(network, settings), weight_decay=1e-4)
    checkpoint = folder / f"{settings.name}.pt"
    step = _resume(checkpoint, network, mean, optimizer)
    with (folder / f"{settings.name}.jsonl").open("a") as log:
        batches, since = _batches(source, settings, step), time.monotonic()
        for clean, pixels, *planes in track(batches, settings.name, settings.steps - step):
            begun = time.perf_counter()
            done = (time.monotonic() - since) / settings.seconds if settings.seconds else step / settings.steps
            if done >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * _schedule(step, done)
            truth = Truth(*(plane.to(device).long() for plane in planes))
            wanted = _pose(teacher, clean.to(device), truth)
            terms = _terms(network, pixels.to(device), wanted, truth)
            total = torch.stack(list(terms.values())).sum()
            optimizer.zero_grad(set_to_none=True)
            total.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            _average(mean, network, min(AVERAGING, (step + 1) / (step + 10)))
            step += 1
            figures = {name: round(term.item(), 4) for name, term in terms.items()}
            log.write(json.dumps({"step": step, **figures, "s": round(time.perf_counter() - begun, 3)}) + "\n")
            log.flush()
            if step % 250 == 0 or step == settings.steps:
                _save(checkpoint, step, network, mean, optimizer)
    mean.cpu().eval()
    return mean


def normalised(pixels: Tensor) -> Tensor:
    """Convert bytes [n, h, w, 3] to floats [n, 3, h, w] from -1 to 1, as the published model reads them."""
    return ((pixels.float() - 128) / 128).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def _pose(teacher: Network, clean: Tensor, truth: Truth) -> Maps:
    """Return what the teacher sees in the clean picture, so that it is taught for dark and blurred ones too."""
    with torch.autocast(clean.device.type, torch.bfloat16):
        wanted: Maps = pose_of(teacher, normalised(clean), truth)
    return wanted


def _terms(network: Network, pixels: Tensor, wanted: Maps, truth: Truth) -> dict[str, Tensor]:
    with torch.autocast(pixels.device.type, torch.bfloat16):
        found: Maps = network.train()(normalised(pixels))
    return loss(found, wanted, truth)


def _groups(network: Network, settings: Settings) -> list[dict[str, Any]]:
    network.requires_grad_(requires_grad=True)
    ported = {id(p) for conv in network.ported() for p in conv.parameters()}
    old = [p for p in network.parameters() if id(p) in ported]
    new = [p for p in network.parameters() if id(p) not in ported]
    if settings.parts == "maps":
        for parameter in old:
            parameter.requires_grad_(requires_grad=False)
        return [{"params": new, "peak": settings.rate}]
    return [
        {"params": old, "peak": settings.rate * settings.ported_share},
        {"params": new, "peak": settings.rate},
    ]


def _schedule(step: int, done: float) -> float:
    """Return the share of the highest rate: a linear rise, then half a cosine down; `done` is the share of the run."""
    return min(1.0, (step + 1) / WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-3


def _batches(source: Source, settings: Settings, begin: int) -> Iterator[list[Tensor]]:
    scenes = Scenes(source, settings, begin)
    return iter(
        DataLoader(
            scenes,
            settings.batch,
            num_workers=settings.workers,
            drop_last=True,
            prefetch_factor=4 if settings.workers else None,
        )
    )


@torch.no_grad()
def _average(mean: Network, network: Network, keep: float) -> None:
    for old, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if old.dtype.is_floating_point:
            old.lerp_(new, 1 - keep)
        else:
            old.copy_(new)


def _save(path: Path, step: int, network: Network, mean: Network, optimizer: torch.optim.Optimizer) -> None:
    parts = (network.state_dict(), mean.state_dict(), optimizer.state_dict())
    new = path.with_suffix(".new")
    torch.save({"step": step, **dict(zip(("network", "mean", "optimizer"), parts, strict=True))}, new)
    new.replace(path)


def _resume(path: Path, network: Network, mean: Network, optimizer: torch.optim.Optimizer) -> int:
    if not path.exists():
        return 0
    saved = torch.load(path, weights_only=True)
    network.load_state_dict(saved["network"])
    mean.load_state_dict(saved["mean"])
    peaks = [group["peak"] for group in optimizer.param_groups]
    optimizer.load_state_dict(saved["optimizer"])
    for group, peak in zip(optimizer.param_groups, peaks, strict=True):
        group["peak"] = peak  # the rate of this run, not of the one that was stopped
    return int(saved["step"])
