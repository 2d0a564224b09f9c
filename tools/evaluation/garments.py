"""The garment map compared with labelled photos: overlap per class, skin and hair, purity of regions, fairness."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from edge.detection.garments import PERSON
from edge.records import CLASSES, Counts, Floats, Pixels
from edge.seams import Interpreter
from tools.evaluation.labels import read
from tools.evaluation.models import Heads, Seen

Mask = NDArray[np.bool_]

REGIONS = {"upper": ("upper", "outer", "dress"), "lower": ("lower", "dress"), "shoes": ("shoes",)}
"""Regions of an outfit, and the classes that belong to each."""
BODY = [CLASSES.index("skin"), CLASSES.index("hair")]
ENOUGH_SKIN = 0.001
"""Share of the photo's pixels; with less labelled skin its lightness is not judged."""
THIRDS = ("darkest", "middle", "lightest")


def regions(seen: Seen) -> dict[str, Mask]:
    """Return [h, w] masks of each region as the product takes them: a person's pixels, by their likeliest garment."""
    is_person = seen.garments[..., 0] <= 1 - PERSON
    classes = seen.garments[..., 1:].argmax(axis=-1) + 1
    return {name: np.isin(classes, members(kinds)) & is_person for name, kinds in REGIONS.items()}


def members(names: Iterable[str]) -> list[int]:
    return [CLASSES.index(name) for name in names]


def garments(
    interpreter: Interpreter, ccp: Path, ids: list[int], *, find_regions: Callable[[Seen], dict[str, Mask]] = regions
) -> dict[str, Any]:
    """Return every figure, pixels summed over all photos; raises ModelError if the model has no garment map."""
    heads = Heads(interpreter)
    tables, skins = [], []
    pure = {name: np.zeros(2, np.int64) for name in REGIONS}
    for number in track(ids, description="garments", disable=not sys.stderr.isatty(), console=Console(stderr=True)):
        photo, labels = read(ccp, number)
        seen = heads.see(photo)
        truth = shrink(labels, seen.classes.shape)
        tables.append(confusion(truth, seen.classes))
        skins.append(skin_luminance(photo, labels))
        for name, mask in find_regions(seen).items():
            pure[name] += np.isin(truth[mask], members(REGIONS[name])).sum(), mask.sum()
    return {
        "photos": len(ids),
        **_overlap(np.sum(tables, axis=0)),
        **_purity(pure),
        **_fairness(np.array(tables), np.array(skins)),
    }


def shrink(labels: Pixels, shape: tuple[int, ...]) -> Pixels:
    """Resize labels [h, w], each pixel the nearest one's."""
    return np.asarray(cv2.resize(labels, shape[1::-1], interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)


def confusion(truth: Pixels, found: Pixels) -> Counts:
    """Return [10, 10] numbers of pixels by true and by found class."""
    count = len(CLASSES)
    pairs = truth.astype(np.intp) * count + found
    return np.bincount(pairs.ravel(), minlength=count * count).reshape(count, count).astype(np.int64)


def overlap(table: Counts) -> Floats:
    """Return [n] intersection over union per class; NaN for a class neither present nor found.

    >>> overlap(np.array([[6, 2], [0, 4]])).round(3).tolist()
    [0.75, 0.667]
    """
    both = np.diag(table)
    either = table.sum(axis=0) + table.sum(axis=1) - both
    return np.asarray(np.divide(both, either, out=np.full(len(both), np.nan), where=either > 0))


def skin_luminance(photo: Pixels, labels: Pixels) -> float:
    """Return the mean CIELAB L* of the labelled skin, 0 to 100; NaN if there is hardly any."""
    skin = photo[labels == CLASSES.index("skin")]
    if len(skin) < ENOUGH_SKIN * labels.size:
        return float("nan")
    lab = cv2.cvtColor(skin[None].astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    return float(lab[..., 0].mean())


def _overlap(table: Counts) -> dict[str, Any]:
    each = overlap(table)
    person = np.array([[table[0, 0], table[0, 1:].sum()], [table[1:, 0].sum(), table[1:, 1:].sum()]])
    of_body = table[BODY]
    return {
        "garment mIoU": float(np.nanmean(each)),
        **{f"IoU of {name}": float(value) for name, value in zip(CLASSES, each, strict=True)},
        "person-mask IoU": float(overlap(person)[1]),
        "skin and hair recalled as skin or hair": _share(of_body[:, BODY].sum(), of_body.sum()),
    }


def _purity(pure: dict[str, Counts]) -> dict[str, Any]:
    return {f"purity of the {name} region": _share(*counts) for name, counts in pure.items()}


def _fairness(tables: Counts, skins: Floats) -> dict[str, Any]:
    """Return recall of each class in photos with the darkest, middle and lightest third of labelled skin."""
    known = np.flatnonzero(~np.isnan(skins))
    thirds = np.array_split(known[np.argsort(skins[known])], len(THIRDS))
    sums = [tables[third].sum(axis=0) for third in thirds]
    return {
        "skin L*: " + ", ".join(THIRDS): [_mean(skins[third]) for third in thirds],
        **{
            f"recall of {name}, by skin L*": [_share(one[i, i], one[i].sum()) for one in sums]
            for i, name in enumerate(CLASSES)
        },
    }


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None
