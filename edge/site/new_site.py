"""Make the folder of a new site: its authority, and the first files of broker and booth."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge import config, sealing
from edge.errors import ProvisionError
from edge.site import authority, mosquitto
from edge.site.authority import Authority
from edge.site.files import write_folder
from edge.site.settings import Purpose, SiteSettings
from edge.site.site import ETC, STATE, Site
from edge.wire import CHECKER


def make_site(
    folder: Path, settings: SiteSettings, purpose: Purpose, *, passphrase: bytes | None, page_password_hash: str
) -> Site:
    """Make a new site; raises ProvisionError unless the folder is empty or missing."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProvisionError(f"{folder}: exists already; a site is made once, give a new folder")
    folder = folder.resolve()
    etc, state = (ETC, STATE) if settings.installed else (folder, folder / "booth")
    data = None if settings.installed else folder / "broker" / "data"
    now = datetime.now(UTC)
    root = authority.make_authority(settings.site, now, passphrase)
    issuer = Authority(root, passphrase)
    hosts = [*settings.booth, *(host for host in ("127.0.0.1", "localhost") if host not in settings.booth)]
    server = issuer.issue("broker", authority.SERVER, now, authority.SITE_DAYS, hosts)
    page = issuer.issue_page(now, hosts)
    client, checker, updater = (
        issuer.issue(name, authority.CLIENT, now, authority.SITE_DAYS) for name in ("booth", CHECKER, mosquitto.UPDATER)
    )
    baseline, release = authority.make_signing_pair(), authority.make_signing_pair(passphrase)
    outbox = sealing.make_pair()
    files = {
        "site.yaml": config.dump(msgspec.to_builtins(settings), "What this site was made from."),
        "purpose.yaml": config.dump(msgspec.to_builtins(purpose), "What the notice promises passers-by."),
        "ca.pem": root.certificate,
        "ca.key": root.key,
        "release.key": release[0],
        "release.pub": release[1],
        "broker/mosquitto.conf": mosquitto.configuration(etc / "broker", settings.port, data).encode(),
        "broker/acl": mosquitto.access(settings.site, (), ()).encode(),
        "broker/ca.pem": root.certificate,
        "broker/crl.pem": issuer.revocation_list(now),
        "broker/broker.pem": server.certificate,
        "broker/broker.key": server.key,
        "booth/booth.yaml": _booth_settings(settings, purpose, etc / "booth", state),
        "booth/ca.pem": root.certificate,
        "booth/booth.pem": client.certificate,
        "booth/booth.key": client.key,
        "booth/baseline.key": baseline[0],
        "booth/baseline.pub": baseline[1],
        "booth/page.pem": page.certificate,
        "booth/page.key": page.key,
        "booth/outbox.key": outbox[0],
        "booth/outbox.pub": outbox[1],
        "booth/page.password": page_password_hash.encode() + b"\n",
        "booth/metrics.token": secrets.token_hex(32).encode() + b"\n",
        "check/ca.pem": root.certificate,
        "check/check.pem": checker.certificate,
        "check/check.key": checker.key,
        "update/ca.pem": root.certificate,
        "update/update.pem": updater.certificate,
        "update/update.key": updater.key,
        ".gitignore": b"# Keys are in here.\n*\n",
    }
    write_folder(folder, files)
    if data is not None:
        data.mkdir(mode=0o700)
    return Site(folder)


def _booth_settings(settings: SiteSettings, purpose: Purpose, etc: Path, state: Path) -> bytes:
    booth = {
        "site": settings.site,
        "store": f"sqlite:///{state}/booth.sqlite",
        "retention_h": 24 * purpose.keep_days,
        "baseline_key": f"{etc}/baseline.key",
        "outbox_key": f"{etc}/outbox.key",
        "page": {
            "password_file": f"{etc}/page.password",
            "tls_cert": f"{etc}/page.pem",
            "tls_key": f"{etc}/page.key",
            "metrics_token_file": f"{etc}/metrics.token",
        },
        "nodes": {},
        "speech": {"who": purpose.who, "contact": purpose.contact},
        "broker": {
            "host": "127.0.0.1",
            "port": settings.port,
            "tls": {"ca": f"{etc}/ca.pem", "certificate": f"{etc}/booth.pem", "key": f"{etc}/booth.key"},
        },
    }
    return config.dump(booth, "The booth; firmware-config/booth.yaml shows more settings.")
