"""`spotter trends` on weeks of counts in a real store: tables, CSV, JSON and sheets, of one site and of several."""

import csv
import io
import json
import time
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from edge import wire
from edge.booth.page.text import Text
from edge.booth.trends_command import run_trends
from edge.booth.trends_report import COLUMNS, Question, TrendsReport, make_report, sure, table
from edge.booth.trends_sheet import WIDTH, drawn
from edge.booth.trends_words import UNKNOWN
from edge.cli import main
from edge.command import parse_since
from edge.config import BoothConfig, Language, WorkerConfig
from edge.errors import ConfigError, StoreError
from edge.limits import FLOOR
from edge.phrase.table import LANGUAGES
from edge.store.store import DAY_S, SqlStore
from tests.booth.wardrobes import USUAL, fill

LONGEST_HEAD = 80
"""Letters of a head that fit into the width of the page."""
SVG = "{http://www.w3.org/2000/svg}"
TODAY = int(time.time() // DAY_S) * DAY_S
BRIGHT = {**USUAL, ("orange", "teal"): 0.2}
"""What people wear this week in york; in soho all is as usual."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> BoothConfig:
    """Return the settings of a booth whose store has four weeks of soho and york, until yesterday."""
    made = BoothConfig(site="soho", store=f"sqlite:///{tmp_path_factory.mktemp('booth')}/booth.sqlite")
    with closing(SqlStore(made.store, "soho")) as store:
        fill(store, TODAY - DAY_S)
        fill(store.at("york"), TODAY - 8 * DAY_S, weeks=3, seed=2)
        fill(store.at("york"), TODAY - DAY_S, weeks=1, seed=3, worn=BRIGHT)
    return made


def since() -> float:
    return TODAY - 7 * DAY_S


def rows(report: TrendsReport, site: int) -> dict[str, str]:
    return {f"{row.facet}:{row.value}": row.verdict for row in report.sites[site].trends}


def test_cities_stand_side_by_side_and_only_one_has_changed(config: BoothConfig) -> None:
    for against in ("usual", "last-week"):
        report = make_report(config, Question(since=since(), against=against), ["soho", "york"])
        assert [site.site for site in report.sites] == ["soho", "york"]
        assert rows(report, 1)["colour:orange"] == "more than usual"
        assert rows(report, 1)["combination:orange-over-teal"] == "more than usual"
        assert "more than usual" not in rows(report, 0).values(), against


def test_exceptions_are_compared_with_everybody_week_by_week(config: BoothConfig) -> None:
    (site,) = make_report(config, Question(since=since())).sites
    full = [week for week in site.exceptions if week.alerted == 7 * 20]
    assert len(site.exceptions) == 4
    assert full
    for week in full:
        (orange,) = [row for row in week.rows if row.value == "orange"]
        assert orange.verdict == "more than chance"
        assert orange.share_now == pytest.approx(8 / 20)
        assert orange.low < 8 / 20 < orange.high
        assert orange.share_usual == pytest.approx(0.03, abs=0.01)


def test_the_table_is_tidy_and_holds_the_floor(config: BoothConfig, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_trends(config, since="7d", form="csv", sites=["soho", "york"]) == 0
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert tuple(found[0]) == COLUMNS
    keys = [(row["site"], row["group"], row["from"], row["code"]) for row in found]
    assert len(set(keys)) == len(keys), "one row for each site, group, time and code"
    assert {row["group"] for row in found} == {"everybody", "alerted"}
    for row in found:
        assert int(row["n"]) >= FLOOR
        assert not row["share"] or float(row["share"]) * int(row["n"]) >= FLOOR - 0.5
        assert ":" not in row["words"]
    assert set(COLUMNS) == set(table(make_report(config, Question(since=since())))[0])


def test_every_column_is_documented() -> None:
    readme = Path(__file__).parents[2] / "edge" / "booth" / "README.md"
    documented = readme.read_text(encoding="utf-8")
    assert [column for column in COLUMNS if f"`{column}`" not in documented] == []


def test_json_has_what_the_table_says(config: BoothConfig, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_trends(config, since="7d", form="json", sites=["york"], facet="combination") == 0
    (site,) = json.loads(capsys.readouterr().out)["sites"]
    assert {row["facet"] for row in site["trends"]} == {"combination"}
    assert run_trends(config, since="7d", sites=["york"]) == 0
    said = capsys.readouterr().out
    assert "orange over teal" in said
    assert "orange top or coat" in said
    assert "colour:" not in said
    assert "0.0 %" not in said


def test_what_is_too_few_to_say_is_folded_away(config: BoothConfig, capsys: pytest.CaptureFixture[str]) -> None:
    """Since this morning nobody has passed yet, and the first day has nothing to be compared with."""
    first = wire.to_time(TODAY - 28 * DAY_S)
    run_trends(config, since=first)
    short = capsys.readouterr().out
    run_trends(config, since=first, shows_all=True)
    long = capsys.readouterr().out
    assert "too few people to say anything" in short
    assert "white over navy" not in short
    assert "white over navy" in long
    assert UNKNOWN in long


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_to_forward_is_in_each_language(config: BoothConfig, tmp_path: Path, language: Language) -> None:
    for name in ("week.svg", "week.pdf"):
        assert run_trends(config, since="7d", report=tmp_path / name, language=language) == 0
    assert (tmp_path / "week.pdf").read_bytes().startswith(b"%PDF")
    said = ["".join(part.itertext()) for part in ET.parse(tmp_path / "week.svg").iter(f"{SVG}text")]
    say = Text(language)
    assert {say(key) for key in ("sheet-exceptions", "everybody-usual", "no-picture")} <= set(said)
    assert max(map(len, said)) * 4.0 < WIDTH, "no line is wider than the page"
    heads = ("sheet-exceptions", "by-week", "everybody-usual", "everybody-last-week", "everybody-baseline")
    assert max(len(say(key)) for key in heads) <= LONGEST_HEAD


@pytest.mark.parametrize("name", ["week.svg", "week.pdf"])
def test_a_designer_gets_one_page(config: BoothConfig, tmp_path: Path, name: str) -> None:
    assert run_trends(config, since="7d", report=tmp_path / name, sites=["soho", "york"]) == 0
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"%PDF" if name.endswith("pdf") else b"<?xml")
    if name.endswith("pdf"):
        assert content.count(b"/Type /Page\n") == 1
    else:
        drawing = ET.fromstring(content)
        said = [element.text for element in drawing.iter(f"{SVG}text")]
        assert "orange over teal" in said
        assert any(str(text).startswith("york, week of") for text in said)
        heights = [float(element.get("y", 0)) for element in drawing.iter(f"{SVG}text")]
        assert max(heights) < 842, "everything is on the page"


def test_the_sheet_of_five_busy_sites_still_fits(config: BoothConfig) -> None:
    report = make_report(config, Question(since=since()), ["soho", "york"])
    many = TrendsReport(since=report.since, until=report.until, against="usual", sites=report.sites * 3)
    drawing = ET.fromstring(drawn(many))
    assert drawing.get("viewBox") == "0 0 595 842"
    plain = drawn(sure(report), has_looks=False)
    assert "stroke-width" not in plain, "the page's style sheet gives the looks"
    assert "#a31515" not in plain


def test_without_a_frozen_baseline_it_says_what_to_do(config: BoothConfig, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="run spotter baseline freeze"):
        run_trends(config, against="baseline")


@pytest.mark.parametrize(("first", "last"), [(28, 8), (200, 100)])
def test_this_week_is_compared_with_the_weeks_learnt(config: BoothConfig, first: int, last: int) -> None:
    frozen = wire.Frozen(
        site="york",
        at=wire.to_time(TODAY),
        mode="spot",
        id="0123456789ab",
        recipe="0123456789ab",
        baseline=b"its content is not looked at",
        nodes=["camera-1"],
        since=wire.to_time(TODAY - first * DAY_S),
        until=wire.to_time(TODAY - last * DAY_S),
    )
    with closing(SqlStore(config.store, "york", is_made=False)) as store:
        store.save_signed_baseline(wire.pack(frozen))
    asked = Question(since=since(), against="baseline")
    if first == 200:
        with pytest.raises(ConfigError, match="was learnt"):
            make_report(config, asked, ["york"])
        return
    report = make_report(config, asked, ["york"])
    assert rows(report, 0)["colour:orange"] == "more than usual"
    assert rows(report, 0)["colour:navy"] == "less than usual"


def test_each_site_of_a_shared_store_is_asked_for_by_name(config: BoothConfig) -> None:
    worker = WorkerConfig(store=config.store, group="workers")
    asked = Question(since=since(), until=TODAY)
    assert make_report(worker, asked, ["soho"]).sites == make_report(config, asked).sites
    for sites in (["paris"], []):
        with pytest.raises(ConfigError, match=r"\(soho, york\)"):
            make_report(worker, asked, sites)


def test_asking_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="start the booth first"):
        make_report(BoothConfig(store=f"sqlite:///{tmp_path}/none.sqlite"), Question(since=since()))
    assert not list(tmp_path.iterdir())


def test_nothing_counted_and_bad_questions_are_said(
    config: BoothConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = BoothConfig(site="soho", store=f"sqlite:///{tmp_path}/empty.sqlite")
    SqlStore(empty.store, "soho").close()
    assert run_trends(empty) == 1
    assert "no window with enough sightings" in capsys.readouterr().err
    with pytest.raises(ConfigError, match=r"expected e\.g\. 24h"):
        parse_since("yesterday", TODAY)
    for name in ("week.doc", "missing/week.svg"):
        with pytest.raises(ConfigError, match="--report"):
            run_trends(config, since="7d", report=tmp_path / name)


def test_the_command_line_takes_sites_and_a_baseline(
    config: BoothConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "booth.yaml").write_text(f"site: soho\nstore: {config.store}\n")
    asked = ["trends", "--config", str(tmp_path / "booth.yaml"), "--since", "7d", "--by", "combination"]
    assert main([*asked, "--site", "soho", "--site", "york", "--against", "last-week"]) == 0
    assert "york" in capsys.readouterr().out
    assert main([*asked, "--site", "york", "--against", "baseline"]) == 2, (
        "the frozen one is of weeks that are not in the store"
    )
