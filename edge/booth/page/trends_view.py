"""What the page of trends shows: the drawing, and the same in a table for those who cannot see it; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from edge.booth.page.snapshot import Snapshot
from edge.booth.trends import Row, code
from edge.booth.trends_report import SiteTrends, TrendsReport
from edge.booth.trends_sheet import drawn
from edge.booth.trends_words import day_name, now_text, usual_text
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


def of(snapshot: Snapshot) -> View:
    """Return the page's content."""
    report = snapshot.report
    if report is None or not any(site.trends or any(week.rows for week in site.exceptions) for site in report.sites):
        why = snapshot.missing.get("trends", "too few sightings yet to say what stood out this week")
        return View(Markup(), [], f"Nothing to show: {why}.")
    sheet = Markup(drawn(report, has_looks=False))  # noqa: S704  made and escaped by ElementTree
    return View(sheet, list(_lines(report)), "")


def _lines(report: TrendsReport) -> Iterator[Line]:
    for site in report.sites:
        yield from _alerted(site)
        for row in site.trends:
            yield _line(site.site, f"since {report.since[:10]}", "everybody", row)


def _alerted(site: SiteTrends) -> Iterator[Line]:
    for week in reversed(site.exceptions):
        for row in week.rows:
            yield _line(site.site, f"week of {day_name(week.start)}", "people alerted", row)


def _line(site: str, when: str, who: str, row: Row) -> Line:
    return Line(site, when, who, words(code(row)), now_text(row), usual_text(row), row.verdict)
