"""`spotter trends` at a terminal: words instead of codes, what is too few to say folded away."""

from rich.console import Console
from rich.table import Table

from edge.booth.page.text import Text
from edge.booth.trends import TOO_FEW, Outcomes, Row, code
from edge.booth.trends_report import WHICH, SiteTrends, TrendsReport
from edge.booth.trends_words import MARKS, UNKNOWN, day_name, merged, now_text, usual_text
from edge.phrase.outfit import words

ENGLISH = Text("en")


def show(report: TrendsReport, *, shows_all: bool = False, console: Console | None = None) -> None:
    """Print the report: everybody, then the exceptions, then how alerts ended."""
    console = console or Console()
    if any(site.trends for site in report.sites):
        _show_everybody(report, console, shows_all=shows_all)
    for site in report.sites:
        _show_exceptions(site, console, shows_all=shows_all)
        console.print(f"{site.site}: {sentence(site.outcomes)}")


def _show_everybody(report: TrendsReport, console: Console, *, shows_all: bool) -> None:
    title = f"What everybody wears since {report.since}, against {WHICH[report.against]}"
    table = Table("what", title=title)
    for site in report.sites:
        name = f"{site.site}: " if len(report.sites) > 1 else ""
        for column in ("now (95 %)", "before", ""):
            table.add_column(name + column)
    by_site = [{code(row): row for row in site.trends} for site in report.sites]
    rows = merged([site.trends for site in report.sites])
    shown = [word for word in rows if shows_all or any(_is_told(found.get(word)) for found in by_site)]
    for word in shown:
        cells = [cell for found in by_site for cell in _cells(found.get(word))]
        table.add_row(words(word), *cells)
    console.print(table)
    _say_hidden(len(rows) - len(shown), console)


def _is_told(row: Row | None) -> bool:
    return row is not None and row.verdict != TOO_FEW


def _cells(row: Row | None) -> tuple[str, str, str]:
    if row is None:
        return UNKNOWN, UNKNOWN, ""
    return now_text(row, ENGLISH), usual_text(row, ENGLISH), f"{MARKS.get(row.verdict, '')} {row.verdict}".strip()


def _show_exceptions(site: SiteTrends, console: Console, *, shows_all: bool) -> None:
    weeks = [week for week in site.exceptions if week.rows]
    if not weeks:
        return
    table = Table("what", title=f"{site.site}: what people alerted wore, against everybody; ▲ more than chance")
    for week in weeks:
        table.add_column(f"week of {day_name(week.start, ENGLISH)}: of {week.alerted:,} alerted (95 %)")
        table.add_column("of everybody")
    by_week = [{code(row): row for row in week.rows} for week in weeks]
    rows = merged([week.rows for week in reversed(weeks)])
    shown = [word for word in rows if shows_all or any(_is_told(found.get(word)) for found in by_week)]
    for word in shown:
        table.add_row(words(word), *(cell for found in by_week for cell in _exception_cells(found.get(word))))
    console.print(table)
    _say_hidden(len(rows) - len(shown), console)


def _exception_cells(row: Row | None) -> tuple[str, str]:
    now, usual, _ = _cells(row)
    return (now if row is None or not row.is_sure else f"▲ {now}"), usual


def _say_hidden(count: int, console: Console) -> None:
    if count:
        console.print(f"{count} more with too few people to say anything; --all shows them.")


def sentence(found: Outcomes) -> str:
    """Return how alerts ended."""
    if found.precision is None:
        return "no outcome of an alert is known yet."
    took = "" if found.greet_s is None else f"; greeted {found.greet_s:.0f} s after being seen"
    return (
        f"of the people found, {found.precision:.0%} ({found.low:.0%}-{found.high:.0%}) were unusual: "
        f"{found.greeted} greeted, {found.declined} declined, {found.not_unusual} not unusual, "
        f"{found.not_found} not found{took}."
    )
