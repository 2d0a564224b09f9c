"""Measures the pattern map on prints and real cloth laid over held-out photos, and on garments labelled by eye."""

import csv
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from scipy.stats import mannwhitneyu

from edge.detection.garments import PATTERN_STRIDE
from edge.detection.letterbox import PADDING
from edge.records import CLASSES, Floats, Pixels
from edge.seams import Interpreter
from edge.vocabulary import PATTERNS
from tools.evaluation.cloth import spread
from tools.evaluation.garments import shrink
from tools.evaluation.labels import read
from tools.evaluation.models import Heads
from tools.evaluation.people import mask_box
from tools.evaluation.prints import fineness, lay_on
from tools.training.swatches import Swatch

Scores = Sequence[float] | NDArray[np.float64]
BY_EYE = Path(__file__).with_name("patterns.tsv")
"""Table of photo number, garment class and kind, one garment per line."""
WEARABLE = ("upper", "outer", "lower", "dress")
WITH_MOTIFS = ("upper", "outer", "dress")
"""Classes on which graphics are printed."""
QUIET = 0.12
"""Fine shade up to which a garment shows no print of its own under the new one; set by eye on 199 garments."""
LARGE = 0.1
"""Smallest garment that gets a print, as a share of the labelled person's pixels."""
TALL_PX, SMALL_PX = 200, 120
"""Heights of the person in pixels of the model's input: at least TALL_PX as photos give it, or exactly SMALL_PX."""


class Judged(NamedTuple):
    """One garment, and what the model says of it."""

    kind: int
    """Position in PATTERNS."""
    is_bold: bool
    chances: NDArray[np.float64]
    """[6] mean probability of each kind over the garment's cells."""


class _Worn(NamedTuple):
    """A photo in which one garment was given another kind of pattern."""

    kind: int
    is_bold: bool
    garment: str
    pixels: Pixels


def patterns(
    interpreter: Interpreter, ccp: Path, ids: Sequence[int], by_eye: Path = BY_EYE, swatches: Sequence[Swatch] = ()
) -> dict[str, Any]:
    """Return every figure; raises ModelError without a pattern map. `swatches` has every kind except graphics."""
    heads = Heads(interpreter)
    prints: tuple[list[Judged], list[Judged]] = [], []
    cloth: tuple[list[Judged], list[Judged]] = [], []
    for number in track(ids, description="prints", disable=not sys.stderr.isatty(), console=Console(stderr=True)):
        photo, labels = read(ccp, number)
        quiet = _quiet(photo, labels)
        for one in _printed(photo, labels, quiet, number):
            _at_both_heights(heads, labels, one, *prints)
        for one in _clothed(photo, labels, quiet, number, swatches):
            _at_both_heights(heads, labels, one, *cloth)
    return {
        **_figures(prints[0], f"{TALL_PX} px and more"),
        **_figures(prints[1], f"{SMALL_PX} px"),
        **_of_cloth(cloth[0], f"{TALL_PX} px and more"),
        **_of_cloth(cloth[1], f"{SMALL_PX} px"),
        **_real(heads, ccp, by_eye),
    }


def at_height(photo: Pixels, labels: Pixels, tall_px: float, size: tuple[int, int]) -> tuple[Pixels, Pixels]:
    """Return photo and labels shrunk in the middle of an equally large picture, so that the person is `tall_px` tall.

    `tall_px` counts pixels of a model input of `size` (height, width).
    """
    height, width = labels.shape
    _, top, _, bottom = mask_box(labels)
    fitted = min(size[0] / height, size[1] / width)
    zoom = min(tall_px / ((bottom - top) * fitted), 1.0)
    little = cv2.resize(photo, (round(width * zoom), round(height * zoom)), interpolation=cv2.INTER_AREA)
    y, x = (height - little.shape[0]) // 2, (width - little.shape[1]) // 2
    inside = np.s_[y : y + little.shape[0], x : x + little.shape[1]]
    frame, truth = np.full_like(photo, PADDING), np.zeros_like(labels)
    frame[inside], truth[inside] = little, shrink(labels, little.shape[:2])
    return frame, truth


def chances(cells: Floats, garment: Pixels) -> NDArray[np.float64] | None:
    """Return [6], the mean of the cells [rows, columns, 6] on a garment [h, w] of the input; None without cells."""
    is_on = garment[::PATTERN_STRIDE, ::PATTERN_STRIDE].astype(bool)
    on = cells[: is_on.shape[0], : is_on.shape[1]][is_on]
    return on.mean(axis=0, dtype=np.float64).round(6) if len(on) else None  # rounded, so that equal means tie


def balanced_accuracy(truth: Sequence[int], said: Sequence[int]) -> float:
    """Return the mean over the kinds present of the share of each that was named correctly.

    >>> balanced_accuracy([0, 0, 0, 1], [0, 0, 1, 1])
    0.8333333333333333
    """
    return float(np.nanmean(recalls(truth, said)))


def recalls(truth: Sequence[int], said: Sequence[int]) -> list[float]:
    """Return [6], the share of each kind that was named correctly; NaN for a kind not present."""
    right = np.array(truth) == np.array(said)
    of_kind = [right[np.array(truth) == kind] for kind in range(len(PATTERNS))]
    return [float(one.mean()) if len(one) else float("nan") for one in of_kind]


def auroc(positive: Scores, negative: Scores) -> float:
    """Return the chance that a positive's score lies above a negative's; ties count half.

    >>> auroc([0.9, 0.4], [0.1, 0.4])
    0.875
    """
    return float(mannwhitneyu(positive, negative).statistic / (len(positive) * len(negative)))


def labelled(table: Path) -> list[tuple[int, str, str]]:
    """Return photo number, garment class and kind of every line that begins with a number."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.reader(lines, delimiter="\t") if row and row[0].isdecimal()]
    return [(int(number), garment, kind) for number, garment, kind, *_ in rows]


def _quiet(photo: Pixels, labels: Pixels) -> dict[str, NDArray[np.bool_]]:
    """Return [h, w] masks of the large garments that show no print of their own."""
    _, top, _, bottom = mask_box(labels)
    masks = {name: labels == CLASSES.index(name) for name in WEARABLE}
    large = LARGE * np.count_nonzero(labels)
    return {
        name: mask
        for name, mask in masks.items()
        if np.count_nonzero(mask) >= large and fineness(photo, mask, bottom - top) <= QUIET
    }


def _printed(photo: Pixels, labels: Pixels, quiet: dict[str, NDArray[np.bool_]], number: int) -> Iterator[_Worn]:
    """Yield photos with each kind, bold and subtle, printed on one of the photo's quiet garments."""
    _, top, _, bottom = mask_box(labels)
    for kind, word in enumerate(PATTERNS):
        names = [name for name in quiet if word != "graphic" or name in WITH_MOTIFS]
        for is_bold in (True, False) if names else ():
            seed = (number * len(PATTERNS) + kind) * 2 + is_bold
            name = names[seed // 2 % len(names)]
            pixels = lay_on(photo, quiet[name], word, seed, tall_px=bottom - top, is_bold=is_bold)
            yield _Worn(kind, is_bold, name, pixels)


def _clothed(
    photo: Pixels, labels: Pixels, quiet: dict[str, NDArray[np.bool_]], number: int, swatches: Sequence[Swatch]
) -> Iterator[_Worn]:
    """Yield photos with each kind, in real cloth, laid on one of the photo's quiet garments."""
    _, top, _, bottom = mask_box(labels)
    for kind, word in enumerate(PATTERNS) if swatches else ():
        names = [name for name in quiet if word != "graphic" or name in WITH_MOTIFS]
        if names:
            seed = number * len(PATTERNS) + kind
            name = names[seed % len(names)]
            draw = partial(spread, swatches=swatches, kind=word)
            pixels = lay_on(photo, quiet[name], word, seed, tall_px=bottom - top, is_bold=True, draw=draw)
            yield _Worn(kind, is_bold=True, garment=name, pixels=pixels)


def _at_both_heights(heads: Heads, labels: Pixels, worn: _Worn, usual: list[Judged], small: list[Judged]) -> None:
    whose = CLASSES.index(worn.garment)
    if _height(labels, heads) >= TALL_PX:
        usual += _judge(heads, worn.pixels, labels, whose, worn.kind, is_bold=worn.is_bold)
    little = at_height(worn.pixels, labels, SMALL_PX, (heads.height, heads.width))
    small += _judge(heads, *little, whose, worn.kind, is_bold=worn.is_bold)


def _height(labels: Pixels, heads: Heads) -> float:
    """Return the person's height in pixels of the model's input."""
    _, top, _, bottom = mask_box(labels)
    return float((bottom - top) * min(heads.height / labels.shape[0], heads.width / labels.shape[1]))


def _judge(heads: Heads, photo: Pixels, labels: Pixels, whose: int, kind: int, *, is_bold: bool) -> list[Judged]:
    """Return the judgement of one garment; an empty list if it covers no cell."""
    seen = heads.see(photo)
    found = chances(seen.patterns, shrink(labels, seen.garments.shape[:2]) == whose)
    return [] if found is None else [Judged(kind, is_bold, found)]


def _figures(judged: list[Judged], size: str) -> dict[str, Any]:
    truth, said = [one.kind for one in judged], [int(one.chances.argmax()) for one in judged]
    if not judged:
        return {f"printed garments, {size}": 0}
    found: dict[str, Any] = {
        f"printed garments, {size}": len(judged),
        f"balanced accuracy, {size}": balanced_accuracy(truth, said),
        f"recall of {', '.join(PATTERNS)}, {size}": recalls(truth, said),
    }
    for word, is_bold in (("bold", True), ("subtle", False)):
        some = [one for one in judged if one.is_bold is is_bold]
        scores = [(one.kind > 0, 1 - float(one.chances[0])) for one in some]
        parts = [[score for is_printed, score in scores if is_printed is wanted] for wanted in (True, False)]
        accuracy = balanced_accuracy([one.kind for one in some], [int(one.chances.argmax()) for one in some])
        found[f"balanced accuracy, {word}, {size}"] = accuracy
        found[f"AUROC patterned or plain, {word}, {size}"] = auroc(*parts) if all(parts) else None
    return found


def _of_cloth(judged: list[Judged], size: str) -> dict[str, Any]:
    """Return the figures of the six kinds on real cloth; empty without any."""
    if not judged:
        return {}
    truth, said = [one.kind for one in judged], [int(one.chances.argmax()) for one in judged]
    return {
        f"garments of held-out real cloth, {size}": len(judged),
        f"six kinds on held-out real cloth, balanced accuracy, {size}": balanced_accuracy(truth, said),
        f"recall of {', '.join(PATTERNS)}, real cloth, {size}": recalls(truth, said),
    }


def _real(heads: Heads, ccp: Path, by_eye: Path) -> dict[str, Any]:
    """Return the figures of unchanged garments, labelled by eye."""
    if not by_eye.exists():
        return {"garments labelled by eye": 0}
    judged = []
    for number, garment, kind in labelled(by_eye):
        photo, labels = read(ccp, number)
        judged += _judge(heads, photo, labels, CLASSES.index(garment), PATTERNS.index(kind), is_bold=False)
    truth, said = [one.kind for one in judged], [int(one.chances.argmax()) for one in judged]
    plain = [kind > 0 for kind, real in zip(said, truth, strict=True) if real == 0]
    return {
        "garments labelled by eye": len(judged),
        "balanced accuracy, by eye": balanced_accuracy(truth, said),
        f"recall of {', '.join(PATTERNS)}, by eye": recalls(truth, said),
        "plain called patterned, by eye": float(np.mean(plain)) if plain else None,
    }
