"""Browser windows that trust a site's authority, and note every complaint of the browser about the page."""

import base64
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from edge.site.site import Site

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LAPTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
SHAPES = {"phone": PHONE, "laptop": LAPTOP, "desktop": DESKTOP}


@contextmanager
def trusting(site: Site, home: Path) -> Iterator[Chromium]:
    """Run a browser that takes no certificate but the site's; `home` is its empty home folder.

    With certutil it trusts the site's authority, as edge/booth/README.md tells; without, the page's own key.
    """
    words = ["--no-sandbox"]
    if certutil := shutil.which("certutil"):
        store = home / ".pki" / "nssdb"
        store.mkdir(parents=True)
        for more in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "site", "-i", site.folder / "ca.pem"]):
            subprocess.run([certutil, "-d", f"sql:{store}", *more], check=True, capture_output=True)
    else:
        words.append(f"--ignore-certificate-errors-spki-list={_key(site.folder / 'booth' / 'page.pem')}")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=words, env={**os.environ, "HOME": str(home)}
        )
        yield made
        made.close()


def _key(certificate: Path) -> str:
    """Return the hash of a certificate's key, as the browser is told it."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


class Window:
    """One tab, and every complaint of the browser about it."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda err: self.complaints.append(str(err)))
        self.page.on("request", self._note_request)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _note_request(self, request: Request) -> None:
        self.asked.append(request.url)


class Devices:
    """Makes windows of devices whose staff have logged in; all are closed at the end of the test."""

    def __init__(self, chromium: Chromium, url: str, cookies: dict[str, str]) -> None:
        self._chromium, self._contexts = chromium, list[BrowserContext]()
        self._cookies: Any = [{"name": name, "value": value, "url": url} for name, value in cookies.items()]

    def open(self, **options: Any) -> Window:
        """Open a window; `options` are those of a Playwright context."""
        window = self.stranger(**options)
        window.page.context.add_cookies(self._cookies)
        return window

    def stranger(self, **options: Any) -> Window:
        """Open a window without logging in."""
        context = self._chromium.new_context(**options)
        self._contexts.append(context)
        return Window(context)

    def close(self) -> None:
        for context in self._contexts:
            context.close()
