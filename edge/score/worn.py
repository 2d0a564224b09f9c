"""Choose the garments by which staff can find a person, and describe each in one short code; no score uses them.

Those that the reasons are about come first; if they are fewer than ENOUGH, others are added, the largest first.
"""

from collections.abc import Iterator, Sequence

from edge.limits import MOST_WORN
from edge.records import Appearance, Reason
from edge.score.garments import Garment, garments
from edge.vocabulary import COLOURS, KINDS_OF

ENOUGH = 2
"""Garments by which somebody can be found: one in ten passers-by may wear black trousers, few with a pink top."""
SECOND_COLOUR, RARE_COLOUR = 0.25, 0.1
"""Share of a patterned garment from which its second colour is named, and from which it is if it is a reason. A plain
garment needs SECOND_COLOUR and a reason, since light and folds change its shade."""
_NEAR = (
    {"black", "grey"},
    {"black", "navy"},
    {"black", "brown"},
    {"grey", "white"},
    {"navy", "blue"},
    {"beige", "white"},
    {"beige", "brown"},
    {"beige", "yellow"},
    {"brown", "orange"},
    {"brown", "red"},
    {"brown", "olive"},
    {"olive", "green"},
    {"red", "pink"},
    {"pink", "purple"},
)
"""Pairs of colours that light and shade make of one."""
TONE = {
    "grey": (38.0, 52.0, 999.0),
    "brown": (28.0, 48.0, 999.0),
    "red": (33.0, 999.0, 62.0),
    "orange": (0.0, 999.0, 68.0),
    "yellow": (0.0, 84.0, 65.0),
    "olive": (32.0, 999.0, 999.0),
    "green": (36.0, 68.0, 45.0),
    "teal": (36.0, 68.0, 36.0),
    "blue": (36.0, 66.0, 50.0),
    "purple": (33.0, 60.0, 45.0),
    "pink": (0.0, 76.0, 45.0),
}
"""By colour: mean L* below which it is dark and from which it is light, and mean chroma from which it is bright; set by
eye on photos. Colours without a row, such as black, have no tone worth a word."""
_PLACES = {"upper": "upper", "lower": "lower", "shoes": "shoes", "bag": "carried", "dress": "dress", "outer": "outer"}
"""Last part of a code of the silhouette, and where its garment is."""
_KINDS_AT = {**KINDS_OF, "dress": ("dress",), "outer": ("coat", "jacket")}


def describe(appearance: Appearance, reasons: Sequence[Reason]) -> tuple[str, ...]:
    """Return at most MOST_WORN codes (vocabulary.WORN); none without reasons."""
    found = garments(appearance)
    asked: dict[str, str] = {}
    for reason in reasons:
        for one, colour in _about(reason.words, found):
            is_main = colour == next(iter(one.colours), "")
            asked[one.kind] = asked.get(one.kind) or ("" if is_main else colour)
    over = [one for one in found.values() if one.kind in ("coat", "jacket") and asked.keys() & {"top", "dress"}]
    clothes = [one for one in found.values() if one.kind not in ("shoes", "bag")]
    for one in (*over, *sorted(clothes, key=lambda one: -one.area)) if reasons else ():
        if len(asked) < ENOUGH or one in over:
            asked.setdefault(one.kind, "")
    return tuple(_code(found[kind], colour) for kind, colour in asked.items())[:MOST_WORN]


def _about(code: str, found: dict[str, Garment]) -> Iterator[tuple[Garment, str]]:
    """Yield the garments that a reason is about, each with the colour that it names, or none."""
    facet, place, *rest = code.split(":")
    if facet == "colour":
        yield from _of_colour(place, rest[0], found)
    elif facet == "pattern":
        yield from ((one, "") for one in _at(place, found, pattern=rest[0])[:1])
    elif facet == "combination":
        for region, colour in zip(("upper", "lower"), place.split("-over-"), strict=True):
            yield from _of_colour(region, colour, found)
    elif place.startswith("one-colour"):
        yield from ((one, "") for region in ("upper", "lower") for one in _at(region, found)[:1])
    elif not place.endswith("legs"):
        yield from ((one, "") for one in _at(_PLACES.get(place.split("-")[-1], ""), found)[:1])


def _at(place: str, found: dict[str, Garment], pattern: str = "") -> list[Garment]:
    """Return the garments of a place, those of a pattern first, then those of any, then the largest."""
    here = [found[kind] for kind in _KINDS_AT.get(place, ()) if kind in found]
    here.sort(key=lambda one: -one.area)
    return sorted(here, key=lambda one: (one.pattern != pattern, not one.pattern)) if pattern else here


def _of_colour(region: str, colour: str, found: dict[str, Garment]) -> Iterator[tuple[Garment, str]]:
    """Yield the garment of a region that shows most of a colour."""
    best = max(_at(region, found), key=lambda one: one.colours.get(colour, 0.0) * one.area, default=None)
    if best is not None:
        yield best, colour


def _code(one: Garment, asked: str) -> str:
    """Return the code of one garment; `asked` is a colour to name even if it is only the second one."""
    named = ("-".join(filter(None, (_tone(one, colour), colour))) for colour in _colours(one, asked))
    return ":".join(filter(None, (one.kind, "+".join(named), one.pattern)))


def _colours(one: Garment, asked: str) -> list[str]:
    """Return the names of the one or two colours that describe a garment, the commonest first; [] in the dark."""
    main, *others = one.colours or [""]
    if asked in others:
        others = [asked]
    least = RARE_COLOUR if asked and one.pattern else SECOND_COLOUR
    second = [name for name in others if {main, name} not in _NEAR and one.colours[name] >= least]
    return [name for name in (main, *(second[:1] if asked or one.pattern else [])) if name]


def _tone(one: Garment, colour: str) -> str:
    """Return one of vocabulary.TONES, or nothing where it would not help."""
    share, light, chroma = one.shades[COLOURS.index(colour)].tolist()
    dark_below, light_from, bright_from = TONE.get(colour, (0.0, 999.0, 999.0))
    if chroma >= bright_from * share:
        return "bright"
    return "dark" if light < dark_below * share else "light" if light >= light_from * share else ""
