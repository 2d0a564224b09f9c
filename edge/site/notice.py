"""Draw the notice for passers-by from a site's purpose: one A4 page, PDF or SVG."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from msgspec import Struct

from edge import config
from edge.errors import ProvisionError
from edge.site.files import write_file
from edge.site.settings import Purpose

if TYPE_CHECKING:
    from fpdf import FPDF

LANGUAGES = ("en", "de", "fr", "it", "es", "sv")
MARGIN_MM = 20
SIZES_PT = range(17, 9, -1)
"""Font sizes to try, largest first, until the text fits on one page; below 10 pt it is unreadable on a lamp post."""
TOP_MM = 48
"""Where the title begins, below camera and QR code."""
WIDTH_MM, CODE_MM, CODE_TOP_MM = 210, 28, 18
"""Width of A4; side of the QR code, which a phone reads from an arm's length, and where it begins."""
MM_PER_PT = 25.4 / 72
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
    more: str


class Wordings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The texts of notice.yaml, by language."""

    en: Wording
    de: Wording
    fr: Wording
    it: Wording
    es: Wording
    sv: Wording


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
        *([(words.more, purpose.privacy_page)] if purpose.privacy_page else []),
    ]


def write_notice(purpose: Purpose, path: Path, language: str, fonts: Mapping[str, Path] = FONTS) -> None:
    """Write the notice as PDF or SVG; raises ProvisionError if it cannot be drawn or does not fit on a page.

    With a privacy page it has a QR code that leads there. `fonts` are font files by style. If one is
    missing, the notice is in Helvetica, which has Western letters only.
    """
    if path.suffix.lower() not in (".pdf", ".svg"):
        raise ProvisionError(f"--out {path}: expected a file name that ends in .pdf or .svg")
    try:
        from fpdf import FPDF  # noqa: PLC0415  an extra, needed for provisioning only
    except ImportError as err:
        raise ProvisionError("the notice needs fpdf2: pip install 'exception-spotter[provision]'") from err
    words, code = wording(language), _code(purpose.privacy_page)
    texts = sections(purpose, words)
    for size_pt in SIZES_PT:
        page = FPDF(format="A4")
        page.set_lang(language)
        page.set_title(words.title)
        try:
            family = _choose_font(page, [text for section in texts for text in section], fonts)
            lines = _draw(page, family, words.title, texts, size_pt)
            _draw_code(page, code)
            if page.page_no() == 1:
                is_svg = path.suffix.lower() == ".svg"
                made = as_svg(language, words.title, lines, code).encode() if is_svg else bytes(page.output())
                write_file(path, made, mode=0o644)
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


def _draw(
    page: "FPDF", family: str, title: str, texts: Sequence[tuple[str, str]], size_pt: int
) -> list[tuple[str, int, float, str]]:
    """Draw the notice; returns each line as its style, size in points, baseline in mm and text."""
    page.set_margins(MARGIN_MM, MARGIN_MM)
    page.set_auto_page_break(auto=True, margin=MARGIN_MM)
    page.add_page()
    _draw_camera(page)
    page.set_y(TOP_MM)
    lines = _write(page, family, "B", 28, 13, title)
    for heading, text in texts:
        page.ln(size_pt * LINE / 2)
        for style, words in (("B", heading), ("", text)):
            lines += _write(page, family, style, size_pt, size_pt * LINE, words)
    return lines


def _write(
    page: "FPDF", family: str, style: str, size_pt: int, height_mm: float, text: str
) -> list[tuple[str, int, float, str]]:
    page.set_font(family, style, size_pt)
    top = page.get_y()
    parts = page.multi_cell(0, height_mm, text, align="L", dry_run=True, output="LINES")
    assert isinstance(parts, list)
    page.multi_cell(0, height_mm, text, align="L", new_x="LMARGIN", new_y="NEXT")
    # fpdf2 sets the baseline at half the line plus 0.3 of the font's size.
    base = top + 0.5 * height_mm + 0.3 * size_pt * MM_PER_PT
    return [(style, size_pt, base + height_mm * i, part) for i, part in enumerate(parts)]


def _draw_camera(page: "FPDF") -> None:
    """Draw a camera, for people who read none of the languages; coordinates in millimetres."""
    page.set_fill_color(20)
    page.rect(MARGIN_MM, 22, 34, 20, style="F", round_corners=True, corner_radius=3)
    page.polygon([(56, 29), (66, 23), (66, 41), (56, 35)], style="F")
    page.set_fill_color(255)
    page.circle(37, 32, 6, style="F")
    page.set_fill_color(20)
    page.circle(37, 32, 3, style="F")


def _code(address: str) -> list[tuple[int, int]]:
    """Return the dark modules of a QR code as (column, row); none without an address. Raises ProvisionError."""
    if not address:
        return []
    try:
        import segno  # noqa: PLC0415  an extra, needed for provisioning only
    except ImportError as err:
        raise ProvisionError("the QR code needs segno: pip install 'exception-spotter[provision]'") from err
    rows = segno.make(address, error="m", micro=False).matrix
    return [(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]


def _modules(code: Sequence[tuple[int, int]]) -> list[tuple[float, float, float]]:
    """Return x, y and side of each module in mm; together they are CODE_MM wide and end at the right margin."""
    side = CODE_MM / (1 + max((x for x, _ in code), default=0))
    left = WIDTH_MM - MARGIN_MM - CODE_MM
    return [(left + x * side, CODE_TOP_MM + y * side, side) for x, y in code]


def _draw_code(page: "FPDF", code: Sequence[tuple[int, int]]) -> None:
    page.set_fill_color(0)
    for x, y, side in _modules(code):
        page.rect(x, y, side, side, style="F")


def as_svg(
    language: str, title: str, lines: Sequence[tuple[str, int, float, str]], code: Sequence[tuple[int, int]]
) -> str:
    """Return the notice as SVG, in millimetres: the lines of the PDF, and the same QR code."""
    weights = {"": "normal", "B": "bold"}
    texts = "".join(
        f'<text x="{MARGIN_MM}" y="{base:.2f}" font-size="{size_pt * MM_PER_PT:.2f}" font-weight="{weights[style]}">'
        f"{escape(text)}</text>\n"
        for style, size_pt, base, text in lines
    )
    modules = "".join(f"M{x:.3f} {y:.3f}h{side:.3f}v{side:.3f}h-{side:.3f}z" for x, y, side in _modules(code))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_MM}mm" height="297mm" viewBox="0 0 {WIDTH_MM} 297"'
        f' xml:lang="{language}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">\n'
        f"<title>{escape(title)}</title>\n"
        f'<path fill="#fff" d="M0 0H{WIDTH_MM}V297H0Z"/>\n'
        '<rect x="20" y="22" width="34" height="20" rx="3" fill="#141414"/>'
        '<path d="M56 29L66 23V41L56 35Z" fill="#141414"/>'
        '<circle cx="37" cy="32" r="6" fill="#fff"/><circle cx="37" cy="32" r="3" fill="#141414"/>\n'
        f'{texts}<path d="{modules}"/>\n</svg>\n'
    )
