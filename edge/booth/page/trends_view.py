"""What the page of trends shows: the drawing, and the same in a table for those who cannot see it; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from edge import wire
from edge.booth.page.snapshot import Snapshot
from edge.booth.page.text import Text
from edge.booth.page.troubles import missing
from edge.booth.trends import Row, code
from edge.booth.trends_report import SiteTrends, TrendsReport
from edge.booth.trends_sheet import drawn
from edge.booth.trends_words import day_name, now_text, usual_text, verdict
from edge.phrase.outfit import words


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    site: str
    when: str
    who: str
    """`people alerted` or `everybody`."""
    what: str
    now: str
    usual: str
    verdict: str


@dataclass(frozen=True)
class View:
    """The page of trends."""

    sheet: Markup
    """An SVG whose colours come from static/trends.css; empty while there is nothing to draw."""
    lines: list[Line]
    missing: str
    """Why there is nothing; empty if there is something."""


def of(snapshot: Snapshot, text: Text) -> View:
    """Return the page's content."""
    report = snapshot.report
    if report is None or not any(site.trends or any(week.rows for week in site.exceptions) for site in report.sites):
        why = snapshot.missing.get("trends")
        return View(Markup(), [], missing(text, text("trends"), why) if why else text("week-too-few"))
    sheet = Markup(drawn(report, text, has_looks=False))  # noqa: S704  made and escaped by ElementTree
    return View(sheet, list(_lines(report, text)), "")


def _lines(report: TrendsReport, text: Text) -> Iterator[Line]:
    for site in report.sites:
        yield from _alerted(site, text)
        since = text("since", day=day_name(wire.from_time(report.since), text))
        for row in site.trends:
            yield _line(site.site, since, text("everybody"), row, text)


def _alerted(site: SiteTrends, text: Text) -> Iterator[Line]:
    for week in reversed(site.exceptions):
        for row in week.rows:
            when = text("week-of", day=day_name(week.start, text))
            yield _line(site.site, when, text("people-alerted"), row, text)


def _line(site: str, when: str, who: str, row: Row, text: Text) -> Line:
    what, told = words(code(row), text.language), verdict(row, text)
    return Line(site, when, who, what, now_text(row, text), usual_text(row, text), told)
