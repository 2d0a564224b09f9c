"""One page for designers: exceptions and trends of one site or several side by side, as SVG or PDF.

The same drawing stands in the booth's page, where its classes get their colours from a style sheet.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from edge.atomic_file import write
from edge.booth.exceptions import Week
from edge.booth.page.text import Text
from edge.booth.trends import Row, code
from edge.booth.trends_report import SiteTrends, TrendsReport
from edge.booth.trends_words import UNKNOWN, day_name, merged, share
from edge.config import Language
from edge.errors import ConfigError
from edge.phrase.outfit import words

WIDTH, HEIGHT, MARGIN, LABELS = 595.0, 842.0, 36.0, 160.0
"""An A4 sheet in points, its margin, and the width of the labels at the left."""
ROW, SPARK, MOST_ROWS, MOST_LINES, MOST_SITES = 15.0, 30.0, 12, 5, 5
"""Height of a row, and of one by weeks; most rows of a part, of the part by weeks, and most sites side by side."""
LOOKS: Mapping[str, Mapping[str, str]] = {
    "ink": {"fill": "#16191d", "font-size": "9"},
    "soft": {"fill": "#505862", "font-size": "8"},
    "title": {"fill": "#16191d", "font-size": "16"},
    "head": {"fill": "#16191d", "font-size": "11"},
    "grid": {"stroke": "#c9ced6", "stroke-width": "0.6"},
    "now": {"stroke": "#a31515", "stroke-width": "1.6"},
    "now-dot": {"fill": "#a31515"},
    "unsure": {"stroke": "#7c848e", "stroke-width": "1.2"},
    "unsure-dot": {"fill": "#7c848e"},
    "usual": {"stroke": "#16191d", "stroke-width": "1.6"},
}
"""Looks of each class in a file; on the page static/trends.css has them, for light and dark."""


SWATCHES = {
    "black": "#1d1d1f",
    "grey": "#8d8f94",
    "white": "#fafafa",
    "brown": "#6f4526",
    "beige": "#d9c7a3",
    "red": "#c8202f",
    "orange": "#ef7d16",
    "yellow": "#f2cf1d",
    "olive": "#76752c",
    "green": "#2f8a45",
    "teal": "#1a8687",
    "blue": "#3478c9",
    "navy": "#1f2d5c",
    "purple": "#7a3f9a",
    "pink": "#ee8fb0",
}
"""A typical tone of each of vocabulary.COLOURS, drawn beside its name."""
IN_LATIN_1 = str.maketrans({UNKNOWN: "-", "\N{NARROW NO-BREAK SPACE}": " ", "\N{RIGHT SINGLE QUOTATION MARK}": "'"})
"""What a PDF shows for letters that its own font lacks."""
ENGLISH = Text("en")


class Panel(NamedTuple):
    """Where one site's column is, in points, and its largest share."""

    x: float
    width: float
    most: float

    def at(self, part: float) -> float:
        return self.x + self.width * min(part / self.most, 1.0)


class Sheet:
    """Owner of one drawing; parts are added from the top to the bottom."""

    def __init__(self, text: Text, *, has_looks: bool) -> None:
        in_file = {"xmlns": "http://www.w3.org/2000/svg", "font-family": "Helvetica, sans-serif"}
        self.root = ET.Element("svg", in_file if has_looks else {})
        self.says, self._has_looks = text, has_looks
        self.y = MARGIN

    def text(self, x: float, said: str, look: str, anchor: str = "start", up: float = 0.0) -> None:
        element = self._add("text", look, x=x, y=self.y - up)
        if self._has_looks:
            element.set("text-anchor", anchor)
        else:
            element.set("class", f"{look} {anchor}")
        element.text = said

    def line(self, x1: float, x2: float, look: str, up: tuple[float, float] = (3.0, 3.0)) -> None:
        self._add("line", look, x1=x1, y1=self.y - up[0], x2=x2, y2=self.y - up[1])

    def dot(self, x: float, look: str, up: float = 3.0) -> None:
        self._add("circle", look, cx=x, cy=self.y - up, r=2.4)

    def label(self, word: str, up: float = 0.0) -> None:
        """Say what a row is about, after a swatch of each colour in it."""
        colours = [colour for colour in word.rsplit(":", maxsplit=1)[-1].split("-over-") if colour in SWATCHES]
        for place, colour in enumerate(colours):
            at = {"x": MARGIN + 7.0 * place, "y": self.y - 7.0 - up, "width": 6.0, "height": 8.0}
            self._add("rect", "grid", **at).set("fill", SWATCHES[colour])
        self.text(MARGIN + 18, words(word, self.says.language), "ink", up=up)

    def _add(self, tag: str, look: str, **places: float) -> ET.Element:
        looks = LOOKS[look] if self._has_looks else {"class": look}
        return ET.SubElement(self.root, tag, {**{name: f"{at:.1f}" for name, at in places.items()}, **looks})

    def content(self) -> str:
        self.root.set("viewBox", f"0 0 {WIDTH:g} {max(self.y + MARGIN / 2, HEIGHT if self._has_looks else 0):g}")
        return ET.tostring(self.root, encoding="unicode")


def drawn(report: TrendsReport, text: Text = ENGLISH, *, has_looks: bool = True) -> str:
    """Return the SVG; without looks its elements have classes only. At most MOST_SITES sites, the first ones."""
    sheet, sites = Sheet(text, has_looks=has_looks), report.sites[:MOST_SITES]
    if has_looks:
        sheet.y += 12
        sheet.text(MARGIN, text("stood-out", sites=", ".join(site.site for site in sites)), "title")
        sheet.y += 16
        sheet.text(MARGIN, text("from-to", first=report.since[:10], last=report.until[:10]) + ", UTC", "soft")
        sheet.y += 22
    _exceptions(sheet, sites)
    _by_week(sheet, sites)
    _everybody(sheet, sites, report)
    if has_looks:
        for key in NOTE:
            sheet.text(MARGIN, text(key), "soft")
            sheet.y += 11
    return sheet.content()


NOTE = ("sheet-bars", "sheet-colours", "no-picture")
"""The sentences at the foot of a file."""


def _exceptions(sheet: Sheet, sites: Sequence[SiteTrends]) -> None:
    """Draw what people alerted wore in the newest week, against everybody."""
    newest = [next((week for week in reversed(site.exceptions) if week.rows), None) for site in sites]
    by_site = [{code(row): row for row in week.rows} if week else {} for week in newest]
    chosen = merged([[row for row in week.rows if row.is_sure] if week else [] for week in newest])[:MOST_ROWS]
    heads = [_week_head(site, week, sheet.says) for site, week in zip(sites, newest, strict=True)]
    _part(sheet, sheet.says("sheet-exceptions"), heads)
    _rows(sheet, chosen, by_site, sheet.says("nothing-exceptional"))


def _week_head(site: SiteTrends, week: Week | None, text: Text) -> str:
    if week is None:
        return text("nobody-yet", site=site.site)
    return text("week-alerted", site=site.site, day=day_name(week.start, text), n=week.alerted)


def _by_week(sheet: Sheet, sites: Sequence[SiteTrends]) -> None:
    """Draw the share of the people alerted by week, one small chart for each word and site."""
    chosen = merged([[row for week in site.exceptions for row in week.rows if row.is_sure] for site in sites])[
        :MOST_LINES
    ]
    if not chosen:
        return
    ends = [[day_name(week.start, sheet.says) for week in (site.exceptions[0], site.exceptions[-1])] for site in sites]
    _part(sheet, sheet.says("by-week"), [sheet.says("from-to", first=first, last=last) for first, last in ends])
    for word in chosen:
        found = [[{code(row): row for row in week.rows}.get(word) for week in site.exceptions] for site in sites]
        most = max((row.high for rows in found for row in rows if row is not None), default=1.0)
        sheet.y += SPARK
        sheet.label(word, up=SPARK / 2 - 6)
        for panel, rows in zip(_panels(len(sites), most), found, strict=True):
            _spark(sheet, panel, rows)
        sheet.y += 10
    sheet.y += 18


def _spark(sheet: Sheet, panel: Panel, rows: Sequence[Row | None]) -> None:
    """Draw one row for each week as a dot with its interval; a week that is not known stays empty."""
    step = panel.width / len(rows)
    sheet.line(panel.x, panel.x + panel.width, "grid", (0.0, 0.0))
    sheet.text(panel.x + panel.width, share(sheet.says, panel.most), "soft", "end", up=SPARK - 8)
    for place, row in enumerate(rows):
        if row is not None and row.share_now is not None:
            x, look = panel.x + (place + 0.5) * step, "now" if row.is_sure else "unsure"
            low, mid, high = ((SPARK - 4) * part / panel.most for part in (row.low, row.share_now, row.high))
            sheet.line(x, x, look, (low, high))
            sheet.dot(x, f"{look}-dot", mid)


def _everybody(sheet: Sheet, sites: Sequence[SiteTrends], report: TrendsReport) -> None:
    by_site = [{code(row): row for row in site.trends} for site in sites]
    chosen = merged([[row for row in site.trends if row.is_sure] for site in sites])[:MOST_ROWS]
    counts = [sheet.says("sightings", n=max((row.n for row in site.trends), default=0)) for site in sites]
    heads = [f"{site.site}: {count}" for site, count in zip(sites, counts, strict=True)]
    _part(sheet, sheet.says(f"everybody-{report.against}"), heads)
    _rows(sheet, chosen, by_site, sheet.says("nothing-changed"))


def _part(sheet: Sheet, title: str, heads: Sequence[str]) -> None:
    sheet.text(MARGIN, title, "head")
    sheet.y += 14
    for panel, head in zip(_panels(len(heads), 1.0), heads, strict=True):
        sheet.text(panel.x, head, "soft")
    sheet.y += 4


def _rows(sheet: Sheet, chosen: Sequence[str], by_site: Sequence[Mapping[str, Row]], nothing: str) -> None:
    """Draw one row for each word and one column for each site, all on one scale."""
    rows = [found[word] for found in by_site for word in chosen if word in found]
    panels = _panels(len(by_site), max((max(row.high, row.share_usual or 0.0) for row in rows), default=1.0))
    sheet.y += 10
    for word in chosen:
        sheet.label(word)
        for panel, found in zip(panels, by_site, strict=True):
            _bar(sheet, panel, found.get(word))
        sheet.y += ROW
    if chosen:
        for panel in panels:
            sheet.line(panel.x, panel.x + panel.width, "grid", (8.0, 8.0))
            sheet.text(panel.x, "0", "soft")
            sheet.text(panel.x + panel.width, share(sheet.says, panel.most), "soft", "end")
    else:
        sheet.text(MARGIN, nothing, "ink")
    sheet.y += 24


def _bar(sheet: Sheet, panel: Panel, row: Row | None) -> None:
    sheet.line(panel.x, panel.x + panel.width, "grid")
    if row is None or row.share_now is None:
        sheet.text(panel.x + 2, UNKNOWN, "soft", up=-1)
        return
    look = "now" if row.is_sure else "unsure"
    sheet.line(panel.at(row.low), panel.at(row.high), look)
    sheet.dot(panel.at(row.share_now), f"{look}-dot")
    if row.share_usual is not None:
        x = panel.at(row.share_usual)
        sheet.line(x, x, "usual", (-1.5, 7.5))


def _panels(count: int, most: float) -> list[Panel]:
    gap = 14.0
    width = (WIDTH - 2 * MARGIN - LABELS - gap * (count - 1)) / max(count, 1)
    return [Panel(MARGIN + LABELS + place * (width + gap), width, most) for place in range(count)]


def save(report: TrendsReport, path: Path, language: Language = "en") -> None:
    """Write the page as SVG or PDF, by the name's end; raises ConfigError for another one or an unwritable folder."""
    makers: dict[str, Callable[[str], bytes]] = {".svg": _svg, ".pdf": _pdf}
    if path.suffix not in makers:
        raise ConfigError(f"--report {path}: expected a name that ends in .svg or .pdf")
    try:
        write(path, makers[path.suffix](drawn(report, Text(language))))
    except OSError as err:
        raise ConfigError(f"--report {path}: cannot be written ({err}); is its folder there?") from err


def _svg(drawing: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing}\n'.encode()


def _pdf(drawing: str) -> bytes:
    from fpdf import FPDF  # noqa: PLC0415  only needed for a PDF

    page = FPDF(unit="pt", format=(WIDTH, HEIGHT))
    page.set_auto_page_break(auto=False)
    page.add_page()
    page.set_font("Helvetica")
    page.image(io.BytesIO(drawing.translate(IN_LATIN_1).encode()), x=0, y=0, w=WIDTH)
    return bytes(page.output())
