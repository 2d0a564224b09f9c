"""Download a pinned model, or copy it from a mirror, verify it, and write it to the models folder.

urllib is enough for one GET with a Range header; the bytes are trusted for their SHA-256, not for their origin. An
interrupted download leaves a `.part` file that the next run resumes. A file gets its own name only once it is complete,
verified and on disk.
"""

import contextlib
import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

from edge import atomic_file
from edge.errors import ModelError
from edge.model.manifest import ModelEntry
from edge.model.remove_operator import remove_operator

OnProgress = Callable[[str, int, int], None]
"""Called with the model's name, the bytes so far and the total bytes."""

TIMEOUT_S = 20.0
"""Seconds to wait for the connection and for each read."""
TRIES = 4
"""Attempts per run to resume an interrupted download, as long as each brings new bytes."""
CHUNK = 1 << 16
"""Bytes per read."""


class _LineBrokenError(Exception):
    """The connection failed; the download can be resumed."""


def bring(
    name: str,
    entry: ModelEntry,
    path: Path,
    *,
    mirror: Path | None = None,
    on_progress: OnProgress | None = None,
) -> None:
    """Write the ready model to `path`; raises ModelError saying what to do, and then leaves no partial file there."""
    report = on_progress or (lambda _name, _done, _total: None)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        data = _from_mirror(mirror, entry) if mirror else _from_origin(name, entry, part, report)
        atomic_file.write(path, _ready(name, entry, data))
        part.unlink(missing_ok=True)
    except OSError as err:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise ModelError(
            f"{path}: cannot be written ({err.strerror}); free some space or set SPOTTER_MODELS to another folder"
        ) from err
    report(name, entry.bytes, entry.bytes)


def _from_mirror(mirror: Path, entry: ModelEntry) -> bytes:
    source = mirror / entry.file
    try:
        data = source.read_bytes()
    except OSError as err:
        raise ModelError(f"{source}: cannot be read ({err.strerror}); copy it to the mirror") from err
    _check(str(source), entry, data, "copy it to the mirror again")
    return data


def _from_origin(name: str, entry: ModelEntry, part: Path, report: OnProgress) -> bytes:
    for attempt in range(1, TRIES + 1):
        before = _size(part)
        try:
            _download(name, entry, part, report)
            break
        except _LineBrokenError as err:
            if attempt == TRIES or _size(part) <= before:
                raise _unreachable(entry, part, err) from err
    data = part.read_bytes()
    try:
        _check(entry.origin, entry, data, "run `spotter models fetch` again; if that does not help, use --mirror DIR")
    except ModelError:
        part.unlink()
        raise
    return data


def _download(name: str, entry: ModelEntry, part: Path, report: OnProgress) -> None:
    """Download the rest of the part file."""
    have = _size(part)
    if have >= entry.bytes:
        return
    with _request(entry.origin, have, part) as answer:
        resumes = answer.status == HTTPStatus.PARTIAL_CONTENT and _starts_at(answer, have)
        with part.open("ab" if resumes else "wb") as out:
            for chunk in _chunks(answer):
                out.write(chunk)
                report(name, min(out.tell(), entry.bytes), entry.bytes)
                if out.tell() > entry.bytes:
                    return
    if _size(part) < entry.bytes:
        raise _LineBrokenError(f"the connection broke after {_size(part)} of {entry.bytes} bytes")


def _request(origin: str, have: int, part: Path) -> http.client.HTTPResponse:
    headers = {"Range": f"bytes={have}-"} if have else {}
    request = urllib.request.Request(origin, headers=headers)  # noqa: S310 - the manifest allows http(s) only
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310 - same
    except urllib.error.HTTPError as err:
        err.close()
        if have:  # the origin has no such range: start again next time
            part.unlink(missing_ok=True)
        raise _LineBrokenError(f"the server answered {err.code} {err.reason}") from err
    except urllib.error.URLError as err:
        raise _LineBrokenError(str(err.reason)) from err
    except (OSError, http.client.HTTPException) as err:
        raise _LineBrokenError(str(err) or type(err).__name__) from err
    return answer


def _chunks(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield the body. Connection errors become _LineBrokenError, so that every other OSError is the disk's."""
    try:
        while chunk := answer.read(CHUNK):
            yield chunk
    except (OSError, http.client.HTTPException) as err:
        raise _LineBrokenError(str(err) or type(err).__name__) from err


def _starts_at(answer: http.client.HTTPResponse, have: int) -> bool:
    return (answer.getheader("Content-Range") or "").startswith(f"bytes {have}-")


def _unreachable(entry: ModelEntry, part: Path, err: _LineBrokenError) -> ModelError:
    kept = f" ({_size(part)} of {entry.bytes} bytes are kept)" if _size(part) else ""
    return ModelError(
        f"{entry.origin}: cannot be downloaded: {err}{kept}; run `spotter models fetch` again, "
        f"or with --mirror DIR where DIR holds {entry.file}"
    )


def _check(where: str, entry: ModelEntry, data: bytes, next_step: str) -> None:
    if len(data) != entry.bytes:
        raise ModelError(f"{where}: expected {entry.bytes} bytes, found {len(data)}; {next_step}")
    found = hashlib.sha256(data).hexdigest()
    if found != entry.sha256:
        raise ModelError(f"{where}: expected sha256 {entry.sha256}, found {found}; {next_step}")


def _ready(name: str, entry: ModelEntry, data: bytes) -> bytes:
    if entry.strip is None:
        return data
    stripped = remove_operator(data, entry.strip)
    found = hashlib.sha256(stripped).hexdigest()
    if found != entry.stripped_sha256:
        raise ModelError(
            f"model {name}: expected stripped_sha256 {entry.stripped_sha256}, found {found}; "
            "the manifest does not fit edge/model/remove_operator.py: reinstall"
        )
    return stripped


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
