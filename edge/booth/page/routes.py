"""The page's addresses, what each answers, and who may ask."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import get_args

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.booth.buckets import Allowance, Buckets
from edge.booth.failures import Failures
from edge.booth.page import compass, metrics, presenter, trends_view
from edge.booth.page.access import Access
from edge.booth.page.login_throttle import group
from edge.booth.page.session import Session
from edge.booth.page.snapshot import OUTCOMES, Outcome, Snapshot
from edge.errors import EdgeError

FOLDER = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "media-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # Nothing goes to other sites. With no-referrer, browsers would hide the origin of the page's own forms as well.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REQUESTS = Allowance(20.0, 500.0)
"""Requests from one address; an open page makes one a second."""
WHO = "spotter-who"
"""The cookie with the laptop's name; no secret, and kept when a session ends."""
NAME = re.compile(r"[a-z0-9-]{3,32}")
"""The rule for every name on the wire."""
WHO_S = 365 * 24 * 3600
REFRESH_S = 5
"""A browser without JavaScript loads the page again this often."""

OnOutcome = Callable[[str, Outcome, str], None]
"""Alert id, outcome, the laptop's name; called from a thread of the web server."""
OnAllow = Callable[[str], None]
"""Name of the node whose alerts staff allow."""
Answer = Callable[[Request, Session, dict[str, str]], Awaitable[Response]]


@dataclass(frozen=True)
class Shown:
    """The newest snapshot and when it came, on the monotonic clock."""

    snapshot: Snapshot
    at: float


class Pages:
    """The handlers behind the page's addresses; keeps no state."""

    def __init__(
        self,
        access: Access,
        newest: Callable[[], Shown | None],
        on_outcome: OnOutcome,
        monotonic: Callable[[], float],
        on_allow: OnAllow,
    ) -> None:
        self._access = access
        self._newest = newest
        self._on_outcome = on_outcome
        self._on_allow = on_allow
        self._said: set[str] = set()
        """Parts of the page that failed and were logged."""
        self._monotonic = monotonic
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def app(self) -> ASGIApp:
        """Return the web application, wrapped in Guard."""
        routes = [
            Route("/", self._page),
            Route("/trends", self._trends),
            Route("/state.json", self._state),
            Route("/metrics", self._metrics),
            Route("/login", self._login_form),
            self._post("/login", self._login, before_login=True),
            self._post("/logout", self._logout),
            self._post("/who", self._rename),
            self._post("/outcome", self._outcome),
            self._post("/allow", self._allow),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ]
        app = Starlette(routes=routes, exception_handlers={HTTPException: _say})
        return Guard(app, self._access, self._monotonic)

    def _post(self, path: str, answer: Answer, *, before_login: bool = False) -> Route:
        """Route of a form; its origin, session and token are checked before anything is done."""

        async def checked(request: Request) -> Response:
            self._access.check_origin(request)
            session = self._access.visit(request) if before_login else self._access.session(request)
            if session is None and self._access.is_locked and not before_login:
                raise HTTPException(HTTPStatus.UNAUTHORIZED, "Log in first.")
            fields = await self._access.form(request, session)
            assert session is not None
            return await answer(request, session, fields)

        return Route(path, checked, methods=["POST"])

    async def _page(self, request: Request) -> Response:
        session = self._access.session(request)
        if session is None and self._access.is_locked:
            return _go("/login")
        shown = self._newest()
        if shown is None:
            response: Response = PlainTextResponse("The booth is starting.\n", 503, {"Refresh": "2"})
        elif session is None:
            session = self._access.sessions.open(is_in=True)
            response = self._show(request, shown, session)
            self._access.set_cookie(response, session)
        else:
            response = self._show(request, shown, session)
        return response

    def _show(self, request: Request, shown: Shown, session: Session) -> Response:
        snapshot, parts = shown.snapshot, Failures(self._said)
        figures, trends, cameras, marks, unplaced = [], [], [], [], []
        with parts.caught("figures"):
            figures = presenter.figures(snapshot)
        with parts.caught("trends"):
            trends = presenter.trends(snapshot)
        with parts.caught("the compass"):
            cameras = compass.cameras(snapshot.facings)
            unplaced = presenter.unplaced(snapshot)
            marks = compass.marks(presenter.current(snapshot))
        troubles = presenter.troubles(snapshot, self._monotonic() - shown.at)
        return self._render(
            "page.html",
            snapshot=snapshot,
            troubles=[*troubles, *(presenter.missing(what, "it failed") for what in parts.counts)],
            cards=presenter.cards(snapshot),
            nobody=presenter.nobody(snapshot),
            silence=snapshot.budget.silence if snapshot.budget else "",
            labels=presenter.LABELS,
            cameras=cameras,
            unplaced=unplaced,
            marks=marks,
            figures=figures,
            trends=trends,
            token=self._access.sessions.token(session),
            who=_who(request),
            is_locked=self._access.is_locked,
            refresh_s=REFRESH_S,
        )

    async def _trends(self, request: Request) -> Response:
        """Return the week's trends and exceptions, site by site."""
        if not self._access.may_read(request):
            return _go("/login")
        snapshot = self._snapshot()
        view = await run_in_threadpool(trends_view.of, snapshot)
        return self._render("trends.html", snapshot=snapshot, view=view)

    async def _state(self, request: Request) -> Response:
        self._check_read(may=self._access.may_read(request))
        return Response(msgspec.json.encode(self._snapshot()), media_type="application/json")

    async def _metrics(self, request: Request) -> Response:
        self._check_read(may=self._access.may_measure(request))
        return Response(metrics.render(self._snapshot()), headers={"Content-Type": metrics.CONTENT_TYPE})

    def _check_read(self, *, may: bool) -> None:
        if not may:
            raise HTTPException(HTTPStatus.UNAUTHORIZED, "Log in first.", {"WWW-Authenticate": "Bearer"})

    def _snapshot(self) -> Snapshot:
        shown = self._newest()
        if shown is None:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "The booth is starting.", {"Retry-After": "2"})
        return shown.snapshot

    async def _login_form(self, request: Request) -> Response:
        if not self._access.is_locked or self._access.session(request) is not None:
            return _go("/")
        return self._ask(request, "", 200)

    def _ask(self, request: Request, complaint: str, status: int) -> Response:
        """Return the login form; it gets a new token if the old one's session has ended."""
        visit = self._access.visit(request) or self._access.sessions.open(is_in=False)
        token = self._access.sessions.token(visit)
        response = self._render("login.html", status, complaint=complaint, token=token, who=_who(request))
        self._access.set_cookie(response, visit)
        return response

    async def _login(self, request: Request, visit: Session, fields: dict[str, str]) -> Response:
        try:
            is_in = await self._access.try_password(request, fields.get("password", ""))
        except HTTPException as err:
            response = self._ask(request, err.detail, err.status_code)
            response.headers.update(err.headers or {})
            return response
        if not is_in:
            return self._ask(request, "Wrong password.", HTTPStatus.FORBIDDEN)
        response = _go("/")
        self._access.sessions.close(visit)
        self._access.set_cookie(response, self._access.sessions.open(is_in=True))
        if fields.get("who"):
            self._name(response, fields["who"])
        return response

    async def _logout(self, _request: Request, session: Session, _fields: dict[str, str]) -> Response:
        self._access.sessions.close(session)
        response = _go("/")
        self._access.clear_cookie(response)
        return response

    async def _rename(self, _request: Request, _session: Session, fields: dict[str, str]) -> Response:
        response = _go("/")
        self._name(response, fields.get("who", ""))
        return response

    def _name(self, response: Response, who: str) -> None:
        if not NAME.fullmatch(who):
            detail = "A laptop's name has 3 to 32 small letters, digits and hyphens."
            raise HTTPException(HTTPStatus.BAD_REQUEST, detail)
        response.set_cookie(WHO, who, max_age=WHO_S, httponly=True, samesite="strict")

    async def _outcome(self, request: Request, _session: Session, fields: dict[str, str]) -> Response:
        name = fields.get("outcome", "")
        outcome = next((known for known in OUTCOMES if known == name), None)
        if outcome is None:
            raise HTTPException(
                HTTPStatus.BAD_REQUEST, f"Expected one of these outcomes: {', '.join(get_args(Outcome))}."
            )
        view = next(
            (view for view in presenter.current(self._snapshot()) if view.alert.id == fields.get("alert")), None
        )
        if view is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This alert is over.")
        if outcome not in presenter.ACTIONS.get(view.state, ()):
            by = f" by {view.claimed_by}" if view.claimed_by else ""
            raise HTTPException(HTTPStatus.CONFLICT, f"This alert is {presenter.STATES[view.state]}{by} already.")
        try:
            await run_in_threadpool(self._on_outcome, view.alert.id, outcome, _who(request))
        except EdgeError as err:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, f"The outcome was not sent: {err}") from err
        return _go("/")

    async def _allow(self, _request: Request, _session: Session, fields: dict[str, str]) -> Response:
        """Let the alerts of a held node through again."""
        node = fields.get("node", "")
        if node not in {row.node for row in self._snapshot().nodes if row.is_held}:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This camera's alerts are allowed already.")
        self._on_allow(node)
        return _go("/")

    def _render(self, template: str, status: int = 200, /, **values: object) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(**values), status)


class Guard:
    """Check rate and host name before anything else, and add the headers to every answer, errors included."""

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


def _go(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def _who(request: Request) -> str:
    found = request.cookies.get(WHO, "")
    return found if NAME.fullmatch(found) else "booth"


async def _say(_request: Request, err: Exception) -> Response:
    assert isinstance(err, HTTPException)
    return PlainTextResponse(f"{err.detail}\n", err.status_code, err.headers)
