"""Turns photos into the appearances that scores are tested with: people unchanged, edited, in other light or skin."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from edge.appearance.colour import to_lab, word_shares
from edge.config import NodeConfig
from edge.errors import SourceError
from edge.pipeline import Pipeline
from edge.records import CLASSES, Appearance, Detection, Frame, Pixels
from edge.seams import Interpreter
from edge.vocabulary import COLOURS
from tools.evaluation import edits
from tools.evaluation.edits import Labelled
from tools.evaluation.jitters import JITTERS
from tools.evaluation.labels import has_labels, read
from tools.evaluation.splits import COMMON_BITS, RARE_BITS, SKIN_L

T = TypeVar("T")
Figures = NDArray[np.float64]
Guises = dict[str, list[Appearance | None]]
"""Appearances by name of the change, one per person; None where the change was impossible or the person not seen."""


BESIDE = 0.25
"""Margin on each side of a person's keypoint box that clothes may reach, in widths of the box."""


class Exam(NamedTuple):
    """The scored people; every array has the same order of people."""

    people: list[Appearance]
    photos: list[Labelled]
    edited: Guises
    jittered: Guises
    skin: Guises
    colour_bits: Figures
    """[people] rarity of the labelled colours, in bits."""
    unlabelled: int = 0
    """Photos without labels, whose garments were edited where the model itself saw them."""


class Look:
    """Turns photos into appearances as `spotter score` does."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._pipeline = Pipeline(interpreter, NodeConfig())
        self.recipe = self._pipeline.recipe

    def __call__(self, pixels: Pixels | None) -> Appearance | None:
        sighting = None if pixels is None else self._pipeline.still(Frame(pixels, 0.0, 0))
        return None if sighting is None else sighting.appearance

    def classes(self, pixels: Pixels) -> Pixels:
        """Return [h, w] positions in CLASSES of the main person by the model's map; background without one."""
        found = np.zeros(pixels.shape[:2], np.uint8)
        person = self.person(pixels)
        garments = self._pipeline.garments
        if person is None or garments is None:
            return found
        scale = np.array([[1 / garments.pitch, 0, 0], [0, 1 / garments.pitch, 0]])
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        mapped = cv2.warpAffine(garments.classes, scale, pixels.shape[1::-1], flags=flags)
        x1, y1, x2, y2 = person.box
        beside = BESIDE * (x2 - x1)
        part = np.s_[max(int(y1 - beside), 0) : int(y2 + beside), max(int(x1 - beside), 0) : int(x2 + beside)]
        found[part] = mapped[part]
        return found

    def person(self, pixels: Pixels) -> Detection | None:
        people = self._pipeline.people(Frame(pixels, 0.0, 0))
        return people[0] if people else None


def unlabelled(look: Look, folder: Path, ids: Iterable[int]) -> list[Appearance]:
    """Return the appearances of the people seen in those of the photos that exist."""
    photos = (photo(folder, number) for number in progress(list(ids), "baseline"))
    return [one for one in map(look, photos) if one is not None]


def photo(folder: Path, number: int) -> Pixels | None:
    """Return [h, w, 3] RGB of a numbered photo; None if there is none."""
    found = (path for path in (folder / "photos" / f"{number:04d}.jpg", folder / f"{number:04d}.jpg") if path.exists())
    picture = next((cv2.imread(str(path)) for path in found), None)
    return None if picture is None else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def examine(look: Look, folder: Path, ids: Sequence[int], bits: Figures) -> Exam:
    """Return everyone of `ids` who is seen, with every change; `bits` [classes, colours] as from `colour_bits`.

    Photos without labels are edited where the model sees garments. Raises SourceError if there is no photo at all.
    """
    there = {number: pixels for number in ids if (pixels := photo(folder, number)) is not None}
    if not there:
        raise SourceError(
            f"{folder}: expected photos {ids[0]:04d}.jpg to {ids[-1]:04d}.jpg or photos/ with some of them, "
            "found none; give other --photos or --ids"
        )
    known = {number for number in there if has_labels(folder, number)}
    photos = [
        Labelled(number, pixels, read(folder, number)[1] if number in known else look.classes(pixels))
        for number, pixels in there.items()
    ]
    photos = [one for one in photos if one.classes.any()]
    rare, common = _donors(photos, bits)
    found = Exam([], [], {}, {}, {}, np.array([]), len(there) - len(known))
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
            "rare swap": _exchanged(one, rare, rng),
            "common swap": _exchanged(one, common, rng),
        }
        _add(found.edited, guises, look)
        _add(found.jittered, {name: jitter(one.pixels) for name, jitter in JITTERS.items()}, look)
        _add(found.skin, {f"skin {by:+.0f} L*": edits.with_skin(one, by) for by in SKIN_L}, look)
    return found._replace(colour_bits=np.array([_rarity(worn(one), bits) for one in found.photos]))


def colour_bits(folder: Path, ids: Iterable[int]) -> Figures:
    """Return [classes, colours]: -log2 of the share of a class's labelled garments with that main colour."""
    count = np.ones((len(CLASSES), len(COLOURS)))
    for number in progress(list(ids), "labelled colours"):
        for garment, colour, _ in worn(Labelled(number, *read(folder, number))):
            count[garment, colour] += 1
    return np.asarray(-np.log2(count / count.sum(axis=1, keepdims=True)))


def worn(one: Labelled) -> list[tuple[int, int, int]]:
    """Return class, main colour and area in pixels of each large garment."""
    found = []
    for garment in edits.garments(one):
        pixels = one.pixels[one.classes == garment]
        shares = word_shares(to_lab(pixels[None], np.ones(3, np.float32))[0], None)
        found.append((garment, int(shares.argmax()), len(pixels)))
    return found


def progress(items: Sequence[T], what: str) -> Iterable[T]:
    return track(items, description=what, disable=not sys.stderr.isatty(), console=Console(stderr=True))


def _add(
    guises: Guises, pictures: dict[str, Pixels | None], look: Callable[[Pixels | None], Appearance | None]
) -> None:
    for name, picture in pictures.items():
        guises.setdefault(name, []).append(look(picture))


def _rarity(garments: list[tuple[int, int, int]], bits: Figures) -> float:
    """Return the mean bits of a person's garments, weighted by area."""
    area = sum(size for *_, size in garments)
    return float(sum(bits[garment, colour] * size for garment, colour, size in garments) / max(area, 1))


def _donors(photos: Sequence[Labelled], bits: Figures) -> tuple[list[Labelled], list[Labelled]]:
    """Return the photos whose lower garment has a rare colour, and those where it has a common one."""
    lower = [
        (one, bits[garment, colour]) for one in photos for garment, colour, _ in worn(one) if garment == edits.LOWER
    ]
    return [one for one, b in lower if b >= RARE_BITS], [one for one, b in lower if b <= COMMON_BITS]


def _exchanged(one: Labelled, donors: Sequence[Labelled], rng: np.random.Generator) -> Pixels | None:
    """Exchange the lower garment's cloth with that of a random other photo; None if there is none."""
    others = [donor for donor in donors if donor.number != one.number]
    return edits.exchanged(one, others[rng.integers(len(others))]) if others else None
