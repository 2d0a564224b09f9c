"""The forms by which a browser asks for notifications, and no longer wants them."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.booth.page.device import text_for
from edge.booth.page.forms import Forms
from edge.booth.page.session import Session
from edge.booth.push import Subscription, Subscriptions
from edge.config import Language


class PushForms:
    """The handlers behind these forms."""

    def __init__(self, push: Subscriptions, forms: Forms, language: Language) -> None:
        self._push, self._forms, self._language = push, forms, language

    def routes(self) -> list[Route]:
        """Return their addresses."""
        return [self._forms.post("/push", self._begin), self._forms.post("/push-off", self._end)]

    async def _begin(self, request: Request, _session: Session, fields: dict[str, str]) -> Response:
        text = text_for(request, self._language)
        endpoint, p256dh, auth = (fields.get(name, "") for name in ("endpoint", "p256dh", "auth"))
        browser = Subscription(endpoint, p256dh, auth, text.language)
        if not await run_in_threadpool(self._push.add, browser):
            raise HTTPException(HTTPStatus.BAD_REQUEST, text("push-refused"))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _end(self, _request: Request, _session: Session, fields: dict[str, str]) -> Response:
        await run_in_threadpool(self._push.remove, fields.get("endpoint", ""))
        return Response(status_code=HTTPStatus.NO_CONTENT)
