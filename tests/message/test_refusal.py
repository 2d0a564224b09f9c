"""A broker that takes no connection is told by its reason, once, and that stays the last word."""

import gc
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.config import BrokerSection, Tls
from edge.message.mqtt import MqttBroker
from tests.brokers import Mosquitto, wait_for
from tests.certificates import make_certificates

pytestmark = pytest.mark.requires_broker


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """A refused client of paho closes its sockets only when it is collected; no other test is to hear of it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    return make_certificates(tmp_path / "pki", {"ca": ("localhost", "camera-1")})


def connect(broker: MqttBroker) -> None:
    broker.connect(will=None, births=tuple, subscriptions=(), on_message=print)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves the refused socket open
def test_a_plain_broker_is_told_to_a_client_with_tls(
    mosquitto: Mosquitto, pki: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert "it speaks no TLS at this port" in turned_away(
        mosquitto.port, caplog, Tls(ca=f"{pki}/ca.pem", certificate=f"{pki}/camera-1.pem", key=f"{pki}/camera-1.key")
    )


def test_a_broker_with_tls_is_told_to_a_plain_client(
    make_mosquitto: Callable[..., Mosquitto], pki: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = (
        f"listener PORT 127.0.0.1\ncafile {pki}/ca.pem\ncertfile {pki}/localhost.pem\nkeyfile {pki}/localhost.key"
    )
    server = make_mosquitto(plain=False, settings=settings)
    assert "it expects TLS, so that broker.tls is needed" in turned_away(server.port, caplog)


def test_a_broker_that_wants_a_password_is_told(
    make_mosquitto: Callable[..., Mosquitto], caplog: pytest.LogCaptureFixture
) -> None:
    server = make_mosquitto(text="listener PORT 127.0.0.1\nallow_anonymous false")
    assert "(Not authorized): it wants a password or a certificate" in turned_away(server.port, caplog)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (bytes([0x20, 2, 0, 1]), "(Unsupported protocol version): it does not speak MQTT 5"),
        (bytes([0x20, 2, 0, 0x84]), "it does not speak MQTT 5 (only 3.1.1, perhaps)"),
        (bytes([0x20, 3, 0, 0x89, 0]), "(Server busy): it is busy or full"),
        (bytes([0x20, 3, 0, 0x85, 0]), "it does not take this program's client id"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "or it is no MQTT broker: check broker.port"),
        (b"", "ended the connection before it answered"),
    ],
)
def test_another_program_at_the_port_is_told(answer: bytes, words: str, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answering, args=(server, answer), daemon=True).start()
        assert words in turned_away(server.getsockname()[1], caplog)


def answering(server: socket.socket, answer: bytes) -> None:
    """Answer every connection with these bytes and close it."""
    while True:
        try:
            with server.accept()[0] as one:
                one.recv(1024)
                one.sendall(answer)
        except OSError:
            return


def turned_away(port: int, caplog: pytest.LogCaptureFixture, certificates: Tls | None = None) -> str:
    """Return what a client says that no broker takes; over two attempts it says it once, and it stays the last word."""
    broker = MqttBroker(BrokerSection(host="localhost", port=port, tls=certificates), "camera-1")
    connect(broker)
    wait_for(lambda: broker.refusals >= 2)
    broker.close()
    assert [one.getMessage().removesuffix("; trying again until it does") for one in caplog.records] == [broker.trouble]
    return broker.trouble


def test_a_broker_that_relents_is_no_trouble(
    make_mosquitto: Callable[..., Mosquitto], caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=answering, args=(server, b""), daemon=True).start()
        broker = MqttBroker(BrokerSection(port=port), "camera-1")
        connect(broker)
        wait_for(lambda: broker.trouble)
        server.shutdown(socket.SHUT_RDWR)
    make_mosquitto(text=f"listener {port} 127.0.0.1\nallow_anonymous true", port=port)
    wait_for(lambda: broker.is_connected)
    assert broker.trouble == ""
    broker.close()
