"""Packs everything a training needs into one file, for a machine with a GPU that has neither the data nor a network.

Pictures are packed as WebP, so a run from a pack sees them compressed a little more than a run from the data.
"""

import argparse
import copy
import io
import json
import sys
import time
import zipfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from tools.training.network import Network
from tools.training.paste import Bytes, Scene
from tools.training.photos import Photo
from tools.training.scenes import CAMERAS, FRAMES, Source, drawn_street
from tools.training.streets import Street, cut_out
from tools.training.swatches import Swatch
from tools.training.train import Settings, train

QUALITY = 85
"""Of WebP, 0 to 100."""
FEWER_FRAMES = FRAMES // 2
"""Moments of each camera of the simulated streets that are packed; drawing them there would take minutes."""
MOST_STEPS = 1_000_000


def write(path: Path, source: Source, teacher: Network) -> None:
    """Write the pack; an interrupted call leaves nothing at `path`."""
    new = path.with_suffix(".new")
    with zipfile.ZipFile(new, "w") as pack:
        index: dict[str, Any] = {"seeds": [source.street_seeds.start, source.street_seeds.stop]}
        index["kinds"] = [[*key, kind] for key, kind in source.kinds.items()]
        index["swatches"] = [each._replace(tile=None)._asdict() for each in source.swatches]  # type: ignore[arg-type]
        for name in ("photos", "tagged"):
            index[name] = [photo.number for photo in getattr(source, name)]
            for i, photo in enumerate(getattr(source, name)):
                _put(pack, f"{name}/{i}", photo.pixels, photo.classes)
        for i, street in enumerate(source.streets):
            _put(pack, f"streets/{i}", street.pixels, street.people, street.classes)
        for i, swatch in enumerate(source.swatches):
            _put(pack, f"swatches/{i}", swatch.tile)
        for i, frame in enumerate(source.clips):
            _put(pack, f"clips/{i}", frame)
        moments = list(product(source.street_seeds, range(CAMERAS), range(FEWER_FRAMES)))
        for i, moment in enumerate(moments):
            scene = drawn_street(*moment)
            _put(pack, f"drawn/{i}", scene.pixels, scene.garments, scene.patterns, scene.heights)
        index |= {"drawn": moments, "streets": len(source.streets), "clips": len(source.clips)}
        weights = io.BytesIO()
        torch.save(teacher.state_dict(), weights)
        pack.writestr("teacher.pt", weights.getvalue())
        pack.writestr("index.json", json.dumps(index))
    new.replace(path)


def read(path: Path) -> tuple[Source, Network]:
    """Return what scenes are made of, and the teacher of the pose."""
    cv2.setNumThreads(0)  # scenes are made in forked workers, which OpenCV's own threads do not survive
    with zipfile.ZipFile(path) as pack:
        index = json.loads(pack.read("index.json"))
        photos, tagged = (
            [Photo(number, *_get(pack, f"{name}/{i}", 2)) for i, number in enumerate(index[name])]
            for name in ("photos", "tagged")
        )
        streets = [Street(*_get(pack, f"streets/{i}", 3)) for i in range(index["streets"])]
        swatches = [
            Swatch(**fields | {"tile": next(_get(pack, f"swatches/{i}", 1))})
            for i, fields in enumerate(index["swatches"])
        ]
        clips = [next(_get(pack, f"clips/{i}", 1)) for i in range(index["clips"])]
        drawn = {tuple(moment): _moment(*_get(pack, f"drawn/{i}", 4)) for i, moment in enumerate(index["drawn"])}
        teacher = Network()
        teacher.load_state_dict(torch.load(io.BytesIO(pack.read("teacher.pt")), weights_only=True))
    kinds = {(number, garment): kind for number, garment, kind in index["kinds"]}
    source = Source(
        photos, kinds, clips, range(*index["seeds"]), tagged=tagged, streets=streets, people=cut_out(streets),
        swatches=swatches, drawn=drawn,
    )  # fmt: skip
    return source, teacher


def _moment(pixels: Bytes, garments: Bytes, patterns: Bytes, heights: Bytes) -> Scene:
    return Scene(pixels, garments, patterns, np.zeros_like(garments), heights)


def _put(pack: zipfile.ZipFile, name: str, pixels: Bytes, *planes: Bytes) -> None:
    """Write RGB pixels lossy and planes as they are."""
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    pack.writestr(f"{name}.webp", cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])[1].tobytes())
    for i, plane in enumerate(planes):
        pack.writestr(f"{name}-{i}.png", cv2.imencode(".png", plane, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes())


def _get(pack: zipfile.ZipFile, name: str, count: int) -> Iterator[NDArray[np.uint8]]:
    """Yield the pixels [h, w, 3] RGB, then `count` - 1 planes [h, w]."""
    yield np.asarray(cv2.cvtColor(_decoded(pack, f"{name}.webp"), cv2.COLOR_BGR2RGB), np.uint8)
    for i in range(count - 1):
        yield _decoded(pack, f"{name}-{i}.png")


def _decoded(pack: zipfile.ZipFile, name: str) -> NDArray[np.uint8]:
    found = cv2.imdecode(np.frombuffer(pack.read(name), np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None, f"{name} is a picture, as the archive's checksum says"
    return np.asarray(found, np.uint8)


def main() -> int:
    """Train from a pack: the maps alone, then everything, within --minutes; writes the averaged weights."""
    parser = argparse.ArgumentParser(prog="python -m tools.training.pack", description=main.__doc__, allow_abbrev=False)
    parser.add_argument("pack", type=Path, help="written by tools/train --pack")
    parser.add_argument("out", type=Path, help="folder for weights.pt, which tools/train --export-only --begin reads")
    parser.add_argument("--folder", type=Path, default=Path(".cache/training"), help="checkpoints and log")
    parser.add_argument("--minutes", type=float, default=9.0, help="time for the whole run; default: %(default)s")
    parser.add_argument("--begin", type=Path, help="weights.pt of a run before, to train it further")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument(
        "--ported-share", type=float, default=0.25, help="of the rate, for layers of the published model"
    )
    parser.add_argument("--map-steps", type=int, default=200)
    parser.add_argument("--workers", type=int, default=15)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    args, begun = parser.parse_args(), time.monotonic()
    torch.manual_seed(args.seed)
    source, teacher = read(args.pack)
    begin = copy.deepcopy(teacher)
    usual = Settings(
        "together",
        MOST_STEPS,
        args.batch,
        args.seed,
        args.rate,
        workers=args.workers,
        device=args.device,
        ported_share=args.ported_share,
    )
    maps = usual._replace(name="maps", steps=args.map_steps, seed=args.seed + 2, parts="maps")
    if args.begin:
        begin.load_state_dict(torch.load(args.begin, weights_only=True))
    trained = train(begin, teacher, source, maps, args.folder)
    left = 60 * args.minutes - (time.monotonic() - begun)
    trained = train(trained, teacher, source, usual._replace(seconds=max(left, 1.0)), args.folder)
    args.out.mkdir(parents=True, exist_ok=True)
    torch.save(trained.state_dict(), args.out / "weights.pt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
