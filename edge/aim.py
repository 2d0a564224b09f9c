"""How well a camera is aimed, by how it saw the people who passed: figures without a picture, and what to do.

A report covers a closed stretch of at least three minutes with at least five people; its counts go in steps of five, so
that it tells nothing of a single person.
"""

from collections.abc import Iterator
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


def figures(aim: Aim) -> str:
    """Return the counts in one line.

    >>> figures(Aim(minutes=3, people=45, far=15, good=25, bottom=20, unclear=10, dark=5))
    '45 people in 3 min (15 a minute): 15 too far, 25 good; 20 cut at the bottom; 10 unclear (5 dark)'
    """
    seen = _counted((aim.far, "too far"), (aim.good, "good"), (aim.near, "too near"))
    cut = _counted(*((getattr(aim, edge), f"cut {where}") for edge, where in EDGES.items()))
    why = _counted((aim.blurred, "blurred"), (aim.dark, "dark"), (aim.hidden, "hidden"))
    unclear = f"{aim.unclear} unclear" + (f" ({why})" if why else "") if aim.unclear else ""
    parts = "; ".join(filter(None, (seen, cut, unclear)))
    said = f"{aim.people} people in {aim.minutes} min ({aim.people / aim.minutes:.0f} a minute)"
    return f"{said}: {parts}" if parts else said


EDGES = {"left": "on the left", "right": "on the right", "top": "at the top", "bottom": "at the bottom"}


def advice(aim: Aim) -> list[str]:
    """Return what to change about the camera, the most useful first; empty if it is well aimed.

    >>> advice(Aim(minutes=3, people=20, good=20, bottom=10))
    ['Tilt the camera down: 10 of 20 people are cut at the bottom.']
    """
    return list(_advice(aim))


def _advice(aim: Aim) -> Iterator[str]:
    many, most = MANY * aim.people, MOST * aim.people
    is_too_near = aim.near >= most or min(aim.top, aim.bottom) >= many
    if is_too_near:
        yield f"People are too near ({_of(max(aim.near, aim.top), aim)}): move the camera away, or use a wider lens."
    elif aim.bottom >= many:
        yield f"Tilt the camera down: {_of(aim.bottom, aim)} are cut at the bottom."
    elif aim.top >= many:
        yield f"Tilt the camera up: {_of(aim.top, aim)} are cut at the top."
    if aim.left >= many and aim.left >= SIDED * aim.right:
        yield f"Turn the camera to the left: {_of(aim.left, aim)} are cut on the left."
    if aim.right >= many and aim.right >= SIDED * aim.left:
        yield f"Turn the camera to the right: {_of(aim.right, aim)} are cut on the right."
    if aim.far >= most:
        yield (
            f"People are too far ({_of(aim.far, aim)}): move the camera nearer, use a longer lens, or a finer size of "
            "the model (models/README.md)."
        )
    yield from _clarity(aim, many)


def _clarity(aim: Aim, many: float) -> Iterator[str]:
    """Advice about people who could not be described."""
    if aim.dark >= many:
        yield f"It is too dark ({_of(aim.dark, aim)}): add light, or aim at a lit spot."
    if aim.blurred >= many:
        yield (
            f"People are blurred ({_of(aim.blurred, aim)}): wipe the lens, check frame.focus_m and frame.shutter_s, or "
            "add light."
        )
    if aim.hidden >= many:
        yield f"People hide each other ({_of(aim.hidden, aim)}): mount the camera higher, or look across the street."


def _of(count: int, aim: Aim) -> str:
    return f"{count} of {aim.people} people"


def _counted(*parts: tuple[int, str]) -> str:
    return ", ".join(f"{count} {what}" for count, what in parts if count)
