"""Web Push: the browsers that asked for notifications, and sending words to them, encrypted for each (RFC 8030, 8291).

Only this file imports pywebpush, which belongs to the extra `push`.
"""

import base64
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from edge import atomic_file
from edge.config import Language, NotifySection
from edge.errors import ConfigError

MOST = 50
"""Browsers that are kept; a new one replaces the oldest."""
MOST_CHARACTERS = 1000
"""Longest address of a push service that is accepted."""
TIMEOUT_S = 5.0
GONE = (404, 410)
"""Answers of a push service about a browser that no longer wants anything (RFC 8030, 7.3)."""
ADVICE = "pip install 'exception-spotter[push]'"


class Subscription(msgspec.Struct, frozen=True):
    """One browser."""

    endpoint: str
    """Address at its maker's push service; who knows it can send to the browser, so it never leaves the booth."""
    p256dh: str
    """Its public key, base64url."""
    auth: str
    """Its secret, base64url."""
    language: Language


def key_file(path: Path) -> None:
    """Write a new private key; raises ConfigError if the extra is missing or the file exists."""
    vapid = _vapid()
    if path.exists():
        raise ConfigError(f"--out {path}: exists already; browsers that asked with the old key would hear nothing more")
    made = vapid()
    made.generate_keys()
    atomic_file.write(path, made.private_pem(), mode=0o600)


class Subscriptions:
    """Owner of the browsers in push.json; thread-safe."""

    def __init__(self, section: NotifySection) -> None:
        """Read key and file; raises ConfigError if they cannot be read or the extra is missing."""
        self._section = section
        self._lock = threading.Lock()
        self._path = Path(section.push_key).with_name("push.json")
        try:
            self._vapid = _vapid().from_file(section.push_key)
            kept = self._path.read_bytes() if self._path.exists() else b"[]"
            self._kept = msgspec.json.decode(kept, type=list[Subscription])
        except (OSError, ValueError, TypeError) as err:
            advice = "make a key with: spotter booth-push-key --out FILE; delete a damaged push.json"
            raise ConfigError(f"notify.push_key {section.push_key}: cannot be used ({err}); {advice}") from err

    @property
    def public_key(self) -> str:
        """The key that browsers are given, base64url."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

        point = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")

    def all(self) -> list[Subscription]:
        """Return the browsers."""
        with self._lock:
            return list(self._kept)

    def add(self, browser: Subscription) -> bool:
        """Keep a browser; returns False if its address is of no known service, or its keys cannot be right."""
        if not self._is_known(browser.endpoint) or not _are_keys(browser):
            return False
        with self._lock:
            others = [one for one in self._kept if one.endpoint != browser.endpoint]
            self._write([*others, browser][-MOST:])
        return True

    def remove(self, endpoint: str) -> None:
        """Forget a browser."""
        with self._lock:
            self._write([one for one in self._kept if one.endpoint != endpoint])

    def _write(self, kept: list[Subscription]) -> None:
        self._kept = kept
        atomic_file.write(self._path, msgspec.json.encode(kept), mode=0o600)

    def _is_known(self, endpoint: str) -> bool:
        """Whether an address is of a service in the settings; else a visitor could have the booth call any machine."""
        try:
            parts = urlsplit(endpoint)
            origin, host, is_plain = f"{parts.scheme}://{parts.netloc}", parts.hostname or "", parts.port is None
        except ValueError:
            return False
        if len(endpoint) > MOST_CHARACTERS or not endpoint.isascii() or not endpoint.isprintable():
            return False
        is_named = any(host == name or host.endswith(f".{name}") for name in self._section.push_services)
        return origin in self._section.push_services or (parts.scheme == "https" and is_plain and is_named)

    def send(self, browser: Subscription, content: bytes, ttl_s: int, topic: str) -> None:
        """Send words to a browser; the service drops them after `ttl_s` seconds. Raises OSError if that failed."""
        import requests  # noqa: PLC0415  comes with pywebpush
        from pywebpush import WebPushException, webpush  # noqa: PLC0415

        session = requests.Session()
        session.max_redirects = 0
        try:
            webpush(
                {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}},
                content,
                vapid_private_key=self._vapid,
                vapid_claims={"sub": self._section.push_contact, "exp": int(time.time()) + 3600},
                ttl=ttl_s,
                timeout=TIMEOUT_S,
                headers={"Topic": topic, "Urgency": "high"},
                requests_session=session,
            )
        except WebPushException as err:
            if err.response is not None and err.response.status_code in GONE:
                self.remove(browser.endpoint)
                return
            raise OSError(f"the push service did not take it: {err}") from err
        finally:
            session.close()


def _are_keys(browser: Subscription) -> bool:
    """Whether the keys have the lengths of a P-256 point and of 16 secret bytes (RFC 8291, 3.1)."""
    try:
        lengths = [len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) for text in _keys(browser)]
    except ValueError:
        return False
    return lengths == [65, 16]


def _keys(browser: Subscription) -> tuple[str, str]:
    return browser.p256dh, browser.auth


def _vapid() -> Any:
    """Return the class that signs; raises ConfigError without the extra."""
    try:
        from py_vapid import Vapid02  # noqa: PLC0415
    except ImportError as err:
        raise ConfigError(f"notify.push_key: Web Push needs pywebpush: {ADVICE}") from err
    return Vapid02
