"""The page over HTTP: what it shows, and everything it refuses."""

import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
import tomllib
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from edge.booth.page.access import MOST_BYTES
from edge.booth.page.login_throttle import MOST_EACH, WINDOW_S
from edge.booth.page.routes import HEADERS
from edge.booth.page.session import LASTS_S
from edge.booth.page.snapshot import Snapshot
from edge.booth.roster import NodeHealth
from edge.config import PageSection
from edge.errors import ConfigError, StoreError
from tests.booth.page.pages import (
    BUDGET,
    OUTCOMES,
    PASSWORD,
    TRENDS,
    Browser,
    ServedPage,
    locked,
    make_snapshot,
    make_view,
    serve_page,
)

ALERT = make_view().alert.id
FORMS = ("/login", "/logout", "/who", "/outcome")
READABLE = ("/state.json", "/metrics")


def test_everything_is_shown(served: ServedPage, browser: Browser) -> None:
    served.page.show(make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS))
    text = re.sub(r"<[^>]+>", "", browser.get("/").text)
    for part in (
        "1 in 430 (300-620)",
        "Look north-west",
        "orange upper, checked lower",
        "47 s left",
        "too dark: clean",
    ):
        assert part in text
    for part in ("1,180", "1 in 210", "82 % (52-95)", "more than usual", "camera-1 lost 3 sightings", "Refused 11"):
        assert part in text
    assert not re.search(r"<(img|picture|video|canvas|object|iframe)\b", browser.get("/").text)


def test_nothing_is_inline(served: ServedPage, browser: Browser) -> None:
    served.page.show(make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS))
    text = browser.get("/").text
    assert re.findall(r"<script[^>]*>", text) == ['<script src="/static/page.js" defer>']
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text)


def test_everything_is_escaped(served: ServedPage, browser: Browser) -> None:
    bad = "<script>alert(1)</script>\"'"
    nodes = [NodeHealth(bad, "ok", [bad])]
    served.page.show(make_snapshot(nodes=nodes, trouble=bad, refused={bad: 1}, alerts=[make_view(1, "claimed", bad)]))
    text = browser.get("/").text
    assert "<script>" not in text
    assert text.count("&lt;script&gt;") >= 5


def test_the_state_as_json(served: ServedPage, browser: Browser) -> None:
    snapshot = make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS)
    served.page.show(snapshot)
    assert msgspec.convert(json.loads(browser.get("/state.json").text), Snapshot) == snapshot


def test_a_silent_booth_is_said(served: ServedPage, browser: Browser) -> None:
    assert "nothing new" not in browser.get("/").text
    served.clock.sleep(30)
    assert "not been updated for 30 s" in browser.get("/").text


@pytest.mark.parametrize("path", ["/", "/state.json", "/metrics", "/nowhere", "/static/page.css", "/static/../app.py"])
def test_strict_headers_on_everything(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "server" not in answer.headers
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_only_what_is_shipped_is_served(browser: Browser) -> None:
    assert {path: browser.get(path).status_code for path in ("/static/page.js", "/static/icon.svg")} == {
        "/static/page.js": 200,
        "/static/icon.svg": 200,
    }
    for path in ("/static/", "/static/%2e%2e/app.py", "/docs", "/app.py"):
        assert browser.get(path).status_code == 404


@pytest.mark.parametrize("kind", ["claimed", "greeted", "not_found", "not_unusual", "declined"])
def test_outcomes_go_to_the_booth(served: ServedPage, browser: Browser, kind: str) -> None:
    if kind != "claimed":
        served.page.show(make_snapshot(alerts=[make_view(1, "claimed", "north")]))
    token = browser.token()
    assert browser.post("/who", token=token, who="north").status_code == 303
    answer = browser.post("/outcome", token=token, alert=ALERT, outcome=kind)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert served.told == [(ALERT, kind, "north")]


def test_outcomes_that_make_no_sense(served: ServedPage, browser: Browser) -> None:
    token = browser.token()
    for fields, status, say in (
        ({"alert": ALERT, "outcome": "adored"}, 400, "Expected one of these outcomes: claimed"),
        ({"alert": ALERT}, 400, "Expected one of these outcomes"),
        ({"alert": "0123456789abcdef", "outcome": "claimed"}, 404, "alert is over"),
        ({"outcome": "claimed"}, 404, "alert is over"),
        ({"alert": ALERT, "outcome": "greeted"}, 409, "This alert is open already"),
    ):
        answer = browser.post("/outcome", token=token, **fields)
        assert answer.status_code == status
        assert say in answer.text
    served.page.show(make_snapshot(alerts=[make_view(1, "claimed", "south")]))
    assert "claimed by south" in browser.post("/outcome", token=token, alert=ALERT, outcome="claimed").text
    served.page.show(make_snapshot(alerts=[make_view(left_s=0)]))
    assert browser.post("/outcome", token=token, alert=ALERT, outcome="claimed").status_code == 404
    assert served.told == []


def test_an_outcome_that_the_booth_cannot_pass_on(served: ServedPage, browser: Browser) -> None:
    served.breaks = StoreError("the disk is full")
    answer = browser.post("/outcome", token=browser.token(), alert=ALERT, outcome="claimed")
    assert (answer.status_code, answer.text) == (503, "The outcome was not sent: the disk is full\n")


@pytest.mark.parametrize("who", ["", "ab", "Capitals", "a b c", "x" * 33, "north\n", "<b>bold</b>"])
def test_a_laptop_has_a_plain_name(browser: Browser, who: str) -> None:
    answer = browser.post("/who", token=browser.token(), who=who)
    assert answer.status_code == 400
    assert "small letters" in answer.text


def test_a_name_that_was_slipped_in_is_not_believed(served: ServedPage, browser: Browser) -> None:
    browser.client.cookies.set("spotter-who", "<b>")
    browser.post("/outcome", token=browser.token(), alert=ALERT, outcome="claimed")
    assert served.told == [(ALERT, "claimed", "booth")]


def test_an_error_of_ours_says_nothing(served: ServedPage, browser: Browser) -> None:
    served.breaks = RuntimeError("camera-1")
    answer = browser.post("/outcome", token=browser.token(), alert=ALERT, outcome="claimed")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


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
    assert served.told == []


def test_a_form_without_any_origin_is_refused(served: ServedPage, browser: Browser) -> None:
    fields = {"token": browser.token(), "alert": ALERT, "outcome": "claimed"}
    assert browser.client.post("/outcome", data=fields).status_code == 403
    assert browser.client.post("/outcome", data=fields, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert len(served.told) == 1


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
    assert served.told == []


def test_tokens_end_with_their_session(served: ServedPage, browser: Browser) -> None:
    token = browser.token()
    served.clock.sleep(LASTS_S)
    assert browser.post("/outcome", token=token, alert=ALERT, outcome="claimed").status_code == 403


@pytest.mark.parametrize("path", ["/", "/state.json", "/metrics", "/static/page.js", "/nowhere"])
def test_a_name_that_was_rebound_to_this_machine_is_refused(browser: Browser, path: str) -> None:
    for host in ("evil.example", "evil.example:8080", "127.0.0.1.evil.example", "10.0.0.7", "", "[evil]"):
        answer = browser.get(path, host=host)
        assert answer.status_code == 421, host
        assert "page.hosts" in answer.text
        assert "430" not in answer.text
    assert browser.get(path, host=socket.gethostname()).status_code == 421
    for host in ("localhost", "LocalHost:9999", "127.0.0.1", "[::1]:8080"):
        assert browser.get(path, host=host).status_code in (200, 404)


def test_the_machines_own_name_is_known_on_the_network(stranger: Browser) -> None:
    for host in (socket.gethostname(), f"{socket.gethostname()}:8080", "10.0.0.7"):
        assert stranger.get("/login", host=host).status_code == 200
    assert stranger.get("/login", host="evil.example").status_code == 421


def test_two_host_names_are_refused(served: ServedPage) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(served.page.url).port or 0), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert b"430" not in raw.recv(65536)


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
    assert served.told == []


def test_read_only_but_for_its_forms(browser: Browser) -> None:
    for path in ("/", *READABLE, "/static/page.js"):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert browser.client.request(method, path, headers={"Origin": browser.url}).status_code == 405
    assert browser.get("/outcome").status_code == 405


def test_nothing_without_a_password(locked_page: ServedPage, stranger: Browser) -> None:
    answer = stranger.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    for path in READABLE:
        assert stranger.get(path).status_code == 401
    token = stranger.token("/login")
    for path in ("/outcome", "/who", "/logout"):
        assert stranger.post(path, token=token, alert=ALERT, outcome="claimed", who="north").status_code == 401
    assert locked_page.told == []
    for text in (answer.text, stranger.get("/login").text, stranger.get("/state.json").text):
        assert "1 in 430" not in text
        assert "one_in" not in text
        assert "camera-1" not in text


def test_logging_in_and_out(locked_page: ServedPage, stranger: Browser) -> None:
    assert stranger.log_in(who="north").headers["location"] == "/"
    assert "1 in 430" in stranger.get("/").text
    assert stranger.get("/login").headers["location"] == "/"
    assert [stranger.get(path).status_code for path in READABLE] == [200, 200]
    stranger.post("/outcome", token=stranger.token(), alert=ALERT, outcome="claimed")
    assert locked_page.told == [(ALERT, "claimed", "north")]
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


def test_no_password_no_network(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::"):
        with pytest.raises(ConfigError, match="spotter booth-password --out"), serve_page(page_host=host):
            pass
    none = PageSection(password_file=str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="cannot be read"), serve_page(page_host="0.0.0.0", page=none):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_loopback_needs_none(host: str) -> None:
    with serve_page(page_host=host) as served:
        assert httpx.get(served.page.url).status_code == 200


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


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on PATH")
def test_tls(tmp_path: Path) -> None:
    certificate, key = str(tmp_path / "page.pem"), str(tmp_path / "page.key")
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run(["openssl", *words, *names], check=True, capture_output=True)
    with serve_page(**locked(tmp_path, tls_cert=certificate, tls_key=key)) as served:
        assert served.page.url.startswith("https://")
        browser = Browser(served.page.url, verify=ssl.create_default_context(cafile=certificate))
        answer = browser.log_in()
        assert answer.status_code == 303
        assert answer.headers["set-cookie"].startswith("__Host-spotter-")
        assert "; Secure" in answer.headers["set-cookie"]
        assert browser.get("/").status_code == 200
        assert browser.post("/logout", {"Origin": browser.url.replace("https", "http")}).status_code == 403
        browser.client.close()
    with pytest.raises(ConfigError, match="both or neither"), serve_page(page=PageSection(tls_cert=certificate)):
        pass
    swapped = PageSection(tls_cert=key, tls_key=certificate)
    with pytest.raises(ConfigError, match="PEM files that belong together"), serve_page(page=swapped):
        pass


def test_nothing_is_logged(
    served: ServedPage, browser: Browser, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    browser.post("/outcome", token=browser.token(), alert=ALERT, outcome="claimed")
    browser.get("/state.json")
    assert served.told
    assert [record.name for record in caplog.records if record.name.startswith(("uvicorn", "edge"))] == []
    assert capfd.readouterr() == ("", "")


def test_starting_and_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_page() as served:
        monkeypatch.setattr(served.page, "_shown", None)
        starting = httpx.get(served.page.url)
        assert (starting.status_code, starting.headers["refresh"]) == (503, "2")
        assert httpx.get(served.page.url + "state.json").status_code == 503
        url = served.page.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_whoever_holds_connections_is_put_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.booth.page.server.KEEP_S", 0.5)
    whole = b"GET /static/icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with serve_page() as served:
        port = urlsplit(served.page.url).port or 0
        for begun in (b"", whole[:20], whole + whole[:20]):
            with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
                raw.sendall(begun)
                heard = b""
                while more := raw.recv(65536):
                    heard += more
                assert heard.count(b"200 OK") == begun.count(whole)


def test_whoever_keeps_asking_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.booth.page.server.KEEP_S", 2)
    with (
        serve_page() as served,
        closing(http.client.HTTPConnection(urlsplit(served.page.url).netloc, timeout=20)) as asking,
    ):
        asking.connect()
        own = asking.sock.getsockname()
        for _ in range(15):
            asking.request("HEAD", "/static/icon.svg")
            assert asking.getresponse().read() == b""
            assert asking.sock is not None
            assert asking.sock.getsockname() == own, "the same connection, never put out"
            time.sleep(0.2)


def test_all_its_files_are_shipped() -> None:
    """Files other than modules must be named in pyproject.toml, or an installed page would lack them."""
    root = Path(__file__).parents[3]
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    globs = settings["tool"]["setuptools"]["package-data"]["edge.booth.page"]
    folder = root / "edge" / "booth" / "page"
    shipped = {path for glob in globs for path in folder.glob(glob)}
    files = {path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert len(files) >= 6
    assert files == shipped


def test_a_taken_port_is_said(served: ServedPage) -> None:
    port = urlsplit(served.page.url).port
    complaint = f"page_port {port}: cannot listen there .* try --port 0"
    with pytest.raises(ConfigError, match=complaint), serve_page(page_port=port):
        pass
