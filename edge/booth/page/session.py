"""Log-in sessions: signed cookies that end after 12 hours, at log-out, or when the booth restarts."""

import hashlib
import hmac
import secrets
from collections.abc import Callable

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

LASTS_S = 12 * 3600
"""Lifetime of a session: one long shift."""


class Session(msgspec.Struct, frozen=True):
    """The session of one browser."""

    id: str
    since: float
    """When it was opened, in seconds on the clock that Sessions was given."""
    is_in: bool
    """True once logged in, or if no password is needed; False if it only carries the login form's token."""


class Sessions:
    """Owner of the signing secret, which is new at every start, and of the closed sessions."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._secret = secrets.token_bytes(32)
        self._serializer = URLSafeSerializer(
            self._secret, salt="session", signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        )
        self._closed: dict[str, float] = {}

    def open(self, *, is_in: bool) -> Session:
        """Return a new session that begins now."""
        return Session(secrets.token_urlsafe(16), self._monotonic(), is_in)

    def seal(self, session: Session) -> str:
        """Return the cookie's value."""
        sealed = self._serializer.dumps(msgspec.to_builtins(session))
        return sealed if isinstance(sealed, str) else sealed.decode()

    def read(self, cookie: str) -> Session | None:
        """Return the session of a cookie; None if its signature is not of this run, or it has expired or was closed."""
        try:
            session = msgspec.convert(self._serializer.loads(cookie), Session)
        except (BadSignature, msgspec.ValidationError):
            return None
        is_over = self._monotonic() >= session.since + LASTS_S or session.id in self._closed
        return None if is_over else session

    def close(self, session: Session) -> None:
        """End the session: its cookie, and any copy of it, is invalid from now on."""
        now = self._monotonic()
        self._closed = {name: end for name, end in self._closed.items() if end > now}
        self._closed[session.id] = session.since + LASTS_S

    def token(self, session: Session) -> str:
        """Return the token that every form of this session must carry."""
        return hmac.new(self._secret, b"form:" + session.id.encode(), hashlib.sha256).hexdigest()

    def is_token(self, session: Session, token: str) -> bool:
        """Whether this is the session's form token, compared in constant time."""
        return hmac.compare_digest(self.token(session).encode(), token.encode("utf-8", "surrogatepass"))
