"""Hash the site password into a file and check against it; the password itself is never stored."""

import base64
import getpass
import hashlib
import hmac
import os
import secrets
import sys
from pathlib import Path
from typing import NamedTuple

from edge import atomic_file
from edge.errors import ConfigError

LOG2_N, R, P = 15, 8, 3
"""scrypt's cost parameters (32 MiB): one of the equivalent choices of the OWASP password storage cheat sheet."""
HASH_BYTES = 32
MAX_MEMORY = 65 * 2**20
MOST_LOG2_N, MOST_P = 16, 16
"""Highest cost accepted from a file; more would not fit into memory, or would keep the booth busy."""
SHORTEST = 10
LONGEST = 256
"""Characters in a password, at least and at most."""
SHORTEST_TOKEN = 20


def hash_password(password: str) -> str:
    """Return `scrypt$15$8$3$SALT$HASH` with a new salt; raises ConfigError if the password is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ConfigError(f"the password must have {SHORTEST} to {LONGEST} characters, found {len(password)}")
    salt = secrets.token_bytes(16)
    return "$".join(["scrypt", str(LOG2_N), str(R), str(P), _text(salt), _text(_scrypt(password, salt, LOG2_N, R, P))])


class Hashed(NamedTuple):
    """The parts of a stored hash."""

    log2_n: int
    r: int
    p: int
    salt: bytes
    hash: bytes


def parse(text: str) -> Hashed:
    """Split a stored hash; raises ValueError if `hash_password` did not make it."""
    name, log2_n, r, p, salt, expected = text.split("$")
    found = Hashed(int(log2_n), int(r), int(p), *(base64.b64decode(part, validate=True) for part in (salt, expected)))
    is_ours = name == "scrypt" and 1 <= found.log2_n <= MOST_LOG2_N and found.r == R and 1 <= found.p <= MOST_P
    if not is_ours or not found.salt or len(found.hash) != HASH_BYTES:
        msg = "not a hash of this program"
        raise ValueError(msg)
    return found


def is_password(password: str, hashed: str) -> bool:
    """Whether the password matches the hash, compared in constant time."""
    known = parse(hashed)
    return hmac.compare_digest(_scrypt(password, known.salt, known.log2_n, known.r, known.p), known.hash)


def _scrypt(password: str, salt: bytes, log2_n: int, r: int, p: int) -> bytes:
    data = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=2**log2_n, r=r, p=p, maxmem=MAX_MEMORY, dklen=HASH_BYTES)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def read_hash(path: str) -> str:
    """Read the hash that `spotter booth-password` wrote; raises ConfigError that says what to do."""
    hashed = _read_secret("page.password_file", path).strip()
    try:
        parse(hashed)
    except ValueError as err:
        again = f"write it with: spotter booth-password --out {path}"
        raise ConfigError(f"page.password_file {path}: holds no password hash; {again}") from err
    return hashed


def read_token(path: str) -> str:
    """Read the bearer token for /metrics; raises ConfigError if it is too short."""
    line = _read_secret("page.metrics_token_file", path)
    token = line.strip()
    if len(token) < SHORTEST_TOKEN:
        advice = "make one with: openssl rand -hex 32"
        raise ConfigError(f"page.metrics_token_file {path}: expected {SHORTEST_TOKEN} characters or more; {advice}")
    if not line.endswith("\n"):
        raise ConfigError(
            f"page.metrics_token_file {path}: was cut off: expected a whole line with its end; write it again"
        )
    return token


def _read_secret(key: str, path: str) -> str:
    try:
        with Path(path).open(encoding="ascii") as file:
            if os.fstat(file.fileno()).st_mode & 0o007:
                raise ConfigError(f"{key} {path}: everybody on this machine can read it; chmod 600 {path}")
            return file.read(4096)
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigError(f"{key} {path}: cannot be read ({err}); does it exist, and may this user read it?") from err


def write_hash(path: Path, hashed: str) -> None:
    """Write the file, whole or not at all, readable by its owner only; raises ConfigError if it cannot be written."""
    try:
        atomic_file.write(path, f"{hashed}\n".encode(), mode=0o600)
    except OSError as err:
        raise ConfigError(f"{path}: cannot be written ({err}); does the folder exist, and is it writable?") from err


def run_booth_password(out: Path) -> int:
    """`spotter booth-password`: ask twice at a terminal, else read one line; returns 0 once the hash is written."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password of the booth's page: ")
        if getpass.getpass("Again: ") != password:
            raise ConfigError("the two passwords differ; nothing was written")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    write_hash(out, hash_password(password))
    print(f"{out}: written; set page.password_file to it in booth.yaml and restart the booth")
    return 0
