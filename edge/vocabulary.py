"""All words that may describe an outfit, in messages and on the page: short, enumerated, impersonal.

Their order is part of the recipe (edge/recipe.py): a new word goes at the end and makes a new recipe.
"""

import re
from typing import Literal

REGIONS = ("upper", "lower", "shoes", "carried", "whole")
"""Parts of an outfit: tops, coats and dresses down to the hips; trousers, skirts and dresses below the hips; shoes;
bags; everything but the bags."""

COLOURS = (
    "black",
    "grey",
    "white",
    "brown",
    "beige",
    "red",
    "orange",
    "yellow",
    "olive",
    "green",
    "teal",
    "blue",
    "navy",
    "purple",
    "pink",
)

PATTERNS = ("plain", "striped", "checked", "dotted", "busy", "graphic")

PATTERNED = "patterned"
"""Word for a pattern whose kind is not clear; counts and shares are of PATTERNS alone."""

GARMENTS = (
    "covered-legs",
    "bare-shins",
    "bare-legs",
    "one-colour-covered",
    "one-colour-bare",
    "long-upper",
)
"""Arrangements of garments, without naming the garments."""

SILHOUETTES = (
    ("small-upper", "large-upper"),
    ("no-outer", "large-outer"),
    ("narrow-lower", "wide-lower"),
    ("no-dress", "dress"),
    ("small-shoes", "large-shoes"),
    ("no-bag", "large-bag"),
    ("covered-legs", "bare-legs"),
    ("short-upper", "long-upper"),
    ("short-lower", "long-lower"),
    ("short-outer", "long-outer"),
)
"""Measures of a silhouette, each with the words for a low and a high value: areas first, then hems."""

KINDS = ("coat", "jacket", "top", "dress", "trousers", "skirt", "shorts", "shoes", "bag")
"""Garments by which staff recognise somebody; no count uses them."""

KINDS_OF = {
    "upper": ("coat", "jacket", "top", "dress"),
    "lower": ("trousers", "skirt", "shorts", "dress"),
    "shoes": ("shoes",),
    "carried": ("bag",),
}
"""Garments that a region can show."""

TONES = ("light", "dark", "bright")
"""What may stand before a colour in the description of a garment, as in `dark-green`."""

CONTEXTS = ("any", "morning", "midday", "evening", "night", "rain", "cold", "hot")
"""Conditions under which sightings can be compared: part of the day, or the weather as set by staff."""

FACETS = ("colour", "pattern", "garment", "combination")
"""Kinds of reasons."""

CameraKind = Literal["pi", "usb", "net", "file"]
"""How a camera is connected: by ribbon cable, by USB, by the network; or it is a recording or a simulation."""

ViewFault = Literal["covered", "dark", "frozen", "moved"]
"""What can be wrong with a camera's view."""

HeldBack = Literal["still", "blank", "unclear", "stitched"]
"""Why a track gives no sighting.

`still`: it never moved. `blank`: it never moved, and the garment map shows nobody there. `unclear`: no good view.
`stitched`: no good view, as the skeleton's torso was not of one body.
"""

_colour = "|".join(COLOURS)
_region = "|".join(REGIONS)
_pattern = "|".join((*PATTERNS, PATTERNED))
_garment = "|".join(dict.fromkeys((*GARMENTS, *(word for pair in SILHOUETTES for word in pair))))
REASON = re.compile(
    rf"^(colour:({_region}):({_colour})"
    rf"|pattern:({_region}):({_pattern})"
    rf"|garment:({_garment})"
    rf"|combination:({_colour})-over-({_colour}))\Z"
)
"""Pattern of a reason such as `colour:upper:orange`, `pattern:lower:checked`, `combination:orange-over-black`."""

_shade = rf"(({'|'.join(TONES)})-)?({_colour})"
WORN = re.compile(
    rf"^({'|'.join(KINDS)})(:{_shade}(\+{_shade})?)?(:({'|'.join((*PATTERNS[1:], PATTERNED))}))?\Z",
)
"""Pattern of the description of one garment, such as `top:white`, `coat:dark-green:checked`, `dress:red+white:striped`:
its kind, one or two colours, and its pattern unless it is plain; what is unknown is left out."""

UNTELLING = frozenset(
    f"garment:{word}"
    for word in ("covered-legs", "small-upper", "no-outer", "narrow-lower", "no-dress", "small-shoes", "no-bag")
)
"""Reasons by which nobody can be found in a crowd: what is missing, or small. They are not said and cause no alert."""


def day_part(hour: int) -> str:
    """Return the context of an hour of the day (0 to 23).

    >>> [day_part(hour) for hour in (4, 5, 11, 17, 22)]
    ['night', 'morning', 'midday', 'evening', 'night']
    """
    ends = ((5, "night"), (11, "morning"), (17, "midday"), (22, "evening"))
    return next((word for end, word in ends if hour < end), "night")
