"""Say what is wrong with a node or the booth, and what to do, in each language, from a code and its values."""

from collections.abc import Sequence

from edge.phrase.table import LANGUAGES, table

PART = "health"
_UNITS = ((120, 1, "seconds"), (7200, 60, "minutes"), (48 * 3600, 3600, "hours"), (float("inf"), 86400, "days"))


def age(seconds: float, language: str = LANGUAGES[0]) -> str:
    """Return a duration as people say it.

    >>> [age(seconds) for seconds in (45, 300, 8000, 864000)]
    ['45 s', '5 min', '2 h', '10 days']
    """
    unit_s, unit = next((unit_s, unit) for most, unit_s, unit in _UNITS if seconds < most)
    return table(language, PART).word(unit, n=round(seconds / unit_s))


def split(code: str) -> tuple[str, str]:
    """Return the message of a code, and the part that changes within a family of codes.

    >>> split("colour-more-unusual"), split("baseline-older"), split("dark")
    (('clothes-changed', 'colour-more'), ('baseline-refused', 'older'), ('dark', ''))
    """
    if code.endswith("-unusual"):
        return "clothes-changed", code.removesuffix("-unusual")
    if code.startswith("baseline-"):
        return "baseline-refused", code.removeprefix("baseline-")
    return code, ""


def sentence(code: str, values: Sequence[str | int], language: str, english: str) -> str:
    """Return the sentence about a code; `english` where this language has none yet.

    >>> sentence("frames-dropped", (30, 100), "de", "30 of 100 frames were dropped: ...")
    '30 von 100 Bildern fielen aus: Die Platine ist zu langsam, oder die Kamera ist defekt.'
    """
    words = table(language, PART)
    key, part = split(code)
    if language == LANGUAGES[0] or key not in words:
        return english
    given: dict[str, str | int] = dict(zip("abc", values, strict=False))
    first = values[0] if values else ""
    return words.word(key, part=part, age=age(first, language) if isinstance(first, int) else "", **given)
