"""Every fuzz target runs, reaches its code, and finds nothing; one that fails or hangs is reported."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from edge.errors import EdgeError
from tools.fuzzing.__main__ import NAMES, main
from tools.fuzzing.target import Target, seed
from tools.fuzzing.targets import TARGETS

ROOT = Path(__file__).parents[2]
NEVER_RAISE = ("frozen", "node", "outbox")
"""Targets that refuse in other ways: with a sentence, or a file that is set aside."""


def test_the_targets_are_those_that_are_offered() -> None:
    assert tuple(TARGETS) == NAMES


def fuzz(*words: str | Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "tools.fuzzing", *map(str, words)]
    return subprocess.run(program, capture_output=True, text=True, cwd=ROOT, check=False)


@pytest.fixture
def has_atheris() -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not here (tools/fuzz gets it, for Python 3.11 to 3.13 on Linux x86-64)")


@pytest.mark.slow
@pytest.mark.usefixtures("has_atheris")
@pytest.mark.parametrize("name", NAMES)
def test_a_target_finds_nothing_in_a_few_seconds(name: str, tmp_path: Path) -> None:
    done = fuzz(name, "--minutes", "0.05", "--keep", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    row = done.stdout.splitlines()[-1].split()
    assert (row[0], row[-1]) == (name, "0")
    assert int(row[1].replace(",", "")) > 10
    assert int(row[2].replace(",", "")) > 20
    assert any(path.name.startswith("seed-") for path in (tmp_path / name / "corpus").iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_target_takes_its_seeds_and_refuses_nonsense(name: str, tmp_path: Path) -> None:
    """Some seeds are refused too: a pinned file that is missing, too few counts to score with."""
    target = TARGETS[name](tmp_path)
    answers = [is_taken(target, data) for data in target.seeds]
    assert any(answers)
    assert name in NEVER_RAISE or not all(is_taken(target, seed(way, b"\0")) for way in range(3))


def is_taken(target: Target, data: bytes) -> bool:
    try:
        target.check(data)
    except EdgeError:
        return False
    return True


def test_an_input_is_given_again(tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(seed(0, b"{}"))
    done = fuzz("wire", "--again", tmp_path / "input", "--keep", tmp_path)
    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "rejected as it should be, WireError")


def test_an_unknown_target_is_named() -> None:
    done = fuzz("mire")
    assert done.returncode == 2
    assert "expected TARGETs of wire, config" in done.stderr


def test_without_atheris_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "atheris", None)  # as if it were not installed
    assert main(["wire"]) == 2
    assert "use Python 3.11 to 3.13 on Linux x86-64" in capsys.readouterr().out
