"""The page's addresses, what each answers, and who may ask."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from edge.booth.failures import Failures
from edge.booth.page import compass, counts, icons, metrics, trends_view
from edge.booth.page.access import Access
from edge.booth.page.device import chosen_language, laptop, text_for
from edge.booth.page.forms import Forms, OnAllow, OnOutcome, go
from edge.booth.page.guard import Guard
from edge.booth.page.presenter import KEYS, Presenter, current
from edge.booth.page.push_forms import PushForms
from edge.booth.page.session import Session
from edge.booth.page.snapshot import Snapshot
from edge.booth.page.speech import speeches
from edge.booth.page.text import Text
from edge.booth.page.troubles import missing, troubles
from edge.booth.page.whereabouts import called, strange_places
from edge.booth.push import Subscriptions
from edge.config import BoothConfig
from edge.phrase.table import LANGUAGES

FOLDER = Path(__file__).parent
REFRESH_S = 5
"""A browser without JavaScript loads the page again this often."""
NEWS_S, NEWS_STEP_S = 4.0, 0.03
"""Longest time that a request waits for something new, and how often it looks."""
MENU = {"/": "alerts", "/cameras": "cameras", "/figures": "figures", "/trends": "trends", "/help": "help"}
"""The pages, in the order of the menu, and the names of their sentences; settings stand apart."""
HEALTH = "/health"
"""The page of the cameras too, by the name of the command that says the same."""


@dataclass(frozen=True)
class Shown:
    """The newest snapshot, when it came on the monotonic clock, and a name that changes with its news."""

    snapshot: Snapshot
    at: float
    version: str = ""


Fill = Callable[[Shown, Presenter, Failures], dict[str, Any]]


class Pages:
    """The handlers behind the page's addresses; keeps no state."""

    def __init__(
        self,
        access: Access,
        newest: Callable[[], Shown | None],
        on_outcome: OnOutcome,
        monotonic: Callable[[], float],
        on_allow: OnAllow,
        config: BoothConfig,
        push: Subscriptions | None = None,
    ) -> None:
        self._access = access
        self._newest = newest
        self._said: set[str] = set()
        """Parts of the page that failed and were logged."""
        self._monotonic = monotonic
        self._config, self._push = config, push
        self.forms = Forms(access, self._snapshot, self._ask, on_outcome, on_allow, config.page.language)
        pushing = [] if push is None else PushForms(push, self.forms, config.page.language).routes()
        self._forms = [*self.forms.routes(), *pushing]
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def app(self) -> ASGIApp:
        """Return the web application, wrapped in Guard."""
        fills: dict[str, Fill] = {
            "/": self._alerts,
            "/cameras": self._cameras,
            HEALTH: self._cameras,
            "/figures": self._figures,
            "/trends": self._trends,
            "/help": self._help,
            "/settings": self._settings,
        }
        routes = [
            *(Route(path, self._page(path, fill)) for path, fill in fills.items()),
            Route("/week", self._week),
            Route("/state.json", self._state),
            Route("/metrics", self._metrics),
            Route("/login", self._login_form),
            Route("/offline", self._offline),
            Route("/manifest.webmanifest", self._manifest),
            Route("/icon-{size:int}.png", self._icon),
            Route("/sw.js", self._worker),
            *self._forms,
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ]
        app = Starlette(routes=routes, exception_handlers={HTTPException: _say})
        return Guard(app, self._access, self._monotonic)

    def _page(self, path: str, fill: Fill) -> Callable[[Request], Any]:
        """Handler of one page. With the header X-Seen it waits for news, and answers 204 if there are none."""

        async def answer(request: Request) -> Response:
            session = self._access.session(request)
            if session is None and self._access.is_locked:
                return go("/login")
            seen = request.headers.get("x-seen", "")
            shown = await self._news(request, seen) if seen else self._newest()
            if shown is None:
                text = text_for(request, self._config.page.language)
                return PlainTextResponse(text("starting") + "\n", 503, {"Refresh": "2"})
            if shown.version == seen:
                return Response(status_code=HTTPStatus.NO_CONTENT)
            opened = session or self._access.sessions.open(is_in=True)
            response = self._show(request, path, fill, shown, opened)
            if session is None:
                self._access.set_cookie(response, opened)
            return response

        return answer

    async def _news(self, request: Request, seen: str) -> Shown | None:
        """Return the newest snapshot once its version differs from `seen`, at the latest after NEWS_S seconds."""
        until = asyncio.get_running_loop().time() + NEWS_S
        while (shown := self._newest()) is not None and shown.version == seen:
            if asyncio.get_running_loop().time() > until or await request.is_disconnected():
                break
            await asyncio.sleep(NEWS_STEP_S)
        return shown

    def _show(self, request: Request, path: str, fill: Fill, shown: Shown, session: Session) -> Response:
        text = text_for(request, self._config.page.language)
        presenter, parts = Presenter(text, self._config, laptop(request)), Failures(self._said)
        here, filled = "cameras" if path == HEALTH else MENU.get(path, "settings"), fill(shown, presenter, parts)
        found = troubles(shown.snapshot, text, self._monotonic() - shown.at)
        return self._render(
            text,
            f"{here}.html",
            path=path,
            here=here,
            menu=MENU,
            snapshot=shown.snapshot,
            version=shown.version,
            troubles=[*found, *(missing(text, what, text("it-failed")) for what in parts.counts)],
            token=self._access.sessions.token(session),
            laptop=presenter.laptop,
            is_locked=self._access.is_locked,
            refresh_s=REFRESH_S,
            chosen=chosen_language(request),
            languages=LANGUAGES,
            keys=KEYS,
            **filled,
        )

    def _alerts(self, shown: Shown, presenter: Presenter, parts: Failures) -> dict[str, Any]:
        snapshot, up = shown.snapshot, self._config.faces or 0
        found: dict[str, Any] = {"cameras": [], "cones": [], "marks": [], "winds": [], "unplaced": []}
        with parts.caught("cameras"):
            found["cameras"] = presenter.cameras(snapshot)
        with parts.caught("the map"):
            found["cones"] = compass.cameras(
                snapshot.facings, lambda node: called(self._config, node), up, snapshot.angles
            )
            found["marks"] = compass.marks(current(snapshot), up, snapshot.angles)
            found["winds"] = compass.winds(up)
            found["unplaced"] = presenter.unplaced(snapshot)
        cards = presenter.cards(snapshot)
        return {
            **found,
            "cards": [card for card in cards if not card.is_over],
            "over": [card for card in cards if card.is_over],
            "nobody": presenter.nobody(snapshot),
            "silence": presenter.silence(snapshot),
            "faces": self._config.faces,
            "speeches": speeches(self._config, presenter.text),
        }

    def _cameras(self, shown: Shown, presenter: Presenter, parts: Failures) -> dict[str, Any]:
        found: dict[str, Any] = {"cameras": [], "facings": {}}
        with parts.caught("cameras"):
            found["cameras"] = presenter.cameras(shown.snapshot)
            found["facings"] = {
                node: presenter.text(f"looks-{compass.eighth(facing)}")
                for node, facing in shown.snapshot.facings.items()
                if facing is not None
            }
        return {**found, "strange": strange_places(self._config)}

    def _figures(self, shown: Shown, presenter: Presenter, parts: Failures) -> dict[str, Any]:
        found: dict[str, Any] = {"figures": []}
        with parts.caught("figures"):
            found["figures"] = counts.figures(shown.snapshot, presenter.text)
        return found

    def _trends(self, shown: Shown, presenter: Presenter, parts: Failures) -> dict[str, Any]:
        found: dict[str, Any] = {"trends": []}
        with parts.caught("trends"):
            found["trends"] = counts.trends(shown.snapshot, presenter.text)
        return found

    def _help(self, _shown: Shown, presenter: Presenter, _parts: Failures) -> dict[str, Any]:
        return {"speeches": speeches(self._config, presenter.text)}

    def _settings(self, _shown: Shown, _presenter: Presenter, _parts: Failures) -> dict[str, Any]:
        key = "" if self._push is None else self._push.public_key
        return {"push_key": key, "tells_alerts": self._config.notify.alerts}

    async def _week(self, request: Request) -> Response:
        """Return the week's trends and exceptions, site by site."""
        if not self._access.may_read(request):
            return go("/login")
        snapshot, text = self._snapshot(), text_for(request, self._config.page.language)
        view = await run_in_threadpool(trends_view.of, snapshot, text)
        return self._render(text, "week.html", snapshot=snapshot, view=view)

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
            return go("/")
        return self._ask(request, "", 200)

    def _ask(self, request: Request, complaint: str, status: int) -> Response:
        """Return the login form; it gets a new token if the old one's session has ended."""
        visit = self._access.visit(request) or self._access.sessions.open(is_in=False)
        token = self._access.sessions.token(visit)
        text = text_for(request, self._config.page.language)
        fields = {"complaint": complaint, "token": token, "laptop": laptop(request)}
        response = self._render(text, "login.html", status, **fields)
        self._access.set_cookie(response, visit)
        return response

    async def _offline(self, request: Request) -> Response:
        """Page that a device keeps for when it cannot reach the booth; it holds nothing of the booth's."""
        return self._render(text_for(request, self._config.page.language), "offline.html")

    async def _manifest(self, request: Request) -> Response:
        text = text_for(request, self._config.page.language)
        sizes = [{"src": f"/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in icons.SIZES]
        manifest = {
            "id": "/",
            "name": text("app"),
            "short_name": "Spotter",
            "lang": text.language,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": icons.BACK,
            "theme_color": icons.BACK,
            "icons": [{**size, "purpose": purpose} for size in sizes for purpose in ("any", "maskable")],
        }
        return JSONResponse(manifest, media_type="application/manifest+json")

    async def _icon(self, request: Request) -> Response:
        size = request.path_params["size"]
        if size not in icons.SIZES:
            raise HTTPException(HTTPStatus.NOT_FOUND, "No such icon.")
        return Response(icons.icon(size), media_type="image/png")

    async def _worker(self, _request: Request) -> Response:
        """Service worker; served from the top, as it may only act below its own address."""
        return FileResponse(FOLDER / "static" / "sw.js", media_type="text/javascript")

    def _render(self, text: Text, template: str, status: int = 200, /, **values: object) -> HTMLResponse:
        made = self._templates.get_template(template).render(t=text, lang=text.language, **values)
        return HTMLResponse(made, status, {"Content-Language": text.language})


async def _say(_request: Request, err: Exception) -> Response:
    assert isinstance(err, HTTPException)
    return PlainTextResponse(f"{err.detail}\n", err.status_code, err.headers)
