"""`spotter trends`: the booth's counts as a table, CSV, JSON or a plot."""

import csv
import sys
import time
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from edge import wire
from edge.booth.trends import Outcomes, Row, code, exceptions, outcomes, trends
from edge.command import parse_since
from edge.config import BoothConfig, WorkerConfig
from edge.errors import ConfigError
from edge.limits import WINDOW_S
from edge.phrase.outfit import words
from edge.store.store import DAY_S, SqlStore

PLOTTED = 24
"""Most rows in a plot, the most significant first."""


class TrendsReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything `spotter trends` reports."""

    site: str
    since: str
    trends: list[Row]
    exceptions: dict[str, int]
    """Counts of each reason among the people alerted since that day; counts below FLOOR are left out."""
    outcomes: Outcomes


def make_report(
    config: BoothConfig | WorkerConfig, since: float, facet: str = "", site: str | None = None
) -> TrendsReport:
    """Report on one site of the store, by default the booth's own; raises StoreError or ConfigError."""
    own = config.site if isinstance(config, BoothConfig) else ""
    opened = SqlStore(config.store, own, is_made=False)
    try:
        wanted = _choose(site or own, {own, *opened.sites()} - {""})
        store = opened.at(wanted)
        rows = trends(store.cells("worn"), since)
        day = WINDOW_S * (int(since) // WINDOW_S)
        return TrendsReport(
            site=wanted,
            since=wire.to_time(since),
            trends=[row for row in rows if facet in ("", row.facet)],
            exceptions=exceptions(store.cells("exception", day - DAY_S)),
            outcomes=outcomes(store.cells("outcome", day - DAY_S)),
        )
    finally:
        opened.close()


def _choose(site: str, known: set[str]) -> str:
    if site in known or (not site and len(known) == 1):
        return site or next(iter(known))
    here = ", ".join(sorted(known)) or "none yet"
    raise ConfigError(f"--site {site}: expected one of the sites of this store ({here}); is it the right --config?")


def run_trends(
    config: BoothConfig | WorkerConfig,
    *,
    since: str,
    facet: str,
    form: str,
    plot: Path | None,
    site: str | None = None,
) -> int:
    """`spotter trends`: 0, or 1 if nothing was counted yet. Raises ConfigError or StoreError (exit code 2)."""
    report = make_report(config, parse_since(since, time.time()), facet, site)
    if plot is not None:
        draw(report, plot)
    if form == "json":
        print(msgspec.json.encode(report).decode())
    elif form == "csv":
        _write_csv(report.trends)
    elif report.trends:
        _print(report)
    if not report.trends:
        print("no window with enough sightings since then; nodes send their counts every 15 minutes", file=sys.stderr)
    return 0 if report.trends else 1


def draw(report: TrendsReport, path: Path) -> None:
    """Plot shares now, with intervals, and usual shares to a .png or .svg; raises ConfigError without matplotlib."""
    if path.suffix not in (".png", ".svg"):
        raise ConfigError(f"--plot {path}: expected a name that ends in .png or .svg")
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415  an extra, and slow to load
    except ImportError as err:
        raise ConfigError("--plot needs matplotlib: pip install 'exception-spotter[plot]'") from err
    rows = report.trends[:PLOTTED][::-1]
    figure = Figure(figsize=(9, 1.5 + 0.32 * len(rows)), layout="constrained")
    axes = figure.subplots()
    at = range(len(rows))
    axes.errorbar(
        [100 * row.share_now for row in rows],
        at,
        xerr=[
            [100 * (row.share_now - row.low) for row in rows],
            [100 * (row.high - row.share_now) for row in rows],
        ],
        fmt="o",
        capsize=3,
        label=f"since {report.since}, 95 %",
    )
    axes.plot([100 * row.share_usual for row in rows], at, "k|", markersize=14, label="usual")
    axes.set_yticks(
        at, [f"{words(code(row))}{'' if row.verdict == 'as usual' else f' ({row.verdict})'}" for row in rows]
    )
    axes.set_xlabel("% of sightings")
    axes.set_title(f"Clothing at {report.site}")
    axes.legend(loc="lower right")
    figure.savefig(path)


def _write_csv(rows: list[Row]) -> None:
    writer = csv.DictWriter(sys.stdout, Row.__struct_fields__)
    writer.writeheader()
    writer.writerows(msgspec.to_builtins(row) for row in rows)


def _print(report: TrendsReport) -> None:
    table = Table(title=f"{report.site} since {report.since}")
    for name in ("what", "now", "95 %", "usual", "sightings", ""):
        table.add_column(name)
    for row in report.trends:
        now, between = f"{row.share_now:.1%}", f"{row.low:.1%} - {row.high:.1%}"
        table.add_row(words(code(row)), now, between, f"{row.share_usual:.1%}", f"{row.n:,}", row.verdict)
    console = Console()
    console.print(table)
    if report.exceptions:
        console.print("People alerted wore: " + ", ".join(f"{words(one)} {n}" for one, n in report.exceptions.items()))
    console.print(_sentence(report.outcomes))


def _sentence(found: Outcomes) -> str:
    if found.precision is None:
        return "No outcome of an alert is known yet."
    took = "" if found.greet_s is None else f"; greeted {found.greet_s:.0f} s after being seen"
    return (
        f"Of the people found, {found.precision:.0%} ({found.low:.0%}-{found.high:.0%}) were unusual: "
        f"{found.greeted} greeted, {found.declined} declined, {found.not_unusual} not unusual, "
        f"{found.not_found} not found{took}."
    )
