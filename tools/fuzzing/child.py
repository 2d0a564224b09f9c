"""Fuzzes one target in one process, since atheris never returns. Prints libFuzzer's output; findings go to a folder.

A finding is the input (`error-...`, with the traceback beside it as .txt; from libFuzzer: `timeout-...`, `oom-...`).
"""

import hashlib
import logging
import sys
import tempfile
import traceback
from pathlib import Path

import atheris

from edge.errors import EdgeError

HANG_S, MEMORY_MB = 5, 1024
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - files are synced to disk thousands of times


class Findings:
    """Keeps one finding of each kind: what was raised, and where in edge/ (else in the target)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, data: bytes, err: BaseException) -> None:
        frames = traceback.extract_tb(err.__traceback__)
        ours = [frame for frame in frames if "/edge/" in frame.filename] or frames
        where = f"{type(err).__name__} {ours[-1].filename}:{ours[-1].lineno}"
        path = self._folder / f"error-{hashlib.sha256(where.encode()).hexdigest()[:12]}"
        if not path.exists():
            path.write_bytes(data)
            path.with_suffix(".txt").write_text("".join(traceback.format_exception(err)), errors="replace")


def main() -> None:
    name, home, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    with atheris.instrument_imports(include=["edge", "yaml"]):
        from tools.fuzzing.targets import TARGETS  # noqa: PLC0415 - instrumented as it is imported
    logging.disable()
    findings, corpus = Findings(home / "findings"), home / "corpus"
    work = tempfile.mkdtemp(prefix="spotter-fuzz-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)
    print(f"work: {work}", flush=True)
    target = TARGETS[name](Path(work))
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def one(data: bytes) -> None:
        try:
            target.check(data)
        except EdgeError:
            pass
        except BaseException as err:
            if isinstance(err, KeyboardInterrupt):
                raise
            findings.note(data, err)

    limits = [f"-max_total_time={seconds}", f"-timeout={HANG_S}", f"-rss_limit_mb={MEMORY_MB}"]
    artifacts = [f"-artifact_prefix={home / 'findings'}/", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], str(corpus), *limits, *artifacts], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
