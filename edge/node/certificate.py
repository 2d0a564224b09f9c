"""Checks of this node's certificate: when it ends, and whether key, CA and name fit."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from edge.config import Tls
from edge.errors import ConfigError

AGAIN = "provision this node again"


def end_of(tls: Tls | None) -> float | None:
    """Return when the certificate ends, in UTC seconds; None without TLS. Raises ConfigError for an unreadable file."""
    return None if tls is None else _read(tls).not_valid_after_utc.timestamp()


def check(tls: Tls | None, node: str, at: float) -> None:
    """Raise ConfigError unless key, certificate, CA and node name fit and the certificate is valid `at` UTC seconds."""
    if tls is None:
        return
    found = _read(tls)
    names = [str(part.value) for part in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [node]:
        raise ConfigError(f"{tls.certificate}: expected the certificate of {node}, found {', '.join(names)}; {AGAIN}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_cert_chain(tls.certificate, tls.key)
        context.load_verify_locations(tls.ca)
    except (OSError, ssl.SSLError) as err:
        raise ConfigError(f"{tls.key}: does not fit {tls.certificate} and {tls.ca} ({err}); {AGAIN}") from err
    moment = datetime.fromtimestamp(at, UTC)
    if not found.not_valid_before_utc <= moment <= found.not_valid_after_utc:
        raise ConfigError(
            f"{tls.certificate}: valid from {found.not_valid_before_utc:%Y-%m-%d} to "
            f"{found.not_valid_after_utc:%Y-%m-%d}, found the clock at {moment:%Y-%m-%d}; set the clock, or {AGAIN}"
        )


def _read(tls: Tls) -> x509.Certificate:
    try:
        found = x509.load_pem_x509_certificate(Path(tls.certificate).read_bytes())
        _ = found.subject, found.not_valid_before_utc, found.not_valid_after_utc  # parsed only when asked for
    except (OSError, ValueError, x509.InvalidVersion) as err:
        raise ConfigError(f"{tls.certificate}: expected a PEM certificate ({err}); {AGAIN}") from err
    return found
