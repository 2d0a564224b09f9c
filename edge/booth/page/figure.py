"""Draw a figure from the words of an alert alone: garments in the colours they are called, hatched by pattern; pure.

Nothing here comes from a picture. What no word names is an outline.
"""

import colorsys
from collections.abc import Iterator
from dataclasses import dataclass, field

from edge import wire
from edge.phrase.outfit import Thing, read
from edge.vocabulary import KINDS_OF

PAINTS = {
    "black": (28, 28, 31),
    "grey": (138, 141, 145),
    "white": (255, 255, 255),
    "brown": (110, 68, 38),
    "beige": (222, 201, 168),
    "red": (206, 31, 45),
    "orange": (242, 126, 26),
    "yellow": (247, 209, 30),
    "olive": (112, 122, 42),
    "green": (46, 139, 61),
    "teal": (24, 142, 142),
    "blue": (37, 99, 201),
    "navy": (27, 42, 92),
    "purple": (124, 58, 170),
    "pink": (242, 143, 184),
}
"""A typical sRGB colour for each name, chosen by eye; a screen cannot show what a camera saw."""
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
LIGHT, DARK = 0.5, 0.5
"""Shares of white and black that `light` and `dark` mix in."""
DIM = 140.0
"""Luma (0 to 255) below which a hatch of white is seen better than one of black."""
HATCHED = ("striped", "checked", "dotted", "busy", "patterned")

BODY = (
    "M60 9A15 16 0 1 1 59.9 9Z",  # head
    "M54 38H66V52H54Z",
    "M34 54L20 110L15 122L25 126L31 114L41 76ZM86 54L100 110L105 122L95 126L89 114L79 76Z",
    "M42 118H58L55 224H43ZM62 118H78L77 224H65Z",
)
SLEEVES = "M34 53L18 110L31 115L41 78ZM86 53L102 110L89 115L79 78Z"
SHORT_SLEEVES = "M34 53L26 82L38 87L42 70ZM86 53L94 82L82 87L78 70Z"
TORSO = "M46 46Q60 58 74 46L86 53L82 122H38L34 53Z"
OPEN_JACKET = "M46 46L51 54L50 128H36L34 53ZM74 46L69 54L70 128H84L86 53Z"
JACKET = "M46 46L60 72L74 46L86 53L84 128H36L34 53Z"
OPEN_COAT = "M46 46L51 54L50 178H30L36 112L34 53ZM74 46L69 54L70 178H90L84 112L86 53Z"
COAT = "M46 46L60 72L74 46L86 53L84 112L90 178H30L36 112L34 53Z"
LEGS = "M38 118H82L80 220H65L60 140L55 220H40Z"
DRESS = "M46 46Q60 58 74 46L86 53L78 100L96 176H24L42 100L34 53Z"
PARTS = {
    "shoes": "M40 216H56V230H31Q31 221 40 216ZM64 216H80Q89 221 89 230H64Z",
    "trousers": LEGS,
    "lower": LEGS,
    "skirt": "M40 116H80L92 174H28Z",
    "shorts": "M38 118H82L84 160H63L60 142L57 160H36Z",
    "top": f"{TORSO}{SLEEVES}",
    "upper": f"{TORSO}{SLEEVES}",
    "dress": f"{DRESS}{SHORT_SLEEVES}",
    "jacket": f"{JACKET}{SLEEVES}",
    "coat": f"{COAT}{SLEEVES}",
    "bag": "M88 122Q98 96 108 122M84 122H112V150H84Z",
    "carried": "M88 122Q98 96 108 122M84 122H112V150H84Z",
}
"""SVG paths by garment, or by region where the garment is not known, in the order in which they are drawn."""
OPENED = {"jacket": f"{OPEN_JACKET}{SLEEVES}", "coat": f"{OPEN_COAT}{SLEEVES}"}
"""Outlines of open jackets and coats, which show the clothes under them."""
BARE = {"top": TORSO, "upper": TORSO, "dress": DRESS}
"""What is under a coat, without its sleeves."""
MOTIF = "M60 74L64 84L75 84L66 91L69 102L60 95L51 102L54 91L45 84L56 84Z"
"""A picture on the chest."""
MOTIF_AT = {"trousers": 62, "lower": 62, "skirt": 58, "shorts": 54, "bag": 52, "carried": 52, "shoes": 140}
"""Units by which the motif is lower on other garments."""


@dataclass(frozen=True)
class Paint:
    """One filling: two colours, and how they are laid."""

    id: str
    kind: str
    """One of HATCHED, or `halves` for two colours without a pattern."""
    first: str
    second: str


@dataclass(frozen=True)
class Shape:
    """One garment, part of the body, or outline of what is not known."""

    kind: str
    """`body`, `garment`, `unknown` or `motif`."""
    path: str
    fill: str = ""
    """Colour as #rrggbb, or url(#id) of a paint; empty for body and unknown."""
    is_reason: bool = False
    """Whether it is what is unusual."""
    down: int = 0
    """Units by which it is moved down."""


@dataclass(frozen=True)
class Figure:
    """What the page draws, from the back to the front."""

    shapes: list[Shape] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)


def rgb(shade: str) -> tuple[int, int, int]:
    """Return the sRGB colour of a name with or without a tone.

    >>> rgb("white"), rgb("dark-red"), rgb("light-blue"), rgb("bright-pink")
    ((255, 255, 255), (103, 16, 22), (146, 177, 228), (255, 26, 121))
    """
    tone, _, name = shade.rpartition("-")
    base = PAINTS[name]
    if tone == "bright":
        hue, saturation, value = colorsys.rgb_to_hsv(*(part / 255 for part in base))
        vivid = colorsys.hsv_to_rgb(hue, min(saturation + 0.49, 1.0) if saturation > 0.1 else 0.0, min(value + 0.1, 1))
        return _whole(*(255 * part for part in vivid))
    other, share = {"light": (WHITE, LIGHT), "dark": (BLACK, DARK)}.get(tone, (base, 0.0))
    return _whole(*(part + share * (to - part) for part, to in zip(base, other, strict=True)))


def _whole(red: float, green: float, blue: float) -> tuple[int, int, int]:
    return round(red), round(green), round(blue)


def draw(alert: wire.Alert) -> Figure:
    """Return the figure of an alert; ids of its paints begin with the alert's id."""
    things, reasons = _things(alert)
    figure = Figure([Shape("body", path) for path in BODY])
    figure.shapes.extend(_outlines(things))
    covered = {"top", "dress", "upper"} & things.keys()
    for kind, path in PARTS.items():
        if kind in things:
            drawn = OPENED.get(kind, path) if covered else path
            drawn = BARE.get(kind, drawn) if things.keys() & OPENED.keys() else drawn
            _dress(figure, alert.id, things[kind], drawn, is_reason=kind in reasons)
    return figure


def _things(alert: wire.Alert) -> tuple[dict[str, Thing], set[str]]:
    """Return what is known to be worn, by garment or region, and which of it the reasons are about."""
    things = {thing.noun: thing for thing in map(read, alert.worn)}
    about: set[str] = set()
    for reason in alert.reasons:
        for region, colour, pattern in _claims(reason.words):
            here = [thing for kind, thing in things.items() if kind in (region, *KINDS_OF.get(region, ()))]
            fits = [one for one in here if colour in one.bases or (pattern and one.pattern == pattern)]
            thing = next(iter(fits or here), None)
            if thing is None and region != "":
                thing = things.setdefault(region, Thing(region))
            if thing is not None:
                thing.colours = thing.colours or ([colour] if colour else [])
                thing.pattern = thing.pattern or ("" if pattern == "plain" else pattern)
                about.add(thing.noun)
    return things, about


def _claims(words: str) -> Iterator[tuple[str, str, str]]:
    """Yield (region or garment, colour, pattern) of a reason; nothing for what a figure cannot show."""
    facet, place, *rest = words.split(":")
    if facet == "colour":
        yield from ((region, rest[0], "") for region in (("upper", "lower") if place == "whole" else (place,)))
    elif facet == "pattern":
        yield from ((region, "", rest[0]) for region in (("upper", "lower") if place == "whole" else (place,)))
    elif facet == "combination":
        upper, lower = place.split("-over-")
        yield from (("upper", upper, ""), ("lower", lower, ""))
    elif place in SHOWN:
        yield from ((region, "", "") for region in SHOWN[place])


SHOWN = {
    "dress": ("dress",),
    "large-outer": ("coat",),
    "long-outer": ("coat",),
    "large-bag": ("carried",),
    "large-shoes": ("shoes",),
    "bare-legs": ("lower",),
    "bare-shins": ("lower",),
    "wide-lower": ("lower",),
    "short-lower": ("lower",),
    "long-lower": ("lower",),
    "large-upper": ("upper",),
    "long-upper": ("upper",),
    "short-upper": ("upper",),
    "one-colour-covered": ("upper", "lower"),
    "one-colour-bare": ("upper", "lower"),
}
"""What a reason about silhouettes is about."""


def _outlines(things: dict[str, Thing]) -> Iterator[Shape]:
    """Yield outlines of the parts of an outfit that no word names."""
    for region, kinds in KINDS_OF.items():
        if region != "carried" and not things.keys() & {region, *kinds}:
            yield Shape("unknown", PARTS[region])


def _dress(figure: Figure, name: str, thing: Thing, path: str, *, is_reason: bool) -> None:
    colours = thing.colours
    if not colours and thing.pattern not in HATCHED:
        figure.shapes.append(Shape("unknown", path, is_reason=is_reason))
        return
    first = rgb(colours[0]) if colours else PAINTS["grey"]
    second = rgb(colours[1]) if len(colours) > 1 else _contrast(first)
    fill = hexadecimal(first)
    if thing.pattern in HATCHED or len(colours) > 1:
        kind = thing.pattern if thing.pattern in HATCHED else "halves"
        figure.paints.append(Paint(f"paint-{name}-{thing.noun}", kind, fill, hexadecimal(second)))
        fill = f"url(#paint-{name}-{thing.noun})"
    figure.shapes.append(Shape("garment", path, fill, is_reason))
    if thing.pattern == "graphic":
        down = MOTIF_AT.get(thing.noun, 0)
        figure.shapes.append(Shape("motif", MOTIF, hexadecimal(_contrast(first)), is_reason=False, down=down))


def _contrast(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return white for dark colours and black for light ones (luma of ITU-R BT.601)."""
    red, green, blue = colour
    return WHITE if 0.299 * red + 0.587 * green + 0.114 * blue < DIM else (40, 40, 44)


def hexadecimal(colour: tuple[int, int, int]) -> str:
    """Return #rrggbb.

    >>> hexadecimal((255, 0, 16))
    '#ff0010'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)
