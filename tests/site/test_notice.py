"""The wall notice: everything that must be on it, on one page, in every language."""

import re
import sys
import zlib
from pathlib import Path

import msgspec
import pytest

from edge.errors import ProvisionError
from edge.provision import command
from edge.site import notice
from edge.site.notice import LANGUAGES, sections, wording, write_notice
from edge.site.settings import Purpose
from tests.site.sites import PURPOSE


def shown(path: Path) -> str:
    """Return the text of a page in Helvetica: its strings, in order."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    content = next(text for text in map(zlib.decompress, streams) if b" Tj" in text)
    strings = re.findall(rb"\((.*?)(?<!\\)\) Tj", content)
    return " ".join(one.decode("cp1252") for one in strings).replace("\\", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_on_it(language: str, tmp_path: Path) -> None:
    write_notice(PURPOSE, tmp_path / "notice.pdf", language, fonts={"": tmp_path / "none.ttf"})
    page = shown(tmp_path / "notice.pdf")
    for words in (
        wording(language).title,
        *(text for section in sections(PURPOSE, wording(language)) for text in section),
    ):
        assert words in page
    assert (tmp_path / "notice.pdf").read_bytes().count(b"/Type /Page\n") == 1


def test_letters_of_everywhere(tmp_path: Path) -> None:
    purpose = msgspec.structs.replace(PURPOSE, who="Sklep z butami, Łódź")
    if all(font.exists() for font in notice.FONTS.values()):
        write_notice(purpose, tmp_path / "notice.pdf", "en")
        assert (tmp_path / "notice.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(ProvisionError, match=r"'Ł'.*fonts-dejavu"):
        write_notice(purpose, tmp_path / "other.pdf", "en", fonts={"": tmp_path / "none.ttf"})
    assert not (tmp_path / "other.pdf").exists()


def test_the_longest_still_fit(tmp_path: Path) -> None:
    longest = Purpose(who="who " * 75, purpose="why " * 75, contact="ask " * 75, keep_days=31)
    write_notice(longest, tmp_path / "notice.pdf", "de")


def test_what_cannot_be_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProvisionError, match=r"ends in \.pdf"):
        write_notice(PURPOSE, tmp_path / "notice.svg", "en")
    monkeypatch.setitem(sys.modules, "fpdf", None)  # as if it were not installed
    with pytest.raises(ProvisionError, match=r"exception-spotter\[provision\]"):
        write_notice(PURPOSE, tmp_path / "notice.pdf", "en")
    assert list(tmp_path.iterdir()) == []


def test_days_are_those_of_the_site() -> None:
    for language in LANGUAGES:
        words = wording(language)
        one, many = (
            dict(sections(msgspec.structs.replace(PURPOSE, keep_days=days), words))[words.kept] for days in (1, 30)
        )
        assert words.day in one
        assert "30" in many
        assert "{" not in one + many


def test_the_command_offers_every_language() -> None:
    assert command.LANGUAGES == LANGUAGES == notice.Wordings.__struct_fields__
