"""Addresses without their secrets, for errors and logs: only scheme, host and port are shown.

Cameras and databases take user and password in many places of an address, so nothing but these three is let through.
"""

import logging
import re

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(\S*)")
_HOST = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?=[/?#]|\Z)")
_PUNCTUATION = "'\"`)]},;:."
"""What may follow an address in a sentence."""
_FILES = ("sqlite", "file", "sqlite+pysqlite")
"""Schemes of files, whose path is no secret."""


def masked(text: str) -> str:
    """Return the text with scheme, host and port only of each address in it.

    >>> masked("cannot open 'rtsp://admin:Pa#ss@10.0.0.7:554/main?channel=1'; is it on?")
    "cannot open 'rtsp://10.0.0.7:554/...'; is it on?"
    >>> masked("page at http://127.0.0.1:8080/, store sqlite:///booth.sqlite")
    'page at http://127.0.0.1:8080/, store sqlite:///booth.sqlite'
    """
    return _ADDRESS.sub(lambda found: _shown(found[1], found[2]), text)


def masked_address(address: str) -> str:
    """Return one address as `masked` does, whatever characters its password has; blanks too.

    >>> masked_address("rtsp://admin:two words@10.0.0.7/main")
    'rtsp://10.0.0.7/...'
    """
    scheme, mark, rest = address.partition("://")
    return _shown(scheme, rest) if mark else address


def _shown(scheme: str, rest: str) -> str:
    """Return the address; without its host if it can be read in two ways, as one may be a part of the password.

    >>> _shown("http", "10.0.0.7/login?password=my@secret")
    'http://...'
    """
    body = rest.rstrip(_PUNCTUATION) if not rest.endswith("]") else rest
    tail = rest[len(body) :]
    if not body:
        return f"{scheme}://{tail}"
    if scheme.lower() in _FILES:
        return f"{scheme}://{body.partition('?')[0]}{tail}"
    starts = [0, *(at + 1 for at, one in enumerate(body) if one == "@")]
    hosts = [found[0] for start in starts if (found := _HOST.match(body, start))]
    if len(hosts) != 1:
        return f"{scheme}://...{tail}"
    is_bare = body in (hosts[0], f"{hosts[0]}/")
    return f"{scheme}://{body if is_bare else f'{hosts[0]}/...'}{tail}"


class MaskingFormatter(logging.Formatter):
    """A formatter whose lines, tracebacks included, show no secrets of addresses."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
