"""Serve one release to the nodes of a site: HTTPS with mutual TLS, the release's own files and nothing else."""

import http
import shutil
import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from edge.errors import ProvisionError
from edge.release.install import MANIFEST, SIGNATURE, Release

PATIENCE_S = 60.0
"""Seconds without a byte after which a node's connection is closed, its TLS handshake included."""


@contextmanager
def serving(release: Release, broker: Path, port: int, nodes: Collection[str]) -> Iterator[None]:
    """Serve the release to these nodes while the context lasts; `broker` is the site's folder of that name.

    Its certificate is the broker's, for the same addresses; certificates that were revoked are refused. Raises
    ProvisionError if the port is taken.
    """
    files = {name: release.folder / name for name in (MANIFEST, SIGNATURE, *release.files)}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(broker / "ca.pem")
    context.load_verify_locations(broker / "crl.pem")
    context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    context.load_cert_chain(broker / "broker.pem", broker / "broker.key")
    try:
        server = _Server(("", port), _handler(files, frozenset(nodes)), context)
    except OSError as err:
        raise ProvisionError(
            f"port {port}: cannot be used ({err.strerror}); nodes fetch releases there: end the program that has it"
        ) from err
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext
    ) -> None:
        super().__init__(address, handler)
        self._context = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread, so that nobody keeps the others waiting."""
        request.settimeout(PATIENCE_S)
        try:
            with self._context.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)
        except OSError:
            return  # a stranger, or a node that left: the node says so itself

    def shutdown_request(self, request: Any) -> None:
        """Close the connection; once it is wrapped, its socket is the wrapper's."""
        if isinstance(request, socket.socket) and request.fileno() >= 0:
            super().shutdown_request(request)


def _handler(files: Mapping[str, Path], nodes: frozenset[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE_S

        def do_GET(self) -> None:
            path = files.get(self.path.removeprefix("/"))
            if _common_name(self.connection) not in nodes or path is None:
                self.send_error(http.HTTPStatus.NOT_FOUND)
                return
            with path.open("rb") as file:
                self.send_response(http.HTTPStatus.OK)
                self.send_header("Content-Length", str(path.stat().st_size))
                self.end_headers()
                shutil.copyfileobj(file, self.wfile)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing: nodes report their progress themselves."""

    return Handler


def _common_name(line: Any) -> str:
    subject = line.getpeercert().get("subject", ())
    return next((value for part in subject for key, value in part if key == "commonName"), "")
