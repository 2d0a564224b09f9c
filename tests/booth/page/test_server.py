"""The page's server: addresses, TLS, starting and stopping, connections, shipped files."""

import http.client
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

from edge.config import BoothConfig, PageSection, load
from edge.errors import ConfigError
from edge.site.site import Site
from tests.booth.page.pages import (
    ALERT,
    PASSWORD,
    Browser,
    ServedPage,
    locked,
    password_file,
    serve_page,
)


def test_no_password_no_network(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::"):
        with pytest.raises(ConfigError, match="spotter booth-password --out"), serve_page(page_host=host):
            pass
    none = PageSection(password_file=str(tmp_path / "none"), insecure=True)
    with pytest.raises(ConfigError, match="cannot be read"), serve_page(page_host="0.0.0.0", page=none):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_loopback_needs_none(host: str) -> None:
    with serve_page(page_host=host) as served:
        assert httpx.get(served.page.url).status_code == 200


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
    swapped = locked(tmp_path, tls_cert=key, tls_key=certificate)
    with pytest.raises(ConfigError, match="PEM files that belong together"), serve_page(**swapped):
        pass


def test_no_password_without_tls_unless_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected TLS for a page .*--insecure"):
        ServedPage(BoothConfig(page_port=0, **locked(tmp_path, insecure=False)))
    with serve_page(**locked(tmp_path, insecure=True)) as served:
        assert served.page.url.startswith("http://")


def test_a_reverse_proxy_has_an_origin_of_its_own(tmp_path: Path) -> None:
    """As in front of loopback: the proxy ends TLS, and hands on host and origin of the browser."""
    section = PageSection(password_file=password_file(tmp_path), origin="https://spotter.example")
    with serve_page(page=section) as served:
        browser = Browser(served.page.url)
        browser.client.headers["Host"] = "spotter.example"
        assert browser.get("/").headers["location"] == "/login", "people come in through the proxy, so it asks"
        token = browser.token("/login")
        sealed = {"Cookie": "; ".join(f"{one.name}={one.value}" for one in browser.client.cookies.jar)}
        for origin in ("https://evil.example", "http://spotter.example", served.page.url.rstrip("/")):
            answer = browser.post("/login", sealed | {"Origin": origin}, token=token, password=PASSWORD)
            assert answer.status_code == 403
        answer = browser.post("/login", sealed | {"Origin": "https://spotter.example"}, token=token, password=PASSWORD)
        assert answer.status_code == 303
        assert "; Secure" in answer.headers["set-cookie"]
        browser.client.close()


def test_a_site_speaks_tls_out_of_the_box(site: Site) -> None:
    """Only the address has to be set; a browser that trusts the site's authority takes its certificate."""
    config = load(site.folder / "booth" / "booth.yaml", BoothConfig)
    open_to_all = msgspec.structs.replace(config, page_host="0.0.0.0", page_port=0)
    served = ServedPage(open_to_all)
    try:
        context = ssl.create_default_context(cafile=site.folder / "ca.pem")
        url = served.page.url.replace("0.0.0.0", "127.0.0.1")
        assert url.startswith("https://")
        assert httpx.get(url, verify=context).status_code == 303
    finally:
        served.page.close()


def test_nothing_is_logged(
    served: ServedPage, browser: Browser, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    browser.post("/outcome", token=browser.token(), alert=ALERT, outcome="claimed")
    browser.get("/state.json")
    assert served.reported
    assert [record.name for record in caplog.records if record.name.startswith(("uvicorn", "edge"))] == []
    assert capfd.readouterr() == ("", "")


def test_starting_and_stopping() -> None:
    with serve_page(is_starting=True) as served:
        starting = httpx.get(served.page.url)
        assert (starting.status_code, starting.headers["refresh"]) == (503, "2")
        assert httpx.get(served.page.url + "state.json").status_code == 503
        url = served.page.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_idle_connections_are_closed() -> None:
    whole = b"GET /static/icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with serve_page(keep_s=1) as served:
        port = urlsplit(served.page.url).port or 0
        for begun in (b"", whole[:20], whole + whole[:20]):
            with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
                raw.sendall(begun)
                heard = b""
                while more := raw.recv(65536):
                    heard += more
                assert heard.count(b"200 OK") == begun.count(whole)


def test_a_connection_in_use_stays_open() -> None:
    with (
        serve_page(keep_s=2) as served,
        closing(http.client.HTTPConnection(urlsplit(served.page.url).netloc, timeout=20)) as asking,
    ):
        asking.connect()
        own = asking.sock.getsockname()
        for _ in range(15):
            asking.request("HEAD", "/static/icon.svg")
            assert asking.getresponse().read() == b""
            assert asking.sock is not None
            assert asking.sock.getsockname() == own, "the same connection, never closed"
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
