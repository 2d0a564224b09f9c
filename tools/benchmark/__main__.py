"""`tools/bench`: measure speed and memory, compare them with the committed baseline, plot, or run for hours."""

import argparse
import sys
import time
from pathlib import Path

import cv2
import msgspec

from tools.benchmark.day import days
from tools.benchmark.figures import PARTS, Figure, Figures
from tools.benchmark.growth import growths, plot
from tools.benchmark.node_run import DRIFT, NodeRun, soak

BASELINE = Path(__file__).with_name("baseline.json")
SOAK_EVERY_S = 20.0
"""Longest time between two measurements of memory."""
SOAK_FPS = 10.0
SIGHTINGS = 2_000_000
"""Sightings of 100 nodes in a day, if each has one every four seconds."""


def main(words: list[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(words)
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; expected some of {', '.join(PARTS)}")
    cv2.setNumThreads(1)
    if args.soak:
        return _soak(args.soak, args.fps)
    if args.day:
        for one in days(args.day):
            print(msgspec.json.format(msgspec.json.encode(one), indent=2).decode(), flush=True)
        return 0
    if args.plot:
        return _plot(args.plot)
    found: Figures = {}
    for name in args.parts or PARTS:
        found |= PARTS[name]()
    content = msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
    print(content)
    if args.save:
        args.save.write_text(content + "\n", encoding="utf-8")
    return _compare(found, args.compare) if args.compare else 0


def slower(found: Figures, known: Figures) -> list[str]:
    """Return a sentence for each figure that is worse than it was, beyond its tolerance."""
    return [
        f"{name}: {found[name].value:g}, was {one.value:g}, tolerated {one.tolerance:.0%}"
        for name, one in known.items()
        if name in found and one.is_worse(found[name].value)
    ]


def _compare(found: Figures, path: Path) -> int:
    worse = slower(found, msgspec.json.decode(path.read_bytes(), type=dict[str, Figure]))
    print("\n".join(worse) or "nothing got slower", file=sys.stderr)
    return 1 if worse else 0


def _plot(path: Path) -> int:
    found, missing = growths()
    for reason in missing:
        print(f"left out: {reason}", file=sys.stderr)
    plot(found, path)
    return 0


def _soak(hours: float, fps: float) -> int:
    """Run a node for hours of its street; returns 1 if memory or files grew, or if a score was lost or doubled."""
    begun = time.monotonic()
    seen = soak(hours, fps, every_s=min(SOAK_EVERY_S, 3 * hours))
    faults = _faults(seen)
    minutes = (time.monotonic() - begun) / 60
    print(
        f"{seen.frames / fps / 3600:.1f} hours of a street in {minutes:.0f} minutes; {seen.frames} "
        f"frames; memory {seen.rss_mb[0]:.0f} to {seen.rss_mb[-1]:.0f} MB, drift {seen.drift:.1%}; state "
        f"folder {seen.files_mb[0]:.1f} to {seen.files_mb[-1]:.1f} MB; {seen.issued} scores made, {seen.stored} stored"
    )
    print("\n".join(faults) or "flat and exact", file=sys.stderr)
    return 1 if faults else 0


def _faults(seen: NodeRun) -> list[str]:
    settled = seen.files_mb[len(seen.files_mb) // 10 :]
    faults = {
        f"memory grew by {seen.drift:.1%}, at most {DRIFT:.0%} is expected": seen.drift > DRIFT,
        f"files grew from {settled[0]:.1f} to {settled[-1]:.1f} MB": settled[-1] > settled[0] + 1,
        f"{seen.issued} scores were made and {seen.stored} stored": seen.issued != seen.stored,
    }
    return [sentence for sentence, is_fault in faults.items() if is_fault]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; without any, all")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the JSON to a file, to be a baseline")
    parser.add_argument(
        "--compare",
        type=Path,
        nargs="?",
        const=BASELINE,
        metavar="FILE",
        help="say what is slower than a baseline; exit 1",
    )
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="plot the time of a frame against people in view")
    parser.add_argument(
        "--soak",
        type=float,
        metavar="HOURS",
        help="run a node for hours of a simulated street, as fast as it can: is memory flat, all counted?",
    )
    parser.add_argument(
        "--fps", type=float, default=SOAK_FPS, help="frames in a second of that street; default: %(default)g"
    )
    parser.add_argument(
        "--day",
        type=int,
        nargs="?",
        const=SIGHTINGS,
        metavar="SIGHTINGS",
        help="measure stores with one day of sightings (default: 2 million): size, questions, purge, migration",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
