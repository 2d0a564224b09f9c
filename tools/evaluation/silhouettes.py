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
from edge.detection.letterbox import letterbox
from edge.errors import ModelError
from edge.records import CLASSES, Counts, Frame, Pixels
from edge.seams import Interpreter
from tools.evaluation.garments import confusion, overlap, shrink
from tools.evaluation.networks import Heads
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
    network: Interpreter,
    folder: Path,
    names: Iterable[str] = sorted(street.HELD_OUT),
    posenet: PoseNet | None = None,
) -> dict[str, Any]:
    """Return every figure, pixels summed over all pictures; raises ModelError if the model has no garment map.

    Some people in the pictures have no label, so that finding them counts as a mistake. With a `posenet` that finds
    them too, one more figure leaves their places out.
    """
    wanted = list(names)
    found: dict[str, Any] = {"pictures": len(wanted)}
    for title, size in (("", _as_it_is), (f", people {SMALL} px tall", _small)):
        tally = _sum(_look(network, posenet, *size(*street.labelled(folder, name))) for name in _progress(wanted))
        found |= {
            f"person-mask IoU, as decoded{title}": _ratio(tally.decoded),
            f"person-mask IoU, as decoded, where everybody has a label{title}": _ratio(tally.labelled),
            f"person-mask IoU, likeliest class{title}": _ratio(tally.person),
            f"people found{title}": _ratio(tally.found),
            f"garment mIoU{title}": float(np.nanmean(overlap(tally.argmax))),
            f"share of a torso's commonest garment class{title}": float(np.mean(tally.torsos)),
        }
    return found


def _look(network: Interpreter, posenet: PoseNet | None, pixels: Pixels, people: Pixels, classes: Pixels) -> Tally:
    seen = Heads(network).see(pixels).classes
    truth, who = (shrink(plane, seen.shape) for plane in (classes, people))
    product = _decoded(network, pixels, seen.shape)
    known = truth != street.UNKNOWN
    nobody = np.zeros(people.shape, bool)
    counted = (
        shrink((nobody if posenet is None else bystanders(pixels, people > 0, posenet)).astype(np.uint8), who.shape)
        == 0
    )
    each: list[Mask] = [who == number for number in np.unique(who) if number]
    return Tally(
        confusion(truth[known], seen[known]),
        _both_and_either(who > 0, seen > 0),
        _both_and_either(who > 0, product > 0),
        _both_and_either((who > 0)[counted], (product > 0)[counted]) if posenet else np.zeros(2, np.int64),
        np.array([sum((seen[one] > 0).mean() >= FOUND for one in each), len(each)]),
        [share for share in (_commonest(seen, one) for one in each) if share is not None],
    )


def _decoded(network: Interpreter, pixels: Pixels, shape: tuple[int, ...]) -> Pixels:
    """Return [h, w] classes as the product decodes them: each pixel takes its nearest cell's."""
    layout = garments.read_layout(network.input, network.outputs)
    if layout is None:
        raise ModelError("expected a model with a garment map, found a pose model")
    tensor, _ = letterbox(Frame(pixels, 0.0, 0), *network.input.shape[1:3])
    cells = garments.decode(network.invoke(tensor), layout).classes
    y, x = (np.rint(np.arange(side) / garments.GARMENT_STRIDE).astype(int) for side in shape)
    return np.asarray(cells[y.clip(max=cells.shape[0] - 1)][:, x.clip(max=cells.shape[1] - 1)])


def _commonest(seen: Pixels, person: Mask) -> float | None:
    """Return the share of the commonest class among the clothing pixels of one torso; None if there are none."""
    rows = np.flatnonzero(person.any(axis=1))
    first, last = (round(rows[0] + share * (rows[-1] - rows[0])) for share in TORSO)
    part = seen[first:last][person[first:last]]
    worn = part[np.isin(part, WORN)]
    return float(np.bincount(worn).max() / len(worn)) if len(worn) else None


def _as_it_is(pixels: Pixels, people: Pixels, classes: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    return pixels, people, classes


def _small(pixels: Pixels, people: Pixels, classes: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    """Put the picture on a grey one, so that the tallest person is SMALL pixels of the model's input tall."""
    heights = [np.ptp(np.flatnonzero((people == number).any(axis=1))) + 1 for number in np.unique(people) if number]
    zoom = SMALL / max(heights)
    size = [round(side * zoom) for side in people.shape[::-1]]
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    planes = [shrink(plane, (size[1], size[0])) for plane in (people, classes)]
    canvas = [np.full((353, 481, 3), 128, np.uint8), np.zeros((353, 481), np.uint8), np.zeros((353, 481), np.uint8)]
    height, width = (min(side, room) for side, room in zip(small.shape, (353, 481), strict=False))
    for onto, plane in zip(canvas, (small, *planes), strict=True):
        onto[:height, :width] = plane[:height, :width]
    return canvas[0], canvas[1], canvas[2]


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
