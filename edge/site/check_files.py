"""Check the files of one program that connects to the broker: one sentence per problem, with what to do. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import TypeVar

import msgspec
from cryptography import x509

from edge import config, sealing
from edge.config import BrokerSection, LaptopConfig, NodeConfig, Tls
from edge.errors import ConfigError, ProvisionError
from edge.site import authority
from edge.site.settings import Network

S = TypeVar("S", bound=msgspec.Struct)

NEAR_END = timedelta(days=14)
"""Warn this long before a certificate expires."""
PAGE_AGAIN = "make it again: spotter provision page --site-dir DIR"
AGAIN = {
    "node": "make it again: spotter provision node {name} --renew --site-dir DIR",
    "laptop": "make it again: spotter provision laptop {name} --renew --site-dir DIR",
    "broker": "make it again: spotter provision set --site-dir DIR --booth ADDRESS",
}
"""How to get a new certificate, by its kind; those of the booth's own programs last as long as the site."""
NEW_SITE = "make a new site"


def check_certificate(
    name: str, files: Mapping[str, bytes], kind: str, now: datetime, revocation_list: bytes | None = None
) -> Iterator[str]:
    """Check that `KIND.pem`, `KIND.key` and `ca.pem` belong together and are valid for `name` now."""
    try:
        root = _certificate(files, "ca.pem")
        mine = _certificate(files, f"{kind}.pem")
        key = authority.read_key(_file(files, f"{kind}.key"), name=f"{kind}.key")
    except ProvisionError as err:
        yield str(err)
        return
    if not authority.belong_together(mine, key):
        yield f"{kind}.key does not belong to {kind}.pem: copy both from the same folder"
    if not authority.is_issued_by(mine, root):
        yield f"{kind}.pem was not issued by the authority in ca.pem: one of them is another site's; copy both again"
    if authority.common_name(mine) != name:
        yield f"{kind}.pem is the certificate of {authority.common_name(mine)!r}, expected {name!r}: copy the right one"
    yield from _check_dates(f"{kind}.pem", mine, now, _again(kind, name))
    yield from _check_clock(root, now)
    if not _is_for(mine, authority.SERVER if kind == "broker" else authority.CLIENT):
        yield f"{kind}.pem is made for another use: a broker's certificate cannot replace a client's, or the reverse"
    if revocation_list is not None and authority.is_revoked(mine, revocation_list):
        yield f"{kind}.pem is revoked, so the broker refuses it; {_again(kind, name)}"


def check_page(files: Mapping[str, bytes], booths: Sequence[str], now: datetime) -> Iterator[str]:
    """Check the certificate of the booth's page; `booths` are the booth's addresses and names."""
    try:
        mine, root = _certificate(files, "page.pem"), _certificate(files, "ca.pem")
        key = authority.read_key(_file(files, "page.key"), name="page.key")
    except ProvisionError as err:
        yield f"{err}; {PAGE_AGAIN}"
        return
    if not authority.belong_together(mine, key) or not authority.is_issued_by(mine, root):
        yield f"page.pem, page.key and ca.pem do not belong together, so browsers refuse the page; {PAGE_AGAIN}"
    if lacking := sorted({*booths} - {*authority.hosts_of(mine)}):
        yield f"page.pem is not valid for {', '.join(lacking)}, so browsers there refuse the page; {PAGE_AGAIN}"
    end = mine.not_valid_after_utc
    if now > end - NEAR_END:
        yield f"page.pem {'expired' if now > end else 'expires'} on {end:%Y-%m-%d}; {PAGE_AGAIN}"


def check_node(
    files: Mapping[str, bytes], now: datetime, *, name: str | None = None, revocation_list: bytes | None = None
) -> Iterator[str]:
    """Check the files of a node's /etc/spotter. `name` is the expected name of the node, if known."""
    settings = _settings(files, "node.yaml", NodeConfig)
    if isinstance(settings, str):
        yield settings
        return
    if name not in (None, settings.node):
        yield f"node.yaml: node is {settings.node}, expected {name}: copy this node's file"
    yield from check_certificate(settings.node, files, "node", now, revocation_list)
    yield from _check_tls(files, "node.yaml", settings.broker)
    yield from _check_outbox(files, settings.outbox.booth_key)
    yield from _check_end(files["node.yaml"])
    for public in ("baseline.pub", "release.pub"):
        yield from _check_public(files, public)
    if "network.yaml" in files:
        yield from _check_network(files, settings.broker)


def check_laptop(files: Mapping[str, bytes], name: str, now: datetime, revocation_list: bytes | None) -> Iterator[str]:
    """Check the files of a laptop's folder."""
    settings = _settings(files, "laptop.yaml", LaptopConfig)
    if isinstance(settings, str):
        yield settings
        return
    yield from check_certificate(name, files, "laptop", now, revocation_list)
    for program in settings.programs:
        yield from check_certificate(f"{name}-{program}", files, program, now, revocation_list)
    yield from _check_tls(files, "laptop.yaml", settings.broker)


def _check_tls(files: Mapping[str, bytes], name: str, section: BrokerSection) -> Iterator[str]:
    if section.tls is None:
        yield f"{name}: broker.tls is missing: the broker refuses clients without a certificate; provision it again"
        return
    for key in Tls.__struct_fields__:
        path = PurePath(getattr(section.tls, key))
        if path.name not in files:
            yield f"{name}: broker.tls.{key} names {path}, but there is no {path.name} here; correct the path"


def _check_end(data: bytes) -> Iterator[str]:
    try:
        config.check_ended(data, "node.yaml")
    except ConfigError as err:
        yield str(err)


def _check_network(files: Mapping[str, bytes], section: BrokerSection) -> Iterator[str]:
    network = _settings(files, "network.yaml", Network)
    if isinstance(network, str):
        yield network
        return
    if network.booth != section.host:
        yield f"network.yaml: booth is {network.booth}, but node.yaml: broker.host is {section.host}; make them agree"
    yield from check_subnet("network.yaml", network, section.host)


def check_subnet(name: str, network: Network, broker: str) -> Iterator[str]:
    """Check that the broker is in the subnet of the node's address; `name` is the file that holds the address."""
    if not msgspec.structs.replace(network, booth=broker).sees_booth:
        yield (
            f"{name}: the node's address {network.address} and the broker's {broker} are in different "
            "subnets, so the node cannot reach it; correct one of them or give a gateway"
        )


def _check_public(files: Mapping[str, bytes], name: str) -> Iterator[str]:
    try:
        authority.read_public(_file(files, name))
    except ProvisionError as err:
        yield f"{name}: {err}"


def _check_outbox(files: Mapping[str, bytes], path: str) -> Iterator[str]:
    if not path:
        yield "node.yaml: outbox.booth_key is missing: scores on a stolen card could be read; provision it again"
        return
    try:
        sealing.Sealer(_file(files, PurePath(path).name), PurePath(path).name)
    except (ProvisionError, ConfigError) as err:
        yield str(err)
    if "link.key" in files:
        yield "link.key is of an older release and is not needed any more: delete it, since it opens recorded links"


def _again(kind: str, name: str) -> str:
    return AGAIN.get(kind, NEW_SITE).format(name=name)


def _check_dates(name: str, certificate: x509.Certificate, now: datetime, again: str) -> Iterator[str]:
    end = certificate.not_valid_after_utc
    if now > end:
        yield f"{name} expired on {end:%Y-%m-%d}, so it is refused; {again}"
    elif now > end - NEAR_END:
        yield f"{name} expires on {end:%Y-%m-%d}; before then, {again}"
    if now < certificate.not_valid_before_utc:
        yield f"{name} is not valid before {certificate.not_valid_before_utc:%Y-%m-%d}: check the clock"


def _check_clock(root: x509.Certificate, now: datetime) -> Iterator[str]:
    made = root.not_valid_after_utc - timedelta(days=authority.SITE_DAYS)
    if now < made - timedelta(days=1):
        yield f"the clock here is wrong: it says {now:%Y-%m-%d %H:%M}, but the site was made on {made:%Y-%m-%d}; set it"


def _is_for(certificate: x509.Certificate, usage: x509.ObjectIdentifier) -> bool:
    try:
        return usage in certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False


def _settings(files: Mapping[str, bytes], name: str, schema: type[S]) -> S | str:
    """Return the loaded file, or a sentence saying what is wrong with it."""
    try:
        return config.parse(_file(files, name), schema, name)
    except (ConfigError, ProvisionError) as err:
        return str(err)


def _certificate(files: Mapping[str, bytes], name: str) -> x509.Certificate:
    pem = _file(files, name)
    try:
        return authority.read_certificate(pem)
    except ProvisionError as err:
        raise ProvisionError(f"{name}: {err}") from err


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise ProvisionError(f"{name} is missing: copy it from the site's folder, or provision again with --renew")
    return files[name]
