"""Coarse words about an outfit to a short keyed hash that joins one person's sightings by several cameras for minutes.

A digit a word, so that cameras that disagree about one word still have the others in common.
"""

import hashlib
import hmac
from collections.abc import Sequence

from edge import wire
from edge.vocabulary import COLOURS, GARMENTS, PATTERNS

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
"""What the digits stand for: the two commonest colours of each garment, how garments are arranged, the upper's pattern.

At most 15 words each. The two colours of a garment are shuffled alike, so that they can be compared crosswise.
"""
UNSEEN = "0"


def link(key: bytes, at: float, words: Sequence[str]) -> str:
    """8 hex digits for the words of WORDS, where "" is one that was not seen; empty without a site key.

    A digit is a word's place in a shuffle of its vocabulary, drawn by HMAC-SHA256 from key and rotation number. Without
    the key it says nothing but who shared a word with whom within the same ten minutes.

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
