"""Every error that the product reports, as one small tree; messages are written for the technician.

EdgeError                 anything the product itself reports; `spotter` prints it in one line, no traceback
├── ConfigError           a setting is wrong: says file, key, what was expected, what was found
├── SourceError           a camera, clip or folder is missing, lost or unreadable
├── ModelError            a model is missing, damaged, or not the kind its reader needs
├── BaselineError         a baseline is damaged, too small, of another site, or of another recipe
├── WireError             a message is outside the schema, too large, or not of this version
├── BrokerError           the broker cannot be reached or refused something
├── ProvisionError        a site, a certificate or a card cannot be made, read or used
└── StoreError            the outbox or the booth's store cannot be opened or written
"""

from edge.masking import masked


def printable(text: str) -> str:
    r"""Return the text with a question mark for each character that could control a terminal or turn the text round.

    These are all that Unicode calls control, format, unassigned or separator characters, but the space.

    >>> printable("a\x1b[2J\u202e\x9b31m b")
    'a?[2J??31m b'
    """
    return "".join(one if one.isprintable() else "?" for one in text)


def readable(name: str) -> str:
    r"""Return a file's name for a terminal, a log or JSON; one that is not in UTF-8 gets replacement characters.

    >>> readable("b\udcff\x1b.jpg")
    'b�?.jpg'
    """
    return printable(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


class EdgeError(Exception):
    """Base of every error the product reports to a person; of addresses it shows scheme, host and port only."""

    def __init__(self, message: str) -> None:
        super().__init__(masked(message))


class ConfigError(EdgeError):
    pass


class SourceError(EdgeError):
    pass


class ModelError(EdgeError):
    pass


class BaselineError(EdgeError):
    pass


class WireError(EdgeError):
    """A refused message; the booth counts refusals by `reason`, one short code.

    Its text may quote what was received, so it holds printable characters only (`printable`).
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {printable(detail)}")
        self.reason = reason


class BrokerError(EdgeError):
    pass


class ProvisionError(EdgeError):
    pass


class StoreError(EdgeError):
    """A store that cannot be used; `plain` says what is wrong and what to do, without the database's own message."""

    def __init__(self, message: str, plain: str = "") -> None:
        super().__init__(message)
        self.plain = masked(plain or message)
