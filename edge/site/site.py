"""A site's folder: its authority, and the files of its broker, booth, nodes and laptops.

SITE/site.yaml, purpose.yaml   the settings it was made from
SITE/ca.pem, ca.key            the authority; release.key signs updates. Both keys stay in this folder
SITE/broker/                   for mosquitto: settings, access rules, certificate, revocation list
SITE/booth/                    for `spotter booth`
SITE/nodes/NAME/               for that node's /etc/spotter, and network.yaml
SITE/laptops/NAME/             for `spotter watch` and `spotter health` on that laptop
SITE/check/, update/           certificates of `spotter provision check --live` and `spotter update push`
SITE/cards/NAME                hash of the settings that a node's card was written with
SITE/revoked/NAME-SERIAL.pem   revoked certificates
"""

import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from edge import config, places, sealing
from edge.config import BoothConfig, NodeConfig
from edge.errors import ConfigError, ProvisionError
from edge.site import authority, mosquitto
from edge.site.authority import Authority, Identity
from edge.site.files import read, write_file, write_folder
from edge.site.mosquitto import PROGRAMS
from edge.site.settings import Network, Purpose, SiteSettings, check_name, is_name
from edge.yaml_file import with_lines

ETC, STATE = Path("/") / places.ETC, Path("/") / places.STATE
"""Folders on a node, and on a booth that runs as a service."""
IDENTITY = ("ca.pem", "node.pem", "node.key", "outbox.pub", "baseline.pub", "release.pub", "node.yaml")
"""Files that a node needs in /etc/spotter."""


class Site:
    """One site, opened from its folder."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; raises ProvisionError or ConfigError if it holds no site."""
        self.folder = folder.resolve()
        if not (self.folder / "site.yaml").is_file():
            raise ProvisionError(
                f"{folder}: is not a site's folder; make one: spotter provision site {folder} "
                "--site NAME --booth ADDRESS --who WHO --purpose WHY --contact MAIL --keep-days 1"
            )
        self.settings = config.load(self.folder / "site.yaml", SiteSettings)
        self.purpose = config.load(self.folder / "purpose.yaml", Purpose)

    @property
    def name(self) -> str:
        return self.settings.site

    @property
    def nodes(self) -> list[str]:
        """Names of the nodes that have a certificate, sorted."""
        return _names(self.folder / "nodes")

    @property
    def laptops(self) -> list[str]:
        return _names(self.folder / "laptops")

    @property
    def programs(self) -> list[str]:
        """Names of the laptops' programs that have a certificate of their own, sorted."""
        homes = ((name, self.folder / "laptops" / name) for name in self.laptops)
        return sorted(
            f"{name}-{program}" for name, home in homes for program in PROGRAMS if (home / f"{program}.pem").exists()
        )

    @property
    def revoked(self) -> list[str]:
        """Names whose certificates are all revoked, sorted."""
        names = {path.stem.rpartition("-")[0] for path in (self.folder / "revoked").glob("*.pem")}
        return sorted(names - {*self.nodes, *self.laptops, *self.programs})

    @property
    def has_passphrase(self) -> bool:
        return authority.is_encrypted(read(self.folder / "ca.key"))

    @property
    def access(self) -> str:
        """The access rules that the broker should have."""
        return mosquitto.access(self.name, self.laptops, self.revoked, self.programs)

    def identity(self, node: str) -> Mapping[str, bytes]:
        """Return the files of a node's /etc/spotter by name; raises ProvisionError for an unknown node."""
        return {name: read(self._node(node) / name) for name in IDENTITY}

    def network(self, node: str) -> Network:
        """Return how the node connects to the network; raises ProvisionError or ConfigError."""
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
        """Issue a node's certificate and write its files; returns the node's folder.

        A renewal revokes the previous certificate, and keeps whatever else node.yaml says. Raises ProvisionError if
        the name is taken or not allowed.
        """
        check_name(name)
        home = self.folder / "nodes" / name
        self._check_free(name, home if is_renewal else None)
        self._check_network(name, network)
        issuer = self.authority(passphrase)
        old = self._certificates(home) if is_renewal else []
        files = self._issue(issuer, name, "node")
        self._ensure_outbox_key()
        for shared in ("booth/outbox.pub", "booth/baseline.pub", "release.pub"):
            files[Path(shared).name] = read(self.folder / shared)
        files |= self.settings_files(name, facing, source, network)
        booth = self._with_nodes({**self._facings(), name: facing})
        write_folder(home, files)
        self._retire(issuer, old)
        write_file(self._booth_yaml, booth)
        self.write_access()
        return home

    def change_node(self, name: str, *, facing: int | None, source: str, network: Network) -> None:
        """Write a node's settings again, with the certificate it has; raises ProvisionError for an unknown node."""
        home = self._node(name)
        self._check_network(name, network)
        files = self.settings_files(name, facing, source, network)
        booth = self._with_nodes({**self._facings(), name: facing})
        for file, content in files.items():
            write_file(home / file, content)
        write_file(self._booth_yaml, booth)

    def node_settings(self, name: str) -> NodeConfig:
        """Return the node's node.yaml; raises ProvisionError for an unknown node, ConfigError for a wrong file."""
        return config.load(self._node(name) / "node.yaml", NodeConfig)

    def facing(self, name: str) -> int | None:
        """Return the direction that the node's camera looks, degrees clockwise from north; None if unknown."""
        return self._facings().get(name)

    def add_laptop(self, name: str, *, passphrase: bytes | None = None, is_renewal: bool = False) -> Path:
        """Issue a laptop's certificate, and one for each of its programs; returns the laptop's folder."""
        check_name(name)
        for program in PROGRAMS:
            check_name(f"{name}-{program}")
            if not is_renewal:
                self._check_free(f"{name}-{program}", None)
        home = self.folder / "laptops" / name
        self._check_free(name, home if is_renewal else None)
        issuer = self.authority(passphrase)
        old = self._certificates(home) if is_renewal else []
        files = self._issue(issuer, name, "laptop")
        for program in PROGRAMS:
            files |= self._issue(issuer, f"{name}-{program}", program)
        sections = {kind: self._broker_section(self.settings.booth[0], kind, Path()) for kind in ("laptop", *PROGRAMS)}
        own = {program: sections[program]["tls"] for program in PROGRAMS}
        settings = {"site": self.name, "broker": sections["laptop"], "programs": own}
        files["laptop.yaml"] = config.dump(settings, f"Laptop {name} of {self.name}; keep it beside its keys.")
        write_folder(home, files)
        self._retire(issuer, old)
        self.write_access()
        return home

    def renew_page(self, names: Sequence[str], *, passphrase: bytes | None = None) -> list[str]:
        """Issue the page's certificate again, for the booth's addresses and these names too; returns all of them."""
        local = ("127.0.0.1", "localhost")
        hosts = list(dict.fromkeys([*self.settings.booth, *local, *names]))
        issued = self.authority(passphrase).issue_page(datetime.now(UTC), hosts)
        write_file(self.folder / "booth" / "page.pem", issued.certificate)
        write_file(self.folder / "booth" / "page.key", issued.key)
        return hosts

    def revoke(self, name: str, *, passphrase: bytes | None = None) -> None:
        """Revoke the certificate of a node or laptop and delete its key; raises ProvisionError for an unknown name."""
        home = next((path for kind in ("nodes", "laptops") if (path := self.folder / kind / name).is_dir()), None)
        if not is_name(name) or home is None:
            known = ", ".join([*self.nodes, *self.laptops]) or "none"
            raise ProvisionError(f"{name!r}: expected a node or laptop of this site: {known}")
        issuer = self.authority(passphrase)
        booth = self._with_nodes({node: facing for node, facing in self._facings().items() if node != name})
        self._retire(issuer, self._certificates(home))
        shutil.rmtree(home)
        (self.folder / "cards" / name).unlink(missing_ok=True)
        write_file(self._booth_yaml, booth)
        self.write_access()

    def ensure_updater(self, passphrase: bytes | None) -> Path:
        """Return the folder of the certificate that pushes updates; makes it for a site of before there was one."""
        home = self.folder / mosquitto.UPDATER
        if not home.is_dir():
            issuer = self.authority(passphrase)
            issued = issuer.issue(home.name, authority.CLIENT, datetime.now(UTC), authority.SITE_DAYS)
            files = {"ca.pem": read(self.folder / "ca.pem"), "update.pem": issued.certificate, "update.key": issued.key}
            write_folder(home, files)
            self.write_access()
        return home

    def _ensure_outbox_key(self) -> None:
        """Make the key to which nodes seal their scores, for a site of before there was one. Raises ProvisionError."""
        if (self.folder / "booth" / "outbox.key").exists():
            return
        for name, content in zip(("outbox.key", "outbox.pub"), sealing.make_pair(), strict=True):
            write_file(self.folder / "booth" / name, content)
        booth = config.load(self._booth_yaml, BoothConfig)
        if not booth.outbox_key:
            key = Path(booth.baseline_key or self._booth_yaml).with_name("outbox.key")
            write_file(self._booth_yaml, with_lines(read(self._booth_yaml), f"outbox_key: {key}\n"))

    def _node(self, name: str) -> Path:
        home = self.folder / "nodes" / name
        if not is_name(name) or not home.is_dir():
            known = ", ".join(self.nodes) or "none yet"
            raise ProvisionError(f"{name!r}: is not a node of {self.name}, which has: {known}")
        return home

    def _check_free(self, name: str, renewed: Path | None) -> None:
        homes = [self.folder / kind / name for kind in ("nodes", "laptops")]
        taken = [home for home in homes if home.exists()]
        if renewed is None and not taken and name in self.programs:
            raise ProvisionError(f"{name}: a program of a laptop has this name; give another one")
        if renewed is None and taken:
            raise ProvisionError(f"{name}: has a certificate already ({taken[0]}); use --renew to replace it")
        if renewed is not None and taken != [renewed]:
            raise ProvisionError(f"--renew {name}: there is no such certificate to renew; leave --renew out")

    def _check_network(self, name: str, network: Network) -> None:
        if not network.sees_booth:
            raise ProvisionError(
                f"--address {network.address}: the booth, {network.booth}, is in another subnet; "
                "give an address in the booth's subnet, or --gateway"
            )
        self._check_address(name, network)

    def _check_address(self, name: str, network: Network) -> None:
        for other in self.nodes:
            if network.address and other != name and self.network(other).address == network.address:
                raise ProvisionError(f"--address {network.address}: belongs to {other}; give another address")

    def authority(self, passphrase: bytes | None) -> Authority:
        """Return the site's authority; raises ProvisionError for a missing or wrong passphrase."""
        identity = Identity(read(self.folder / "ca.pem"), read(self.folder / "ca.key"))
        if self.has_passphrase and passphrase is None:
            raise ProvisionError(f"{self.folder}/ca.key has a passphrase; give it with --passphrase-file")
        return Authority(identity, passphrase)

    def _issue(self, issuer: Authority, name: str, kind: str) -> dict[str, bytes]:
        issued = issuer.issue(name, authority.CLIENT, datetime.now(UTC), authority.LEAF_DAYS)
        ca = read(self.folder / "ca.pem")
        return {"ca.pem": ca, f"{kind}.pem": issued.certificate, f"{kind}.key": issued.key}

    def settings_files(self, name: str, facing: int | None, source: str, network: Network) -> dict[str, bytes]:
        """Return node.yaml, which keeps what people wrote into it, and network.yaml. Raises ConfigError."""
        mine = self._node_settings(name, facing, source, network)
        path = self.folder / "nodes" / name / "node.yaml"
        if path.is_file():
            config.load(path, NodeConfig)  # raises for a file that cannot be kept
            mine = _merged(msgspec.yaml.decode(read(path)) or {}, mine)
        node = config.dump(mine, f"Camera node {name} of {self.name}.")
        config.parse(node, NodeConfig, "node.yaml")
        about = f"How {name} gets on the network."
        return {"node.yaml": node, "network.yaml": config.dump(msgspec.to_builtins(network), about)}

    def _node_settings(self, name: str, facing: int | None, source: str, network: Network) -> dict[str, Any]:
        return {
            "site": self.name,
            "node": name,
            **({} if facing is None else {"facing": facing}),
            "state": str(STATE),
            "broker": self._broker_section(network.booth, "node", ETC),
            "frame": {"source": source},
            "score": {"site_key": f"{ETC}/baseline.pub"},
            "outbox": {"booth_key": f"{ETC}/outbox.pub"},
        }

    def _broker_section(self, host: str, kind: str, folder: Path) -> dict[str, Any]:
        names = {"ca": "ca.pem", "certificate": f"{kind}.pem", "key": f"{kind}.key"}
        return {
            "host": host,
            "port": self.settings.port,
            "tls": {key: str(folder / name) for key, name in names.items()},
        }

    def _certificates(self, home: Path) -> list[bytes]:
        names = ("node", "laptop", *PROGRAMS)
        return [read(path) for path in (home / f"{name}.pem" for name in names) if path.exists()]

    def _retire(self, issuer: Authority, certificates: list[bytes]) -> None:
        """Revoke the certificates: rebuild the revocation list from every certificate ever revoked."""
        if not certificates:
            return
        folder = self.folder / "revoked"
        folder.mkdir(exist_ok=True, mode=0o700)
        for pem in certificates:
            certificate = authority.read_certificate(pem)
            write_file(folder / f"{authority.common_name(certificate)}-{certificate.serial_number:x}.pem", pem)
        listed = issuer.revocation_list(datetime.now(UTC), [read(path) for path in sorted(folder.glob("*.pem"))])
        write_file(self.folder / "broker" / "crl.pem", listed)

    def _facings(self) -> dict[str, int | None]:
        return dict(config.load(self._booth_yaml, BoothConfig).nodes)

    def _with_nodes(self, facings: Mapping[str, int | None]) -> bytes:
        """Return booth.yaml with these `nodes`, keeping everything else, as people edit it too. Raises ConfigError."""
        nodes = config.dump({"nodes": dict(facings)}).decode()
        text = re.sub(r"^nodes:.*\n(?:[ \t]+.*\n)*", nodes, read(self._booth_yaml).decode(), flags=re.MULTILINE)
        if config.parse(text.encode(), BoothConfig, self._booth_yaml).nodes != facings:
            raise ConfigError(f"{self._booth_yaml}: expected one block that begins with `nodes:`; add or correct it")
        return text.encode()

    @property
    def _booth_yaml(self) -> Path:
        return self.folder / "booth" / "booth.yaml"

    def write_access(self) -> None:
        """Write the broker's access rules, which follow from the site's nodes and laptops."""
        write_file(self.folder / "broker" / "acl", self.access.encode())


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return `new` with those keys of `old` that it lacks, section by section; `facing` is only the new one's.

    >>> _merged({"facing": 3, "frame": {"pace": "fast", "source": "a"}}, {"frame": {"source": "b"}})
    {'frame': {'source': 'b', 'pace': 'fast'}}
    """
    kept = {key: value for key, value in old.items() if key not in new and key != "facing"}
    sections = {
        key: _merged(old[key], value)
        for key, value in new.items()
        if isinstance(value, Mapping) and isinstance(old.get(key), Mapping)
    }
    return {**new, **sections, **kept}


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if is_name(path.name)) if folder.is_dir() else []
