"""A site's folder: its authority, and what broker, booth, nodes and laptops of the site need to know each other.

SITE/site.yaml, purpose.yaml   what it was made from
SITE/ca.pem, ca.key            the authority; release.key signs updates. Neither leaves this folder
SITE/broker/                   for mosquitto: configuration, access rules, certificate, revocation list
SITE/booth/                    for `spotter booth`
SITE/nodes/NAME/               for that node's /etc/spotter, and network.yaml
SITE/laptops/NAME/             for `spotter watch` and `spotter health` on that laptop
SITE/revoked/NAME-SERIAL.pem   certificates that are good no more
"""

import re
import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from edge import config
from edge.config import BoothConfig, NodeConfig
from edge.errors import ConfigError, ProvisionError
from edge.provision import authority, broker
from edge.provision.authority import Authority, Identity
from edge.provision.folder import read, write_file, write_folder
from edge.provision.settings import RESERVED, Network, Purpose, SiteSettings
from edge.wire import Name

ETC, VAR = Path("/etc/spotter"), Path("/var/lib/spotter")
"""On a node, and on a booth whose programs are services."""
IDENTITY = ("ca.pem", "node.pem", "node.key", "link.key", "baseline.pub", "release.pub", "node.yaml")
"""Files of a node's /etc/spotter."""
LINK_KEY_BYTES = 32


class Site:
    """One site, opened from its folder."""

    def __init__(self, folder: Path) -> None:
        """Raises ProvisionError or ConfigError if there is no site."""
        self.folder = folder.resolve()
        if not (self.folder / "site.yaml").is_file():
            raise ProvisionError(f"{folder}: is no site's folder; make one with: spotter provision site {folder} ...")
        self.settings = config.load(self.folder / "site.yaml", SiteSettings)
        self.purpose = config.load(self.folder / "purpose.yaml", Purpose)

    @property
    def name(self) -> str:
        return self.settings.site

    @property
    def nodes(self) -> list[str]:
        """Names with a certificate, in order."""
        return _names(self.folder / "nodes")

    @property
    def laptops(self) -> list[str]:
        return _names(self.folder / "laptops")

    @property
    def revoked(self) -> list[str]:
        """Names that had a certificate and have none now."""
        names = {path.stem.rpartition("-")[0] for path in (self.folder / "revoked").glob("*.pem")}
        return sorted(names - {*self.nodes, *self.laptops})

    @property
    def has_passphrase(self) -> bool:
        return authority.is_encrypted(read(self.folder / "ca.key"))

    @property
    def access(self) -> str:
        """The broker's access rules, as they should be."""
        return broker.access(self.name, self.laptops, self.revoked)

    def identity(self, node: str) -> Mapping[str, bytes]:
        """The files a node needs in /etc/spotter, by name; raises ProvisionError for a node that is not there."""
        return {name: read(self._node(node) / name) for name in IDENTITY}

    def network(self, node: str) -> Network:
        """How it gets on the network; raises ProvisionError or ConfigError."""
        return config.load(self._node(node) / "network.yaml", Network)

    def add_node(
        self,
        name: str,
        *,
        facing: int | None,
        source: str,
        network: Network,
        passphrase: bytes | None = None,
        is_renewal: bool = False,
    ) -> Path:
        """A certificate and all that goes with it; returns the node's folder.

        A renewal revokes the certificate before it. Raises ProvisionError for a name that cannot be given.
        """
        check_name(name)
        home = self.folder / "nodes" / name
        self._check_free(name, home if is_renewal else None)
        if not network.sees_booth:
            raise ProvisionError(
                f"--address {network.address}: the booth, {network.booth}, is in another subnet; "
                "give an address in the booth's, or --gateway"
            )
        settings = {
            "site": self.name,
            "node": name,
            **({} if facing is None else {"facing": facing}),
            "link_key": f"{ETC}/link.key",
            "state": str(VAR),
            "broker": self._broker_section(network.booth, "node", ETC),
            "frame": {"source": source},
        }
        issuer = self._authority(passphrase)
        old = self._certificates(home) if is_renewal else []
        files = self._identity_files(issuer.issue(name, authority.CLIENT, _now(), authority.LEAF_DAYS), "node")
        for shared in ("link.key", "booth/baseline.pub", "release.pub"):
            files[Path(shared).name] = read(self.folder / shared)
        files["node.yaml"] = _yaml(f"Camera node {name} of {self.name}; edge/config.py describes every key.", settings)
        files["network.yaml"] = _yaml(f"How {name} gets on the network.", msgspec.to_builtins(network))
        config.parse(files["node.yaml"], NodeConfig, "node.yaml")
        write_folder(home, files)
        self._retire(issuer, old)
        self._tell_booth({**self._facings(), name: facing})
        self._write_access()
        return home

    def add_laptop(self, name: str, *, passphrase: bytes | None = None, is_renewal: bool = False) -> Path:
        """A certificate to watch alerts and health with, and say what became of them; returns its folder."""
        check_name(name)
        home = self.folder / "laptops" / name
        self._check_free(name, home if is_renewal else None)
        issuer = self._authority(passphrase)
        old = self._certificates(home) if is_renewal else []
        files = self._identity_files(issuer.issue(name, authority.CLIENT, _now(), authority.LEAF_DAYS), "laptop")
        settings = {"site": self.name, "broker": self._broker_section(self.settings.booth[0], "laptop", Path())}
        files["laptop.yaml"] = _yaml(f"Laptop {name} of {self.name}; keep it beside its certificates.", settings)
        write_folder(home, files)
        self._retire(issuer, old)
        self._write_access()
        return home

    def revoke(self, name: str, *, passphrase: bytes | None = None) -> None:
        """The certificate is good no more, and its key is forgotten; raises ProvisionError for an unknown name."""
        home = next((path for kind in ("nodes", "laptops") if (path := self.folder / kind / name).is_dir()), None)
        if not _is_name(name) or home is None:
            known = ", ".join([*self.nodes, *self.laptops]) or "none"
            raise ProvisionError(f"{name!r}: no certificate of this name was issued; there are: {known}")
        issuer = self._authority(passphrase)
        self._retire(issuer, self._certificates(home))
        shutil.rmtree(home)
        self._tell_booth({node: facing for node, facing in self._facings().items() if node != name})
        self._write_access()

    def _node(self, name: str) -> Path:
        home = self.folder / "nodes" / name
        if not _is_name(name) or not home.is_dir():
            known = ", ".join(self.nodes) or "none yet"
            raise ProvisionError(f"{name!r}: is no node of {self.name}; there are: {known}")
        return home

    def _check_free(self, name: str, renewed: Path | None) -> None:
        homes = [self.folder / kind / name for kind in ("nodes", "laptops")]
        taken = [home for home in homes if home.exists()]
        if renewed is None and taken:
            raise ProvisionError(f"{name}: has a certificate already ({taken[0]}); --renew replaces it")
        if renewed is not None and taken != [renewed]:
            raise ProvisionError(f"--renew {name}: has no certificate of this kind to renew; leave --renew out")

    def _authority(self, passphrase: bytes | None) -> Authority:
        identity = Identity(read(self.folder / "ca.pem"), read(self.folder / "ca.key"))
        if self.has_passphrase and passphrase is None:
            raise ProvisionError(f"{self.folder}/ca.key has a passphrase; give it with --passphrase-file")
        return Authority(identity, passphrase)

    def _identity_files(self, issued: Identity, kind: str) -> dict[str, bytes]:
        ca = read(self.folder / "ca.pem")
        return {"ca.pem": ca, f"{kind}.pem": issued.certificate, f"{kind}.key": issued.key}

    def _broker_section(self, host: str, kind: str, folder: Path) -> dict[str, Any]:
        names = {"ca": "ca.pem", "certificate": f"{kind}.pem", "key": f"{kind}.key"}
        return {
            "host": host,
            "port": self.settings.port,
            "tls": {key: str(folder / name) for key, name in names.items()},
        }

    def _certificates(self, home: Path) -> list[bytes]:
        return [read(path) for path in (home / "node.pem", home / "laptop.pem") if path.exists()]

    def _retire(self, issuer: Authority, certificates: list[bytes]) -> None:
        """The list is made anew from all that were ever revoked, whatever became of the one before."""
        if not certificates:
            return
        folder = self.folder / "revoked"
        folder.mkdir(exist_ok=True, mode=0o700)
        for pem in certificates:
            certificate = authority.read_certificate(pem)
            write_file(folder / f"{authority.common_name(certificate)}-{certificate.serial_number:x}.pem", pem)
        listed = issuer.revocation_list(_now(), [read(path) for path in sorted(folder.glob("*.pem"))])
        write_file(self.folder / "broker" / "crl.pem", listed)

    def _facings(self) -> dict[str, int | None]:
        return dict(config.load(self.folder / "booth" / "booth.yaml", BoothConfig).nodes)

    def _tell_booth(self, facings: Mapping[str, int | None]) -> None:
        """`nodes` of booth.yaml, and nothing else in it: people write there too."""
        path = self.folder / "booth" / "booth.yaml"
        text, count = re.subn(
            r"^nodes:.*\n(?:[ \t]+.*\n)*",
            config.dump({"nodes": dict(facings)}),
            read(path).decode(),
            flags=re.MULTILINE,
        )
        if count != 1:
            raise ConfigError(f"{path}: expected one line that begins with `nodes:`, found {count}; add it again")
        write_file(path, text.encode())

    def _write_access(self) -> None:
        write_file(self.folder / "broker" / "acl", self.access.encode())


def make_site(
    folder: Path, settings: SiteSettings, purpose: Purpose, *, passphrase: bytes | None, page_password_hash: str
) -> Site:
    """A new site; raises ProvisionError if the folder has anything in it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProvisionError(f"{folder}: is there already; a site is made once, into a new folder")
    folder = folder.resolve()
    etc, booth_state, broker_state = folder, folder / "booth", folder / "broker" / "data"
    if settings.installed:
        etc, booth_state, broker_state = ETC, VAR, Path("/var/lib/mosquitto")
    root = authority.make_authority(settings.site, _now(), passphrase)
    issuer = Authority(root, passphrase)
    hosts = [*settings.booth, *(host for host in ("127.0.0.1", "localhost") if host not in settings.booth)]
    server = issuer.issue("broker", authority.SERVER, _now(), authority.SITE_DAYS, hosts)
    client, checker = (
        issuer.issue(name, authority.CLIENT, _now(), authority.SITE_DAYS) for name in ("booth", broker.CHECKER)
    )
    baseline, release = authority.make_signing_pair(), authority.make_signing_pair(passphrase)
    conf = broker.configuration(etc / "broker", broker_state, settings.port, installed=settings.installed)
    files = {
        "site.yaml": _yaml("What this site was made from.", msgspec.to_builtins(settings)),
        "purpose.yaml": _yaml(
            "What passers-by are told; print it with: spotter provision sign", msgspec.to_builtins(purpose)
        ),
        "ca.pem": root.certificate,
        "ca.key": root.key,
        "release.key": release[0],
        "release.pub": release[1],
        "broker/mosquitto.conf": conf.encode(),
        "broker/acl": broker.access(settings.site, (), ()).encode(),
        "broker/ca.pem": root.certificate,
        "broker/crl.pem": issuer.revocation_list(_now()),
        "broker/broker.pem": server.certificate,
        "broker/broker.key": server.key,
        "booth/booth.yaml": _booth_yaml(settings, purpose, etc / "booth", booth_state),
        "booth/ca.pem": root.certificate,
        "booth/booth.pem": client.certificate,
        "booth/booth.key": client.key,
        "booth/baseline.key": baseline[0],
        "booth/baseline.pub": baseline[1],
        "booth/page.password": page_password_hash.encode() + b"\n",
        "booth/metrics.token": secrets.token_hex(32).encode() + b"\n",
        "check/ca.pem": root.certificate,
        "check/check.pem": checker.certificate,
        "check/check.key": checker.key,
        "link.key": secrets.token_hex(LINK_KEY_BYTES).encode() + b"\n",
    }
    write_folder(folder, files)
    if not settings.installed:
        broker_state.mkdir(mode=0o700)
    return Site(folder)


def _booth_yaml(settings: SiteSettings, purpose: Purpose, etc: Path, state: Path) -> bytes:
    booth = {
        "site": settings.site,
        "store": f"sqlite:///{state}/booth.sqlite",
        "retention_h": 24 * purpose.keep_days,
        "page": {"password_file": f"{etc}/page.password", "metrics_token_file": f"{etc}/metrics.token"},
        "nodes": {},
        "broker": {
            "host": "127.0.0.1",
            "port": settings.port,
            "tls": {"ca": f"{etc}/ca.pem", "certificate": f"{etc}/booth.pem", "key": f"{etc}/booth.key"},
        },
    }
    return _yaml("The booth; firmware-config/booth.yaml shows more settings.", booth)


def check_name(name: str) -> None:
    """Raises ProvisionError for what can be no common name: it becomes part of topics, and must never be a wildcard."""
    if not _is_name(name):
        raise ProvisionError(f"{name!r}: expected a name of 3 to 32 of a-z, 0-9 and -")
    if name in RESERVED:
        raise ProvisionError(f"{name}: is the {name}'s own name; take another")


def _is_name(name: str) -> bool:
    try:
        msgspec.convert(name, Name)
    except msgspec.ValidationError:
        return False
    return True


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if _is_name(path.name)) if folder.is_dir() else []


def _yaml(about: str, settings: Mapping[str, Any]) -> bytes:
    return f"# {about}\n{config.dump(settings)}".encode()


def _now() -> datetime:
    return datetime.now(UTC)
