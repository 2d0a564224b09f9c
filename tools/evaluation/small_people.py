"""Measures the second look: labelled photos shown so small that the model sees little of the person."""

import sys
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from rich.console import Console
from rich.progress import track

from edge.appearance.crop import close_up
from edge.config import AppearanceSection, NodeConfig
from edge.detection.letterbox import PADDING
from edge.pipeline import Pipeline
from edge.records import Counts, Detection, Frame, Pixels
from edge.seams import Interpreter
from tools.evaluation.garments import confusion, overlap, shrink
from tools.evaluation.labels import read
from tools.evaluation.models import Heads

SMALL = 120
"""Height of the person in pixels of the model's input."""
FRAME = (1080, 1920)
"""Height and width of the camera's picture, in pixels."""


def small_people(network: Interpreter, ccp: Path, ids: list[int]) -> dict[str, Any]:
    """Return the figures with one look and with a second one, pixels of the picture summed over all photos.

    The garment map is compared over the photo's own pixels. Where nobody is found there is no second look, and the
    first map counts. `not described` is the share of photos from which the pipeline makes no sighting.
    """
    heads, once, twice = Heads(network), _pipeline(network, 0.0), _pipeline(network, 1.0)
    tables = np.zeros((2, 10, 10), np.int64)
    described = np.zeros(2, int)
    for number in track(ids, "small people", disable=not sys.stderr.isatty(), console=Console(stderr=True)):
        pixels, truth, inside = _shown(*read(ccp, number), twice.input_size)
        frame = Frame(pixels, 0.0, 0)
        for position, seen in enumerate(_maps(heads, pixels, twice.people(frame)[:1])):
            tables[position] += confusion(truth[inside], seen[inside])
        described += [pipeline.still(frame) is not None for pipeline in (once, twice)]
    title = f"people {SMALL} px tall"
    return {
        **_figures(f"{title}, one look", tables[0], described[0] / len(ids)),
        **_figures(f"{title}, second look", tables[1], described[1] / len(ids)),
        f"{title}, second looks a photo": twice.second_looks.taken / len(ids),
    }


def _pipeline(network: Interpreter, per_s: float) -> Pipeline:
    settings = msgspec.structs.replace(AppearanceSection(), second_looks_per_s=per_s)
    return Pipeline(network, NodeConfig(appearance=settings))


def _shown(photo: Pixels, labels: Pixels, input_size: tuple[int, int]) -> tuple[Pixels, Pixels, tuple[slice, slice]]:
    """Put a photo into a grey picture of FRAME, the labelled person SMALL pixels tall in the model's input.

    Returns the picture, its labels, and the photo's place in it.
    """
    scale = max(shown / seen for shown, seen in zip(FRAME, input_size, strict=True))
    tall = np.ptp(np.flatnonzero((labels > 0).any(axis=1))) + 1
    size = [round(side * SMALL * scale / tall) for side in labels.shape]
    small = np.asarray(cv2.resize(photo, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    height, width = (min(pair) for pair in zip(size, FRAME, strict=True))
    top, left = (FRAME[0] - height) // 2, (FRAME[1] - width) // 2
    inside = slice(top, top + height), slice(left, left + width)
    pixels, truth = np.full((*FRAME, 3), PADDING, np.uint8), np.zeros(FRAME, np.uint8)
    pixels[inside], truth[inside] = small[:height, :width], shrink(labels, tuple(size))[:height, :width]
    return pixels, truth, inside


def _maps(heads: Heads, pixels: Pixels, main: list[Detection]) -> tuple[Pixels, Pixels]:
    """Return [h, w] likeliest classes of the picture: from the whole of it, and from the close-up of its person."""
    first = shrink(heads.see(pixels).classes, FRAME)
    second = first
    for near in (close_up(pixels, person, (heads.height, heads.width)) for person in main):
        if near is not None:
            height, width = (round(side / zoom) for side, zoom in zip(near.pixels.shape, near.zoom[::-1], strict=False))
            x, y = near.corner
            second = np.zeros(FRAME, np.uint8)
            second[y : y + height, x : x + width] = shrink(heads.see(near.pixels).classes, (height, width))
    return first, second


def _figures(title: str, table: Counts, described: float) -> dict[str, float]:
    return {f"garment mIoU, {title}": float(np.nanmean(overlap(table))), f"not described, {title}": 1 - described}
