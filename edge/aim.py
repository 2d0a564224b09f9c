"""How well a camera is aimed, by how it saw the people who passed: figures without a picture, and what to do.

A report covers a closed stretch of at least three minutes with at least five people; its counts go in steps of five, so
that it tells nothing of a single person.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

from msgspec import Meta, Struct

from edge.limits import FLOOR, MOST_IN_WINDOW

LONGEST_MIN = 60
"""Longest stretch of a report, in minutes."""
MANY = 0.3
"""Share of the people from which a fault is worth a change of the camera."""
MOST = 0.5
"""Share of the people from which nearly all count as too far or too near."""
SIDED = 2.0
"""A camera should be turned if one side cuts this many times as many people as the other."""

Fives = Annotated[int, Meta(ge=0, le=MOST_IN_WINDOW, multiple_of=FLOOR)]
"""A count of people, rounded down to a multiple of FLOOR."""


class Aim(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The people of one stretch of minutes, as one camera saw them."""

    minutes: Annotated[int, Meta(ge=1, le=LONGEST_MIN)]
    people: Annotated[int, Meta(ge=FLOOR, le=MOST_IN_WINDOW, multiple_of=FLOOR)]
    far: Fives = 0
    """Never tall enough in the model's input to be found for sure."""
    good: Fives = 0
    near: Fives = 0
    """Mostly so tall that little else fits into the picture."""
    left: Fives = 0
    """Mostly cut by the left edge of the picture; so for the next three."""
    right: Fives = 0
    top: Fives = 0
    bottom: Fives = 0
    unclear: Fives = 0
    """Followed, but never seen well enough to be described."""
    blurred: Fives = 0
    """Number of the unclear people who were blurred in their best view; `dark` and `hidden` count the other reasons."""
    dark: Fives = 0
    hidden: Fives = 0

    def __post_init__(self) -> None:
        if self.far + self.good + self.near > self.people:
            msg = f"far, good and near must not be more than the {self.people} people together"
            raise ValueError(msg)
        if max(self.left, self.right, self.top, self.bottom, self.unclear) > self.people:
            msg = f"no count may be above the {self.people} people"
            raise ValueError(msg)
        if max(self.blurred, self.dark, self.hidden) > self.unclear:
            msg = f"no reason may be above the {self.unclear} unclear people"
            raise ValueError(msg)


def in_fives(count: int) -> int:
    """Round a count of people down to a multiple of FLOOR.

    >>> in_fives(4), in_fives(14)
    (0, 10)
    """
    return count // FLOOR * FLOOR


Say = Callable[[str, tuple[int, ...]], str]
"""Says a code of SENTENCES with its values, in some language."""
SENTENCES = {
    "aim-people": "{0} people in {1} min ({2} a minute)",
    "aim-far": "{0} too far",
    "aim-good": "{0} good",
    "aim-near": "{0} too near",
    "aim-left": "{0} cut on the left",
    "aim-right": "{0} cut on the right",
    "aim-top": "{0} cut at the top",
    "aim-bottom": "{0} cut at the bottom",
    "aim-unclear": "{0} unclear",
    "aim-blurred": "{0} blurred",
    "aim-dark": "{0} dark",
    "aim-hidden": "{0} hidden",
    "aim-back": "People are too near ({0} of {1} people): move the camera away, or use a wider lens.",
    "aim-down": "Tilt the camera down: {0} of {1} people are cut at the bottom.",
    "aim-up": "Tilt the camera up: {0} of {1} people are cut at the top.",
    "aim-turn-left": "Turn the camera to the left: {0} of {1} people are cut on the left.",
    "aim-turn-right": "Turn the camera to the right: {0} of {1} people are cut on the right.",
    "aim-nearer": "People are too far ({0} of {1} people): move the camera nearer, use a longer lens, or a finer "
    "size of the model (models/README.md).",
    "aim-light": "It is too dark ({0} of {1} people): add light, or aim at a lit spot.",
    "aim-sharpen": "People are blurred ({0} of {1} people): wipe the lens, check frame.focus_m and frame.shutter_s, or "
    "add light.",
    "aim-higher": "People hide each other ({0} of {1} people): mount the camera higher, or look across the street.",
}
"""English by code: the counts of a report, then what to do. Other languages are in phrase/health."""


def english(code: str, values: tuple[int, ...]) -> str:
    return SENTENCES[code].format(*values)


def figures(aim: Aim, say: Say = english) -> str:
    """Return the counts in one line.

    >>> figures(Aim(minutes=3, people=45, far=15, good=25, bottom=20, unclear=10, dark=5))
    '45 people in 3 min (15 a minute): 15 too far, 25 good; 20 cut at the bottom; 10 unclear (5 dark)'
    """
    seen, cut, why = (_counted(aim, names, say) for names in (SIZES, EDGES, REASONS))
    unclear = _counted(aim, ("unclear",), say) + (f" ({why})" if why else "")
    parts = "; ".join(filter(None, (seen, cut, unclear)))
    said = say("aim-people", (aim.people, aim.minutes, round(aim.people / aim.minutes)))
    return f"{said}: {parts}" if parts else said


SIZES, EDGES, REASONS = ("far", "good", "near"), ("left", "right", "top", "bottom"), ("blurred", "dark", "hidden")


def advice(aim: Aim, say: Say = english) -> list[str]:
    """Return what to change about the camera, the most useful first; empty if it is well aimed.

    >>> advice(Aim(minutes=3, people=20, good=20, bottom=10))
    ['Tilt the camera down: 10 of 20 people are cut at the bottom.']
    """
    return [say(code, (count, aim.people)) for code, count in (*_direction(aim), *_clarity(aim))]


def _direction(aim: Aim) -> Iterator[tuple[str, int]]:
    """Yield the code of each advice on where the camera should look, and of how many people it is true."""
    many, most = MANY * aim.people, MOST * aim.people
    if aim.near >= most or min(aim.top, aim.bottom) >= many:
        yield "aim-back", max(aim.near, aim.top)
    elif aim.bottom >= many:
        yield "aim-down", aim.bottom
    elif aim.top >= many:
        yield "aim-up", aim.top
    if aim.left >= many and aim.left >= SIDED * aim.right:
        yield "aim-turn-left", aim.left
    if aim.right >= many and aim.right >= SIDED * aim.left:
        yield "aim-turn-right", aim.right
    if aim.far >= most:
        yield "aim-nearer", aim.far


def _clarity(aim: Aim) -> Iterator[tuple[str, int]]:
    """Yield the same about people who could not be described."""
    for code, count in (("aim-light", aim.dark), ("aim-sharpen", aim.blurred), ("aim-higher", aim.hidden)):
        if count >= MANY * aim.people:
            yield code, count


def _counted(aim: Aim, names: Iterable[str], say: Say) -> str:
    counts = ((name, getattr(aim, name)) for name in names)
    return ", ".join(say(f"aim-{name}", (count,)) for name, count in counts if count)
