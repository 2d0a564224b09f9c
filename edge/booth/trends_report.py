"""What people wear, and what the exceptions wore, at one site or several side by side: read from the store."""

import math
import time
from collections.abc import Sequence
from typing import Any, Literal, get_args

import msgspec

from edge import wire
from edge.booth.exceptions import WEEK_S, Week, by_week
from edge.booth.trend_windows import Window, windows
from edge.booth.trends import Expected, Outcomes, Row, code, compare, outcomes
from edge.config import BoothConfig, WorkerConfig
from edge.errors import ConfigError, WireError
from edge.limits import WINDOW_S
from edge.phrase.outfit import words
from edge.store.store import DAY_S, SqlStore

Against = Literal["usual", "last-week", "baseline"]
SINCE: dict[Against, str] = {"usual": "24h", "last-week": "7d", "baseline": "7d"}
"""How far back `now` reaches by default."""
WHICH: dict[Against, str] = {
    "usual": "the same hours before, with their trend",
    "last-week": "the same days a week before",
    "baseline": "the weeks of the frozen baseline",
}


class SiteTrends(msgspec.Struct, frozen=True, kw_only=True):
    """One site's trends."""

    site: str
    trends: list[Row]
    """Everybody now, compared; the surest and largest change first."""
    exceptions: list[Week]
    """The people alerted, compared with everybody; the oldest week first."""
    outcomes: Outcomes


class TrendsReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything `spotter trends` reports."""

    since: str
    until: str
    against: Against
    sites: list[SiteTrends]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What to report; times in seconds since 1970."""

    since: float
    until: float = math.inf
    against: Against = "usual"
    facet: str = ""
    """Only this one of vocabulary.FACETS, or empty."""
    weeks: int = 4
    """Number of weeks of exceptions, the last one included."""


def make_report(config: BoothConfig | WorkerConfig, asked: Question, sites: Sequence[str] = ()) -> TrendsReport:
    """Report on sites of the store, by default the booth's own; raises StoreError or ConfigError."""
    own = config.site if isinstance(config, BoothConfig) else ""
    opened = SqlStore(config.store, own, is_made=False)
    try:
        known = {own, *opened.sites()} - {""}
        chosen = [_choose(site, known) for site in dict.fromkeys(sites or (own,))]
        return TrendsReport(
            since=wire.to_time(asked.since),
            until=wire.to_time(min(asked.until, time.time())),
            against=asked.against,
            sites=[site_trends(opened.at(site), site, asked) for site in chosen],
        )
    finally:
        opened.close()


def _choose(site: str, known: set[str]) -> str:
    if site in known or (not site and len(known) == 1):
        return site or next(iter(known))
    here = ", ".join(sorted(known)) or "none yet"
    raise ConfigError(f"--site {site}: expected one of the sites of this store ({here}); is it the right --config?")


def site_trends(store: SqlStore, site: str, asked: Question) -> SiteTrends:
    """Report on one site; `store` is `at` that site. Raises StoreError, or ConfigError without a frozen baseline."""
    frozen = _frozen(store, site) if asked.against == "baseline" else None
    found = windows(store.cells("worn", _from(asked, frozen)))
    now = [window for window in found if asked.since <= window.start <= asked.until]
    earlier = [window for window in found if window.start < asked.since]
    last = min(asked.until, time.time())
    first = last - (asked.weeks - 1) * WEEK_S
    weeks = by_week(store.cells("exception", first - WEEK_S), found, first, last)
    day = WINDOW_S * (int(asked.since) // WINDOW_S)
    return SiteTrends(
        site=site,
        trends=[row for row in compare(now, _expected(earlier, asked, frozen)) if asked.facet in ("", row.facet)],
        exceptions=[_only(week, asked.facet) for week in weeks],
        outcomes=outcomes(store.cells("outcome", day - DAY_S)),
    )


def _from(asked: Question, frozen: wire.Frozen | None) -> float:
    """Return the time from which counts are needed; all are for what is usual."""
    if asked.against == "usual":
        return 0.0
    learnt = math.inf if frozen is None else _time(frozen.since)
    return min(asked.since - WEEK_S, min(asked.until, time.time()) - asked.weeks * WEEK_S, learnt)


def sure(report: TrendsReport) -> TrendsReport:
    """Return the report with only the rows of codes that have changed for sure at some site or in some week."""
    everybody = {code(row) for site in report.sites for row in site.trends if row.is_sure}
    alerted = {code(row) for site in report.sites for week in site.exceptions for row in week.rows if row.is_sure}
    sites = [
        msgspec.structs.replace(
            site,
            trends=[row for row in site.trends if code(row) in everybody],
            exceptions=[
                msgspec.structs.replace(week, rows=[row for row in week.rows if code(row) in alerted])
                for week in site.exceptions
            ],
        )
        for site in report.sites
    ]
    return msgspec.structs.replace(report, sites=sites)


def _only(week: Week, facet: str) -> Week:
    return msgspec.structs.replace(week, rows=[row for row in week.rows if facet in ("", row.facet)])


def _expected(earlier: Sequence[Window], asked: Question, frozen: wire.Frozen | None) -> Expected:
    if frozen is None and asked.against == "usual":
        return Expected(list(earlier), is_drifting=True)
    if frozen is None:
        until = min(asked.until, time.time()) - WEEK_S
        return Expected([window for window in earlier if asked.since - WEEK_S <= window.start <= until])
    first, last = _time(frozen.since), _time(frozen.until)
    learnt = [window for window in earlier if first <= window.start <= last and window.node in frozen.nodes]
    if not learnt:
        raise ConfigError(
            f"--against baseline: expected counts from {frozen.since} to {frozen.until}, when the baseline of "
            f"{frozen.site} was learnt; this store has none before --since: give a later one, or use --against usual"
        )
    return Expected(learnt)


def _time(text: str | None) -> float:
    assert text is not None, "_frozen has checked it"
    return wire.from_time(text)


def _frozen(store: SqlStore, site: str) -> wire.Frozen:
    content = store.signed_baseline()
    try:
        message = wire.decode(wire.booth_topic(site, "baseline"), content)[1] if content else None
    except WireError as err:
        raise ConfigError(
            f"--against baseline: the baseline of {site} cannot be read ({err}); freeze it again"
        ) from err
    if not isinstance(message, wire.Frozen) or message.since is None or message.until is None:
        raise ConfigError(
            f"--against baseline: expected a frozen baseline of {site} that knows its time, found none in this store; "
            "run spotter baseline freeze, or compare with --against usual"
        )
    return message


COLUMNS = (
    "site",
    "group",
    "from",
    "until",
    "code",
    "words",
    "facet",
    "region",
    "value",
    "n",
    "share",
    "low",
    "high",
    "usual",
    "usual_low",
    "usual_high",
    "change",
    "p",
    "verdict",
)
"""Columns of the CSV, one row for each site, group, time and code; edge/booth/README.md says what they mean."""


def table(report: TrendsReport) -> list[dict[str, Any]]:
    """Return all rows as flat records with COLUMNS, for a CSV or `pandas.DataFrame`."""
    found = []
    for site in report.sites:
        found += [_record(site.site, "everybody", report.since, report.until, row) for row in site.trends]
        for week in site.exceptions:
            start, end = (wire.to_time(at) for at in (week.start, week.start + WEEK_S))
            found += [_record(site.site, "alerted", start, end, row) for row in week.rows]
    return found


def _record(site: str, group: str, since: str, until: str, row: Row) -> dict[str, Any]:
    said = {"code": code(row), "words": words(code(row)), "facet": row.facet, "region": row.where, "value": row.value}
    shares = {"share": row.share_now, "low": row.low, "high": row.high, "usual": row.share_usual}
    more = {"usual_low": row.usual_low, "usual_high": row.usual_high, "change": row.change}
    flat = {"site": site, "group": group, "from": since, "until": until, **said, "n": row.n, **shares, **more}
    rounded = {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in flat.items()}
    return {**rounded, "p": None if row.p is None else float(f"{row.p:.4g}"), "verdict": row.verdict}


assert set(get_args(Against)) == set(SINCE) == set(WHICH)
