"""Connections to the page: how many, and how long they may take; over TLS from the handshake on."""

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from edge.booth.page.connection import CONNECTIONS, EACH
from edge.config import BoothConfig, load
from edge.site.site import Site
from tests.booth.page.pages import ServedPage, make_snapshot

ICON = b"GET /static/icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"
MIN_KEEP_S = 1


class Sealed:
    """A page over TLS with a certificate of the site's authority."""

    def __init__(self, site: Site, keep_s: int) -> None:
        config = load(site.folder / "booth" / "booth.yaml", BoothConfig)
        self.served = ServedPage(msgspec.structs.replace(config, page_host="0.0.0.0", page_port=0), keep_s)
        self.served.page.show(make_snapshot())
        self.port = urlsplit(self.served.page.url).port or 0
        self.trust = ssl.create_default_context(cafile=site.folder / "ca.pem")

    def status(self) -> int:
        """Status of the page for a visitor; 303 is the way to the log-in."""
        return httpx.get(f"https://127.0.0.1:{self.port}/", verify=self.trust, timeout=20).status_code

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20, source_address=(source, 0))


@pytest.fixture(params=[10, MIN_KEEP_S])
def sealed(site: Site, request: pytest.FixtureRequest) -> Iterator[Sealed]:
    made = Sealed(site, request.param)
    yield made
    made.served.page.close()


long = pytest.mark.parametrize("sealed", [10], indirect=True)
short = pytest.mark.parametrize("sealed", [MIN_KEEP_S], indirect=True)


def hello(trust: ssl.SSLContext) -> bytes:
    """Return the first message of a handshake."""
    sent = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        trust.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="127.0.0.1").do_handshake()
    return sent.read()


def open_ones(raws: Sequence[socket.socket]) -> list[socket.socket]:
    """Return those that the booth has not closed."""
    found = []
    for raw in raws:
        raw.settimeout(0)
        try:
            while raw.recv(65536):
                pass
        except BlockingIOError:
            found.append(raw)
        except ConnectionError:
            pass
    return found


@long
@pytest.mark.parametrize("part", [0, 100, 10_000], ids=["nothing", "half a hello", "hello"])
def test_half_open_handshakes_of_one_address_make_room(sealed: Sealed, part: int) -> None:
    first = hello(sealed.trust)[:part]
    with ExitStack() as stack:
        raws = [stack.enter_context(sealed.connect()) for _ in range(250)]
        for raw in raws:
            with suppress(OSError):
                raw.sendall(first)
        assert [sealed.status() for _ in range(5)] == [303] * 5
        left = open_ones(raws)
        assert 0 < len(left) <= EACH
        assert left == raws[-len(left) :], "the oldest are closed"


@long
def test_half_open_handshakes_of_many_addresses_make_room(sealed: Sealed) -> None:
    with ExitStack() as stack:
        raws = [stack.enter_context(sealed.connect(f"127.0.1.{i % 250 + 1}")) for i in range(400)]
        assert sealed.status() == 303
        assert EACH < len(open_ones(raws)) <= CONNECTIONS


@short
@pytest.mark.parametrize("part", [0, 100, 10_000], ids=["nothing", "half a hello", "hello"])
def test_a_slow_handshake_is_ended(sealed: Sealed, part: int) -> None:
    with sealed.connect() as raw:
        raw.sendall(hello(sealed.trust)[:part])
        with suppress(ConnectionError):
            while raw.recv(65536):
                pass


@short
def test_what_is_no_tls_is_ended(sealed: Sealed) -> None:
    with sealed.connect() as raw:
        raw.sendall(ICON)
        assert b"200 OK" not in raw.recv(65536)
    assert sealed.status() == 303


@long
def test_a_request_in_the_last_message_of_the_handshake(sealed: Sealed) -> None:
    heard, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    browser = sealed.trust.wrap_bio(heard, sent, server_hostname="127.0.0.1")
    with sealed.connect() as raw:
        while True:
            try:
                browser.do_handshake()
                break
            except ssl.SSLWantReadError:
                raw.sendall(sent.read())
                heard.write(raw.recv(65536))
        browser.write(ICON)
        raw.sendall(sent.read())
        answer = b""
        while b"</svg>" not in answer:
            with suppress(ssl.SSLWantReadError):
                answer += browser.read(65536)
                continue
            heard.write(raw.recv(65536))
    assert answer.startswith(b"HTTP/1.1 200 OK")


@long
def test_a_page_with_half_open_handshakes_stops(sealed: Sealed) -> None:
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(sealed.connect())
        assert sealed.status() == 303
        sealed.served.page.close()


def test_busy_connections_of_one_address_do_not_keep_it_out(served: ServedPage) -> None:
    """They all ask at once, again and again; a visitor from there comes while none of them waits."""
    port = urlsplit(served.page.url).port or 0
    with ExitStack() as stack:
        raws = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)) for _ in range(250)]
        for _ in range(4):
            for raw in raws:
                with suppress(OSError):
                    raw.sendall(ICON)
            assert httpx.get(served.page.url, timeout=20).status_code == 200
            served.clock.sleep(60)  # for the rate of its requests
