"""Measures the garment map on street pictures that were never trained on: people seen from any side."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from edge.detection import garments
from edge.detection.letterbox import PADDING, letterbox
from edge.errors import ModelError
from edge.records import CLASSES, Counts, Frame, Pixels
from edge.seams import Interpreter
from tools.evaluation.garments import confusion, overlap, shrink
from tools.evaluation.models import Heads
from tools.evaluation.peers import PoseNet
from tools.training import silhouettes as street
from tools.training.bystanders import bystanders

Mask = NDArray[np.bool_]

SMALL = 120
"""Height in pixels of the input at which the tallest person is shown, to measure small people."""
FOUND = 0.5
"""Share of a person's silhouette from which the person counts as found."""
TORSO = (0.2, 0.45)
"""Start and end of the torso in heights of a silhouette: there one garment covers the body."""
WORN = [CLASSES.index(name) for name in ("upper", "outer", "dress")]


class Picture(NamedTuple):
    """One street picture with its truth, all [h, w]."""

    pixels: Pixels
    """[h, w, 3] RGB."""
    people: Pixels
    """A number for each labelled person, 0 for background."""
    classes: Pixels
    """Positions in CLASSES, or street.UNKNOWN."""
    unlabelled: Pixels
    """1 where a person without a label stands, as far as a pose model finds them."""


class Tally(NamedTuple):
    """Sums over pictures, at one size."""

    argmax: Counts
    """[10, 10] pixels by true and by likeliest class; pixels of unknown class are left out."""
    person: Counts
    """[2] pixels that are a person in both the truth and the likeliest class, and in either."""
    decoded: Counts
    """[2] as `person`, with the map decoded as in the product."""
    labelled: Counts
    """[2] as `decoded`, without the places of people who have no label."""
    found: Counts
    """[2] people found, people."""
    torsos: list[float]
    """For each torso, the share of its commonest class among clothing pixels."""


def silhouettes(
    interpreter: Interpreter,
    folder: Path,
    names: Iterable[str] = sorted(street.HELD_OUT),
    posenet: PoseNet | None = None,
) -> dict[str, Any]:
    """Return every figure, pixels summed over all pictures; raises ModelError if the model has no garment map.

    Some people in the pictures have no label, so that finding them counts as a mistake. With a `posenet` that finds
    them too, one more figure leaves their places out.
    """
    heads, pictures = Heads(interpreter), [_load(folder, name, posenet) for name in _progress(list(names))]
    small = [_small(picture, (heads.height, heads.width)) for picture in pictures]
    found: dict[str, Any] = {"pictures": len(pictures)}
    for title, shown in (("", pictures), (f", people {SMALL} px tall", small)):
        tally = _sum(_look(interpreter, heads, picture) for picture in shown)
        found |= {
            f"person-mask IoU, as decoded{title}": _ratio(tally.decoded),
            f"person-mask IoU, as decoded, where everybody has a label{title}": _ratio(tally.labelled)
            if posenet
            else None,
            f"person-mask IoU, likeliest class{title}": _ratio(tally.person),
            f"people found{title}": _ratio(tally.found),
            f"garment mIoU{title}": float(np.nanmean(overlap(tally.argmax))),
            f"share of a torso's commonest garment class{title}": float(np.mean(tally.torsos)),
        }
    return found


def _load(folder: Path, name: str, posenet: PoseNet | None) -> Picture:
    pixels, people, classes = street.labelled(folder, name)
    nowhere = np.zeros(people.shape, np.uint8)
    unlabelled = nowhere if posenet is None else bystanders(pixels, people > 0, posenet).astype(np.uint8)
    return Picture(pixels, people, classes, unlabelled)


def _look(interpreter: Interpreter, heads: Heads, picture: Picture) -> Tally:
    seen = heads.see(picture.pixels).classes
    people, truth, unlabelled = (shrink(plane, seen.shape) for plane in picture[1:])
    product = _decoded(interpreter, picture.pixels, seen.shape)
    known, counted = truth != street.UNKNOWN, unlabelled == 0
    each: list[Mask] = [people == number for number in np.unique(people) if number]
    return Tally(
        confusion(truth[known], seen[known]),
        _both_and_either(people > 0, seen > 0),
        _both_and_either(people > 0, product > 0),
        _both_and_either((people > 0)[counted], (product > 0)[counted]),
        np.array([sum((seen[one] > 0).mean() >= FOUND for one in each), len(each)]),
        [share for share in (_commonest(seen, one) for one in each) if share is not None],
    )


def _decoded(interpreter: Interpreter, pixels: Pixels, shape: tuple[int, ...]) -> Pixels:
    """Return [h, w] classes as the product decodes them: each pixel takes its nearest cell's."""
    layout = garments.read_layout(interpreter.input, interpreter.outputs)
    if layout is None:
        raise ModelError("expected a model with a garment map, found a pose model")
    tensor, _ = letterbox(Frame(pixels, 0.0, 0), *interpreter.input.shape[1:3])
    cells = garments.decode(interpreter.invoke(tensor), layout).classes
    y, x = (np.rint(np.arange(side) / garments.GARMENT_STRIDE).astype(int) for side in shape)
    return np.asarray(cells[y.clip(max=cells.shape[0] - 1)][:, x.clip(max=cells.shape[1] - 1)])


def _commonest(seen: Pixels, person: Mask) -> float | None:
    """Return the share of the commonest class among the clothing pixels of one torso; None if there are none."""
    rows = np.flatnonzero(person.any(axis=1))
    first, last = (round(rows[0] + share * (rows[-1] - rows[0])) for share in TORSO)
    part = seen[first:last][person[first:last]]
    worn = part[np.isin(part, WORN)]
    return float(np.bincount(worn).max() / len(worn)) if len(worn) else None


def _small(picture: Picture, sides: tuple[int, int]) -> Picture:
    """Put the picture on a grey one of the input's height and width, its tallest person SMALL pixels tall."""
    people = picture.people
    heights = [np.ptp(np.flatnonzero((people == number).any(axis=1))) + 1 for number in np.unique(people) if number]
    size = [round(side * SMALL / max(heights)) for side in people.shape]
    pixels = np.asarray(cv2.resize(picture.pixels, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    planes = [pixels, *(shrink(plane, tuple(size)) for plane in picture[1:])]
    height, width = (min(pair) for pair in zip(size, sides, strict=True))
    canvas = [np.full((*sides, 3), PADDING, np.uint8), *(np.zeros(sides, np.uint8) for _ in planes[1:])]
    for onto, plane in zip(canvas, planes, strict=True):
        onto[:height, :width] = plane[:height, :width]
    return Picture(*canvas)


def _sum(tallies: Iterable[Tally]) -> Tally:
    each = list(tallies)
    sums = (sum(getattr(one, name) for one in each) for name in ("argmax", "person", "decoded", "labelled", "found"))
    argmax, person, decoded, labelled, found = (np.asarray(one) for one in sums)
    return Tally(argmax, person, decoded, labelled, found, [share for one in each for share in one.torsos])


def _both_and_either(one: Mask, other: Mask) -> Counts:
    return np.array([(one & other).sum(), (one | other).sum()], np.int64)


def _ratio(counts: Counts) -> float:
    return float(counts[0] / counts[1]) if counts[1] else float("nan")


def _progress(names: list[str]) -> Iterator[str]:
    yield from track(names, "silhouettes", disable=not sys.stderr.isatty(), console=Console(stderr=True))
