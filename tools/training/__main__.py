"""From data to models/*.tflite in one command; stopped, it goes on where it was."""

import argparse
import dataclasses
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from edge.errors import ConfigError, EdgeError
from edge.models import model_path
from tools.evaluation.labels import TRAIN_IDS
from tools.resize import resize_file
from tools.training.kinds import read_kinds
from tools.training.network import Network
from tools.training.photos import load
from tools.training.port import again, port
from tools.training.scenes import Source, clip_frames
from tools.training.sizes import DEFAULT, name_of, ship
from tools.training.train import Settings, normalised, train

REPO = Path(__file__).parents[2]
SHARED = REPO.parent / "shared" / "data"
SIZE = DEFAULT
"""Height and width of the network's input."""
NAME = name_of(SIZE)
TEACHER = "posenet-353x481"
STREETS = range(2000, 2012)
"""Seeds that nothing is measured on."""
PRINTED_SHARES = (0.4, 0.55, 0.05, 0.0)
"""Of the scenes that the patterns alone are trained on, as in scenes.Source."""
PRINTED = 0.75
"""Of the garments in them: at .85 real plain cloth was too often called patterned."""
CALIBRATION_FRAMES = 300
RATE = 2e-3
"""Of learning, at its highest, of what is new; what was published learns at a fraction of it."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/train", description=__doc__)
    parser.add_argument("--ccp", type=Path, default=SHARED / "ccp", help="photos/ and annotations/pixel-level/")
    parser.add_argument("--clips", type=Path, default=SHARED / "clips", help="*.gif are trained on, *.mp4 never")
    parser.add_argument("--folder", type=Path, default=REPO / ".cache" / "training", help="checkpoints and log")
    parser.add_argument("--out", type=Path, default=REPO / "models", help="where the .tflite files go")
    parser.add_argument("--steps", type=int, default=11000, help="of everything together")
    parser.add_argument("--pattern-steps", type=int, default=4500, help="of the patterns alone, after that")
    parser.add_argument("--rate", type=float, default=RATE, help="the highest; default: %(default)s")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--workers", type=int, default=max((os.cpu_count() or 2) - 1, 1))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    untrained = parser.add_mutually_exclusive_group()
    untrained.add_argument("--nuisance-only", action="store_true", help="of the model in --out as it is; no training")
    untrained.add_argument(
        "--export-only", action="store_true", help="all sizes, of --begin or of the model in --out; no training"
    )
    parser.add_argument(
        "--begin", type=Path, help="weights (.pt, or a .tflite of ours) to start from instead of the published ones"
    )
    args = parser.parse_args()
    try:
        if args.export_only:
            _export_only(args)
        elif not args.nuisance_only:
            _run(args)
        ship(args.out, args.ccp)
    except EdgeError as err:
        print(f"tools/train: {err}", file=sys.stderr)
        return 2
    return 0


def _run(args: argparse.Namespace) -> None:
    console = Console(stderr=True)
    torch.manual_seed(args.seed)
    teacher = port(model_path(TEACHER))
    network = teacher
    if args.begin and args.begin.suffix == ".tflite":
        if args.steps:
            raise ConfigError(
                f"{args.begin}: a .tflite holds no statistics of batches, so only its patterns can be trained further: "
                f"expected --steps 0, found {args.steps}"
            )
        network = again(args.begin)
    elif args.begin:
        network = Network()
        network.load_state_dict(torch.load(args.begin, weights_only=True))
    source = _source(args)
    console.print(f"{len(source.photos)} photos, {len(source.clips)} frames of clips, on {args.device}")
    usual = Settings("together", args.steps, args.batch, args.seed, args.rate, workers=args.workers, device=args.device)
    trained = train(network, teacher, source, usual, args.folder)
    printed = dataclasses.replace(source, shares=PRINTED_SHARES, printed=PRINTED)
    patterns = usual._replace(
        name="patterns", steps=args.pattern_steps, seed=args.seed + 1, rate=RATE, patterns_only=True
    )
    trained = train(trained, teacher, printed, patterns, args.folder)
    torch.save(trained.state_dict(), args.folder / f"{NAME}.pt")
    _export(trained, source, args)
    console.print(f"wrote {args.out / NAME}.tflite; now tools/evaluate garments --model {args.out / NAME}.tflite")


def _source(args: argparse.Namespace) -> Source:
    return Source(load(args.ccp, TRAIN_IDS), read_kinds(), clip_frames(sorted(args.clips.glob("*.gif"))), STREETS)


def _export_only(args: argparse.Namespace) -> None:
    """The default size in --out from --begin: a checkpoint is quantized, a .tflite of any size is resized."""
    if args.begin is None:
        return
    if args.begin.suffix == ".tflite":
        resize_file(args.begin, args.out / f"{NAME}.tflite", SIZE)
        return
    network = Network()
    network.load_state_dict(torch.load(args.begin, weights_only=True))
    _export(network, _source(args), args)


def _export(network: Network, source: Source, args: argparse.Namespace) -> None:
    """Quantize to the default size."""
    from tools.training.export import export  # noqa: PLC0415  TensorFlow must not be loaded where workers fork

    args.folder.mkdir(parents=True, exist_ok=True)
    export(
        network,
        SIZE,
        lambda: calibration(source, args.seed),
        quantized=args.out / f"{NAME}.tflite",
        real=args.folder / f"{NAME}-float.tflite",
    )


def calibration(source: Source, seed: int) -> Iterator[NDArray[np.float32]]:
    """Frames as the network will see them, [1, h, w, 3]; the first hold every brightness."""
    height, width = SIZE
    ramp = np.linspace(0, 255, width).astype(np.uint8)
    full = np.broadcast_to(ramp[None, :, None], (height, width, 3))
    for number in range(CALIBRATION_FRAMES):
        pixels = full if number == 0 else _framed(source, (seed << 32) + (1 << 31) + 2 * number)
        yield normalised(torch.from_numpy(pixels.copy())[None]).permute(0, 2, 3, 1).numpy()


def _framed(source: Source, seed: int) -> NDArray[np.uint8]:
    """Two scenes side by side."""
    left, right = (source.scene(seed + i).pixels for i in range(2))
    both = np.hstack([left, right])[:, : SIZE[1]]
    return np.asarray(cv2.resize(both, SIZE[::-1]) if both.shape[1] < SIZE[1] else both, np.uint8)


if __name__ == "__main__":
    sys.exit(main())
