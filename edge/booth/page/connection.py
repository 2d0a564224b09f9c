"""One browser's connection: limited in number and in time, from the first byte of its TLS handshake on."""

import asyncio
import ssl
from heapq import nsmallest
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.utils import get_remote_addr

from edge.booth.page.login_throttle import group

CONNECTIONS, EACH = 200, 100
"""Most connections at once: from all addresses, and from one. A laptop holds one or two; beyond these, one that waits
for its browser is closed for each new one."""
HEAD_S = 5
"""Seconds that a browser may take for its TLS handshake, and again to send the head of its first request."""
FRESH_S = 1.0
"""Seconds in which a connection is not closed for another while there are older ones."""
FAREWELL_S = 2
"""Seconds that a browser may take to confirm the end of a TLS connection."""
LOOKS = 6
"""Times the keep-alive time that a request may take, with its answer."""


class Connection(H11Protocol):
    """Close connections that send no complete request, and the oldest ones that wait if there are too many.

    Uvicorn alone would wait for them for ever, and then answer everybody with 503. It does not see a connection before
    the end of its TLS handshake; so the handshake is made here, and counts from its first byte.
    """

    def __init__(self, *args: Any, tls: ssl.SSLContext | None = None, **more: Any) -> None:
        """`tls` has the certificate; None: without TLS. All else is uvicorn's."""
        super().__init__(*args, **more)
        self._tls = tls
        self._handshake: asyncio.Task[None] | None = None
        """Runs until the handshake is over."""
        self._early: list[bytes] = []
        """What came with the last message of the handshake."""
        self.address = ""
        """The browser's; for IPv6 its network, as a client owns all of it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.came_at = self.loop.time()
        self.transport, self.client = transport, get_remote_addr(transport)
        self.address = group(self.client[0]) if self.client else ""
        self.connections.add(self)
        self._make_room()
        if self._tls is None:
            self._open(transport)
        else:
            self._handshake = self.loop.create_task(self._shake_hands(transport, self._tls))

    async def _shake_hands(self, transport: asyncio.Transport, tls: ssl.SSLContext) -> None:
        head_s = min(HEAD_S, self.timeout_keep_alive)
        try:
            sealed = await self.loop.start_tls(
                transport, self, tls, server_side=True, ssl_handshake_timeout=head_s, ssl_shutdown_timeout=FAREWELL_S
            )
        except OSError:  # took too long, is no TLS, or was closed
            sealed = None
        self._handshake = None
        if sealed is None or sealed.is_closing():
            transport.abort()
            self.connections.discard(self)
            return
        self._open(sealed)
        for data in self._early:
            super().data_received(data)

    def _open(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.loop.call_later(min(HEAD_S, self.timeout_keep_alive), self._look, None)

    def data_received(self, data: bytes) -> None:
        if self._handshake is None:
            super().data_received(data)
        else:
            self._early.append(data)

    def _make_room(self) -> None:
        """Close those that wait longest, beyond EACH of this address and CONNECTIONS of all; never this one."""
        others = [one for one in self.connections if isinstance(one, Connection) and one is not self]
        mine = [one for one in others if one.address == self.address]
        for found, most in ((mine, EACH), (others, CONNECTIONS)):
            still = [one for one in found if not one.transport.is_closing()]
            if (beyond := len(still) + 1 - most) > 0:
                for one in nsmallest(beyond, (one for one in still if one.is_waiting), key=Connection._worth):
                    one.transport.abort()

    def _worth(self) -> tuple[bool, bool, float]:
        """Sorts first what is closed first: what has not just come, sent part of something, and came first."""
        return self.loop.time() < self.came_at + FRESH_S, not self.is_torn, self.came_at

    @property
    def is_torn(self) -> bool:
        """Whether part of a handshake or of a request is here; a browser sends it at once, so it is closed first."""
        is_shaking = self._handshake is not None
        return is_shaking or bool(self.conn.trailing_data[0]) or self.conn.their_state is h11.SEND_BODY

    @property
    def is_waiting(self) -> bool:
        """Whether the browser has the next move: no whole request is here, or it was answered."""
        return self.cycle is None or self.cycle.response_complete or self.conn.their_state is h11.SEND_BODY

    def _look(self, before: RequestResponseCycle | None, looks: int = 0) -> None:
        """Close the connection if no request came after `before`, or if `before` is not answered after many looks."""
        if self.transport.is_closing():
            return
        is_same = self.cycle is before
        if is_same and (before is None or before.response_complete or looks >= LOOKS):
            self.transport.close()
        else:
            self.loop.call_later(self.timeout_keep_alive, self._look, self.cycle, looks + 1 if is_same else 0)
