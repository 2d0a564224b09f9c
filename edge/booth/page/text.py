"""The page's sentences in one language, and which language a browser reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from edge import wire
from edge.booth.facts import Fact
from edge.config import Language
from edge.phrase import health, outfit
from edge.phrase.table import table

NAMES: dict[str | None, Language] = {name: name for name in get_args(Language)}
"""The languages of the page."""
LONGEST = 200
"""Characters of an Accept-Language header that are read."""


def choose(chosen: str | None, accepted: str, default: Language) -> Language:
    """Return the language that a device has `chosen`, else the best that its browser accepts, else the default.

    >>> choose(None, "sv-SE,sv;q=0.9,en;q=0.8", "en"), choose("it", "sv", "en"), choose("tlh", "ja;q=1", "de")
    ('sv', 'it', 'de')
    """
    if chosen in NAMES:
        return NAMES[chosen]
    weighed = [(_weight(part), part.partition(";")[0].strip().lower()[:2]) for part in accepted[:LONGEST].split(",")]
    known = [(weight, NAMES[name]) for weight, name in weighed if weight > 0 and name in NAMES]
    return max(known, key=lambda pair: pair[0])[1] if known else default


def _weight(part: str) -> float:
    """Return the weight q of one language range; 0 if it cannot be read.

    >>> [_weight(part) for part in ("sv", "sv;q=0.5", "sv;q=x")]
    [1.0, 0.5, 0.0]
    """
    _, _, weight = part.partition(";q=")
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0


@dataclass(frozen=True)
class Text:
    """Sentences in one language; called with the name of a sentence and its values."""

    language: Language

    def __call__(self, key: str, **values: str | float) -> str:
        """Return a sentence of edge/phrase/page; raises KeyError for an unknown one, ValueError without its values."""
        return table(self.language, "page").word(key, **values)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in table(self.language, "page")

    def fact(self, fact: Fact) -> str:
        """Return what is wrong and what to do."""
        return health.sentence(fact.code, fact.values, self.language, fact.sentence)

    def facts(self, facts: list[Fact], english: list[str]) -> list[str]:
        """Return facts as sentences; those that are only there in English stay as they are."""
        return list(map(self.fact, facts)) if len(facts) == len(english) else english

    def sayer(self, sentences: Mapping[str, str]) -> Callable[[str, tuple[str | int, ...]], str]:
        """Return what says a code in this language, with its values; `sentences` has them in English."""
        return lambda code, values: health.sentence(code, values, self.language, sentences[code].format(*values))

    def why(self, alert: wire.Alert) -> str:
        """Return what is unusual, beginning with a capital letter: `Orange top, checked trousers`."""
        said = outfit.phrase([reason.words for reason in alert.reasons], alert.worn, self.language)
        return said[:1].upper() + said[1:]
