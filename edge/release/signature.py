"""Sign a release with the site's release.key, and verify it on the node with release.pub.

manifest.sig signs manifest.json, which pins every other file: the key's fingerprint and 128 hex digits (Ed25519).
"""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from edge.errors import ConfigError, ProvisionError
from edge.release.install import MANIFEST, SIGNATURE, Release, check_files, read_release
from edge.signing import is_signed, read_public
from edge.site.authority import read_key
from edge.site.files import read, write_file


def sign_release(folder: Path, key: Path, passphrase: bytes | None) -> Release:
    """Sign the release, so that every node of the site installs it; raises ProvisionError if it is damaged."""
    release = read_release(folder)
    check_files(folder, release.files)
    private = read_key(read(key), passphrase, name=str(key))
    if not isinstance(private, Ed25519PrivateKey):
        raise ProvisionError(f"{key}: expected an Ed25519 key; restore it from your copy of the site's folder")
    write_file(folder / SIGNATURE, signature_of(read(folder / MANIFEST), private), 0o644)
    return release


def signature_of(manifest: bytes, private: Ed25519PrivateKey) -> bytes:
    """Return the content of manifest.sig."""
    return f"{_fingerprint(private.public_key())} {private.sign(manifest).hex()}\n".encode()


def read_signed(folder: Path, key: Path) -> Release:
    """Read a release; raises ProvisionError unless the owner of the key signed every byte of it."""
    check_signature(folder, key)
    release = read_release(folder)
    check_files(folder, release.files)
    return release


def check_signature(folder: Path, key: Path) -> None:
    """Raise ProvisionError unless the owner of the key signed the manifest in that folder."""
    try:
        fingerprint = _fingerprint(read_public(key))
    except ConfigError as err:
        raise ProvisionError(f"{key}: is not a public key for releases; provision this node again") from err
    try:
        manifest, written = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_bytes()
    except OSError as err:
        raise ProvisionError(
            f"{err.filename}: cannot be read ({err.strerror}); expected a signed release: "
            "spotter provision sign-release --site-dir DIR"
        ) from err
    signer, signature = _parse(folder / SIGNATURE, written)
    if signer != fingerprint:
        raise ProvisionError(
            f"{folder}: expected a signature by key {fingerprint}, found {signer}; sign it for this site"
        )
    if not is_signed(key, manifest, signature):
        raise ProvisionError(
            f"{folder / MANIFEST}: was changed after it was signed; copy the release again, or sign it again"
        )


def _parse(path: Path, written: bytes) -> tuple[str, bytes]:
    try:
        signer, signature = written.decode("ascii").split()
        return signer, bytes.fromhex(signature)
    except ValueError as err:
        raise ProvisionError(f"{path}: is not a signature; sign the release again") from err


def _fingerprint(key: Ed25519PublicKey) -> str:
    """Return the first 12 hex digits of the key's SHA-256."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:12]
