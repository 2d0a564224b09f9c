"""Draw the notice for passers-by from a site's purpose: one A4 page, PDF."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from edge import config
from edge.errors import ProvisionError
from edge.site.files import write_file
from edge.site.settings import Purpose

if TYPE_CHECKING:
    from fpdf import FPDF

LANGUAGES = ("en", "de", "fr", "it", "es")
MARGIN_MM = 20
SIZES_PT = range(17, 9, -1)
"""Font sizes to try, largest first, until the text fits on one page; below 10 pt it is unreadable on a lamp post."""
LINE = 0.48
"""Line height in millimetres per point of font size."""
FONTS = {
    "": Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    "B": Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
}
"""Plain and bold fonts with letters beyond Western Europe; Helvetica is used where they are missing."""


class Wording(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One language of notice.yaml: the headings, and the texts that are the same for every site."""

    title: str
    who: str
    why: str
    measured: str
    measured_text: str
    never: str
    never_text: str
    kept: str
    kept_text: str
    day: str
    days: str
    contact: str


class Wordings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The texts of notice.yaml, by language."""

    en: Wording
    de: Wording
    fr: Wording
    it: Wording
    es: Wording


def wording(language: str) -> Wording:
    """Return the texts of notice.yaml in one of LANGUAGES."""
    found: Wording = getattr(config.load(Path(__file__).with_name("notice.yaml"), Wordings), language)
    return found


def sections(purpose: Purpose, words: Wording) -> list[tuple[str, str]]:
    """Return the headings and texts of the notice, from top to bottom.

    >>> purpose = Purpose(who="Shoe shop", purpose="greet the unusual", contact="a@example.org", keep_days=2)
    >>> by_heading = dict(sections(purpose, wording("en")))
    >>> by_heading["Why"], "after 2 days" in by_heading["How long"]
    ('greet the unusual', True)
    """
    days = words.day if purpose.keep_days == 1 else words.days.format(purpose.keep_days)
    return [
        (words.who, purpose.who),
        (words.why, purpose.purpose),
        (words.measured, words.measured_text),
        (words.never, words.never_text),
        (words.kept, words.kept_text.format(days=days)),
        (words.contact, purpose.contact),
    ]


def write_notice(purpose: Purpose, path: Path, language: str, fonts: Mapping[str, Path] = FONTS) -> None:
    """Write the notice as a PDF; raises ProvisionError if it cannot be drawn or does not fit on a page.

    `fonts` are font files by style. If one is missing, the notice is in Helvetica, which has Western letters only.
    """
    if path.suffix.lower() != ".pdf":
        raise ProvisionError(f"--out {path}: expected a file name that ends in .pdf")
    try:
        from fpdf import FPDF  # noqa: PLC0415  an extra, needed for provisioning only
    except ImportError as err:
        raise ProvisionError("the notice needs fpdf2: pip install 'exception-spotter[provision]'") from err
    words = wording(language)
    texts = sections(purpose, words)
    for size_pt in SIZES_PT:
        page = FPDF(format="A4")
        page.set_lang(language)
        page.set_title(words.title)
        try:
            _draw(
                page,
                _choose_font(page, [text for section in texts for text in section], fonts),
                words.title,
                texts,
                size_pt,
            )
            if page.page_no() == 1:
                write_file(path, bytes(page.output()), mode=0o644)
                return
        finally:
            _close_fonts(page)
    raise ProvisionError("the notice does not fit on one page; shorten who, purpose and contact in purpose.yaml")


def _close_fonts(page: "FPDF") -> None:
    """Close the font files that fpdf2 leaves open; built-in fonts have none."""
    for font in page.fonts.values():
        if font.type == "TTF":
            font.close()  # type: ignore[union-attr]


def _choose_font(page: "FPDF", texts: Sequence[str], fonts: Mapping[str, Path]) -> str:
    """Return the font family that has all letters of `texts`; raises ProvisionError if none here has."""
    if not all(font.exists() for font in fonts.values()):
        try:
            "".join(texts).encode("latin-1")
        except UnicodeEncodeError as err:
            letter = err.object[err.start]
            raise ProvisionError(
                f"Helvetica has no letter {letter!r}; install a font that has it: apt install fonts-dejavu"
            ) from err
        return "Helvetica"
    for style, font in fonts.items():
        page.add_font("DejaVu", style, font)
    return "DejaVu"


def _draw(page: "FPDF", family: str, title: str, texts: Sequence[tuple[str, str]], size_pt: int) -> None:
    page.set_margins(MARGIN_MM, MARGIN_MM)
    page.set_auto_page_break(auto=True, margin=MARGIN_MM)
    page.add_page()
    _draw_camera(page)
    page.set_y(48)
    page.set_font(family, "B", 28)
    page.multi_cell(0, 13, title, align="L", new_x="LMARGIN", new_y="NEXT")
    for heading, text in texts:
        page.ln(size_pt * LINE / 2)
        for style, words in (("B", heading), ("", text)):
            page.set_font(family, style, size_pt)
            page.multi_cell(0, size_pt * LINE, words, align="L", new_x="LMARGIN", new_y="NEXT")


def _draw_camera(page: "FPDF") -> None:
    """Draw a camera, for people who read none of the languages; coordinates in millimetres."""
    page.set_fill_color(20)
    page.rect(MARGIN_MM, 22, 34, 20, style="F", round_corners=True, corner_radius=3)
    page.polygon([(56, 29), (66, 23), (66, 41), (56, 35)], style="F")
    page.set_fill_color(255)
    page.circle(37, 32, 6, style="F")
    page.set_fill_color(20)
    page.circle(37, 32, 3, style="F")
