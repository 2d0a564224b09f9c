"""Every sentence of the page and about health is there in every language, with every placeholder."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from edge import aim, problems, wire_update
from edge.booth import facts
from edge.config import Language
from edge.phrase.health import sentence, split
from edge.phrase.table import FOLDER, LANGUAGES, PARTS, table

PAGE = Path(facts.__file__).parent / "page"
ENGLISH = {**problems.SENTENCES, **facts.SENTENCES, **aim.SENTENCES, **wire_update.SENTENCES}
CODES = sorted(ENGLISH)
UNITS = {"seconds", "minutes", "hours", "days"}
OTHERS = LANGUAGES[1:]
WEEK = ("verdict-", "month-", "everybody-")


class Variables(Visitor):
    """Collects the names of the placeholders in a message."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802  the library's name
        self.names.add(node.id.name)


def messages(part: str, language: str) -> dict[str, set[str]]:
    """Return the placeholders of each message of a file; junk fails."""
    found = FluentParser().parse((FOLDER / part / f"{language}.ftl").read_text(encoding="utf-8"))
    assert not [entry for entry in found.body if isinstance(entry, ast.Junk)]
    result = {}
    for entry in found.body:
        if isinstance(entry, ast.Message):
            assert entry.id.name not in result, f"{entry.id.name} is there twice"
            variables = Variables()
            variables.visit(entry)
            result[entry.id.name] = variables.names
    return result


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_page_is_there_with_every_placeholder(language: str) -> None:
    assert messages("page", language) == messages("page", "en")


@pytest.mark.parametrize("language", OTHERS)
def test_every_fact_about_health_is_there_with_every_value(language: str) -> None:
    found = messages("health", language)
    assert set(found) == UNITS | {split(code)[0] for code in CODES}
    for code in CODES:
        english = ENGLISH[code]
        wanted = {"age" if "age" in spec else "abc"[int(n)] for n, spec in re.findall(r"\{(\d)(:[^}]*)?\}", english)}
        wanted |= {"part"} if split(code)[1] else set()
        assert found[split(code)[0]] == wanted, code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_fact_can_be_said(language: str, code: str) -> None:
    texts = {"same", "clock-set"}
    values: tuple[str | int, ...] = (864000, "x", "y") if code.startswith(tuple(texts)) else (300, 400, 500)
    values = ("x", "y", "z") if code.startswith("same") else values
    said = sentence(code, values, language, "English.")
    assert (said == "English.") == (language == "en")
    assert not re.search(r"[{}$]", said)


def test_members_of_a_family_are_said_differently() -> None:
    families = [code for code in CODES if split(code)[1]]
    for language in OTHERS:
        assert len({sentence(code, (1,), language, "") for code in families}) == len(families)


def test_a_code_that_is_not_translated_yet_is_said_in_english() -> None:
    assert sentence("new-code", (), "sv", "Something new: do this.") == "Something new: do this."


def used() -> Iterator[str]:
    """Yield the sentences that templates and code name in full."""
    for path in (*PAGE.glob("templates/*.html"), *PAGE.glob("*.py"), *PAGE.parent.glob("notify*.py")):
        yield from re.findall(r"""\b(?:t|text|reader|presenter\.text)\(\s*"([a-z_-]+)"\s*[,)]""", path.read_text())


def test_every_sentence_that_is_used_exists() -> None:
    found = set(used())
    assert len(found) > 80
    assert found <= set(messages("page", "en"))


def test_every_sentence_is_used() -> None:
    text = "".join(path.read_text() for path in (*PAGE.glob("templates/*.html"), *PAGE.parent.rglob("*.py")))
    names = [name for name in messages("page", "en") if name not in text]
    starts = ("refused-", "speak-", "wind-", "side-", "looks-", "third-", "heading-", "state-", "say-", *WEEK)
    assert [name for name in names if not name.startswith(starts) and not name.endswith("-why")] == []


def test_the_settings_know_the_same_languages() -> None:
    assert get_args(Language) == LANGUAGES
    for part in PARTS:
        assert {path.stem for path in (FOLDER / part).glob("*.ftl")} == set(LANGUAGES)
        assert all(table(language, part) for language in LANGUAGES)
