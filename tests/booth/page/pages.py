"""Snapshots, and pages of booths, to start tests from."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx

from edge import wire
from edge.booth.alert import make_alert
from edge.booth.page.password import hash_password, write_hash
from edge.booth.page.server import KEEP_S, Page
from edge.booth.page.snapshot import AlertState, AlertView, BudgetView, Outcome, Snapshot
from edge.booth.push import Subscriptions
from edge.booth.roster import NodeHealth
from edge.booth.trends import Outcomes, Row
from edge.config import BoothConfig, PageSection, PlaceSection, SpeechSection
from tests.fakes import FakeClock
from tests.messages import NOW, make_score

PASSWORD = "grey-on-grey-on-grey"
COUNTS = {"scores": 1234, "repeats": 5, "late": 6, "alerts": 7, "lapsed": 8, "overflow": 9, "held_back": 10}
CONFIG = BoothConfig(nodes={"camera-1": 315, "camera-2": 45})
DOOR = PlaceSection(name="Mercer Street door", left="by the lamp")
SITE: dict[str, Any] = {
    "nodes": {"camera-1": 315, "camera-2": 45},
    "faces": 0,
    "places": {"camera-1": DOOR},
    "speech": SpeechSection(offer={"en": "a pair of shoes"}, who="Shoe shop", contact="privacy@example.org"),
}
"""Settings of a booth that has names for its places."""


def make_view(
    seq: int = 1,
    state: AlertState = "open",
    by: str = "",
    *,
    left_s: float = 47.0,
    changed_s: float = 2.0,
    ended: Literal["withdrawn", "lapsed"] | None = None,
    **changes: Any,
) -> AlertView:
    alert = make_alert(make_score(seq=seq, **changes), CONFIG, NOW)
    alert = alert if ended is None else wire.ended(alert, ended)
    return AlertView(alert=alert, state=state, claimed_by=by, left_s=left_s, changed_s=changed_s)


def make_snapshot(**changes: Any) -> Snapshot:
    fields: dict[str, Any] = {
        "site": "booth",
        "at": wire.to_time(NOW + 13),
        "is_connected": True,
        "refusals": 0,
        "trouble": "",
        "alerts": [make_view()],
        "nodes": [NodeHealth("camera-1", "degraded", ["too dark: clean the lens"], "spot", 12.5, 42, 17)],
        "facings": dict(CONFIG.nodes),
        "lost": {"camera-1": 3},
        "counts": COUNTS,
        "refused": {"schema": 11},
        "queued": 2,
    }
    return Snapshot(**(fields | changes))


ALERT = make_view().alert.id
READABLE = ("/state.json", "/metrics")
"""What only those who logged in may read, besides the page itself."""
BUDGET = BudgetView(per_hour=6, stock=14, threshold=210, traffic_per_h=1180, alerts_per_h=5.4)
OUTCOMES = Outcomes(
    claimed=1, greeted=9, not_found=4, not_unusual=2, declined=1, precision=0.82, low=0.52, high=0.95, greet_s=24
)
TRENDS = [
    Row(
        facet="colour",
        value="orange",
        where="upper",
        share_now=0.126,
        share_usual=0.031,
        low=0.08,
        high=0.17,
        n=222,
        verdict="more than usual",
    ),
    Row(
        facet="garment",
        value="bare-legs",
        where="",
        share_now=0.02,
        share_usual=0.11,
        low=0.005,
        high=0.04,
        n=222,
        verdict="less than usual",
    ),
]


class ServedPage:
    """An open page, its clock, and what was tapped on it."""

    def __init__(self, config: BoothConfig, keep_s: int = KEEP_S, push: Subscriptions | None = None) -> None:
        self.clock = FakeClock()
        self.reported: list[tuple[str, str, str]] = []
        self.breaks: Exception | None = None
        self.plays_booth = False
        """Whether the page then shows what was tapped, as the booth does."""
        self.allowed: list[str] = []
        self.page = Page(config, self._note, self.clock, keep_s=keep_s, on_allow=self.allowed.append, push=push)

    @property
    def url(self) -> str:
        """Address at which a browser on this machine reaches the page."""
        return self.page.url.replace("0.0.0.0", "127.0.0.1")

    def begin_anew(self) -> None:
        """Show `make_snapshot()` again, half a minute later and with nothing tapped."""
        self.reported.clear()
        self.allowed.clear()
        self.breaks, self.plays_booth = None, False
        self.clock.sleep(30)
        self.page.show(make_snapshot())

    def _note(self, alert_id: str, outcome: Outcome | wire.Undoing, who: str) -> None:
        if self.breaks is not None:
            raise self.breaks
        self.reported.append((alert_id, outcome, who))
        if self.plays_booth:
            state: AlertState = {"unclaimed": "open", "reopened": "claimed"}.get(outcome, outcome)  # type: ignore[assignment]
            self.page.show(make_snapshot(alerts=[make_view(1, state, who if state != "open" else "", changed_s=0.0)]))


@contextmanager
def serve_page(*, is_starting: bool = False, keep_s: int = KEEP_S, **changes: Any) -> Iterator[ServedPage]:
    """Serve a page that shows `make_snapshot()`, on a free port of loopback unless `changes` say otherwise.

    With `is_starting` the booth has not handed it a snapshot yet.
    """
    served = ServedPage(BoothConfig(**({"page_port": 0} | changes)), keep_s)
    try:
        if not is_starting:
            served.page.show(make_snapshot())
        yield served
    finally:
        served.page.close()


def password_file(folder: Path) -> str:
    path = folder / "page.password"
    write_hash(path, hash_password(PASSWORD))
    return str(path)


def locked(folder: Path, **changes: Any) -> dict[str, Any]:
    """Return the settings of a page that is open to the network, without TLS unless `changes` name a certificate."""
    section: dict[str, Any] = {"password_file": password_file(folder), "insecure": "tls_cert" not in changes}
    return {"page_host": "0.0.0.0", "page": PageSection(**(section | changes))}


class Browser:
    """A browser's handling of forms and cookies; `url` is where it reaches the page."""

    def __init__(self, url: str, *, verify: Any = True) -> None:
        self.url = url.replace("0.0.0.0", "127.0.0.1").rstrip("/")
        self.client = httpx.Client(base_url=self.url, verify=verify, timeout=20)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def token(self, path: str = "/") -> str:
        found = re.search(r'(?:name="token" value|data-token)="([0-9a-f]{64})"', self.get(path).text)
        assert found is not None
        return found[1]

    def post(self, path: str, headers: dict[str, str] | None = None, /, **fields: str) -> httpx.Response:
        """Send a form as the page itself would, unless `headers` differ."""
        return self.client.post(path, data=fields, headers={"Origin": self.url} | (headers or {}))

    def log_in(self, password: str = PASSWORD, **more: str) -> httpx.Response:
        return self.post("/login", token=self.token("/login"), password=password, **more)
