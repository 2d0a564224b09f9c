"""Access to the page: host names, forms, the password and its session, and the token for /metrics."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from edge.booth.page.access import MOST_BYTES
from edge.booth.page.login_throttle import MOST_EACH, WINDOW_S
from edge.booth.page.session import LASTS_S
from edge.config import PageSection
from tests.booth.page.pages import (
    ALERT,
    PASSWORD,
    READABLE,
    Browser,
    ServedPage,
    locked,
    serve_page,
)

FORMS = ("/login", "/logout", "/who", "/language", "/outcome")
HOSTILE = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "https://127.0.0.1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
]


@pytest.mark.parametrize("headers", HOSTILE)
@pytest.mark.parametrize("path", FORMS)
def test_forms_of_other_pages_are_refused(
    served: ServedPage, browser: Browser, path: str, headers: dict[str, str]
) -> None:
    """They are refused even with the token, which no other page can know."""
    answer = browser.post(path, headers, token=browser.token(), alert=ALERT, outcome="claimed", who="north")
    assert (answer.status_code, answer.text) == (403, "This did not come from the booth's own page.\n")
    assert served.reported == []


def test_a_form_without_any_origin_is_refused(served: ServedPage, browser: Browser) -> None:
    fields = {"token": browser.token(), "alert": ALERT, "outcome": "claimed"}
    assert browser.client.post("/outcome", data=fields).status_code == 403
    assert browser.client.post("/outcome", data=fields, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert len(served.reported) == 1


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_this_sessions_token_is_refused(served: ServedPage, browser: Browser, path: str) -> None:
    other = Browser(served.page.url)
    foreign = other.token()
    other.client.close()
    browser.get("/")
    for token in ("", "0" * 64, foreign, "ä"):
        answer = browser.post(path, token=token, alert=ALERT, outcome="claimed", who="north")
        assert answer.status_code == 403
        assert "older session" in answer.text
    browser.client.cookies.clear()
    assert browser.post(path, token=foreign, alert=ALERT, outcome="claimed", who="north").status_code == 403
    assert served.reported == []


def test_tokens_end_with_their_session(served: ServedPage, browser: Browser) -> None:
    token = browser.token()
    served.clock.sleep(LASTS_S)
    assert browser.post("/outcome", token=token, alert=ALERT, outcome="claimed").status_code == 403


@pytest.mark.parametrize("path", ["/", "/health", "/state.json", "/metrics", "/static/page.js", "/nowhere"])
def test_a_name_that_was_rebound_to_this_machine_is_refused(browser: Browser, path: str) -> None:
    for host in ("evil.example", "evil.example:8080", "127.0.0.1.evil.example", "10.0.0.7", "", "[evil]"):
        answer = browser.get(path, host=host)
        assert answer.status_code == 421, host
        assert "page.hosts" in answer.text
        assert "1 in 500" not in answer.text
    assert browser.get(path, host=socket.gethostname()).status_code == 421
    for host in ("localhost", "LocalHost:9999", "127.0.0.1", "[::1]:8080"):
        assert browser.get(path, host=host).status_code in (200, 404)


def test_the_machines_own_name_is_known_on_the_network(stranger: Browser) -> None:
    for host in (socket.gethostname(), f"{socket.gethostname()}:8080", "10.0.0.7"):
        assert stranger.get("/login", host=host).status_code == 200
    assert stranger.get("/login", host="evil.example").status_code == 421


def test_the_page_of_cameras_needs_a_log_in_too(stranger: Browser) -> None:
    answer = stranger.get("/health")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_two_host_names_are_refused(served: ServedPage) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(served.page.url).port or 0), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert b"1 in 500" not in raw.recv(65536)


def test_names_that_were_configured(tmp_path: Path) -> None:
    with serve_page(page=PageSection(hosts=["Booth.example"])) as served:
        browser = Browser(served.page.url)
        assert browser.get("/", host="booth.example:80").status_code == 200
        assert browser.get("/", host="other.example").status_code == 421
        browser.client.close()


def test_large_and_broken_forms(served: ServedPage, browser: Browser) -> None:
    token, origin = browser.token(), {"Origin": browser.url}
    assert browser.post("/outcome", token=token, alert="x" * MOST_BYTES).status_code == 413
    chunks = browser.client.post(
        "/outcome",
        content=(b"a" * 1000 for _ in range(100)),
        headers=origin | {"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert chunks.status_code == 413
    assert browser.client.post("/outcome", json={"token": token}, headers=origin).status_code == 415
    assert browser.client.post("/outcome", files={"token": token}, headers=origin).status_code == 415
    many = {f"f{i}": "x" for i in range(20)}
    assert browser.post("/outcome", token=token, **many).status_code == 400
    broken = browser.client.post(
        "/outcome", content=b"token=%ff", headers=origin | {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert broken.status_code == 400
    assert served.reported == []


def test_nothing_without_a_password(locked_page: ServedPage, stranger: Browser) -> None:
    answer = stranger.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    for path in READABLE:
        assert stranger.get(path).status_code == 401
    token = stranger.token("/login")
    for path in ("/outcome", "/who", "/logout"):
        assert stranger.post(path, token=token, alert=ALERT, outcome="claimed", who="north").status_code == 401
    assert locked_page.reported == []
    for text in (answer.text, stranger.get("/login").text, stranger.get("/state.json").text):
        assert "1 in 500" not in text
        assert "one_in" not in text
        assert "camera-1" not in text


def test_logging_in_and_out(locked_page: ServedPage, stranger: Browser) -> None:
    assert stranger.log_in(who="north").headers["location"] == "/"
    assert "1 in 500" in stranger.get("/").text
    assert stranger.get("/login").headers["location"] == "/"
    assert [stranger.get(path).status_code for path in READABLE] == [200, 200]
    stranger.post("/outcome", token=stranger.token(), alert=ALERT, outcome="claimed")
    assert locked_page.reported == [(ALERT, "claimed", "north")]
    kept = dict(stranger.client.cookies)
    assert stranger.post("/logout", token=stranger.token()).status_code == 303
    stranger.client.cookies.update(kept)
    assert stranger.get("/").headers["location"] == "/login", "a cookie that somebody kept is worth nothing"


def test_a_shift_ends(locked_page: ServedPage, stranger: Browser) -> None:
    stranger.log_in()
    locked_page.clock.sleep(LASTS_S - 1)
    assert stranger.get("/").status_code == 200
    locked_page.clock.sleep(1)
    assert stranger.get("/").status_code == 303


def test_the_session_cookie(stranger: Browser) -> None:
    before = stranger.get("/login").headers["set-cookie"]
    after = stranger.log_in().headers["set-cookie"]
    for cookie in (before, after):
        assert {"HttpOnly", "Path=/", f"Max-Age={LASTS_S}", "SameSite=strict"} <= set(cookie.split("; "))
    assert before.split("=")[1] != after.split("=")[1], "another session after logging in"


def test_a_visitors_session_opens_nothing(locked_page: ServedPage, stranger: Browser) -> None:
    stranger.get("/login")
    ((name, value),) = stranger.client.cookies.items()
    stranger.client.cookies.set(name.replace("-visit", "-in"), value)
    assert stranger.get("/state.json").status_code == 401


@pytest.mark.parametrize("wrong", ["", "wrong", PASSWORD + "x", "x" * 1000])
def test_a_wrong_password(stranger: Browser, wrong: str) -> None:
    answer = stranger.log_in(wrong)
    assert answer.status_code == 403
    assert "Wrong password" in answer.text
    assert stranger.get("/").status_code == 303


def test_too_many_wrong_passwords(locked_page: ServedPage, stranger: Browser) -> None:
    for _ in range(MOST_EACH):
        assert stranger.log_in("wrong").status_code == 403
    answer = stranger.log_in()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, f"{WINDOW_S + 1:.0f}")
    assert "try again in" in answer.text
    assert stranger.get("/").status_code == 303, "not even the right one"
    forwarded = stranger.post("/login", {"X-Forwarded-For": "192.0.2.9"}, token=stranger.token("/login"), password="x")
    assert forwarded.status_code == 429
    locked_page.clock.sleep(WINDOW_S)
    assert stranger.log_in().status_code == 303


def test_a_restart_logs_everybody_out(tmp_path: Path, stranger: Browser) -> None:
    stranger.log_in()
    with serve_page(**locked(tmp_path)) as again:
        newcomer = Browser(again.page.url)
        old, new = (urlsplit(browser.url).port for browser in (stranger, newcomer))
        for name, value in stranger.client.cookies.items():
            newcomer.client.cookies.set(name.replace(str(old), str(new)), value)
        assert newcomer.get("/").status_code == 303
        newcomer.client.close()


def test_a_token_opens_the_metrics_alone(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.touch(0o600)
    path.write_text("0123456789abcdef0123\n")
    with serve_page(**locked(tmp_path, metrics_token_file=str(path))) as served:
        browser = Browser(served.page.url)
        bearer = "Bearer 0123456789abcdef0123"
        assert browser.get("/metrics", authorization=bearer).status_code == 200
        for wrong in ("Bearer 0123456789abcdef012", "Bearer", "Basic 0123456789abcdef0123", ""):
            assert browser.get("/metrics", authorization=wrong).status_code == 401
        assert browser.get("/state.json", authorization=bearer).status_code == 401
        assert browser.get("/", authorization=bearer).status_code == 303
        browser.client.close()
