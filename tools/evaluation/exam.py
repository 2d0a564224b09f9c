"""Photos to the appearances that scores are examined with: people as they are, edited, in another light or skin."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from edge.appearance.colour import palette, to_lab
from edge.config import NodeConfig
from edge.palette import CELL_COLOURS
from edge.pipeline import Pipeline
from edge.records import CLASSES, Appearance, Detection, Frame, Pixels
from edge.seams import Interpreter
from edge.vocabulary import COLOURS
from tools.evaluation import edits
from tools.evaluation.edits import Labelled
from tools.evaluation.jitters import JITTERS
from tools.evaluation.labels import read
from tools.evaluation.splits import COMMON_BITS, RARE_BITS, SKIN_L

T = TypeVar("T")
Figures = NDArray[np.float64]
Guises = dict[str, list[Appearance | None]]
"""By name, one a person; None where a person could not be made so or was not seen."""


class Exam(NamedTuple):
    """The scored people: the same positions throughout."""

    people: list[Appearance]
    photos: list[Labelled]
    edited: Guises
    jittered: Guises
    skin: Guises
    colour_bits: Figures
    """[people] labelled colour rarity"""


class Look:
    """Photos to appearances, as `spotter score` sees them."""

    def __init__(self, network: Interpreter) -> None:
        self._pipeline = Pipeline(network, NodeConfig())
        self.recipe = self._pipeline.recipe

    def __call__(self, pixels: Pixels | None) -> Appearance | None:
        sighting = None if pixels is None else self._pipeline.still(Frame(pixels, 0.0, 0))
        return None if sighting is None else sighting.appearance

    def person(self, pixels: Pixels) -> Detection | None:
        people = self._pipeline.people(Frame(pixels, 0.0, 0))
        return people[0] if people else None


def unlabelled(look: Look, folder: Path, ids: Iterable[int]) -> list[Appearance]:
    """Whoever is seen in the photos that are there."""
    photos = (photo(folder, number) for number in progress(list(ids), "baseline"))
    return [one for one in map(look, photos) if one is not None]


def photo(folder: Path, number: int) -> Pixels | None:
    """[h, w, 3] RGB of a numbered photo; None where there is none."""
    found = (path for path in (folder / "photos" / f"{number:04d}.jpg", folder / f"{number:04d}.jpg") if path.exists())
    picture = next((cv2.imread(str(path)) for path in found), None)
    return None if picture is None else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def examine(look: Look, folder: Path, ids: Sequence[int], bits: Figures) -> Exam:
    """Everybody of `ids` who is seen, in every guise; `bits` [classes, colours] as of `colour_bits`."""
    photos = [one for one in (Labelled(number, *read(folder, number)) for number in ids) if one.classes.any()]
    rare, common = _donors(photos, bits)
    found = Exam([], [], {}, {}, {}, np.array([]))
    for one in progress(photos, "scored people"):
        seen = look(one.pixels)
        if seen is None:
            continue
        found.people.append(seen)
        found.photos.append(one)
        rng = np.random.default_rng(one.number)
        guises = {
            "rare hue": edits.rare_hue(one, rng),
            "common hue": edits.common_hue(one, rng),
            "bold pattern": edits.bold_pattern(one, rng),
            "subtle pattern": edits.subtle_pattern(one, rng),
            "rare swap": edits.exchanged(one, _other(rare, one, rng)),
            "common swap": edits.exchanged(one, _other(common, one, rng)),
        }
        _add(found.edited, guises, look)
        _add(found.jittered, {name: jitter(one.pixels) for name, jitter in JITTERS.items()}, look)
        _add(found.skin, {f"skin {by:+.0f} L*": edits.with_skin(one, by) for by in SKIN_L}, look)
    return found._replace(colour_bits=np.array([_rarity(worn(one), bits) for one in found.photos]))


def colour_bits(folder: Path, ids: Iterable[int]) -> Figures:
    """[classes, colours] -log2 of how many garments of a class are mainly of a colour, from labelled photos."""
    count = np.ones((len(CLASSES), len(COLOURS)))
    for number in progress(list(ids), "labelled colours"):
        for garment, colour, _ in worn(Labelled(number, *read(folder, number))):
            count[garment, colour] += 1
    return np.asarray(-np.log2(count / count.sum(axis=1, keepdims=True)))


def worn(one: Labelled) -> list[tuple[int, int, int]]:
    """Class, main colour and area in pixels of each large garment."""
    found = []
    for garment in edits.garments(one):
        pixels = one.pixels[one.classes == garment]
        shares = palette(to_lab(pixels[None], np.ones(3, np.float32))[0])
        by_colour = np.bincount(CELL_COLOURS, weights=shares, minlength=len(COLOURS))
        found.append((garment, int(by_colour.argmax()), len(pixels)))
    return found


def progress(items: Sequence[T], what: str) -> Iterable[T]:
    return track(items, description=what, disable=not sys.stderr.isatty(), console=Console(stderr=True))


def _add(
    guises: Guises, pictures: dict[str, Pixels | None], look: Callable[[Pixels | None], Appearance | None]
) -> None:
    for name, picture in pictures.items():
        guises.setdefault(name, []).append(look(picture))


def _rarity(garments: list[tuple[int, int, int]], bits: Figures) -> float:
    """Bits of a person's garments, weighed by their areas."""
    area = sum(size for *_, size in garments)
    return float(sum(bits[garment, colour] * size for garment, colour, size in garments) / max(area, 1))


def _donors(photos: Sequence[Labelled], bits: Figures) -> tuple[list[Labelled], list[Labelled]]:
    """Photos whose lower garment is of a rare, and of a common colour."""
    lower = [
        (one, bits[garment, colour]) for one in photos for garment, colour, _ in worn(one) if garment == edits.LOWER
    ]
    return [one for one, b in lower if b >= RARE_BITS], [one for one, b in lower if b <= COMMON_BITS]


def _other(donors: Sequence[Labelled], one: Labelled, rng: np.random.Generator) -> Labelled | None:
    others = [donor for donor in donors if donor.number != one.number]
    return others[rng.integers(len(others))] if others else None
