"""Notifications reach real servers on loopback, in words only, and never delay the booth."""

import base64
import json
import time
from collections.abc import Iterator
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.booth.facts import Fact
from edge.booth.notify import AGAIN_S, Notifier
from edge.booth.roster import NodeHealth
from edge.config import BoothConfig, NotifySection
from edge.errors import ConfigError
from tests.booth.page.pages import SITE, Browser, ServedPage, make_snapshot, make_view
from tests.booth.services import Service, Taken, serve
from tests.brokers import wait_for
from tests.fakes import FakeClock

OFF = Fact("silence-offline")
FAILING = [NodeHealth("camera-1", "failing", [OFF.sentence], facts=[OFF])]
WELL = [NodeHealth("camera-1", "ok", [])]


@pytest.fixture
def service() -> Iterator[Service]:
    with serve() as made:
        yield made


def notifier(clock: FakeClock | None = None, **section: Any) -> Notifier:
    return Notifier(BoothConfig(**SITE, notify=NotifySection(**section)), (clock or FakeClock()).monotonic)


def title(taken: Taken) -> str:
    return str(make_header(decode_header(taken.headers["title"])))


def test_a_camera_that_fails_is_told_once_and_when_it_is_well(service: Service, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("tk_secret\n")
    clock = FakeClock()
    made = notifier(clock, ntfy=f"{service.url}/soho", ntfy_token_file=str(token))
    for nodes in (WELL, FAILING, FAILING, WELL, FAILING):
        made.note(make_snapshot(nodes=nodes, alerts=[make_view()]))
    made.close()
    first, second = service.taken
    assert (first.path, title(first)) == ("/soho", "Mercer Street door: the camera fails")
    assert first.body.decode() == OFF.sentence
    assert first.headers["authorization"] == "Bearer tk_secret"
    assert title(second) == "Mercer Street door: the camera is well again"
    assert made.sent == 2


def test_a_camera_that_stays_away_is_told_again_after_a_while(service: Service) -> None:
    clock = FakeClock()
    made = notifier(clock, ntfy=f"{service.url}/soho")
    for nodes in (FAILING, WELL, FAILING):
        made.note(make_snapshot(nodes=nodes))
    clock.sleep(AGAIN_S)
    made.note(make_snapshot(nodes=FAILING))
    made.close()
    assert len(service.taken) == 3


def test_alerts_only_if_wanted_and_not_kept(service: Service) -> None:
    quiet = notifier(ntfy=f"{service.url}/soho")
    quiet.note(make_snapshot(nodes=WELL))
    quiet.close()
    assert service.taken == []
    made = notifier(ntfy=f"{service.url}/soho", alerts=True)
    for alerts in ([make_view(1)], [make_view(1)], [make_view(2, left_s=0.5)], [make_view(3, "claimed", "north")]):
        made.note(make_snapshot(nodes=WELL, alerts=alerts))
    made.close()
    (taken,) = service.taken
    assert title(taken) == "Orange top, dark grey checked trousers"
    assert taken.body.decode() == (
        "Mercer Street door, by the lamp, ahead and to the left as you step out, walking to your right, 1 in 500"
    )
    assert taken.headers["cache"] == "no"


def test_a_slow_server_delays_nobody_and_a_redirect_is_not_followed(service: Service) -> None:
    service.goes_on.clear()
    made = notifier(ntfy=f"{service.url}/soho", alerts=True)
    begun = time.monotonic()
    for number in range(1, 60):
        made.note(make_snapshot(nodes=WELL, alerts=[make_view(number)]))
    assert time.monotonic() - begun < 2.0
    assert made.failed > 0, "what does not fit is dropped"
    service.status = 307
    service.goes_on.set()
    made.close()
    assert {taken.path for taken in service.taken} == {"/soho"}
    assert made.sent == 0


def test_without_settings_nothing_is_sent() -> None:
    made = notifier()
    made.note(make_snapshot(nodes=FAILING))
    made.close()
    assert (made.is_on, made.sent, made.failed) == (False, 0, 0)
    with pytest.raises(ConfigError, match="ntfy_token_file"):
        notifier(ntfy_token_file="/nowhere")


class Phone:
    """A browser that asked for notifications: its keys, and its address at a service."""

    def __init__(self, service: Service) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.fields = {
            "endpoint": f"{service.url}/phone",
            "p256dh": base64.urlsafe_b64encode(point).decode().rstrip("="),
            "auth": base64.urlsafe_b64encode(self.auth).decode().rstrip("="),
        }

    def read(self, taken: Taken) -> dict[str, Any]:
        http_ece = pytest.importorskip("http_ece")
        found = http_ece.decrypt(taken.body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        decoded: dict[str, Any] = json.loads(found)
        return decoded


@pytest.fixture
def pushing(service: Service, tmp_path: Path) -> Iterator[Notifier]:
    pytest.importorskip("pywebpush")
    from edge.booth.push import key_file  # noqa: PLC0415

    key_file(tmp_path / "push.key")
    made = notifier(push_key=str(tmp_path / "push.key"), push_services=(service.url,), alerts=True)
    yield made
    made.close()


def page_of(pushing: Notifier) -> ServedPage:
    return ServedPage(BoothConfig(page_port=0), push=pushing.push)


def test_web_push_reaches_a_browser_encrypted_and_expires(service: Service, pushing: Notifier) -> None:
    assert pushing.push is not None
    served, phone = page_of(pushing), Phone(service)
    served.page.show(make_snapshot())
    browser = Browser(served.page.url)
    browser.client.headers["Accept-Language"] = "de"
    assert f'data-key="{pushing.push.public_key}"' in browser.get("/settings").text
    assert browser.post("/push", token=browser.token(), **phone.fields).status_code == 204
    pushing.note(make_snapshot(nodes=WELL, alerts=[make_view(1)]))
    wait_for(lambda: len(service.taken) == 1, what="the push")
    (taken,) = service.taken
    assert (taken.path, taken.headers["ttl"]) == ("/phone", "47")
    assert taken.headers["authorization"].startswith("vapid t=")
    assert b"Oberteil" not in taken.body
    said = phone.read(taken)
    assert said["title"] == "Orangefarbenes Oberteil, dunkelgraue karierte Hose"
    assert (said["for_s"], said["is_alert"]) == (47, True)
    assert browser.post("/push-off", token=browser.token(), endpoint=phone.fields["endpoint"]).status_code == 204
    assert pushing.push.all() == []
    browser.client.close()
    served.page.close()


def test_a_browser_that_is_gone_is_forgotten(service: Service, pushing: Notifier) -> None:
    from edge.booth.push import Subscription  # noqa: PLC0415

    assert pushing.push is not None
    assert pushing.push.add(Subscription(**Phone(service).fields, language="en"))
    service.status = 410
    pushing.note(make_snapshot(nodes=FAILING, alerts=[]))
    wait_for(lambda: pushing.push is not None and pushing.push.all() == [], what="forgetting")


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "http://169.254.169.254/latest/meta-data"},
        {"endpoint": "https://evil.example/push"},
        {"endpoint": "https://fcm.googleapis.com.evil.example/x"},
        {"endpoint": "https://user@127.0.0.1/x"},
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": "https://[::1"},
        {"endpoint": ""},
        {"p256dh": "short"},
        {"auth": "ÿ"},
    ],
)
def test_no_visitor_makes_the_booth_call_elsewhere(service: Service, pushing: Notifier, change: dict[str, str]) -> None:
    served = page_of(pushing)
    served.page.show(make_snapshot())
    browser = Browser(served.page.url)
    answer = browser.post("/push", token=browser.token(), **(Phone(service).fields | change))
    assert answer.status_code == 400
    assert pushing.push is not None
    assert pushing.push.all() == []
    browser.client.close()
    served.page.close()


def test_a_known_service_is_accepted_and_survives_a_restart(service: Service, tmp_path: Path) -> None:
    pytest.importorskip("pywebpush")
    from edge.booth.push import MOST, Subscription, Subscriptions, key_file  # noqa: PLC0415

    key_file(tmp_path / "push.key")
    with pytest.raises(ConfigError, match="exists already"):
        key_file(tmp_path / "push.key")
    section = NotifySection(push_key=str(tmp_path / "push.key"))
    kept = Subscriptions(section)
    fields = Phone(service).fields
    for number in range(MOST + 3):
        endpoint = f"https://updates.push.services.mozilla.com/wpush/{number}"
        assert kept.add(Subscription(**(fields | {"endpoint": endpoint}), language="en"))
    again = Subscriptions(section)
    assert again.all() == kept.all()
    assert len(again.all()) == MOST
    assert (tmp_path / "push.json").stat().st_mode & 0o077 == 0
