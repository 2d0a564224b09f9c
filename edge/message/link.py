"""Coarse colours to a short keyed hash that joins one person's sightings by several cameras, for minutes only."""

import hashlib
import hmac

ROTATION_S = 600
"""Links of different ten minutes have nothing in common."""


def link(key: bytes, at: float, upper: str, lower: str) -> str:
    """8 hex digits of HMAC-SHA256 over rotation number and colour words; empty without a site key.

    >>> link(b"site key", 1200.0, "orange", "black") == link(b"site key", 1799.9, "orange", "black")
    True
    >>> link(b"site key", 1200.0, "orange", "black") == link(b"site key", 1800.0, "orange", "black")
    False
    >>> link(b"", 1200.0, "orange", "black")
    ''
    """
    if not key:
        return ""
    content = f"{int(at // ROTATION_S)}|{upper}|{lower}"
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()[:8]
