"""Every language has every message, and every message gets all that it needs."""

import pytest

from edge.phrase.table import FOLDER, LANGUAGES, Table, table
from edge.vocabulary import COLOURS, KINDS, TONES

ENGLISH = (FOLDER / "en.ftl").read_text(encoding="utf-8")
EXTRA = {"ending"}
"""Messages that only help others."""


def ids(text: str) -> set[str]:
    return {line.partition(" =")[0] for line in text.splitlines() if line[:1].isalpha()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing(language: str) -> None:
    found = ids((FOLDER / f"{language}.ftl").read_text(encoding="utf-8"))
    own = {f"{tone}-{colour}" for tone in TONES for colour in COLOURS}
    assert ids(ENGLISH) <= found
    assert found - ids(ENGLISH) <= EXTRA | own
    assert all(key in table(language) for key in found), "a message that is not valid Fluent is left out"


def test_every_language_has_a_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.ftl")} == set(LANGUAGES)
    with pytest.raises(ValueError, match="'tlh'"):
        table("tlh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_garment_has_a_form_and_every_colour_a_name(language: str) -> None:
    words = table(language)
    assert all(words.word(kind, "form") for kind in KINDS)
    assert all(words.colour(colour) and words.colour(f"dark-{colour}", "x") for colour in COLOURS)


def test_a_table_says_what_it_lacks() -> None:
    broken = Table("en", "red = red\nover = { $upper } over\n")
    assert broken.word("red") == "red"
    with pytest.raises(KeyError, match="'blue'"):
        broken.word("blue")
    with pytest.raises(ValueError, match="over cannot be written"):
        broken.word("over")


@pytest.mark.parametrize(
    ("language", "colour", "form", "expected"),
    [
        ("es", "red", "fs", "roja"),
        ("es", "dark-green", "fs", "verde oscuro"),
        ("fr", "white", "fp", "blanches"),
        ("fr", "bright-red", "fp", "rouge vif"),
        ("it", "light-blue", "fs", "azzurra"),
        ("de", "dark-green", "m", "dunkelgrüner"),
        ("de", "red", "name", "Rot"),
        ("sv", "dark-blue", "fl", "mörkblå"),
        ("sv", "red", "name", "rött"),
    ],
)
def test_colours_agree(language: str, colour: str, form: str, expected: str) -> None:
    assert table(language).colour(colour, form) == expected
