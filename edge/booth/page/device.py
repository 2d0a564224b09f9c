"""What the page remembers of one device in cookies: its name and its language. Neither is a secret."""

import re
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from edge.booth.page.text import Text, choose
from edge.config import Language
from edge.phrase.table import LANGUAGES

WHO, LANGUAGE = "spotter-who", "spotter-language"
"""Cookies with the laptop's name and language; kept when a session ends."""
KEPT_S = 365 * 24 * 3600
NAME = re.compile(r"[a-z0-9-]{3,32}")
"""The rule for every name on the wire."""


def laptop(request: Request) -> str:
    """Return the name of the laptop."""
    found = request.cookies.get(WHO, "")
    return found if NAME.fullmatch(found) else "booth"


def chosen_language(request: Request) -> str:
    """Return the language that was chosen on this device; empty if its browser decides."""
    found = request.cookies.get(LANGUAGE, "")
    return found if found in LANGUAGES else ""


def text_for(request: Request, default: Language) -> Text:
    """Return the page's sentences in the language of this device."""
    return Text(choose(chosen_language(request), request.headers.get("accept-language", ""), default))


def set_laptop(response: Response, who: str, text: Text) -> None:
    """Keep the laptop's name in a cookie; raises 400 for a name that may not travel."""
    if not NAME.fullmatch(who):
        raise HTTPException(HTTPStatus.BAD_REQUEST, text("bad-name"))
    response.set_cookie(WHO, who, max_age=KEPT_S, httponly=True, samesite="strict")


def set_language(response: Response, language: str) -> None:
    """Keep the language in a cookie; anything but one of ours lets the browser decide again."""
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE, language, max_age=KEPT_S, httponly=True, samesite="strict")
    else:
        response.delete_cookie(LANGUAGE, httponly=True, samesite="strict")
