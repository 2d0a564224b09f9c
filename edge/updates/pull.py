"""Fetch the release that the booth offers, with the node's certificate, and try it; by spotter-pull.service, as root.

The request comes from the node's own user, so it is taken for hostile: it can only name the hash of a manifest. The
host is node.yaml's broker, the port the one after the broker's, and only what the site signed is installed.
"""

import hashlib
import http.client
import os
import shutil
import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from edge.config import BrokerSection, NodeConfig, load
from edge.errors import ProvisionError
from edge.places import ETC, HOME, STATE
from edge.release.install import MANIFEST, MOST_BYTES, SIGNATURE, read_release, wheels_for
from edge.release.signature import check_signature
from edge.release.update import Update
from edge.updates.progress import Report
from edge.wire_update import Offer

REQUEST = STATE / "update.json"
"""The offer that the node's user wrote down."""
DOWNLOAD = HOME / "download"
"""Folder that is filled, then copied, checked and installed as a stick is."""
LARGEST = 4000
"""Bytes of a request."""
MOST_MANIFEST = 200_000
"""Bytes of a manifest or signature."""
PATIENCE_S = 30.0
"""Seconds without a byte after which a try is over."""
TRIES = 3
CHUNK = 1 << 18
Said = Callable[[int], None]


def port_of(broker: BrokerSection) -> int:
    """Return the booth's port for releases: the one after its broker's."""
    return broker.port + 1


def pull(root: Path, update: Update) -> tuple[bool, str]:
    """Follow the request under `root`; returns whether the release runs now, and what happened.

    Raises EdgeError if there is no request, or the release cannot be fetched or is refused.
    """
    offer = _take_request(root / REQUEST)
    try:
        config = load(root / ETC / "node.yaml", NodeConfig)
        report = Report(root, config.node, offer.push)
        report.say("fetching")
    finally:
        (root / REQUEST).unlink(missing_ok=True)  # else the unit would start again and again
    folder = root / DOWNLOAD

    def work() -> tuple[bool, str]:
        fetch(offer, config.broker, root, folder, lambda percent: report.say("fetching", percent=percent))
        report.say("trying")
        return update.apply(folder, is_forced=offer.force)

    try:
        return report.run(work)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _take_request(path: Path) -> Offer:
    """Read and check the request; it is deleted if it is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            return msgspec.json.decode(file.read(LARGEST), type=Offer)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as err:
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
        raise ProvisionError(f"{path}: is no request for a release ({err}); push it again from the booth") from err


def fetch(offer: Offer, broker: BrokerSection, root: Path, folder: Path, say: Said) -> None:
    """Fill `folder` with the offered release: manifest, signature, and the wheels for this Python.

    Raises ProvisionError if it cannot be fetched, is another, or is not this site's. `say` takes percents.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    context = _context(broker, root)
    for name in (MANIFEST, SIGNATURE):
        _fetch_file(broker, context, name, folder, MOST_MANIFEST, lambda _: None)
    found = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    if found != offer.manifest:
        raise ProvisionError(f"{folder / MANIFEST}: is damaged (expected sha256 {offer.manifest}, found {found})")
    check_signature(folder, root / ETC / "release.pub")
    release = read_release(folder)
    wheels = wheels_for(release)
    for index, path in enumerate(wheels):
        _fetch_file(broker, context, path.name, folder, MOST_BYTES, _part(say, index, len(wheels)))


def _part(say: Said, index: int, count: int) -> Callable[[float], None]:
    """Return what turns the share of file `index` that is there into the percents of all `count` files."""
    said = -1

    def tell(share: float) -> None:
        nonlocal said
        percent = int(100 * (index + share) / count) // 10 * 10
        if percent != said:
            said = percent
            say(percent)

    return tell


def _context(broker: BrokerSection, root: Path) -> ssl.SSLContext:
    """Return mutual TLS as to the broker; raises ProvisionError without the node's certificate."""
    if broker.tls is None:
        raise ProvisionError(
            "node.yaml: broker.tls is missing, so no release can be fetched; provision this node again"
        )
    try:
        context = ssl.create_default_context(cafile=_under(root, broker.tls.ca))
        context.load_cert_chain(_under(root, broker.tls.certificate), _under(root, broker.tls.key))
    except (OSError, ValueError) as err:
        raise ProvisionError(f"{broker.tls.certificate}: cannot be read ({err}); provision this node again") from err
    return context


def _under(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _fetch_file(
    broker: BrokerSection, context: ssl.SSLContext, name: str, folder: Path, most: int, say: Callable[[float], None]
) -> None:
    """Fetch one file, in up to TRIES tries; `say` gets the share that is there."""
    for attempt in range(1, TRIES + 1):
        try:
            _try_to_fetch(broker, context, name, folder / name, most, say)
        except (OSError, http.client.HTTPException) as err:
            if attempt == TRIES:
                where = f"https://{broker.host}:{port_of(broker)}"
                raise ProvisionError(
                    f"{name}: cannot be fetched from {where} ({err or type(err).__name__}); push it again"
                ) from err
        else:
            return


def _try_to_fetch(
    broker: BrokerSection, context: ssl.SSLContext, name: str, path: Path, most: int, say: Callable[[float], None]
) -> None:
    line = http.client.HTTPSConnection(broker.host, port_of(broker), timeout=PATIENCE_S, context=context)
    with closing(line), path.open("wb") as file:
        line.request("GET", f"/{name}")
        answer = line.getresponse()
        size = int(answer.headers.get("Content-Length") or 0)
        if answer.status != http.HTTPStatus.OK or not 0 < size <= most:
            raise http.client.HTTPException(f"status {answer.status}, {size} bytes")
        while chunk := answer.read(CHUNK):
            file.write(chunk)
            say(file.tell() / size)
        if file.tell() != size:
            raise http.client.HTTPException(f"{file.tell()} of {size} bytes came")
