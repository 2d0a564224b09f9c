"""Train the model: from photos and clips to models/*.tflite in one command. A stopped run resumes at its checkpoint."""

import argparse
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

from edge.errors import EdgeError
from edge.model.registry import model_path
from tools.evaluation.labels import TRAIN_IDS
from tools.evaluation.models import open_model
from tools.evaluation.peers import PoseNet
from tools.resize import resize_file
from tools.training import pack, streets
from tools.training.kinds import read_kinds
from tools.training.network import Network
from tools.training.photos import load
from tools.training.port import again, checkpoint, port
from tools.training.scenes import Source, clip_frames
from tools.training.sizes import DEFAULT, name_of, ship
from tools.training.swatches import load as load_swatches
from tools.training.tagged import load as load_tagged
from tools.training.teacher import Teacher, fetch
from tools.training.train import Settings, normalised, train

REPO = Path(__file__).parents[2]
SHARED = REPO.parent / "shared" / "data"
SIZE = DEFAULT
"""Height and width of the model's input, pixels."""
NAME = name_of(SIZE)
TEACHER, FINER_TEACHER = "posenet-353x481", "posenet-481x641"
STREETS = range(2000, 2012)
"""Seeds of the simulated streets that are trained on; nothing is measured on these."""
CALIBRATION_FRAMES = 300
RATE = 2e-3
"""Highest learning rate, of the new layers; the published layers learn at a fraction of it."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/train", description=__doc__, allow_abbrev=False)
    parser.add_argument("--ccp", type=Path, default=SHARED / "ccp", help="photos/ and annotations/pixel-level/")
    parser.add_argument(
        "--clips", type=Path, default=SHARED / "clips", help="folder of clips; *.gif are trained on, *.mp4 never"
    )
    parser.add_argument("--swatches", type=Path, default=SHARED / "swatches", help="close-ups of real cloth")
    parser.add_argument("--streets", type=Path, default=SHARED / "pennfudan", help="images/ and masks/")
    parser.add_argument(
        "--tagger",
        type=Path,
        default=REPO / "models" / f"{NAME}.tflite",
        help="model that finds where on tagged photos each garment is; default: the present one",
    )
    parser.add_argument("--folder", type=Path, default=REPO / ".cache" / "training", help="checkpoints and log")
    parser.add_argument("--out", type=Path, default=REPO / "models", help="where the .tflite files go")
    parser.add_argument(
        "--map-steps", type=int, default=400, help="steps that first train the maps alone; default: %(default)s"
    )
    parser.add_argument(
        "--steps", type=int, default=11000, help="steps that train everything together; default: %(default)s"
    )
    parser.add_argument("--rate", type=float, default=RATE, help="highest learning rate; default: %(default)s")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--workers", type=int, default=max((os.cpu_count() or 2) - 1, 1))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--export-only",
        action="store_true",
        help="no training: all sizes, covariances and pins, from --begin or the model in --out",
    )
    parser.add_argument(
        "--begin", type=Path, help="weights (.pt, or a .tflite of ours) to start from instead of the published ones"
    )
    parser.add_argument("--pack", type=Path, help="no training: write all it needs into one file, for pack.py")
    args = parser.parse_args()
    try:
        if args.pack:
            pack.write(args.pack, _source(args, Console(stderr=True)), port(model_path(TEACHER)))
            return 0
        if args.export_only:
            _export_only(args)
        else:
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
    network = _begin(args.begin, teacher)
    source = _source(args, console)
    usual = Settings("together", args.steps, args.batch, args.seed, args.rate, workers=args.workers, device=args.device)
    maps = usual._replace(name="maps", steps=args.map_steps, seed=args.seed + 2, parts="maps")
    trained = train(network, teacher, source, maps, args.folder)
    trained = train(trained, teacher, source, usual, args.folder)
    torch.save(trained.state_dict(), args.folder / f"{NAME}.pt")
    _export(trained, source, args)
    console.print(f"wrote {args.out / NAME}.tflite; now tools/evaluate garments --model {args.out / NAME}.tflite")


def _begin(path: Path | None, teacher: Network) -> Network:
    """Return the weights to start from: those of `path`, else the published model's."""
    if path is None:
        return teacher
    return again(path) if path.suffix == ".tflite" else checkpoint(path)


def _source(args: argparse.Namespace, console: Console) -> Source:
    """Load everything that scenes are made of; computed labels are cached in the training's folder."""
    args.folder.mkdir(parents=True, exist_ok=True)
    posenet = PoseNet(open_model(FINER_TEACHER))
    photos = load(args.ccp, TRAIN_IDS, posenet, args.folder / "photos.npz")
    silhouettes = Teacher(fetch(args.folder))
    tagged = load_tagged(args.ccp, silhouettes, open_model(str(args.tagger)), posenet, args.folder / "tagged.npz")
    seen = streets.load(args.streets, posenet)
    people = streets.cut_out(seen)
    clips = clip_frames(sorted(args.clips.glob("*.gif")))
    swatches = load_swatches(args.swatches, held_out=False)
    console.print(
        f"{len(photos)} labelled and {len(tagged)} tagged photos, {len(seen)} street pictures, {len(people)} of their "
        f"people, {len(clips)} frames of clips, {len(swatches)} swatches, on {args.device}"
    )
    return Source(photos, read_kinds(), clips, STREETS, tagged=tagged, streets=seen, people=people, swatches=swatches)


def _export_only(args: argparse.Namespace) -> None:
    """Write the default size into --out from --begin: a checkpoint is quantized, a .tflite of any size is resized."""
    if args.begin is None:
        return
    if args.begin.suffix == ".tflite":
        resize_file(args.begin, args.out / f"{NAME}.tflite", SIZE)
        return
    _export(checkpoint(args.begin), _source(args, Console(stderr=True)), args)


def _export(network: Network, source: Source, args: argparse.Namespace) -> None:
    """Quantize the model at the default size."""
    from tools.training.export import export  # noqa: PLC0415  TensorFlow must not be loaded where workers fork

    args.out.mkdir(parents=True, exist_ok=True)
    export(
        network,
        SIZE,
        lambda: calibration(source, args.seed),
        quantized=args.out / f"{NAME}.tflite",
        real=args.folder / f"{NAME}-float.tflite",
    )


def calibration(source: Source, seed: int) -> Iterator[NDArray[np.float32]]:
    """Yield frames like those the model will see, [1, h, w, 3] from -1 to 1; the first holds every brightness."""
    height, width = SIZE
    ramp = np.linspace(0, 255, width).astype(np.uint8)
    full = np.broadcast_to(ramp[None, :, None], (height, width, 3))
    for number in range(CALIBRATION_FRAMES):
        pixels = full if number == 0 else _framed(source, (seed << 32) + (1 << 31) + 2 * number)
        yield normalised(torch.from_numpy(pixels.copy())[None]).permute(0, 2, 3, 1).numpy()


def _framed(source: Source, seed: int) -> NDArray[np.uint8]:
    """Return two scenes side by side, [h, w, 3] RGB at the model's input size."""
    left, right = (source.scene(seed + i).pixels for i in range(2))
    both = np.hstack([left, right])[:, : SIZE[1]]
    return np.asarray(cv2.resize(both, SIZE[::-1]) if both.shape[1] < SIZE[1] else both, np.uint8)


if __name__ == "__main__":
    sys.exit(main())
