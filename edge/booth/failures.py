"""Count what failed unexpectedly, and keep it from ending the booth's loop."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from edge.errors import StoreError

log = logging.getLogger(__name__)


class Failures:
    """Owner of the counts; each kind of failure is logged once, without the message it came from."""

    def __init__(self, said: set[str] | None = None) -> None:
        """`said` are the kinds that were logged already, to share with others."""
        self.counts = Counter[str]()
        """Failures by what failed."""
        self._said = set() if said is None else said

    @contextmanager
    def caught(self, what: str) -> Iterator[None]:
        """Catch and count every exception but StoreError, after which the caller tries again later."""
        try:
            yield
        except StoreError:
            raise
        except Exception as err:  # noqa: BLE001 - no message and no figure may end the loop
            self.note(what, err)

    def note(self, what: str, err: Exception) -> None:
        """Count one failure."""
        self.counts[what] += 1
        if what not in self._said:
            self._said.add(what)
            log.error("%s failed (%s); report this as a defect. More of this kind are only counted", what, _where(err))


def _where(err: Exception) -> str:
    """Return kind and place of an error; its text could repeat a message.

    >>> _where(ValueError("secret"))
    'ValueError'
    """
    last = err.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    name = type(err).__name__
    return name if last is None else f"{name} in {last.tb_frame.f_code.co_filename}, line {last.tb_lineno}"
