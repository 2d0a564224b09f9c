"""A site's certificate authority: keys, certificates and the revocation list, as PEM. Only this file issues them.

Elliptic curve P-256 throughout: small enough for a handshake on a slow board.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge.errors import ProvisionError

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Start of every certificate's validity. A Raspberry Pi has no clock battery, so until it reaches a time server it may
believe any date since 1970; a certificate that is "not yet valid" would keep it off the network for good."""
SITE_DAYS = 3653
"""Validity in days of authority, broker, booth and revocation list: ten years (an expired list locks all out)."""
LEAF_DAYS = 730
"""Validity in days of nodes and laptops, which can be stolen: two years."""

PAGE_DAYS = 820
"""Validity in days of the page's certificate, which begins today: Apple's devices refuse servers' certificates that
are valid for more than 825 days (https://support.apple.com/103769)."""

SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH


class Identity(NamedTuple):
    """A certificate and its private key, PEM."""

    certificate: bytes
    key: bytes


def make_authority(site: str, now: datetime, passphrase: bytes | None) -> Identity:
    """Make the site's root certificate, which may only sign the site's other certificates."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{site} exception spotter")
    only_signs = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        _dated(x509.CertificateBuilder(), now, SITE_DAYS)
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(only_signs, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Identity(_pem(certificate), _private(key, passphrase))


class Authority:
    """A site's root certificate with its key: issues certificates and revocation lists."""

    def __init__(self, identity: Identity, passphrase: bytes | None) -> None:
        """Raises ProvisionError for a wrong or missing passphrase."""
        self._certificate = read_certificate(identity.certificate)
        key = read_key(identity.key, passphrase, name="ca.key")
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not belong_together(self._certificate, key):
            raise ProvisionError("ca.key is not the key of ca.pem; restore both from your copy of the site's folder")
        self._key = key

    def issue_page(self, now: datetime, hosts: Sequence[str]) -> Identity:
        """Issue the certificate of the booth's page, for browsers; `hosts` are its addresses and names."""
        begins = now - timedelta(days=1)
        return self.issue("page", SERVER, now, PAGE_DAYS, hosts, begins=begins)

    def issue(
        self,
        name: str,
        usage: x509.ObjectIdentifier,
        now: datetime,
        days: int,
        hosts: Sequence[str] = (),
        *,
        begins: datetime = BEGINNING,
    ) -> Identity:
        """Issue a certificate with `name` as its common name; `hosts` are the addresses and names of a server."""
        key = ec.generate_private_key(ec.SECP256R1())
        identifier = self._certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        builder = (
            _dated(x509.CertificateBuilder(), now, days, begins)
            .subject_name(_name(name))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        )
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False
            )
        return Identity(_pem(builder.sign(self._key, hashes.SHA256())), _private(key, None))

    def revocation_list(self, now: datetime, revoked: Iterable[bytes] = ()) -> bytes:
        """Return the signed revocation list of the `revoked` certificates, PEM."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(BEGINNING)
            .next_update(now + timedelta(days=SITE_DAYS))
        )
        for certificate in revoked:
            serial = read_certificate(certificate).serial_number
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def make_signing_pair(passphrase: bytes | None = None) -> tuple[bytes, bytes]:
    """Return a new Ed25519 private key and its public key, PEM."""
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _private(key, passphrase), public


UNREADABLE = (
    *(ValueError, TypeError, UnsupportedAlgorithm, InternalError),
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""Exceptions of the cryptography package for bytes it cannot parse."""


def read_certificate(pem: bytes) -> x509.Certificate:
    """Parse a certificate; raises ProvisionError for anything else."""
    try:
        found = x509.load_pem_x509_certificate(pem)
        _ = found.public_key(), found.extensions, found.subject, found.not_valid_after_utc  # these are parsed lazily
    except UNREADABLE as err:
        raise ProvisionError("expected a certificate in PEM, found something else; copy it again") from err
    return found


def read_list(pem: bytes) -> x509.CertificateRevocationList:
    """Parse a revocation list; raises ProvisionError for anything else."""
    try:
        found = x509.load_pem_x509_crl(pem)
        _ = found.next_update_utc, list(found)
    except UNREADABLE as err:
        raise ProvisionError("expected a revocation list in PEM, found something else; copy it again") from err
    return found


def read_key(pem: bytes, passphrase: bytes | None = None, *, name: str) -> PrivateKeyTypes:
    """Parse a private key; raises ProvisionError for anything else, or for a wrong passphrase."""
    try:
        return serialization.load_pem_private_key(pem, passphrase)
    except UNREADABLE as err:
        if is_encrypted(pem):
            raise ProvisionError(f"{name}: the passphrase is wrong; give the one the site was made with") from err
        raise ProvisionError(f"{name}: expected a private key in PEM, found something else; copy it again") from err


def read_public(pem: bytes) -> ed25519.Ed25519PublicKey:
    """Parse an Ed25519 public key; raises ProvisionError for anything else."""
    try:
        key = serialization.load_pem_public_key(pem)
    except UNREADABLE as err:
        raise ProvisionError("expected a public key in PEM, found something else; copy it again") from err
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise ProvisionError(f"expected an Ed25519 public key, found {type(key).__name__}; copy it again")
    return key


def is_encrypted(key: bytes) -> bool:
    """Return whether a private key in PEM needs a passphrase."""
    return b"ENCRYPTED" in key


def common_name(certificate: x509.Certificate) -> str:
    """Return the certificate's common name; empty if it has none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def belong_together(certificate: x509.Certificate, key: PrivateKeyTypes) -> bool:
    """Return whether the certificate is for this private key."""
    return key.public_key() == certificate.public_key()


def is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Return whether this authority signed the certificate."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def is_revoked(certificate: x509.Certificate, revocation_list: bytes) -> bool:
    """Return whether the list names the certificate; raises ProvisionError if the list cannot be parsed."""
    return read_list(revocation_list).get_revoked_certificate_by_serial_number(certificate.serial_number) is not None


def is_list_of(revocation_list: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    """Return whether this authority signed the revocation list."""
    try:
        return revocation_list.is_signature_valid(authority.public_key())  # type: ignore[arg-type]  # any kind may come
    except UNREADABLE:
        return False


def hosts_of(certificate: x509.Certificate) -> list[str]:
    """Return the addresses and names that a server's certificate is valid for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names]


def _dated(
    builder: x509.CertificateBuilder, now: datetime, days: int, begins: datetime = BEGINNING
) -> x509.CertificateBuilder:
    return (
        builder.serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(now + timedelta(days=days))
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, passphrase: bytes | None) -> bytes:
    encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
