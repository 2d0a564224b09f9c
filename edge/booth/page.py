"""What the booth knows right now to one page in a browser: no picture, read-only, for this machine only."""

import threading
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from edge import wire
from edge.booth.alert import span, where, why
from edge.booth.health import Verdict
from edge.errors import ConfigError

REFRESH_S = 2
"""The page asks again this often."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Nothing is loaded from anywhere, no script runs; the only style is the page's own."""
STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fafafa; --line: #ccc; --loud: #b3261e; --good: #1b6e3c }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eee; --paper: #141414; --line: #444; --loud: #ff8a80; --good: #7bd49b } }
body { font: 1.1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem } h2 { font-size: 1.1rem; margin-top: 2rem }
li { padding: .4rem 0; border-bottom: 1px solid var(--line) } ul { list-style: none; padding: 0 }
.alert { border-left: .4rem solid var(--loud); padding-left: .8rem } .alert b { font-size: 1.6rem }
.failing, .degraded, .trouble { color: var(--loud) } .ok { color: var(--good) }
"""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page shows; also `/state.json`."""

    site: str
    at: str
    is_connected: bool
    refusals: int
    """What the broker refused."""
    trouble: str
    """Why nothing is stored; empty when all is well."""
    alerts: list[wire.Alert]
    """Newest first, none expired."""
    nodes: list[Verdict]
    lost: dict[str, int]
    """Scores that nodes had to drop."""
    counts: dict[str, int]
    refused: dict[str, int]
    """Messages by reason."""


class Page:
    """A web server in a thread of its own that shows the newest snapshot."""

    def __init__(self, host: str, port: int) -> None:
        """Port 0 is any free one; raises ConfigError if it cannot listen there."""
        self._snapshot: Snapshot | None = None
        try:
            self._server = ThreadingHTTPServer((host, port), _answering(lambda: self._snapshot))
        except OSError as err:
            raise ConfigError(f"page_host {host}, page_port {port}: cannot listen there ({err}); try --port 0") from err
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="page", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{self._server.server_address[0]!s}:{self._server.server_port}/"

    def show(self, snapshot: Snapshot) -> None:
        """From now on the page shows this."""
        self._snapshot = snapshot

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _answering(newest: Callable[[], Snapshot | None]) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        timeout = 10
        """Seconds a browser may dawdle."""

        def do_GET(self) -> None:
            snapshot = newest()
            if self.path not in ("/", "/state.json"):
                self._reply(404, "text/plain", b"there is / and /state.json\n")
            elif snapshot is None:
                self._reply(503, "text/plain", b"the booth is starting; try again in a second\n")
            elif self.path == "/":
                self._reply(200, "text/html", render(snapshot).encode())
            else:
                self._reply(200, "application/json", msgspec.json.encode(snapshot))

        def _reply(self, code: int, kind: str, body: bytes) -> None:
            self.send_response(code)
            headers = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(body))}
            headers |= {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
            headers |= {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """One line every two seconds would drown the log."""

    return Answer


def render(snapshot: Snapshot) -> str:
    """The whole page; everything that came over the wire is escaped."""
    counts = snapshot.counts
    figures = (
        f"{counts['scores']:,} sightings stored since the booth started, {counts['late']:,} too late for an alert.",
        f"{counts['alerts']:,} alerts sent; {counts['lapsed']:,} expired before anybody listened.",
        *(f"Refused {count:,} messages: {reason}." for reason, count in sorted(snapshot.refused.items()) if count),
        *(f"{node} lost {count:,} sightings: its outbox was full." for node, count in sorted(snapshot.lost.items())),
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="{REFRESH_S}">
<meta name="viewport" content="width=device-width"><title>Exception Spotter: {escape(snapshot.site)}</title>
<style>{STYLE}</style></head><body>
<h1>Exception Spotter: {escape(snapshot.site)}</h1>
{"".join(f'<p class="trouble">{escape(sentence)}</p>' for sentence in _troubles(snapshot))}
<h2>Alerts</h2>
{_list([_alert(alert, snapshot.at) for alert in snapshot.alerts], "Nobody exceptional in the last minute.")}
<h2>Cameras</h2>
{_list([_node(verdict) for verdict in snapshot.nodes], "No camera has reported yet.")}
<h2>Figures</h2>
{_list([f"<li>{escape(figure)}</li>" for figure in figures], "")}
<p>{escape(snapshot.at)}. No picture is ever shown, stored or sent.</p>
</body></html>
"""


def _troubles(snapshot: Snapshot) -> list[str]:
    found = (
        [] if snapshot.is_connected else ["The MQTT broker is away; is mosquitto running? Cameras keep their scores."]
    )
    found += [f"Nothing is stored: {snapshot.trouble}"] if snapshot.trouble else []
    return found + ([f"The broker refused {snapshot.refusals} times; see the log."] if snapshot.refusals else [])


def _list(items: list[str], otherwise: str) -> str:
    return f"<ul>{''.join(items)}</ul>" if items else f"<p>{otherwise}</p>"


def _alert(alert: wire.Alert, now: str) -> str:
    left = wire.from_time(alert.expires_at) - wire.from_time(now)
    return (
        f'<li class="alert"><b>{escape(span(alert))}</b> {escape(where(alert))}<br>'
        f"{escape(why(alert))} <small>{left:.0f} s left</small></li>"
    )


def _node(verdict: Verdict) -> str:
    fps = "" if verdict.fps is None else f", {verdict.fps:.1f} frames a second, {verdict.sightings} sightings"
    problems = "".join(f"<br>{escape(problem)}" for problem in verdict.problems)
    state = f'<span class="{escape(verdict.state)}">{escape(verdict.state)}</span>'
    return f"<li>{escape(verdict.node)}: {state}{fps}{problems}</li>"
