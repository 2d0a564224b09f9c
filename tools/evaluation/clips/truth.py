"""Truth files of real clips: where each person is, and what they wear, labelled by eye."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta

from edge.errors import SourceError
from edge.vocabulary import COLOURS, PATTERNS

INPUT = (481, 353)
"""Width and height of the model input in which heights are given, whatever the input size of the model that runs."""
UNKNOWN = ""
"""Label of what could not be told by eye."""
LABELLED_AS = {"floral": "busy"}
"""Kinds of pattern with finer labels than the product has: label to the product's kind."""

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the clip."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a clip. Colours and kinds of pattern are those of edge/vocabulary.py, or empty for unknown."""

    view: Literal["front", "side", "back"]
    """Side of the person that is mostly seen."""
    upper: str
    lower: str
    shoes: str
    upper_pattern: str
    lower_pattern: str
    unusual: bool
    still: bool = False
    """True if the person stands on one spot all along."""
    boxes: dict[int, Box]
    """Boxes around the whole body, by number of the labelled frame."""

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with the place in the file."""
        for colour in (self.upper, self.lower, self.shoes):
            if colour not in (UNKNOWN, *COLOURS):
                raise ValueError(f"expected a colour of {', '.join(COLOURS)} or nothing, found {colour!r}")
        for kind in (self.upper_pattern, self.lower_pattern):
            if kind not in (UNKNOWN, *PATTERNS, *LABELLED_AS):
                raise ValueError(f"expected a pattern of {', '.join(PATTERNS)} or nothing, found {kind!r}")

    def pattern(self, region: str) -> str:
        """Return the kind of pattern of `upper` or `lower` in the product's words; empty if unknown."""
        kind: str = getattr(self, f"{region}_pattern")
        return LABELLED_AS.get(kind, kind)


class People(NamedTuple):
    """The people of one labelled frame, in a fixed order."""

    names: list[str]
    boxes: list[Box]


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Truth of one clip at its labelled frames; other fields are allowed."""

    clip: Annotated[str, Meta(min_length=1)]
    """File name."""
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    size: tuple[int, int]
    """Width and height in pixels."""
    fps: Annotated[float, Meta(gt=0)]
    frames_labelled: Annotated[list[int], Meta(min_length=2)]
    """Frame numbers from 0, rising."""
    people: dict[str, Person]
    ignore: dict[int, list[Box]]
    """Regions, by frame, in which people could not be told apart by eye; detections there do not count."""

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with the place in the file."""
        labelled = set(self.frames_labelled)
        if sorted(labelled) != self.frames_labelled:
            raise ValueError("expected frames_labelled to rise, found them out of order or twice")
        for name, person in self.people.items():
            if strange := set(person.boxes) - labelled:
                raise ValueError(f"expected boxes at frames_labelled alone, found {name} at {min(strange)}")

    @property
    def scale(self) -> float:
        """Return pixels of the clip per pixel of the model's input."""
        return max(side / input_side for side, input_side in zip(self.size, INPUT, strict=True))

    @property
    def stride(self) -> int:
        """Return the median number of frames between labelled frames."""
        return int(np.median(np.diff(self.frames_labelled)))

    def height(self, box: Box) -> float:
        """Return a box's height in pixels of the model's input."""
        return (box[3] - box[1]) / self.scale

    def seconds(self, frames: int) -> float:
        """Return the duration in seconds of that many labelled frames."""
        return frames * self.stride / self.fps

    def at(self, number: int) -> People:
        names = sorted(name for name, person in self.people.items() if number in person.boxes)
        return People(names, [self.people[name].boxes[number] for name in names])

    def each(self) -> Iterator[tuple[int, People, list[Box]]]:
        """Yield number, people and ignored regions of every labelled frame."""
        for number in self.frames_labelled:
            yield number, self.at(number), self.ignore.get(number, [])


def read(path: Path, clips: Path) -> Truth:
    """Read the truth of a clip in the folder `clips`.

    Raises SourceError if the file is broken, the clip is missing, or it is not the clip that was labelled.
    """
    try:
        truth = msgspec.json.decode(path.read_bytes(), type=Truth)
    except (msgspec.DecodeError, OSError) as err:
        raise SourceError(f"{path}: expected the truth of a clip (tools/README.md, clips), found: {err}") from err
    clip = clips / truth.clip
    if clip.stem != path.stem:
        raise SourceError(f"{path}: expected to be named after its clip, found the clip {truth.clip}; rename one")
    if not clip.is_file():
        raise SourceError(f"{path}: expected its clip at {clip}, found no file there; put it there or say --clips DIR")
    with clip.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != truth.sha256:
        raise SourceError(
            f"{path}: expected {clip} with sha256 {truth.sha256}, found {found}: not the file that was labelled; "
            "get that one, or label this one"
        )
    return truth
