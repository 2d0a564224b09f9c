"""The words of each language, from Fluent files: those for clothes beside this file, sentences in folders of their own.

Fluent, and not gettext, since a colour takes the form that its garment needs, and word order differs: in a Fluent file
a translator writes both, in gettext the code would have to know every language's forms.
"""

import re
from functools import cache
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("en", "es", "sv", "fr", "de", "it")

FOLDER = Path(__file__).parent
PARTS = ("page", "health")
"""Folders of sentences: of the booth's page, and about what is wrong with a node or the booth."""
NAME = "name"
"""The attribute of a colour that holds its name, and the form that stands for it without one."""


class Table:
    """The words of one language."""

    def __init__(self, language: str, text: str) -> None:
        """`text` is the content of a Fluent file; a part that is not Fluent is left out, and `word` misses it."""
        self._language = language
        self._bundle = FluentBundle([language], use_isolating=False)
        self._bundle.add_resource(FluentResource(text))

    def __contains__(self, key: str) -> bool:
        return self._bundle.has_message(key)

    def word(self, key: str, attribute: str = "", /, **values: str | float) -> str:
        """Return a message, or an attribute of it, with the values filled in; empty if it has no such part.

        Raises KeyError if the file has no such message, ValueError if a value that it needs is not given.
        """
        if key not in self:
            raise KeyError(f"{self._language}.ftl: expected a message {key!r}, found none; see en.ftl")
        message = self._bundle.get_message(key)
        pattern = message.attributes.get(attribute) if attribute else message.value
        if pattern is None:
            return ""
        text, errors = self._bundle.format_pattern(pattern, dict(values))
        if errors:
            raise ValueError(f"{self._language}.ftl: {key} cannot be written: {'; '.join(map(str, errors))}")
        return re.sub(r"[ \t\n]+", " ", str(text)).strip(" ")

    def colour(self, colour: str, form: str = NAME) -> str:
        """Return a colour, such as `red` or `dark-green`, in the form that a noun needs, or its own name."""
        tone, _, base = colour.rpartition("-")
        if tone and colour in self:
            return self.word(colour, form=form)
        name = self.word(base, NAME) or self.word(base, form=NAME)
        agreeing = name if form == NAME else self.word(base, form=form)
        return self.word(tone, colour=agreeing, name=name, form=form) if tone else agreeing


@cache
def table(language: str = LANGUAGES[0], part: str = "") -> Table:
    """Return the words of one of LANGUAGES; raises ValueError for another language.

    `part` is empty for the words about clothes, else one of PARTS.
    """
    if language not in LANGUAGES:
        raise ValueError(f"expected one of the languages {', '.join(LANGUAGES)}, found {language!r}")
    return Table(language, (FOLDER / part / f"{language}.ftl").read_text(encoding="utf-8"))
