"""`spotter trends`: print the report as a table, CSV or JSON, and draw it."""

import csv
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from edge.booth.trends_report import COLUMNS, SINCE, Against, Question, TrendsReport, make_report, table
from edge.booth.trends_sheet import save
from edge.booth.trends_table import show
from edge.command import parse_since
from edge.config import BoothConfig, Language, WorkerConfig
from edge.errors import ConfigError


def run_trends(
    config: BoothConfig | WorkerConfig,
    *,
    since: str | None = None,
    against: Against = "usual",
    facet: str = "",
    form: str = "table",
    report: Path | None = None,
    language: Language = "en",
    sites: Sequence[str] = (),
    weeks: int = 4,
    shows_all: bool = False,
) -> int:
    """`spotter trends`: 0, or 1 if nothing was counted yet. Raises ConfigError or StoreError (exit code 2)."""
    if report is not None and report.suffix not in (".svg", ".pdf"):
        raise ConfigError(f"--report {report}: expected a name that ends in .svg or .pdf")
    begin = parse_since(since or SINCE[against], time.time())
    found = make_report(config, Question(since=begin, against=against, facet=facet, weeks=weeks), sites)
    if report is not None:
        save(found, report, language)
    if form == "json":
        print(msgspec.json.encode(found).decode())
    elif form == "csv":
        write_csv(found)
    else:
        show(found, shows_all=shows_all)
    is_empty = not any(site.trends for site in found.sites)
    if is_empty:
        print("no window with enough sightings since then; nodes send their counts every 15 minutes", file=sys.stderr)
    return 1 if is_empty else 0


def write_csv(report: TrendsReport) -> None:
    """Print the table; what is unknown is empty, as pandas reads it."""
    writer = csv.DictWriter(sys.stdout, COLUMNS)
    writer.writeheader()
    writer.writerows(table(report))
