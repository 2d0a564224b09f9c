"""Measures quality on real photos and clips, on the simulated street and on simulated days; prints a table or JSON."""

import argparse
import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from edge.config import DetectionSection
from edge.errors import EdgeError
from edge.phrase.table import LANGUAGES
from edge.seams import Interpreter
from tools.evaluation import eye, rivals
from tools.evaluation.booth import booth
from tools.evaluation.clips import command as real_clips
from tools.evaluation.clips.report import show
from tools.evaluation.exceptions import exceptions
from tools.evaluation.fairness import fairness
from tools.evaluation.garments import garments
from tools.evaluation.labels import TEST_IDS, TRAIN_IDS
from tools.evaluation.models import open_model
from tools.evaluation.pacing import pacing
from tools.evaluation.patterns import BY_EYE, patterns
from tools.evaluation.peers import MOVENET, SSD, MoveNet, PoseNet, Ssd, available, milliseconds, twin
from tools.evaluation.people import clips, compare, photos
from tools.evaluation.phrases import phrases
from tools.evaluation.places import places
from tools.evaluation.rarity import rarity
from tools.evaluation.reidentify import reidentify
from tools.evaluation.runtimes import on_tflite_runtime
from tools.evaluation.silhouettes import silhouettes
from tools.evaluation.small_people import small_people
from tools.evaluation.splits import BASELINE_IDS, LABELLED_IDS
from tools.evaluation.street import street
from tools.training.swatches import load

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
UNUSUAL = (SHARED / "eye" / "unusual-705-804.tsv", eye.OWN)
"""Tables of people labelled by eye."""
FINER = "posenet-481x641"
"""Finds people on street pictures who have no label."""
FOR_PHOTOS = "spotter-353x481"
"""The size of our model for pictures of 4:3 and taller, as the labelled photos are; clips and streets are judged by the
default of a node."""
FLOAT, TFLITE, UPSTREAM = "float32", "on tflite-runtime", "upstream PoseNet"
HELD_OUT = f"{TEST_IDS.start}-{TEST_IDS.stop - 1}"
LABELLED = f"{min(TRAIN_IDS)}-{max(TEST_IDS)}"

Found = dict[str, Any]


def main(words: Sequence[str] | None = None) -> int:
    """Measure what the words of the command line name; None: sys.argv. Returns the exit code."""
    args = _parser().parse_args(words)
    try:
        found = _COMMANDS[args.what](args)
    except EdgeError as err:
        print(f"tools/evaluate: {err}", file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(_plain(found)))
    elif args.what == "clips":
        show(found)
    else:
        _print(f"tools/evaluate {args.what}", found)
    return 1 if found.get("not measured") else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools/evaluate", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, dest="what")
    people = commands.add_parser("people", help="sightings on photos and clips; pose against the teacher and peers")
    people.add_argument("--clips", type=Path, default=SHARED / "clips")
    people.add_argument("--ids", help=f"photo numbers; default: {LABELLED}, to compare with the teacher {HELD_OUT}")
    people.add_argument(
        "--photos", type=int, default=200, help="number of photos, drawn with seed 0; default: %(default)s"
    )
    maps = commands.add_parser("garments", help="the garment map compared with labelled photos")
    maps.add_argument("--ids", default=HELD_OUT, help="photo numbers, from-to; default: %(default)s")
    kinds = commands.add_parser("patterns", help="the pattern map on laid-on prints, and on garments labelled by eye")
    kinds.add_argument("--ids", default=HELD_OUT, help="photo numbers, from-to; default: %(default)s")
    kinds.add_argument("--by-eye", type=Path, default=BY_EYE, help="table of real garments; default: %(default)s")
    kinds.add_argument("--swatches", type=Path, default=SHARED / "swatches", help="close-ups of real cloth")
    outlines = commands.add_parser("silhouettes", help="the garment map on street pictures never trained on")
    outlines.add_argument("--streets", type=Path, default=SHARED / "pennfudan", help="images/ and masks/")
    outlines.add_argument("--model", default=FOR_PHOTOS, help="a name in the manifest, or a .tflite")
    for command in (people, maps, kinds):
        command.add_argument("--ccp", type=Path, default=SHARED / "ccp", help="photos/ and annotations/pixel-level/")
        command.add_argument("--model", default=FOR_PHOTOS, help="a name in the manifest, or a .tflite")
        command.add_argument("--float", help="a float32 .tflite of the same model, measured beside it")
        command.add_argument("--no-tflite", action="store_true", help="do not measure on tflite-runtime")
        command.add_argument("--alone", action="store_true", help="measure this model alone")
    rare = commands.add_parser(
        "rarity", help="what scores find: edited people, jitters, calibration; compared with PyOD"
    )
    rare.add_argument("--photos", type=Path, help="photos and labels of the people to score; default: as --ccp")
    rare.add_argument("--ids", default=HELD_OUT, help="numbers of the people to score, from-to; default: %(default)s")
    rare.add_argument(
        "--labels", type=Path, nargs="+", help="tables of people labelled by eye; default: those of the CCP photos"
    )
    said = commands.add_parser("phrases", help="what staff would read about the rarest people, with their photos")
    said.add_argument("--ids", default=HELD_OUT, help="numbers of the people, from-to; default: %(default)s")
    said.add_argument("--top", type=int, default=16, help="people to show; default: %(default)s")
    said.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help="default: %(default)s")
    said.add_argument("--sheet", type=Path, metavar="FILE", help="draw them to a .png, outside of any checkout")
    fair = commands.add_parser("fairness", help="flag rates by skin, height, headwear, bare legs and arms")
    fair.add_argument("--ids", default=LABELLED, help="labelled photos, from-to; default: %(default)s")
    for command in (rare, fair, said):
        command.add_argument("--ccp", type=Path, default=SHARED / "ccp", help="photos/ and annotations/pixel-level/")
        command.add_argument("--model", default=FOR_PHOTOS, help="a name in the manifest, or a .tflite")
    planted = commands.add_parser("exceptions", help="alerts on planted exceptions of the simulated street")
    planted.add_argument("--seed", type=int, default=7)
    planted.add_argument("--cameras", type=int, default=3)
    planted.add_argument("--learn-minutes", type=float, default=20.0)
    planted.add_argument("--minutes", type=float, default=20.0)
    joined = commands.add_parser(
        "booth", help="joining of several cameras of the simulated street: one alert per person?"
    )
    joined.add_argument("--seed", type=int, default=5)
    joined.add_argument("--cameras", type=int, default=4)
    joined.add_argument("--minutes", type=float, default=60.0)
    again = commands.add_parser("reidentify", help="do scores identify people? second views of 150, and what tells")
    again.add_argument("--ccp", type=Path, default=SHARED / "ccp", help="photos/")
    again.add_argument("--model", default=DetectionSection().model, help="a name in the manifest, or a .tflite")
    again.add_argument("--seed", type=int, default=5)
    again.add_argument("--cameras", type=int, default=4)
    again.add_argument("--minutes", type=float, default=15.0)
    walkers = commands.add_parser("street", help="the simulated street: sightings per walker and camera")
    walkers.add_argument("--seed", type=int, default=7)
    walkers.add_argument("--cameras", type=int, default=3)
    walkers.add_argument("--minutes", type=float, default=10.0)
    paced = commands.add_parser("pacing", help="simulated days: is the booth's budget of alerts kept and well spent?")
    paced.add_argument("--per-hour", type=float, default=12.0, help="alerts per hour; default: %(default)s")
    paced.add_argument("--hours", type=int, default=8, help="hours of a day; default: %(default)s")
    paced.add_argument("--seeds", type=int, default=20, help="days of each pattern; default: %(default)s")
    real = commands.add_parser(
        "clips", help="the whole product on real street clips labelled by eye; compared with others"
    )
    real_clips.add_arguments(real, SHARED / "street")
    elsewhere = commands.add_parser("places", help="a baseline of other streets, or of photos, used at another camera")
    elsewhere.add_argument("--others", type=_seeds, default=[11, 12, 13], help="streets to learn on; default: 11,12,13")
    elsewhere.add_argument("--seed", type=int, default=7, help="street to score; default: %(default)s")
    elsewhere.add_argument("--learn-minutes", type=float, default=1.5, help="of each street and light")
    elsewhere.add_argument("--minutes", type=float, default=3.5, help="of the scored street; 0: clips alone")
    elsewhere.add_argument("--processes", type=int, help="streets at a time; default: one for each core")
    elsewhere.add_argument("--ccp", type=Path, default=SHARED / "ccp", help="photos/ to learn for the clips")
    elsewhere.add_argument("--clips", type=Path, nargs="*", default=[SHARED / "street" / "clips"], help="folders")
    elsewhere.add_argument("--truth", type=Path, default=SHARED / "street" / "truth", help="what people are by eye")
    elsewhere.add_argument("--model", default=DetectionSection().model, help="a name in the manifest, or a .tflite")
    for command in (
        people,
        maps,
        kinds,
        rare,
        fair,
        said,
        planted,
        joined,
        walkers,
        paced,
        outlines,
        real,
        elsewhere,
        again,
    ):
        command.add_argument("--json", action="store_true")
    return parser


def _garments(args: argparse.Namespace) -> Found:
    ids = numbers(args.ids)
    words = ["--ids", args.ids]
    return _beside(args, lambda one: garments(one, args.ccp, ids) | small_people(one, args.ccp, ids), words)


def _silhouettes(args: argparse.Namespace) -> Found:
    finer = available(FINER)
    posenet = None if isinstance(finer, str) else PoseNet(finer)
    found = silhouettes(open_model(args.model), args.streets, posenet=posenet)
    return {
        "model": args.model,
        **found,
        **({"people without a label": f"left in: {finer}"} if posenet is None else {}),
    }


def _patterns(args: argparse.Namespace) -> Found:
    ids, words = numbers(args.ids), ["--ids", args.ids, "--by-eye", str(args.by_eye), "--swatches", str(args.swatches)]
    try:
        swatches, missing = load(args.swatches, held_out=True), {}
    except EdgeError as err:
        swatches, missing = [], {"held-out real cloth": f"left out: {err}"}
    return _beside(
        args, lambda interpreter: patterns(interpreter, args.ccp, ids, args.by_eye, swatches) | missing, words
    )


def _rarity(args: argparse.Namespace) -> Found:
    rivals.check_packages()  # before the hour of measuring, not after it
    photos = args.photos or args.ccp
    ids = set(numbers(args.ids))
    tables = [eye.read(path) for path in args.labels or ([] if args.photos else UNUSUAL)]
    seen = ids.union(*(table.passes for table in tables))
    baseline = [number for number in BASELINE_IDS if args.photos or number not in seen]
    return {"model": args.model, **rarity(open_model(args.model), args.ccp, baseline, photos, sorted(ids), tables)}


def _phrases(args: argparse.Namespace) -> Found:
    ids = numbers(args.ids)
    baseline = [number for number in BASELINE_IDS if number not in set(ids)]
    how = {"top": args.top, "language": args.language, "sheet": args.sheet}
    return {"model": args.model, **phrases(open_model(args.model), args.ccp, baseline, ids, **how)}


def _fairness(args: argparse.Namespace) -> Found:
    unlabelled = [number for number in BASELINE_IDS if number > max(LABELLED_IDS)]
    return {"model": args.model, **fairness(open_model(args.model), args.ccp, numbers(args.ids), unlabelled)}


def _beside(args: argparse.Namespace, judge: Callable[[Interpreter], Found], words: list[str]) -> Found:
    """Return the figures of the model, and beside them those of its float file and of the other runtime."""
    found: Found = {"model": args.model, **judge(open_model(args.model))}
    if not args.alone:
        floats = {FLOAT: judge(open_model(args.float))} if args.float else {}
        found["beside"] = {**floats, TFLITE: _tflite(args, words)}
    return found


def _people(args: argparse.Namespace) -> Found:
    interpreters = {args.model: open_model(args.model)}
    if args.float and not args.alone:
        interpreters[FLOAT] = open_model(args.float)
    found = {name: _one_people(interpreter, args) for name, interpreter in interpreters.items()}
    left_out = {}
    for name, interpreter in _peers(interpreters[args.model], alone=args.alone).items():
        if isinstance(interpreter, str):
            left_out[name] = f"left out: {interpreter}"
        else:
            interpreters[name], found[name] = interpreter, {}
    if UPSTREAM in interpreters:
        _against_teacher(interpreters, found, args)
    answer = {"model": args.model, **found.pop(args.model)}
    if not args.alone:
        words = ["--clips", str(args.clips), "--photos", str(args.photos), *(["--ids", args.ids] if args.ids else [])]
        answer["beside"] = {**found, **left_out, TFLITE: _tflite(args, words)}
    return answer


def _one_people(interpreter: Interpreter, args: argparse.Namespace) -> Found:
    return {
        **photos(interpreter, args.ccp, drawn(args.ids or LABELLED, args.photos)),
        **clips(interpreter, args.clips),
    }


def _peers(interpreter: Interpreter, *, alone: bool) -> dict[str, Interpreter | str]:
    """Return the teacher and the other models to compare with, or the reason why one is missing."""
    try:
        upstream = available(twin(interpreter))
    except EdgeError as err:
        upstream = str(err)
    return {UPSTREAM: upstream} if alone else {UPSTREAM: upstream, SSD: available(SSD), MOVENET: available(MOVENET)}


def _against_teacher(interpreters: dict[str, Interpreter], found: dict[str, Found], args: argparse.Namespace) -> None:
    """Add to `found` what each model finds compared with the teacher, and how long it takes."""
    teacher = PoseNet(interpreters[UPSTREAM])
    ids = drawn(args.ids or HELD_OUT, args.photos)
    kinds: dict[str, type[Ssd | MoveNet | PoseNet]] = {SSD: Ssd, MOVENET: MoveNet}
    took = milliseconds(interpreters)
    for name, interpreter in interpreters.items():
        looker = kinds.get(name, PoseNet)(interpreter)
        found[name] |= compare(looker, teacher, args.ccp, ids, args.clips)
        found[name]["one invoke, ms, one thread"] = took[name]
        found[name]["one invoke, ratio to upstream PoseNet"] = took[name] / took[UPSTREAM]


def _tflite(args: argparse.Namespace, words: list[str]) -> Found | str:
    if args.no_tflite:
        return "left out: --no-tflite"
    return on_tflite_runtime([args.what, "--model", args.model, "--ccp", str(args.ccp), *words])


def numbers(ids: str) -> list[int]:
    """Return the numbers of a range, both ends included.

    >>> numbers("705-708")
    [705, 706, 707, 708]
    """
    first, last = (int(end) for end in ids.split("-"))
    return list(range(first, last + 1))


def _seeds(text: str) -> list[int]:
    """Return the numbers in a text such as `11,12,13`; argparse reports what is wrong with others."""
    return [int(seed) for seed in text.split(",")]


def drawn(ids: str, count: int) -> list[int]:
    """Return `count` of the numbers in `ids`, drawn with a fixed seed and sorted."""
    return sorted(np.random.default_rng(0).permutation(numbers(ids))[:count].tolist())


def _print(title: str, found: Found) -> None:
    """Print a table with one column per model; below it, why a model was left out."""
    beside = found.pop("beside", {})
    columns = {str(found.pop("model", "value")): found}
    columns |= {name: one for name, one in beside.items() if isinstance(one, dict)}
    table = Table(title=title)
    table.add_column("figure", min_width=32)
    for name in columns:
        table.add_column(name, overflow="fold")
    for name in dict.fromkeys(name for column in columns.values() for name in column if name != "model"):
        table.add_row(name, *(_text(column.get(name)) for column in columns.values()))
    console = Console()
    console.print(table)
    for name, one in beside.items():
        if isinstance(one, str):
            console.print(f"{name}: {one}", soft_wrap=True)


def _text(value: object) -> str:
    if isinstance(value, list):
        return " / ".join(_text(one) for one in value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    """Replace NaN by None in nested figures, since JSON has no NaN; None means that it could not be measured."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value


_COMMANDS: dict[str, Callable[[argparse.Namespace], Found]] = {
    "people": _people,
    "garments": _garments,
    "patterns": _patterns,
    "silhouettes": _silhouettes,
    "rarity": _rarity,
    "phrases": _phrases,
    "fairness": _fairness,
    "exceptions": exceptions,
    "booth": booth,
    "reidentify": reidentify,
    "pacing": pacing,
    "street": street,
    "clips": real_clips.clips,
    "places": places,
}


if __name__ == "__main__":
    sys.exit(main())
