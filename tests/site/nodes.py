"""A node's identity, and the networks it may be on."""

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.site.settings import Network
from tests.release.releases import SIGNER

ADDRESS = Network(booth="192.168.50.1", address="192.168.50.11/24")
WIFI = Network(booth="192.168.50.1", wifi="Booth", wifi_password="correct horse", wifi_country="DE")
OPEN = Network(booth="192.168.50.1", wifi="Booth", wifi_country="DE")
SETTINGS = b"site: soho\nnode: north\nbroker:\n  host: 192.168.50.1\n  port: 8883\n...\n"
IDENTITY = {
    "ca.pem": b"authority",
    "node.pem": b"certificate",
    "node.key": b"key 5d1f0a77",
    "outbox.pub": b"o",
    "baseline.pub": b"b",
    "release.pub": SIGNER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "node.yaml": SETTINGS,
}
