"""A small authority of our own: keys and certificates as a site has them."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge.config import Tls


def issue(folder: Path, name: str, *, ends_at: float, begins_at: float = 0.0) -> Tls:
    """Issue a self-signed certificate with the CN `name` into `folder`, valid between two times (UTC seconds)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(begins_at, UTC))
        .not_valid_after(datetime.fromtimestamp(ends_at, UTC))
        .sign(key, hashes.SHA256())
    )
    paths = Tls(ca=str(folder / "ca.pem"), certificate=str(folder / f"{name}.pem"), key=str(folder / f"{name}.key"))
    for path in (paths.ca, paths.certificate):
        Path(path).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    Path(paths.key).write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
