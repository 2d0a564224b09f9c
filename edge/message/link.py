"""Turn coarse words about an outfit into a short keyed code by which cameras can join sightings for some minutes.

Each word becomes one digit, so that cameras that disagree about one word still agree on the other digits.
"""

import hashlib
import hmac
import logging
from collections.abc import Sequence

from edge import wire
from edge.errors import WireError
from edge.seams import Received
from edge.vocabulary import COLOURS, GARMENTS, PATTERNS

log = logging.getLogger(__name__)

WORDS = (
    ("upper", COLOURS),
    ("upper", COLOURS),
    ("lower", COLOURS),
    ("lower", COLOURS),
    ("shoes", COLOURS),
    ("shoes", COLOURS),
    ("garment", GARMENTS),
    ("pattern", PATTERNS),
)
"""Name and vocabulary of each digit: the two commonest colours of each garment, the arrangement of garments, and the
pattern of the upper garment.

A vocabulary has at most 15 words. Both colours of a garment use the same shuffle, so they can be compared crosswise.
"""
UNSEEN = "0"
"""Digit of a word that was not seen."""
ROTATIONS = 3
"""Newest keys that are kept: the last rotation's, this one's and the next one's."""


class LinkKeys:
    """Owner of the keys that the booth hands out; they are in memory only and forgotten with their rotation."""

    def __init__(self, site: str, node: str) -> None:
        self.topic = wire.node_topic(site, node, "link")
        self._keys: dict[int, bytes] = {}

    def receive(self, message: Received) -> None:
        """Take a key from the broker and ignore other topics. May be called from any thread; never raises."""
        if message.topic != self.topic:
            return
        try:
            _, handed = wire.decode(message.topic, message.payload)
        except WireError as err:
            log.warning("ignored a message: %s", err)
            return
        if isinstance(handed, wire.LinkKey):
            keys = self._keys | {handed.rotation: bytes.fromhex(handed.key)}
            self._keys = {rotation: keys[rotation] for rotation in sorted(keys)[-ROTATIONS:]}

    def at(self, at: float) -> bytes:
        """Return the key for UTC second `at`; empty if the booth has handed out none."""
        return self._keys.get(int(at // wire.LINK_ROTATION_S), b"")


def link(key: bytes, at: float, words: Sequence[str]) -> str:
    """Return 8 hex digits, one for each of WORDS ("" means not seen); empty without a key.

    A digit is the word's position in a shuffle of its vocabulary, made by HMAC-SHA256 from the key and the rotation
    number of the time `at` (seconds since 1970). Without the key it shows only which sightings of the same ten minutes
    share a word.

    >>> words = ("orange", "white", "black", "black", "brown", "brown", "covered-legs", "")
    >>> first, last, later = (link(b"site key", at, words) for at in (1200.0, 1799.9, 1800.0))
    >>> first == last, first == later, first[-1], link(b"", 1200.0, words)
    (True, False, '0', '')
    """
    if not key:
        return ""
    rotation = int(at // wire.LINK_ROTATION_S)
    return "".join(
        _digit(key, f"{rotation}|{part}", known, word) for (part, known), word in zip(WORDS, words, strict=True)
    )


def _digit(key: bytes, purpose: str, known: Sequence[str], word: str) -> str:
    if not word:
        return UNSEEN
    shuffled = sorted(known, key=lambda one: hmac.digest(key, f"{purpose}|{one}".encode(), hashlib.sha256))
    return f"{1 + shuffled.index(word):x}"
