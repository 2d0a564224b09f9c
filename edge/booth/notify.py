"""Tell phones, in words only, that a camera fails and, if wanted, of alerts: by an ntfy server and by Web Push.

Sending happens in a thread of its own, so that a slow server delays no alert. What cannot be sent is dropped, as what
it tells is soon over; it is counted and logged.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.header import Header
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec

from edge import wire
from edge.booth.page.snapshot import Snapshot
from edge.booth.page.text import Text
from edge.booth.page.whereabouts import called, whereabouts
from edge.booth.push import Subscription, Subscriptions
from edge.booth.roster import NodeHealth
from edge.config import BoothConfig
from edge.errors import ConfigError

log = logging.getLogger(__name__)

WAITING = 20
"""Notifications that may wait to be sent; beyond these, new ones are dropped."""
TIMEOUT_S = 5.0
CAMERA_TTL_S = 3600
"""A push service drops the news of a camera after this."""
AGAIN_S = 600.0
"""Seconds in which a camera that fails again and again gives one notification at most."""


@dataclass(frozen=True)
class Note:
    """One notification; its words depend on the language of the phone."""

    tag: str
    """A later one with the same tag replaces it: 1 to 32 letters, digits, hyphens."""
    words: Callable[[Text], tuple[str, str]]
    """Title and text in one language."""
    ttl_s: int
    """Seconds after which it is worthless."""
    is_alert: bool


class Notifier:
    """Owner of the thread that sends, and of what was told already."""

    def __init__(self, config: BoothConfig, monotonic: Callable[[], float]) -> None:
        """Raises ConfigError for a token or key that cannot be read."""
        self._config, self._section, self._monotonic = config, config.notify, monotonic
        self.push = Subscriptions(config.notify) if config.notify.push_key else None
        self._token = _token(config.notify.ntfy_token_file)
        self._opener = build_opener(_NoRedirect)
        self._waiting: queue.Queue[Note | None] = queue.Queue(WAITING)
        self._told_alerts: set[str] = set()
        self._failing: set[str] = set()
        """Cameras that were told of as failing."""
        self._told_at: dict[str, float] = {}
        """When that was, by camera (monotonic)."""
        self.sent = self.failed = 0
        self._said: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="notify", daemon=True)
        if self.is_on:
            self._thread.start()

    @property
    def is_on(self) -> bool:
        """Whether anything is set up that could be told."""
        return bool(self._section.ntfy) or self.push is not None

    def note(self, snapshot: Snapshot) -> None:
        """Tell what is new in a snapshot; never waits."""
        if self.is_on:
            notes = [
                *(self._cameras(snapshot) if self._section.cameras else ()),
                *(self._alerts(snapshot) if self._section.alerts else ()),
            ]
            for one in notes:
                try:
                    self._waiting.put_nowait(one)
                except queue.Full:
                    self.failed += 1

    def close(self) -> None:
        """Send what waits, for a few seconds at most."""
        if self.is_on:
            try:
                self._waiting.put(None, timeout=TIMEOUT_S)
            except queue.Full:
                return
            self._thread.join(TIMEOUT_S)

    def _alerts(self, snapshot: Snapshot) -> Iterator[Note]:
        told, self._told_alerts = self._told_alerts, {view.alert.id for view in snapshot.alerts}
        for view in snapshot.alerts:
            if view.state == "open" and view.left_s >= 1 and view.alert.id not in told:
                words = partial(_alert, view.alert, self._config)
                yield Note(view.alert.id[:32], words, int(view.left_s), is_alert=True)

    def _cameras(self, snapshot: Snapshot) -> Iterator[Note]:
        now = self._monotonic()
        for row in snapshot.nodes:
            was_failing, name = row.node in self._failing, called(self._config, row.node)
            words: Callable[[Text], tuple[str, str]] | None = None
            if row.state == "failing" and not was_failing and now >= self._told_at.get(row.node, -AGAIN_S) + AGAIN_S:
                self._failing.add(row.node)
                self._told_at[row.node] = now
                words = partial(_failing, row, name)
            elif row.state != "failing" and was_failing:
                self._failing.discard(row.node)
                words = partial(_well, name)
            if words is not None:
                yield Note(f"camera-{row.node}"[:32], words, CAMERA_TTL_S, is_alert=False)

    def _run(self) -> None:
        while (note := self._waiting.get()) is not None:
            if self._section.ntfy:
                self._try("the ntfy server", self._send_ntfy, note)
            for browser in self.push.all() if self.push is not None else ():
                self._try("a push service", self._send_push, note, browser)

    def _try(self, what: str, send: Callable[..., None], *given: Any) -> None:
        try:
            send(*given)
            self.sent += 1
            self._said.discard(what)
        except Exception as err:  # noqa: BLE001 - a notification is never worth more than the booth
            self.failed += 1
            if what not in self._said:
                self._said.add(what)
                log.warning("%s did not take a notification (%s); the page has it", what, err)

    def _send_ntfy(self, note: Note) -> None:
        title, body = note.words(Text(self._config.page.language))
        headers = {
            "Title": Header(title, "utf-8", maxlinelen=10_000).encode(),
            "Priority": "high",
            "Tags": "eyes" if note.is_alert else "warning",
            # An alert is not kept on the server: who listens has it at once, nobody later.
            "Cache": "no" if note.is_alert else "yes",
        }
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = Request(self._section.ntfy, (body or title).encode(), headers, method="POST")  # noqa: S310
        try:
            self._opener.open(request, timeout=TIMEOUT_S).close()
        except HTTPError as err:
            err.close()
            raise OSError(f"it answered {err.code}") from err

    def _send_push(self, note: Note, browser: Subscription) -> None:
        assert self.push is not None
        title, body = note.words(Text(browser.language))
        content = {"title": title, "body": body, "tag": note.tag, "for_s": note.ttl_s, "is_alert": note.is_alert}
        self.push.send(browser, msgspec.json.encode(content), note.ttl_s, note.tag)


class _NoRedirect(HTTPRedirectHandler):
    """Refuse redirects, which could lead to any machine."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> None:
        del req, fp, code, msg, headers, newurl


def _alert(alert: wire.Alert, config: BoothConfig, text: Text) -> tuple[str, str]:
    """Return who as title, where and how rare as text."""
    where = whereabouts(alert, config, text)
    parts = [where.place, where.side, where.heading, text("rare", n=round(alert.one_in))]
    return text.why(alert), ", ".join(part for part in parts if part)


def _failing(row: NodeHealth, name: str, text: Text) -> tuple[str, str]:
    problems = text.facts(row.facts, row.problems)
    return text("push-camera-title", place=name), problems[0] if problems else ""


def _well(name: str, text: Text) -> tuple[str, str]:
    return text("push-camera-well", place=name), ""


def _token(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigError(f"notify.ntfy_token_file {path}: cannot be read ({err})") from err
