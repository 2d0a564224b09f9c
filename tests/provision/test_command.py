"""`spotter provision` as its user sees it: what it prints, refuses and leaves behind."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli import main
from edge.site.site import Site
from tests.brokers import REPOSITORY, free_port
from tests.terminal import END, typed

FOR_THE_NOTICE = [
    "--who",
    "Shoe shop",
    "--purpose",
    "offer shoes",
    "--contact",
    "privacy@example.org",
    "--keep-days",
    "2",
]


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def provision(*words: str) -> int:
    return main(["provision", *words])


def make(*words: str) -> None:
    assert provision("site", "soho", "--site", "soho", "--booth", "192.168.50.1", *FOR_THE_NOTICE, *words) == 0


def test_from_nothing_to_three_nodes(capsys: pytest.CaptureFixture[str]) -> None:
    make()
    said = capsys.readouterr()
    assert "page password, shown once: " in said.out
    assert "no passphrase" in said.err
    for name, facing in (("north", "0"), ("east", "90"), ("south", "180")):
        assert provision("node", name, "--site-dir", "soho", "--facing", facing) == 0
    assert provision("laptop", "desk-1", "--site-dir", "soho") == 0
    assert provision("check", "soho") == 0
    assert provision("notice", "--site-dir", "soho", "--out", "notice.pdf", "--language", "de") == 0
    assert Path("notice.pdf").read_bytes().startswith(b"%PDF")
    assert "fontTools" not in capsys.readouterr().err
    assert main(["config", "check", "soho/booth/booth.yaml"]) == 0
    assert main(["config", "check", "soho/nodes/north/node.yaml"]) == 0
    assert main(["config", "check", "soho/laptops/desk-1/laptop.yaml"]) == 0
    assert Site(Path("soho")).purpose.keep_days == 2


def test_the_older_name_of_notice_works_and_no_help_lists_it(capsys: pytest.CaptureFixture[str]) -> None:
    make()
    assert provision("sign", "--site-dir", "soho", "--out", "notice.pdf") == 0
    assert Path("notice.pdf").read_bytes().startswith(b"%PDF")
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["provision", "--help"])
    verbs = re.findall(r"^    ([a-z-]+) ", capsys.readouterr().out, re.MULTILINE)
    assert "notice" in verbs
    assert "sign" not in verbs


def test_the_page_password_opens_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    from edge.booth.page.password import is_password, read_hash  # noqa: PLC0415

    make()
    said = capsys.readouterr().out.splitlines()
    password = next(line for line in said if line.startswith("page password")).rpartition(" ")[2]
    assert is_password(password, read_hash("soho/booth/page.password"))
    assert password not in Path("soho/booth/page.password").read_text()


@pytest.mark.parametrize("missing", ["--who", "--purpose", "--contact", "--keep-days"])
def test_no_site_without_telling_why(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = FOR_THE_NOTICE.index(missing)
    given = FOR_THE_NOTICE[:at] + FOR_THE_NOTICE[at + 2 :]
    assert provision("site", "soho", "--site", "soho", "--booth", "192.168.50.1", *given) == 2
    error = capsys.readouterr().err
    assert f"{missing} missing: the notice must tell passers-by" in error
    assert not Path("soho").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--booth", "192.168.1"], "expected an address"),
        (["--booth", "a b"], "expected an address"),
        (["--booth", "fd00::1"], "expected IPv4 addresses or names, found fd00::1"),
        (["--site", "Soho"], "--site"),
        (["--port", "0"], "--port"),
        (["--keep-days", "400"], "--keep-days"),
        (["--who", ""], "--who"),
        (["--passphrase-file", "none.txt"], "--passphrase-file: the file cannot be read (No such file"),
    ],
)
def test_sites_that_are_not_made(words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert provision("site", "soho", "--site", "soho", "--booth", "192.168.50.1", *FOR_THE_NOTICE, *words) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert "Traceback" not in error
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["+"], "3 to 32"),
        (["#"], "3 to 32"),
        (["booth"], "is reserved"),
        (["north", "--facing", "400"], "facing"),
        (["north", "--booth", "10.0.0.1"], "certificate: 192.168.50.1"),
        (["north", "--address", "192.168.51.2/24"], "another subnet"),
        (["north", "--address", "192.168.50.2"], "prefix length"),
        (["north", "--wifi", "x"], "--wifi-password-file"),
        (
            ["north", "--wifi", "x", "--wifi-password-file", "none.txt", "--wifi-country", "DE"],
            "--wifi-password-file: the",
        ),
        (["north", "--address", "fd00::11/64"], "IPv4"),
        (["north", "--address", "192.168.50.11/24", "--gateway", "fd00::1"], "IPv4"),
        (["north", "--renew"], "leave --renew out"),
        (["north", "--site-dir", "nowhere"], "spotter provision site"),
    ],
)
def test_nodes_that_are_not_made(words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    make()
    assert provision("node", "--site-dir", "soho", *words) == 2
    assert complaint in capsys.readouterr().err
    assert Site(Path("soho")).nodes == []


@pytest.mark.parametrize("words", [["--wifi-password", "secret123"], ["--wifi-password=secret123"]])
def test_a_password_in_the_command_is_not_shown(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    make()
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        provision("node", "north", "--site-dir", "soho", "--wifi", "x", "--wifi-country", "DE", *words)
    error = capsys.readouterr().err
    assert end.value.code == 2
    assert "unknown: --wifi-password;" in error
    assert "secret123" not in error


def test_a_password_given_as_the_name_of_its_file_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    make()
    words = ["--wifi", "x", "--wifi-country", "DE", "--wifi-password-file", "secret123"]
    assert provision("node", "north", "--site-dir", "soho", *words) == 2
    error = capsys.readouterr().err
    assert "--wifi-password-file: the file cannot be read" in error
    assert "secret123" not in error


def test_a_node_on_wifi_with_an_address() -> None:
    make()
    Path("wifi.txt").write_text("pass phrase\n")
    network = ["--wifi", "Booth", "--wifi-password-file", "wifi.txt", "--wifi-country", "DE"]
    assert provision("node", "north", "--site-dir", "soho", *network, "--address", "192.168.50.11/24") == 0
    found = Site(Path("soho")).network("north")
    assert (found.wifi, found.wifi_password, found.address) == ("Booth", "pass phrase", "192.168.50.11/24")
    assert not any(b"pass phrase" in data for data in Site(Path("soho")).identity("north").values())


def test_no_two_nodes_have_one_address(capsys: pytest.CaptureFixture[str]) -> None:
    make()
    words = ["--site-dir", "soho", "--address", "192.168.50.11/24"]
    assert provision("node", "north", *words) == 0
    assert provision("node", "north", *words, "--renew") == 0
    assert provision("node", "south", *words) == 2
    assert "--address 192.168.50.11/24: belongs to north; give another" in capsys.readouterr().err
    assert Site(Path("soho")).nodes == ["north"]


def test_git_leaves_a_sites_keys_alone() -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    make()
    assert provision("node", "north", "--site-dir", "soho") == 0
    done = subprocess.run(["git", "status", "--short"], capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_passphrases(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("long.txt").write_text("correct horse\n")
    Path("short.txt").write_text("horse\n")
    words = ["site", "soho", "--site", "soho", "--booth", "192.168.50.1", *FOR_THE_NOTICE, "--passphrase-file"]
    assert provision(*words, "short.txt") == 2
    assert "at least 8" in capsys.readouterr().err
    assert provision(*words, "long.txt") == 0
    assert "warning" not in capsys.readouterr().err
    assert provision("node", "north", "--site-dir", "soho") == 2
    assert "--passphrase-file" in capsys.readouterr().err
    assert provision("node", "north", "--site-dir", "soho", "--passphrase-file", "short.txt") == 2
    assert "passphrase is wrong" in capsys.readouterr().err
    assert provision("node", "north", "--site-dir", "soho", "--passphrase-file", "long.txt") == 0
    code, shown = typed(["provision", "revoke", "north", "--site-dir", "soho"], ["correct horse"], tmp_path)
    assert (code, "kill $(pidof mosquitto)" in shown, "horse" in shown) == (0, True, False)
    code, shown = typed(["provision", "node", "south", "--site-dir", "soho"], [END], tmp_path)
    assert (code, "nothing was typed" in shown) == (2, True)
    code, shown = typed(["provision", "site", "other", *words[2:-1]], ["correct horse", "correct house"], tmp_path)
    assert (code, "differ" in shown) == (2, True)
    assert not Path("other").exists()


def test_installed_sites_are_told_what_to_copy(capsys: pytest.CaptureFixture[str]) -> None:
    make("--installed")
    assert provision("laptop", "desk-1", "--site-dir", "soho") == 0
    said = capsys.readouterr().out
    assert "sudo cp soho/broker/acl soho/broker/crl.pem /etc/spotter/broker/" in said
    assert "systemctl reload mosquitto" in said
    assert provision("laptop", "desk-1", "--site-dir", "soho", "--renew") == 0
    assert "systemctl restart mosquitto" in capsys.readouterr().out


def test_check_says_what_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    make()
    assert provision("node", "north", "--site-dir", "soho") == 0
    Path("soho/nodes/north/node.key").chmod(0o644)
    capsys.readouterr()
    assert provision("check", "soho") == 1
    assert capsys.readouterr().out.startswith("north: node.key: others on this machine can read or change it")
    assert provision("check", "soho", "--json") == 1
    assert json.loads(capsys.readouterr().out)["where"] == "north"
    assert provision("check", "nowhere") == 2
    Path("soho/nodes/north/node.key").chmod(0o600)
    capsys.readouterr()
    assert provision("check", "soho", "--broker", f"127.0.0.1:{free_port()}") == 1
    assert "live: 127.0.0.1 answers, but nothing listens" in capsys.readouterr().out


def test_the_command_line_stays_light() -> None:
    """`spotter node` must not load what only provisioning needs."""
    program = "import sys, edge.cli; print([name for name in ('cryptography', 'fpdf') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.strip() == "[]"
