"""The wall notice: everything that must be on it, on one page, in every language."""

import re
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import msgspec
import numpy as np
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
    with pytest.raises(ProvisionError, match=r"ends in \.pdf or \.svg"):
        write_notice(PURPOSE, tmp_path / "notice.png", "en")
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


ADDRESS = "https://shoes.example/privacy?lang=en&from=notice"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_drawing_has_the_same_words(language: str, tmp_path: Path) -> None:
    purpose = msgspec.structs.replace(PURPOSE, who="Shoes & <b>sons</b>")
    write_notice(purpose, tmp_path / "notice.svg", language)
    root = ET.parse(tmp_path / "notice.svg").getroot()
    lines = [one for one in root if one.tag.endswith("text")]
    said = " ".join(one.text or "" for one in lines)
    for words in (
        wording(language).title,
        *(text for section in sections(purpose, wording(language)) for text in section),
    ):
        assert words in said
    heights = [float(one.attrib["y"]) for one in lines]
    assert heights == sorted(heights)
    assert heights[-1] < 297 - notice.MARGIN_MM


@pytest.mark.parametrize("name", ["notice.pdf", "notice.svg"])
def test_a_phone_reads_the_code(name: str, tmp_path: Path) -> None:
    """The code is drawn from the notice's own modules and read by OpenCV."""
    pytest.importorskip("segno")
    purpose = msgspec.structs.replace(PURPOSE, privacy_page=ADDRESS)
    write_notice(purpose, tmp_path / name, "en")
    if name.endswith(".pdf"):
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", (tmp_path / name).read_bytes(), re.DOTALL)
        content = next(text for text in map(zlib.decompress, streams) if b" re" in text).decode("latin-1")
        found = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re f", content)
        boxes = [(float(x), 842 - float(y), float(side)) for x, y, side, _ in found]
    else:
        path = ET.parse(tmp_path / name).getroot()[-1].attrib["d"]
        boxes = [(float(x), float(y), float(side)) for x, y, side in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", path)]
    assert len(boxes) > 200
    left, top, side = min(x for x, _, _ in boxes), min(y for _, y, _ in boxes), boxes[0][2]
    cells = {(round((x - left) / side), round((y - top) / side)) for x, y, _ in boxes}
    size = 1 + max(x for x, _ in cells)
    picture = np.full((size + 8, size + 8), 255, np.uint8)
    for x, y in cells:
        picture[y + 4, x + 4] = 0
    large = cv2.resize(picture, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    assert cv2.QRCodeDetector().detectAndDecode(large)[0] == ADDRESS


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://x", "https://a b", "https://" + "x" * 300])
def test_a_code_leads_to_a_web_page_only(address: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(PURPOSE), "privacy_page": address}, Purpose)
