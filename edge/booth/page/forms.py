"""The page's forms: log in and out, name and language of a device, outcomes of alerts, cameras to allow."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import get_args

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from edge import wire
from edge.booth.page import presenter
from edge.booth.page.access import Access
from edge.booth.page.device import laptop, set_language, set_laptop, text_for
from edge.booth.page.session import Session
from edge.booth.page.snapshot import OUTCOMES, AlertView, Outcome, Snapshot
from edge.booth.page.text import Text
from edge.config import Language
from edge.errors import EdgeError

UNDO = "undo"
"""Taken as an outcome by the form of an alert."""

OnOutcome = Callable[[str, Outcome | wire.Undoing, str], None]
"""Alert id, outcome, the laptop's name; called from a thread of the web server."""
OnAllow = Callable[[str], None]
"""Name of the node whose alerts staff allow."""
Answer = Callable[[Request, Session, dict[str, str]], Awaitable[Response]]


class Forms:
    """The handlers behind the page's forms; keeps no state."""

    def __init__(
        self,
        access: Access,
        snapshot: Callable[[], Snapshot],
        ask: Callable[[Request, str, int], Response],
        on_outcome: OnOutcome,
        on_allow: OnAllow,
        language: Language,
    ) -> None:
        """`ask` returns the log-in form with a complaint and a status; `language` is the page's default."""
        self._access, self._snapshot, self._ask = access, snapshot, ask
        self._on_outcome, self._on_allow, self._language = on_outcome, on_allow, language

    def routes(self) -> list[Route]:
        """Return the addresses that take forms."""
        return [
            self.post("/login", self._login, before_login=True),
            self.post("/logout", self._logout),
            self.post("/who", self._rename),
            self.post("/language", self._translate),
            self.post("/outcome", self._outcome),
            self.post("/allow", self._allow),
        ]

    def post(self, path: str, answer: Answer, *, before_login: bool = False) -> Route:
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

    def _text(self, request: Request) -> Text:
        return text_for(request, self._language)

    async def _login(self, request: Request, visit: Session, fields: dict[str, str]) -> Response:
        text = self._text(request)
        try:
            is_in = await self._access.try_password(request, fields.get("password", ""))
        except HTTPException as err:
            headers = dict(err.headers or {})
            response = self._ask(request, text("too-many", n=int(headers.get("Retry-After", 60))), err.status_code)
            response.headers.update(headers)
            return response
        if not is_in:
            return self._ask(request, text("wrong-password"), HTTPStatus.FORBIDDEN)
        response = go("/")
        self._access.sessions.close(visit)
        self._access.set_cookie(response, self._access.sessions.open(is_in=True))
        if fields.get("who"):
            set_laptop(response, fields["who"], text)
        return response

    async def _logout(self, _request: Request, session: Session, _fields: dict[str, str]) -> Response:
        self._access.sessions.close(session)
        response = go("/")
        self._access.clear_cookie(response)
        return response

    async def _rename(self, request: Request, _session: Session, fields: dict[str, str]) -> Response:
        response = go("/settings")
        set_laptop(response, fields.get("who", ""), self._text(request))
        return response

    async def _translate(self, _request: Request, _session: Session, fields: dict[str, str]) -> Response:
        response = go("/settings")
        set_language(response, fields.get("language", ""))
        return response

    async def _outcome(self, request: Request, _session: Session, fields: dict[str, str]) -> Response:
        text, who = self._text(request), laptop(request)
        view = _view(self._snapshot(), fields.get("alert", ""))
        outcome = _choice(fields.get("outcome", ""), view, who, text)
        assert view is not None
        try:
            await run_in_threadpool(self._on_outcome, view.alert.id, outcome, who)
        except EdgeError as err:
            detail = text("outcome-not-sent", why=str(err))
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, detail) from err
        return go("/")

    async def _allow(self, request: Request, _session: Session, fields: dict[str, str]) -> Response:
        """Let the alerts of a held node through again."""
        node = fields.get("node", "")
        if node not in {row.node for row in self._snapshot().nodes if row.is_held}:
            raise HTTPException(HTTPStatus.NOT_FOUND, self._text(request)("allowed-already"))
        self._on_allow(node)
        return go("/cameras")


def _view(snapshot: Snapshot, name: str) -> AlertView | None:
    return next((view for view in presenter.current(snapshot) if view.alert.id == name), None)


def _choice(name: str, view: AlertView | None, who: str, text: Text) -> Outcome | wire.Undoing:
    """Return the outcome that a form asks for; raises 400, 404 or 409 if it makes no sense now."""
    outcome = next((known for known in OUTCOMES if known == name), None)
    if outcome is None and name != UNDO:
        known = ", ".join((*get_args(Outcome), UNDO))
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"Expected one of these outcomes: {known}.")
    if view is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, text("is-over"))
    if outcome is None:
        taken_back = presenter.undoing(view, who)
        if taken_back is None:
            raise HTTPException(HTTPStatus.CONFLICT, text("too-late-to-undo"))
        return taken_back
    if outcome not in presenter.ACTIONS.get(view.state, ()):
        state = text(f"state-{view.state}")
        said = text("by", state=state, who=view.claimed_by) if view.claimed_by else state
        raise HTTPException(HTTPStatus.CONFLICT, text("is-already", state=said))
    return outcome


def go(path: str) -> RedirectResponse:
    """Send the browser to another page after a form."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
