"""Who is at the page: signed cookies that end after a shift, a log-out or a restart of the booth."""

import hashlib
import hmac
import secrets
from collections.abc import Callable

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

LASTS_S = 12 * 3600
"""A long shift."""


class Session(msgspec.Struct, frozen=True):
    """One browser's."""

    id: str
    since: float
    """On the clock that Sessions was given."""
    is_in: bool
    """Whether the password was given, or none is wanted; else it only carries the login form's token."""


class Sessions:
    """Owner of the secret that signs them, new at every start, and of those that were closed."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._secret = secrets.token_bytes(32)
        self._serializer = URLSafeSerializer(
            self._secret, salt="session", signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        )
        self._closed: dict[str, float] = {}

    def open(self, *, is_in: bool) -> Session:
        return Session(secrets.token_urlsafe(16), self._monotonic(), is_in)

    def seal(self, session: Session) -> str:
        """The cookie."""
        sealed = self._serializer.dumps(msgspec.to_builtins(session))
        return sealed if isinstance(sealed, str) else sealed.decode()

    def read(self, cookie: str) -> Session | None:
        """None if it was not signed here since the start, is over, or was closed."""
        try:
            session = msgspec.convert(self._serializer.loads(cookie), Session)
        except (BadSignature, msgspec.ValidationError):
            return None
        is_over = self._monotonic() >= session.since + LASTS_S or session.id in self._closed
        return None if is_over else session

    def close(self, session: Session) -> None:
        """From now on its cookie is worth nothing, whoever kept a copy."""
        now = self._monotonic()
        self._closed = {name: end for name, end in self._closed.items() if end > now}
        self._closed[session.id] = session.since + LASTS_S

    def token(self, session: Session) -> str:
        """What a form of this session must bring along."""
        return hmac.new(self._secret, b"form:" + session.id.encode(), hashlib.sha256).hexdigest()

    def is_token(self, session: Session, token: str) -> bool:
        return hmac.compare_digest(self.token(session).encode(), token.encode("utf-8", "surrogatepass"))
