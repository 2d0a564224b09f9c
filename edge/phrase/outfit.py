"""Say the reasons of a score as staff would: `checked top under a grey coat, orange shoes`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from edge.phrase.table import LANGUAGES, Table, table
from edge.vocabulary import KINDS, KINDS_OF, PATTERNED, PATTERNS, UNTELLING

MOST_PARTS = 3
"""Parts of a phrase: as many as people remember after hearing them once."""
ENOUGH = 2
"""Garments to name, if more are known than the reasons name: one alone fits too many people."""
OVER = ("coat", "jacket")
TOPS, LEGS = (*OVER, "top"), ("trousers", "skirt", "shorts")
ALL_IN = "all-in"
CUTS = {
    "small-upper": ("small", "upper"),
    "large-upper": ("big", "upper"),
    "short-upper": ("short", "upper"),
    "long-upper": ("long", "upper"),
    "large-outer": ("big", "coat"),
    "short-outer": ("short", "jacket"),
    "long-outer": ("long", "coat"),
    "narrow-lower": ("narrow", "lower"),
    "wide-lower": ("wide", "lower"),
    "short-lower": ("short", "lower"),
    "long-lower": ("long", "lower"),
    "dress": ("", "dress"),
    "small-shoes": ("small", "shoes"),
    "large-shoes": ("big", "shoes"),
    "large-bag": ("big", "carried"),
}
"""Codes of the silhouette: the cut, and the region or garment that has it."""


@dataclass
class Thing:
    """One garment, with what is said of it."""

    noun: str
    """One of KINDS, or a region where the garment is not known."""
    colours: list[str] = field(default_factory=list)
    pattern: str = ""
    cut: str = ""

    @property
    def bases(self) -> list[str]:
        """Its colours without light, dark and bright."""
        return [colour.rpartition("-")[2] for colour in self.colours]

    @property
    def is_plain(self) -> bool:
        """Whether one colour is all that is said of it."""
        return len(self.colours) == 1 and not self.pattern and not self.cut


@dataclass
class _Sentence:
    """The parts of a phrase, the most telling first."""

    known: dict[str, Thing]
    """The garments that are known, by kind."""
    parts: list[Thing | str] = field(default_factory=list)
    """Garments; a string is a message of the table, with the names of its colours: `all-in:red`, `over:red:green`."""

    @property
    def colours_of_all(self) -> list[str]:
        """Return the colours that the parts say of the whole outfit."""
        parts = [part.split(":") for part in self.parts if isinstance(part, str)]
        return [colour for message, *colours in parts if message == ALL_IN for colour in colours]

    def add(self, part: Thing | str) -> None:
        if part not in self.parts:
            self.parts.append(part)

    def of(self, place: str, colour: str = "", pattern: str = "") -> Thing | None:
        """Return the known garment of a region or kind, if possible of that colour or pattern; None without any."""
        kinds = OVER if place in OVER else (place,) if place in KINDS else KINDS_OF.get(place, ())
        here = [thing for kind, thing in self.known.items() if kind in kinds]
        wanted = [thing for thing in here if colour in thing.bases or (pattern and thing.pattern == pattern)]
        return next(iter(wanted or here), None)

    def names(self, place: str) -> bool:
        """Whether a garment of a region is said already."""
        nouns = {place, *KINDS_OF[place]}
        return any(isinstance(part, Thing) and part.noun in nouns for part in self.parts)


def phrase(reasons: Iterable[str], worn: Iterable[str] = (), language: str = LANGUAGES[0]) -> str:
    """Return at most MOST_PARTS phrases joined by commas, in one of LANGUAGES, without repetition.

    `reasons` are codes (vocabulary.REASON), the most telling first; `worn` describes garments (vocabulary.WORN).

    >>> phrase(["pattern:upper:checked", "colour:shoes:orange"], ["top:white+red:checked", "shoes:orange", "coat:grey"])
    'white and red checked top under a grey coat, orange shoes'
    >>> phrase(["colour:lower:pink"], ["trousers:bright-pink", "top:white"])
    'bright pink trousers, white top'
    >>> phrase(["combination:red-over-green", "garment:no-bag"])
    'red over green'
    """
    sentence = _Sentence({thing.noun: thing for thing in map(read, worn)})
    for code in reasons:
        if code not in UNTELLING:
            _say(code, sentence)
    _join_colours(sentence)
    named = [part.noun for part in sentence.parts if isinstance(part, Thing)]
    missing = [thing for thing in sentence.known.values() if thing.noun not in named]
    for thing in [] if sentence.colours_of_all else missing[: max(ENOUGH - len(named), 0)]:
        sentence.add(thing)
    return _written(sentence, table(language)) or table(language).word("outfit")


def _join_colours(sentence: _Sentence) -> None:
    """Say top and legs of one colour as one, `all in yellow`, and neither of them again."""
    plain = [part for part in sentence.parts if isinstance(part, Thing) and part.is_plain]
    upper, lower = (next((part for part in plain if part.noun in kinds), None) for kinds in (TOPS, LEGS))
    if upper and lower and upper.bases == lower.bases:
        others = [thing for kind, thing in sentence.known.items() if kind in TOPS and thing.bases != upper.bases]
        if not others:
            first = min(sentence.parts.index(upper), sentence.parts.index(lower))
            sentence.parts.insert(first, f"{ALL_IN}:{upper.bases[0]}")
    said = sentence.colours_of_all
    sentence.parts = [
        part
        for part in sentence.parts
        if isinstance(part, str) or not (part.is_plain and part.noun in TOPS + LEGS and part.bases[0] in said)
    ]


def words(code: str, language: str = LANGUAGES[0]) -> str:
    """Return one code in words, also of those that a phrase leaves out.

    >>> words("colour:lower:green"), words("garment:no-bag"), words("pattern:upper:busy")
    ('green trousers or skirt', 'no bag', 'printed top or coat')
    """
    sentence = _Sentence({})
    _say(code, sentence)
    return _written(sentence, table(language))


def read(code: str) -> Thing:
    """Return the garment that a code describes."""
    kind, *more = code.split(":")
    pattern = more.pop() if more and more[-1] in (*PATTERNS, PATTERNED) else ""
    return Thing(kind, more[0].split("+") if more else [], pattern)


def _say(code: str, sentence: _Sentence) -> None:
    """Add what a reason says; nothing if it is said already."""
    facet, place, *rest = code.split(":")
    if facet == "colour":
        _say_colour(place, rest[0], sentence)
    elif facet == "pattern":
        thing = sentence.of(place, pattern=rest[0]) or Thing(place)
        thing.pattern = thing.pattern or rest[0]
        sentence.add(thing)
    elif facet == "combination":
        upper, lower = place.split("-over-")
        _say_combination(upper, lower, sentence)
    else:
        _say_garment(place, sentence)


def _say_colour(place: str, colour: str, sentence: _Sentence) -> None:
    if place == "whole":
        sentence.add(f"{ALL_IN}:{colour}")
    else:
        sentence.add(sentence.of(place, colour) or Thing(place, [colour]))


def _say_combination(upper: str, lower: str, sentence: _Sentence) -> None:
    """Add two colours, as garments if both are known; nothing if one of the garments is said with a stronger reason."""
    things = sentence.of("upper", upper), sentence.of("lower", lower)
    if not sentence.names("upper") and not sentence.names("lower"):
        for part in [f"over:{upper}:{lower}"] if None in things else things:
            assert part is not None
            sentence.add(part)


def _say_garment(word: str, sentence: _Sentence) -> None:
    if word in CUTS:
        cut, place = CUTS[word]
        thing = sentence.of(place) or Thing(place)
        if sentence.known and thing.noun not in sentence.known:
            return  # no such garment is worth naming, so its cut is not either
        if not (thing.noun == "shorts" and cut == "short"):
            thing.cut = thing.cut or cut
        sentence.add(thing)
        return
    upper, lower = sentence.of("upper"), sentence.of("lower")
    if word.startswith("one-colour") and upper and lower and set(upper.bases[:1]) & set(lower.bases):
        sentence.add(f"{ALL_IN}:{upper.bases[0]}")
    elif word == "bare-shins" and lower is not None and lower.noun != "trousers":
        sentence.add(lower)
    else:
        sentence.add(word)


def _written(sentence: _Sentence, words_of: Table) -> str:
    """Return the parts in words; a top and the coat over it are one part."""
    over = sentence.of("coat")
    parts = [part for part in sentence.parts if part is not over or not _is_covered(sentence)]
    said = [_part(part, over if _is_under(part) else None, words_of) for part in parts]
    return ", ".join(list(dict.fromkeys(said))[:MOST_PARTS])


def _is_under(part: Thing | str) -> bool:
    return isinstance(part, Thing) and part.noun in ("top", "dress")


def _is_covered(sentence: _Sentence) -> bool:
    """Return True if a coat is said together with what is under it."""
    return any(map(_is_under, sentence.parts))


def _part(part: Thing | str, over: Thing | None, words_of: Table) -> str:
    if isinstance(part, str):
        message, *colours = part.split(":")
        names = dict(zip(("upper", "lower") if message == "over" else ("colour",), colours, strict=False))
        return words_of.word(message, **{key: words_of.colour(colour) for key, colour in names.items()})
    thing = _garment(part, words_of)
    if over is None:
        return thing
    outer = _garment(over, words_of, "under")
    form = words_of.word(over.noun, "form")
    return words_of.word("under", thing=thing, outer=outer, form=form, initial=outer[:1])


def _garment(thing: Thing, words_of: Table, case: str = "") -> str:
    """Return a garment with its cut, colours and pattern in the form its noun needs, in `case` if the table has it."""
    form = words_of.word(thing.noun, f"form-{case}" if case else "form") or words_of.word(thing.noun, "form")
    return words_of.word(
        "garment",
        noun=words_of.word(thing.noun),
        colour=_colour(thing.colours, form, words_of),
        pattern=words_of.word(thing.pattern, form=form) if thing.pattern else "",
        after=words_of.word(thing.pattern, "after", form=form) if thing.pattern else "",
        cut=words_of.word(thing.cut, form=form) if thing.cut else "",
        cutkey=thing.cut,
    )


def _colour(colours: Sequence[str], form: str, words_of: Table) -> str:
    """Return the colours of a garment, none, one or two, in the form its noun needs."""
    agreeing = [words_of.colour(colour, form) for colour in colours]
    if len(agreeing) < 2:
        return "".join(agreeing)
    first, second = agreeing
    return words_of.word("two-colours", first=first, second=second, stem=words_of.colour(colours[0], "stem"))
