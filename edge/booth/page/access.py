"""Decide whether a request may come in, by its host name, origin, session and form token.

Loopback is checked too: a hostile page open in the same browser could post a form here, or point a name of its own at
127.0.0.1 (DNS rebinding) and read the answers.
"""

import asyncio
import hmac
import ipaddress
import socket
import threading
from collections.abc import Callable, Collection
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response

from edge.booth.page.login_throttle import LoginThrottle
from edge.booth.page.password import LONGEST, is_password
from edge.booth.page.session import LASTS_S, Session, Sessions

MOST_BYTES = 2048
"""Largest form accepted. The longest real one holds a password, a name and a token."""
MOST_FIELDS = 8
BODY_S = 10
"""Seconds a browser may take to send a form."""


def own_names() -> set[str]:
    """Return the host names of this machine on the LAN."""
    name = socket.gethostname().lower()
    return {"localhost", name, f"{name.partition('.')[0]}.local"}


class Access:
    """Owner of the sessions and of the count of failed log-ins."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        *,
        password_hash: str | None,
        metrics_token: str | None,
        hosts: Collection[str],
        is_tls: bool,
        port: int,
        origin: str = "",
    ) -> None:
        """Without `password_hash` there is no log-in (loopback only). `hosts` are names besides the machine's own.

        `origin` is that of a reverse proxy; `is_tls` says whether browsers reach the page by TLS, here or there.
        """
        self.sessions = Sessions(monotonic)
        self.throttle = LoginThrottle(monotonic)
        self._hash = password_hash
        self._metrics_token = metrics_token
        # On loopback not even the machine's own name is accepted: another machine on the LAN could answer to it.
        self._hosts = ({"localhost"} if password_hash is None else own_names()) | {name.lower() for name in hosts}
        self._is_tls = is_tls
        self._origin = origin
        if origin:
            self._hosts.add(_host_of(origin.partition("://")[2]))
        self._port = port
        self._one_at_a_time = threading.Lock()

    @property
    def is_locked(self) -> bool:
        """Whether the page asks for a password."""
        return self._hash is not None

    def check_host(self, connection: HTTPConnection) -> None:
        """Raise 421 unless the request names this machine or an IP address (an address cannot be rebound)."""
        names = connection.headers.getlist("host")
        if len(names) != 1 or not self._is_ours(_host_of(names[0])):
            detail = "This page does not answer to that name; use the booth's address, or add the name to page.hosts."
            raise HTTPException(HTTPStatus.MISDIRECTED_REQUEST, detail)

    def _is_ours(self, host: str) -> bool:
        if host in self._hosts:
            return True
        try:
            found = ipaddress.ip_address(host)
        except ValueError:
            return False
        return self.is_locked or found.is_loopback

    def check_origin(self, request: Request) -> None:
        """Raise 403 unless the browser says that the booth's own page sent this request."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        own = self._origin or f"{'https' if self._is_tls else 'http'}://{request.headers['host'].lower()}"
        if site not in (None, "same-origin") or origin not in (None, own) or (site is None and origin is None):
            raise HTTPException(HTTPStatus.FORBIDDEN, "This did not come from the booth's own page.")

    async def form(self, request: Request, session: Session | None) -> dict[str, str]:
        """Return the fields of a form from the booth's page; raises 400, 403, 408, 413 or 415."""
        if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Expected a form.")
        fields = _fields(await _body(request))
        if session is None or not self.sessions.is_token(session, fields.get("token", "")):
            raise HTTPException(HTTPStatus.FORBIDDEN, "This form belongs to an older session; load the page again.")
        return fields

    def session(self, request: Request) -> Session | None:
        """Return the logged-in session, or None. Without a password, None means that none was opened yet."""
        return self._read(request, is_in=True)

    def visit(self, request: Request) -> Session | None:
        """Return the session that only carries the login form's token, or None."""
        return self._read(request, is_in=False)

    def _read(self, request: Request, *, is_in: bool) -> Session | None:
        cookie = request.cookies.get(self._cookie(is_in=is_in))
        session = self.sessions.read(cookie) if cookie else None
        return session if session is not None and session.is_in is is_in else None

    def may_read(self, request: Request) -> bool:
        """Whether the request may see the page."""
        return not self.is_locked or self.session(request) is not None

    def may_measure(self, request: Request) -> bool:
        """Whether the request may read /metrics: it may see the page, or it carries the metrics token."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        expected = self._metrics_token
        is_bearer = expected is not None and scheme.lower() == "bearer"
        return self.may_read(request) or (
            is_bearer and expected is not None and hmac.compare_digest(given.strip().encode(), expected.encode())
        )

    async def try_password(self, request: Request, password: str) -> bool:
        """Return whether the password is right; raises 429, with the seconds to wait, after too many failures."""
        address = request.client.host if request.client else ""
        wait_s = self.throttle.wait_s(address)
        if wait_s > 0:
            seconds = f"{int(wait_s) + 1}"
            detail = f"Too many wrong passwords; try again in {seconds} s."
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": seconds})
        self.throttle.begin(address)
        is_right = await run_in_threadpool(self._is_password, password)
        if is_right:
            self.throttle.succeed(address)
        return is_right

    def _is_password(self, password: str) -> bool:
        """Check one password at a time: each check takes 32 MiB."""
        with self._one_at_a_time:
            return self._hash is not None and len(password) <= LONGEST and is_password(password, self._hash)

    def set_cookie(self, response: Response, session: Session) -> None:
        """Add the session's cookie to the response."""
        response.set_cookie(
            self._cookie(is_in=session.is_in),
            self.sessions.seal(session),
            max_age=LASTS_S,
            httponly=True,
            samesite="strict",
            secure=self._is_tls,
        )

    def clear_cookie(self, response: Response) -> None:
        """Delete both cookies of this booth from the browser."""
        for is_in in (True, False):
            name = self._cookie(is_in=is_in)
            response.delete_cookie(name, httponly=True, samesite="strict", secure=self._is_tls)

    def _cookie(self, *, is_in: bool) -> str:
        """Name of the cookie; it holds the port, since browsers ignore ports and two booths may run on one machine."""
        return f"{'__Host-' if self._is_tls else ''}spotter-{self._port}-{'in' if is_in else 'visit'}"


def _host_of(text: str) -> str:
    """Host name or address in a `Host` header, without the port.

    >>> [_host_of(text) for text in ("Booth.local:8080", "[::1]:80", "10.0.0.7")]
    ['booth.local', '::1', '10.0.0.7']
    """
    name = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0]
    return name.lower()


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Expected at most {MOST_BYTES} bytes.")
    except TimeoutError as err:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, f"Expected the form within {BODY_S} s.") from err
    except ClientDisconnect as err:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The connection ended before the whole form arrived.") from err
    return body


def _fields(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), strict_parsing=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError as err:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The form could not be read.") from err
