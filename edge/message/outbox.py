"""Keep scores on disk until the booth has stored them; survives power cuts and broker outages.

Rows hold finished messages, sealed to the booth's key: who holds the card cannot read them, neither in the rows nor in
journal or free blocks, and nor can this node. Those put since the start are also in memory and are sent as they are;
older ones are sent sealed, and the booth opens them. Without a key, as on one machine, rows are plain JSON.

Each number is used once and rows are deleted from the low end only, so two counters
describe the whole file: `issued` (the newest number used) and `floor` (everything up to it is deleted).
"""

import hashlib
import logging
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from edge import wire
from edge.errors import StoreError, WireError
from edge.sealing import KEY_ID_BYTES, Sealer

log = logging.getLogger(__name__)

BUSY_S = 5.0
"""Seconds to wait for another program that holds the file."""
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""Result codes of a damaged file. SQLITE_ERROR on opening means that its tables lack our columns."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS counters (
    epoch TEXT NOT NULL, issued INTEGER NOT NULL, floor INTEGER NOT NULL, dropped INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS scores (seq INTEGER PRIMARY KEY, payload BLOB NOT NULL);
"""


KEPT = 2000
"""Newest scores that are also kept in memory, to be sent without the booth having to open them."""
SEALED = b"\x01"
"""First byte of a sealed row: then the id of the key, CHECK_BYTES of a hash that shows damage, and the sealed score."""
CHECK_BYTES = 8


class Pending(NamedTuple):
    """One waiting score."""

    seq: int
    payload: bytes
    """The score as JSON; if `is_sealed`, a message `Sealed`."""
    is_sealed: bool = False


class _Damaged(Exception):  # noqa: N818 - private, and never leaves this file
    pass


class Outbox:
    """The node's store-and-forward queue; safe to use from two threads."""

    def __init__(self, path: str | Path, *, node: str, max_rows: int, sealer: Sealer | None = None) -> None:
        """Open or create the file; a damaged one is set aside first (see `set_aside`).

        Raises StoreError if the folder is missing, the disk is full or another program holds the file.
        """
        self._path = Path(path)
        self._node = node
        self._max_rows = max_rows
        self._sealer = sealer
        self._recent: dict[int, bytes] = {}
        """Scores put since the start, the newest KEPT of those that wait, by number."""
        self._lock = threading.Lock()
        self.refused_acks = 0
        """Acknowledgements of numbers never used: another program acts as the booth."""
        self.set_aside: Path | None = None
        """New path of a damaged file, if there was one; its scores are lost and a new epoch began."""
        try:
            self._db = self._open()
        except _Damaged as err:
            self.set_aside = self._move_away()
            log.error("%s is damaged (%s); set aside as %s, new outbox started", self._path, err, self.set_aside)
            self._db = self._open()
        self.epoch: str
        """This file's own id."""
        self.epoch, self._issued, self._floor, self._dropped = self._counters()

    @property
    def depth(self) -> int:
        """Number of waiting scores."""
        return self._issued - self._floor

    @property
    def issued(self) -> int:
        """The newest number used; never used again, even after its score is deleted."""
        return self._issued

    @property
    def dropped(self) -> int:
        """Number of scores of this epoch that were lost because more than `max_rows` were waiting."""
        return self._dropped

    def put(self, score: wire.Score) -> int:
        """Number the score and store it; returns its `seq` once it is safe on disk.

        Raises WireError for what may not leave the node, StoreError if the disk is full or the file is held.
        """
        if score.node != self._node:
            raise StoreError(f"{self._path}: is the outbox of {self._node}; found a score of {score.node}")
        with self._writing():
            seq = self._issued + 1
            floor = max(self._floor, seq - self._max_rows)
            dropped = self._dropped + floor - self._floor
            payload = wire.pack(msgspec.structs.replace(score, epoch=self.epoch, seq=seq))
            self._db.execute("INSERT INTO scores VALUES (?, ?)", (seq, self._sealed(payload, seq)))
            self._db.execute("DELETE FROM scores WHERE seq <= ?", (floor,))
            self._db.execute("UPDATE counters SET issued = ?, floor = ?, dropped = ?", (seq, floor, dropped))
            self._commit()
            self._issued, self._floor, self._dropped = seq, floor, dropped
            self._recent[seq] = payload
            self._forget()
        return seq

    def _sealed(self, payload: bytes, seq: int) -> bytes:
        if self._sealer is None:
            return payload
        about = wire.about(self._node, self.epoch, seq)
        content = self._sealer.seal(payload, about)
        return SEALED + self._sealer.key_id + _check_of(content, about) + content

    def _forget(self) -> None:
        """Forget scores in memory that are not waiting any more, or are more than KEPT."""
        for seq in [seq for seq in self._recent if seq <= max(self._floor, self._issued - KEPT)]:
            del self._recent[seq]

    def pending(self, after_seq: int, limit: int) -> list[Pending]:
        """Return the oldest waiting scores after `after_seq`, in order, at most `limit`."""
        with self._reading():
            rows = self._db.execute(
                "SELECT seq, payload FROM scores WHERE seq > ? ORDER BY seq LIMIT ?", (after_seq, limit)
            )
            return [self._pending(*row) for row in rows]

    def _pending(self, seq: int, row: bytes) -> Pending:
        if seq in self._recent:
            return Pending(seq, self._recent[seq])
        if not row.startswith(SEALED):
            return Pending(seq, row)
        sealed = wire.Sealed(node=self._node, epoch=self.epoch, seq=seq, content=row[_BEFORE:])
        return Pending(seq, wire.pack(sealed), is_sealed=True)

    def acknowledge(self, epoch: str, upto: int) -> int:
        """Delete scores up to `upto`, which the booth has stored; returns how many. Other epochs are ignored."""
        if epoch != self.epoch:
            return 0
        with self._writing():
            if upto > self._issued:
                self.refused_acks += 1
                log.warning("refused an acknowledgement up to %d: only %d were ever sent", upto, self._issued)
                return 0
            count = max(0, upto - self._floor)
            if count:
                self._db.execute("DELETE FROM scores WHERE seq <= ?", (upto,))
                self._db.execute("UPDATE counters SET floor = ?", (upto,))
                self._commit()
                self._floor = upto
                self._forget()
        return count

    def gap(self) -> wire.Gap:
        """Return the gap message: up to which number scores are deleted, and how many were lost."""
        with self._lock:
            return wire.Gap(node=self._node, epoch=self.epoch, upto=self._floor, dropped=self._dropped)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _open(self) -> sqlite3.Connection:
        db = None
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            db = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            self._prepare(db)
        except (OSError, sqlite3.Error, UnicodeDecodeError, _Damaged) as err:
            if db is not None:
                db.close()
            if isinstance(err, _Damaged | UnicodeDecodeError) or _code(err) in DAMAGED:  # it quotes what it found
                raise _Damaged(str(err)) from err
            raise self._trouble(err) from err
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Set up the database: every commit reaches the disk, and deleted rows are overwritten."""
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            db.execute(f"PRAGMA {pragma}")
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise _Damaged(" ".join(found.split()))
        db.executescript(_SCHEMA)
        db.execute(
            "INSERT INTO counters SELECT ?, 0, 0, 0 WHERE NOT EXISTS (SELECT * FROM counters)", (secrets.token_hex(8),)
        )
        self._check_rows(db)

    def _check_rows(self, db: sqlite3.Connection) -> None:
        """Check every row: SQLite checks its pages only, and a score that no booth accepts would be sent for ever."""
        try:
            epoch, issued, floor, _ = db.execute("SELECT epoch, issued, floor, dropped FROM counters").fetchone()
            expected = floor
            for expected, (seq, payload) in enumerate(
                db.execute("SELECT seq, payload FROM scores ORDER BY seq"), floor + 1
            ):
                if seq != expected or not self._is_sound(payload, epoch, seq):
                    raise _Damaged(f"row {seq} holds another score, or another key sealed it")
        except (WireError, TypeError) as err:
            raise _Damaged(f"a row or counter was changed after it was written: {err}") from err
        if expected != issued:
            raise _Damaged(f"expected scores up to {issued}, found them up to {expected}")

    def _is_sound(self, row: object, epoch: str, seq: int) -> bool:
        """Whether a row is as it was written; raises WireError for a plain row that is no score."""
        if not isinstance(row, bytes):  # a damaged file may hold a number or nothing there
            return False
        if row.startswith(SEALED):
            key_id, content = row[len(SEALED) : len(SEALED) + KEY_ID_BYTES], row[_BEFORE:]
            is_ours = self._sealer is None or key_id == self._sealer.key_id
            return is_ours and row[_BEFORE - CHECK_BYTES : _BEFORE] == _check_of(
                content, wire.about(self._node, epoch, seq)
            )
        return wire.key(wire.read_score(row)) == wire.ScoreKey(self._node, epoch, seq)

    def _counters(self) -> tuple[str, int, int, int]:
        epoch, issued, floor, dropped = self._db.execute(
            "SELECT epoch, issued, floor, dropped FROM counters"
        ).fetchone()
        return epoch, issued, floor, dropped

    def _move_away(self) -> Path:
        """Set the damaged file aside, in place of an older one, without its journal; returns its new path."""
        damaged = self._path.with_name(self._path.name + ".damaged")
        try:
            self._path.replace(damaged)
            for journal in ("-wal", "-shm"):
                self._path.with_name(self._path.name + journal).unlink(missing_ok=True)
        except OSError as err:
            raise StoreError(f"{self._path} is damaged and cannot be set aside ({err}); move it away") from err
        return damaged

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as err:
                raise self._trouble(err) from err

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold one transaction; it is undone unless `_commit` was called."""
        with self._reading():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _commit(self) -> None:
        self._db.execute("COMMIT")

    def _trouble(self, err: Exception) -> StoreError:
        advice = {
            sqlite3.SQLITE_FULL: "the disk is full: free some space",
            sqlite3.SQLITE_BUSY: "another program holds it: is a second node running here?",
            sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check folder and permissions",
            sqlite3.SQLITE_READONLY: "it is read-only: check permissions, or the card has failed",
            sqlite3.SQLITE_IOERR: "the disk fails: replace the card",
        }.get(_code(err), "restart the node; a damaged file is then set aside")
        return StoreError(f"{self._path}: the outbox cannot be used ({err}); {advice}")


_BEFORE = len(SEALED) + KEY_ID_BYTES + CHECK_BYTES
"""Bytes of a sealed row before its content."""


def _check_of(content: bytes, about: bytes) -> bytes:
    return hashlib.sha256(about + content).digest()[:CHECK_BYTES]


def _code(err: Exception) -> int:
    """Return SQLite's primary result code: 14 (cannot open) for an error of the operating system, 0 for others."""
    if isinstance(err, OSError):
        return sqlite3.SQLITE_CANTOPEN
    return int(getattr(err, "sqlite_errorcode", 0)) & 0xFF
