"""A password is stored as a salted hash in a file for its owner alone; weak passwords and open files are refused."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from edge.booth.page import password
from edge.errors import ConfigError
from tests.booth.page.pages import PASSWORD
from tests.terminal import ROOT, typed


def test_the_right_one_and_no_other() -> None:
    hashed = password.hash_password(PASSWORD)
    assert PASSWORD not in hashed
    assert password.is_password(PASSWORD, hashed)
    for wrong in ("", PASSWORD + " ", PASSWORD[:-1], PASSWORD.upper()):
        assert not password.is_password(wrong, hashed)
    assert hashed != password.hash_password(PASSWORD), "salted"


@pytest.mark.parametrize("bad", ["", "short", "x" * 257])
def test_too_short_or_too_long(bad: str) -> None:
    with pytest.raises(ConfigError, match="10 to 256 characters"):
        password.hash_password(bad)


def piped(text: str, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edge.cli", "booth-password", "--out", str(out)]
    return subprocess.run(command, input=text, text=True, capture_output=True, check=False, cwd=ROOT)


def test_the_command_writes_all_or_nothing(tmp_path: Path) -> None:
    out = tmp_path / "page.password"
    assert piped("short\n", out).returncode == 2
    assert list(tmp_path.iterdir()) == []
    done = piped(PASSWORD + "\n", out)
    assert done.returncode == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [out]
    assert password.is_password(PASSWORD, password.read_hash(str(out)))
    assert PASSWORD not in done.stdout + done.stderr


def test_a_terminal_is_asked_twice(tmp_path: Path) -> None:
    code, shown = typed(["booth-password", "--out", "page.password"], [PASSWORD, PASSWORD + "!"], tmp_path)
    assert code == 2
    assert "the two passwords differ" in shown
    assert PASSWORD not in shown
    assert list(tmp_path.iterdir()) == []


def test_no_such_folder() -> None:
    with pytest.raises(ConfigError, match="does the folder exist"):
        password.write_hash(Path("/nowhere/page.password"), "x")


@pytest.mark.parametrize(
    "text", ["", "grey-on-grey-on-grey", "scrypt$15$8$3$AAAA$", "scrypt$40$8$3$AAAA$AAAA", "scrypt$x$8$3$AAAA$AAAA"]
)
def test_a_file_that_holds_no_hash(text: str, tmp_path: Path) -> None:
    path = tmp_path / "page.password"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(ConfigError, match="spotter booth-password --out"):
        password.read_hash(str(path))


def test_files_that_everybody_could_read(tmp_path: Path) -> None:
    path = tmp_path / "page.password"
    password.write_hash(path, password.hash_password(PASSWORD))
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        password.read_hash(str(path))
    with pytest.raises(ConfigError, match="cannot be read"):
        password.read_hash(str(tmp_path / "none"))


def test_a_token_that_could_be_guessed(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.touch(0o600)
    path.write_text("secret\n")
    with pytest.raises(ConfigError, match="openssl rand"):
        password.read_token(str(path))
    path.write_text("a" * 20 + "\n")
    assert password.read_token(str(path)) == "a" * 20
