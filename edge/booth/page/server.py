"""Serve the newest snapshot to browsers: a web server in its own thread."""

import asyncio
import ipaddress
import logging
import secrets
import socket
import ssl
import threading
from functools import partial
from typing import cast

import uvicorn

from edge.booth.page import password
from edge.booth.page.access import Access
from edge.booth.page.connection import CONNECTIONS, EACH, FAREWELL_S, Connection
from edge.booth.page.forms import OnAllow, OnOutcome
from edge.booth.page.routes import Pages, Shown
from edge.booth.page.snapshot import Snapshot, news
from edge.booth.push import Subscriptions
from edge.config import BoothConfig, PageSection
from edge.errors import ConfigError
from edge.seams import Clock

log = logging.getLogger(__name__)

KEEP_S = 10
"""An idle connection is closed after this many seconds."""


class Page:
    """Open from construction to `close`; `show` may be called from any thread."""

    def __init__(
        self,
        config: BoothConfig,
        on_outcome: OnOutcome,
        clock: Clock,
        *,
        keep_s: int = KEEP_S,
        on_allow: OnAllow = lambda _: None,
        push: Subscriptions | None = None,
    ) -> None:
        """Start serving; port 0 picks a free one. Idle connections are closed after `keep_s` seconds.

        Raises ConfigError if it cannot listen there, or not safely.
        """
        self._monotonic, self._keep_s, self._push = clock.monotonic, keep_s, push
        self._shown: Shown | None = None
        self._news: tuple[object, ...] = ()
        self._boot, self._version = secrets.token_hex(4), 0
        self._socket = _listen(config.page_host, config.page_port)
        try:
            self._server = uvicorn.Server(self._settings(config, on_outcome, on_allow))
        except BaseException:
            self._socket.close()
            raise
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="page", daemon=True)
        self._thread.start()

    def _settings(self, config: BoothConfig, on_outcome: OnOutcome, on_allow: OnAllow) -> uvicorn.Config:
        section = config.page
        host, self._port = self._socket.getsockname()[:2]
        if bool(section.tls_cert) != bool(section.tls_key):
            raise ConfigError("page.tls_cert and page.tls_key: expected both or neither, found one")
        is_tls = bool(section.tls_cert or section.tls_key) and not ipaddress.ip_address(host).is_loopback
        access = Access(
            self._monotonic,
            password_hash=_password_hash(host, config),
            metrics_token=password.read_token(section.metrics_token_file) if section.metrics_token_file else None,
            hosts=section.hosts,
            origin=section.origin,
            is_tls=is_tls or section.origin.startswith("https:"),
            port=self._port,
        )
        shown_host = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if is_tls else 'http'}://{shown_host}:{self._port}/"
        if access.is_locked and section.insecure and not is_tls:
            log.warning("the page asks for its password without TLS, so others on the network can read it")
        return uvicorn.Config(
            Pages(access, lambda: self._shown, on_outcome, self._monotonic, on_allow, config, self._push).app(),
            http=cast("type[asyncio.Protocol]", partial(Connection, tls=_certificate(section) if is_tls else None)),
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=CONNECTIONS + EACH,
            timeout_keep_alive=self._keep_s,
            timeout_graceful_shutdown=FAREWELL_S,
        )

    def show(self, snapshot: Snapshot) -> None:
        """Show this snapshot from now on."""
        fresh = news(snapshot)
        if fresh != self._news:
            self._news, self._version = fresh, self._version + 1
        self._shown = Shown(snapshot, self._monotonic(), f"{self._boot}-{self._version}")

    def close(self) -> None:
        """Stop serving; waits up to FAREWELL_S for answers in progress."""
        self._shown = None  # requests that wait for news end at once
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as err:
        raise ConfigError(f"page_host {host}, page_port {port}: cannot listen there ({err}); try --port 0") from err
    # Connections inherit this. Without it, the body of an answer waits 40 ms for the browser to acknowledge its head.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _password_hash(host: str, config: BoothConfig) -> str | None:
    """Return the hash to check passwords against; None on loopback without a proxy, where no log-in is needed."""
    section, is_loopback = config.page, ipaddress.ip_address(host).is_loopback
    if is_loopback and not section.origin:
        return None
    if not section.password_file:
        advice = "run: spotter booth-password --out FILE, and set page.password_file to FILE; or use 127.0.0.1"
        raise ConfigError(f"page_host {config.page_host}: expected a password for a page on the network; {advice}")
    if not (is_loopback or section.tls_cert or section.insecure):
        raise ConfigError(
            f"page_host {config.page_host}: expected TLS for a page that asks for a password; run: spotter provision "
            "page --site-dir DIR, and set page.tls_cert and page.tls_key; or use 127.0.0.1; or let others on the "
            "network read the password with --insecure"
        )
    return password.read_hash(section.password_file)


def _certificate(section: PageSection) -> ssl.SSLContext:
    """Return what TLS needs; raises ConfigError if the files are no pair."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        tls.load_cert_chain(section.tls_cert, section.tls_key)
    except OSError as err:
        files = f"page.tls_cert {section.tls_cert}, page.tls_key {section.tls_key}"
        raise ConfigError(f"{files}: cannot be used ({err}); expected PEM files that belong together") from err
    return tls
