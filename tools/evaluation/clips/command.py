"""`tools/evaluate clips`: measures the whole product on real street clips that were labelled by eye."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from edge.config import DetectionSection
from edge.errors import SourceError
from edge.frame.video import FASTEST_FPS
from tools.evaluation.clips import tracking
from tools.evaluation.clips.counts import together
from tools.evaluation.clips.detectors import Present, detectors
from tools.evaluation.clips.measure import Measured, Setting, with_truth, without_truth
from tools.evaluation.clips.overlay import check
from tools.evaluation.clips.report import TOGETHER, to_json
from tools.evaluation.clips.truth import read
from tools.evaluation.models import open_model

VIDEOS = (".mp4", ".mkv", ".avi", ".webm", ".mov")


def add_arguments(parser: argparse.ArgumentParser, street: Path) -> None:
    """Add the options; `street` is the folder that holds clips/ and truth/."""
    parser.add_argument("--clips", type=Path, default=street / "clips", help="folder of clips; default: %(default)s")
    parser.add_argument(
        "--truth", type=Path, default=street / "truth", help="folder of truth files; default: %(default)s"
    )
    parser.add_argument("--model", default=DetectionSection().model, help="a name in the manifest, or a .tflite")
    parser.add_argument("--fps", type=_rate, help="re-sample the clips to about this many frames per second")
    parser.add_argument(
        "--overlay", type=Path, help="write a frame every 2 s into this folder, with truth and skeletons"
    )
    parser.add_argument("--alone", action="store_true", help="do not measure other trackers and detectors")


def clips(args: argparse.Namespace) -> dict[str, Any]:
    """Return counts by group and name (counts.py), of each clip and of all; also those of other trackers and detectors.

    A clip with a broken truth file is named under `not measured`; the others go on. Raises SourceError if a folder is
    missing or there is nothing to measure.
    """
    for folder, option in ((args.clips, "--clips"), (args.truth, "--truth")):
        if not folder.is_dir():
            raise SourceError(f"{option} {folder}: expected a folder, found none there; give the right one")
    if args.overlay is not None:
        check(args.overlay)
    peers = Present({}, {}) if args.alone else detectors()
    library = {} if args.alone else tracking.library()
    trackers = {} if isinstance(library, str) else library
    left_out = {**peers.left_out, **({"other trackers": library} if isinstance(library, str) else {})}
    setting = Setting(open_model(args.model), args.fps, args.overlay, peers.detectors, trackers)
    jobs = list(_jobs(args.clips, args.truth))
    measured: dict[str, Measured] = {}
    failed: dict[str, str] = {}
    for name, job in _progress(jobs):
        try:
            measured[name] = job(setting)
        except SourceError as err:
            failed[name] = str(err)
            print(f"{name}: not measured: {err}", file=sys.stderr)
    if not measured:
        raise SourceError("; ".join(failed.values()) or f"{args.clips}: expected clips, found none")
    return {"model": args.model, **_found(measured), "left out": left_out, "not measured": failed}


Job = Callable[[Setting], Measured]


def _jobs(clips: Path, truths: Path) -> Iterator[tuple[str, Job]]:
    """Yield name and job of every truth file, then of every clip without a truth file."""
    labelled = set()
    for path in sorted(truths.glob("*.json")):
        labelled.add(path.stem)
        yield path.stem, partial(_labelled, path, clips)
    for clip in sorted(clips.iterdir()):
        if clip.suffix.lower() in VIDEOS and clip.stem not in labelled:
            yield clip.stem, partial(without_truth, clip)


def _labelled(path: Path, clips: Path, setting: Setting) -> Measured:
    tracking.motmetrics()  # raises before any clip is run if the library is missing
    truth = read(path, clips)
    return with_truth(clips / truth.clip, truth, setting)


def _found(measured: dict[str, Measured]) -> dict[str, Any]:
    labelled = {name: one for name, one in measured.items() if one.accumulators}
    trackers = dict.fromkeys(name for one in labelled.values() for name in one.accumulators)
    looked = dict.fromkeys(name for one in labelled.values() for name in one.detectors)
    return {
        "fps": {name: round(one.fps, 3) for name, one in measured.items()},
        "clips": {name: to_json(one.counts) for name, one in labelled.items()},
        TOGETHER: to_json(together(one.counts for one in labelled.values())),
        "without truth": {name: to_json(one.counts) for name, one in measured.items() if name not in labelled},
        "tracking": {
            tracker: tracking.figures({name: one.accumulators[tracker] for name, one in labelled.items()})
            for tracker in trackers
        },
        "people by tracker": {
            tracker: to_json(together(one.people[tracker] for one in labelled.values())) for tracker in trackers
        },
        "detectors": {
            detector: to_json(together(one.detectors[detector] for one in labelled.values())) for detector in looked
        },
    }


def _progress(jobs: list[tuple[str, Job]]) -> Iterable[tuple[str, Job]]:
    return track(jobs, description="clips", disable=not sys.stderr.isatty(), console=Console(stderr=True))


def _rate(text: str) -> float:
    """Parse frames per second; argparse reports what is wrong with other values."""
    rate = float(text)
    if not 0 < rate <= FASTEST_FPS:
        raise argparse.ArgumentTypeError(f"expected frames per second from 0 to {FASTEST_FPS:g}, found {text}")
    return rate
