"""Check rate and host name before anything else, and add the strict headers to every answer, errors included."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.booth.buckets import Allowance, Buckets
from edge.booth.page.access import Access
from edge.booth.page.login_throttle import group

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # Nothing goes to other sites. With no-referrer, browsers would hide the origin of the page's own forms as well.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REQUESTS = Allowance(20.0, 500.0)
"""Requests from one address; an open page makes one every few seconds, and one for everything new."""


class Guard:
    """Wrap the web application."""

    def __init__(self, app: ASGIApp, access: Access, monotonic: Callable[[], float]) -> None:
        self._app = app
        self._access = access
        self._monotonic = monotonic
        self._asked = Buckets(REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        connection = HTTPConnection(scope)
        try:
            self._check_rate(connection)
            self._access.check_host(connection)
        except HTTPException as err:
            await PlainTextResponse(err.detail + "\n", err.status_code)(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)

    def _check_rate(self, connection: HTTPConnection) -> None:
        address = group(connection.client.host if connection.client else "")
        if not self._asked.take(address, self._monotonic()):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests from this address.")
