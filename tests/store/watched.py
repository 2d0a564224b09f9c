"""A store that tells when it is written."""

from collections.abc import Callable
from typing import Any

from edge.store.store import SqlStore
from tests.fakes import ignore


class WatchedStore(SqlStore):
    """Store that calls `on_write` with the method's name before it writes; an error raised there leaves the method."""

    on_write: Callable[[str], None] = staticmethod(ignore)

    on_record: Callable[[Any], None] = staticmethod(ignore)
    """Called with the scores of each batch before it is recorded."""

    def record(self, *args: Any, **options: Any) -> Any:
        self.on_write("record")
        self.on_record(args[0])
        return super().record(*args, **options)

    def keep_baseline(self, *args: Any) -> None:
        self.on_write("keep_baseline")
        super().keep_baseline(*args)
