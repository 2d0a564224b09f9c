"""The page of trends: a drawing without anything inline, the same as a table, and a sentence while there is nothing."""

import re
from html import unescape

import msgspec
import pytest

from edge.booth.exceptions import Week, week_of
from edge.booth.page import trends_view
from edge.booth.page.text import Text
from edge.booth.trends import Outcomes
from edge.booth.trends_report import SiteTrends, TrendsReport
from edge.config import Language
from edge.phrase.table import LANGUAGES
from edge.wire import to_time
from tests.booth.page.pages import TRENDS, Browser, ServedPage, make_snapshot
from tests.messages import NOW

FLAGGED = msgspec.structs.replace(TRENDS[0], verdict="more than chance", n=48)
WEEK = Week(start=week_of(NOW), alerted=48, sightings=9000, rows=[FLAGGED])
SITES = [SiteTrends(site=name, trends=TRENDS, exceptions=[WEEK], outcomes=Outcomes()) for name in ("soho", "york")]
REPORT = TrendsReport(since=to_time(NOW - 7 * 86_400), until=to_time(NOW), against="last-week", sites=SITES)


def test_the_page_draws_every_site_and_says_the_same_in_words(served: ServedPage, browser: Browser) -> None:
    served.page.show(make_snapshot(report=REPORT))
    text = browser.get("/week").text
    drawing = text[text.index("<svg") : text.index("</svg>")]
    for said in ("orange top or coat", "soho, week of", "york, week of", "48 alerted"):
        assert said in drawing
    plain = re.sub(r"<[^>]+>", " ", text[text.index("<table") :])
    for said in ("york", "people alerted", "everybody", "13 %", "more than chance", "less than usual"):
        assert said in plain
    assert "colour:" not in text


def test_nothing_is_inline_and_all_is_escaped(served: ServedPage, browser: Browser) -> None:
    bad = "<script>alert(1)</script>"
    odd = msgspec.structs.replace(SITES[0], site=bad)
    served.page.show(make_snapshot(report=msgspec.structs.replace(REPORT, sites=[odd])))
    text = browser.get("/week").text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|https?://", text)
    assert text.count("&lt;script&gt;") >= 2


def test_while_there_is_nothing_it_says_why(served: ServedPage, browser: Browser) -> None:
    served.page.show(make_snapshot())
    assert "Too few sightings yet" in browser.get("/week").text
    view = trends_view.of(make_snapshot(missing={"trends": "the store is in memory only"}), Text("en"))
    assert "Trends (the store is in memory only)" in view.missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_language_of_the_browser(served: ServedPage, browser: Browser, language: Language) -> None:
    served.page.show(make_snapshot(report=REPORT))
    text = browser.get("/week", **{"Accept-Language": language}).text
    say = Text(language)
    assert f'lang="{language}"' in text
    for key in ("sheet-exceptions", "sheet-bars", "people-alerted", "share-95", "verdict-more"):
        assert say(key) in unescape(text), key


def test_strangers_must_log_in(locked_page: ServedPage, stranger: Browser) -> None:
    locked_page.page.show(make_snapshot(report=REPORT))
    answer = stranger.get("/week")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login"


def test_the_table_links_to_it(served: ServedPage, browser: Browser) -> None:
    served.page.show(make_snapshot())
    assert 'href="/week"' in browser.get("/trends").text
