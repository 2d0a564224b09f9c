"""Truth files to known people: who is where in a real clip, and what they wear, labelled by eye."""

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
"""Width and height of the network input that heights are told in, whatever the size of the network that runs."""
UNKNOWN = ""
"""In place of a word: nobody could tell by eye."""
LABELLED_AS = {"floral": "busy"}
"""Kinds of pattern that are labelled more finely than they are said."""

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the clip."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a clip. Colours and kinds of pattern are words of edge/vocabulary.py, or empty for unknown."""

    view: Literal["front", "side", "back"]
    """Which side of the person is seen, mostly."""
    upper: str
    lower: str
    shoes: str
    upper_pattern: str
    lower_pattern: str
    unusual: bool
    still: bool = False
    """Stands on one spot all along."""
    boxes: dict[int, Box]
    """Around the whole body, by the labelled frame's number."""

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with the place in the file."""
        for colour in (self.upper, self.lower, self.shoes):
            if colour not in (UNKNOWN, *COLOURS):
                raise ValueError(f"expected a colour of {', '.join(COLOURS)} or nothing, found {colour!r}")
        for kind in (self.upper_pattern, self.lower_pattern):
            if kind not in (UNKNOWN, *PATTERNS, *LABELLED_AS):
                raise ValueError(f"expected a pattern of {', '.join(PATTERNS)} or nothing, found {kind!r}")

    def pattern(self, region: str) -> str:
        """The kind of pattern of `upper` or `lower`, as the product would say it; empty if unknown."""
        kind: str = getattr(self, f"{region}_pattern")
        return LABELLED_AS.get(kind, kind)


class People(NamedTuple):
    """The people of one labelled frame, in a fixed order."""

    names: list[str]
    boxes: list[Box]


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of one clip, at its labelled frames; fields not named here are allowed."""

    clip: Annotated[str, Meta(min_length=1)]
    """The file's name."""
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    size: tuple[int, int]
    """Width and height in pixels."""
    fps: Annotated[float, Meta(gt=0)]
    frames_labelled: Annotated[list[int], Meta(min_length=2)]
    """Frame numbers from 0, rising."""
    people: dict[str, Person]
    ignore: dict[int, list[Box]]
    """Regions, by frame, where nobody could be told apart by eye: what is found there counts for nothing."""

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
        """Pixels of the clip per pixel of the network's input."""
        return max(side / input_side for side, input_side in zip(self.size, INPUT, strict=True))

    @property
    def stride(self) -> int:
        """Frames from one labelled frame to the next, mostly."""
        return int(np.median(np.diff(self.frames_labelled)))

    def height(self, box: Box) -> float:
        """Of a person, in pixels of the network's input."""
        return (box[3] - box[1]) / self.scale

    def seconds(self, frames: int) -> float:
        """How long so many labelled frames last."""
        return frames * self.stride / self.fps

    def at(self, number: int) -> People:
        names = sorted(name for name, person in self.people.items() if number in person.boxes)
        return People(names, [self.people[name].boxes[number] for name in names])

    def each(self) -> Iterator[tuple[int, People, list[Box]]]:
        """Number, people and ignored regions of every labelled frame."""
        for number in self.frames_labelled:
            yield number, self.at(number), self.ignore.get(number, [])


def read(path: Path, clips: Path) -> Truth:
    """The truth of a clip in the folder `clips`.

    Raises SourceError where the file is broken, the clip is not there, or it is not the one that was labelled.
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
