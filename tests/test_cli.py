"""Every command as its user sees it: help with an example, exit codes, errors in a line or two."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edge.cli import main

ROOT = Path(__file__).parents[1]
COMMANDS = [
    "node",
    "aim",
    "booth",
    "booth-password",
    "booth-allow",
    "booth-forget",
    "watch",
    "health",
    "learn",
    "score",
    "bench",
    "trends",
    "baseline show",
    "baseline merge",
    "baseline diff",
    "baseline noise",
    "baseline freeze",
    "baseline keygen",
    "models list",
    "models fetch",
    "models verify",
    "config check",
    "update apply",
    "update push",
    "update status",
    "update settle",
    "provision site",
    "provision image",
    "provision release",
    "provision node",
    "provision laptop",
    "provision revoke",
    "provision check",
    "provision notice",
    "provision sign",  # its older name
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_that_parses(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main([*command.split(), "--help"])
    assert done.value.code == 0
    assert re.search(rf"example:\s+spotter\s+{command.replace(' ', r's*')[:4]}", capsys.readouterr().out)


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert {command.split()[0] for command in COMMANDS} <= set(re.findall(r"^    ([\w-]+)\s", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["score", "nothing-here.jpg", "--baseline", "none.baseline"], "none.baseline"),
        (["baseline", "show", "none.baseline"], "spotter learn"),
        (["config", "check", "none.yaml"], "none.yaml"),
        (["node", "--broker", "nonsense"], "HOST:PORT"),
        (["node", "--broker", "host:99999"], "HOST:PORT"),
        (["node", "--config", "none.yaml"], "none.yaml"),
        (["learn", "x.jpg", "--out", "no/such/folder/x.baseline"], "folder does not exist"),
        (["models", "fetch", "no-such-model"], "no-such-model"),
        (["baseline", "freeze"], "baseline_key is missing"),
        (["baseline", "keygen", "--out", "no/such/folder/x.key"], "cannot be written"),
    ],
)
def test_bad_input_is_exit_code_2_and_two_lines_at_most(
    words: list[str],
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert "Traceback" not in error
    assert len(error.strip().splitlines()) <= 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("sqlalchemy", "\nspotter: sqlalchemy is not installed"),
        ("edge.booth.run", "\nModuleNotFoundError: import of edge.booth.run halted"),  # a defect of our own is shown
    ],
)
def test_a_node_says_what_it_lacks_to_be_a_booth(missing: str, said: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; from edge.cli import main; sys.exit(main(['booth']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode != 0
    assert said in "\n" + done.stderr


def test_usage_is_exit_code_2() -> None:
    for words in (["nonsense"], ["learn"], ["score", "x"]):
        with pytest.raises(SystemExit) as done:
            main(words)
        assert done.value.code == 2


@pytest.mark.parametrize("file", ["node.yaml", "booth.yaml", "centre/worker.yaml"])
def test_config_check_knows_every_kind(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", str(ROOT / "firmware-config" / file)]) == 0
    assert capsys.readouterr().out.endswith(f"valid as {Path(file).name}\n")


def test_the_program_is_installed() -> None:
    spotter = Path(sys.executable).with_name("spotter")
    done = subprocess.run([spotter, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("spotter 0.")


def test_readme_commands_exist() -> None:
    """Every command that README.md shows exists."""
    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"^spotter (\w+)", text, re.MULTILINE))
    assert named
    assert named <= {command.split()[0] for command in COMMANDS}
    for tool in re.findall(r"^(tools/\w+)", text, re.MULTILINE):
        assert (ROOT / tool).exists()
    for link in re.findall(r"\]\(([\w/.-]+)\)", text):
        assert (ROOT / link).exists(), link


def test_a_full_disk_behind_the_output_is_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        for words in (
            ["models", "list"],
            ["models", "list", "--json"],
            ["config", "check", "firmware-config/node.yaml"],
        ):
            done = run(words, stdout=full)
            assert done.returncode == 2
            assert done.stderr == "spotter: the output: No space left on device; free some space\n"


def test_a_terminal_that_knows_ascii_only_gets_escapes() -> None:
    words = ["models", "list", "--json"]
    plain, ascii_only = run(words), run(words, PYTHONIOENCODING="ascii")
    assert (ascii_only.returncode, ascii_only.stderr) == (0, "")
    assert json.loads(ascii_only.stdout) == json.loads(plain.stdout)
    strange = run(["config", "check", "caf\u00e9 \u2192 \U0001f600.yaml"], PYTHONIOENCODING="ascii")
    assert strange.stderr.startswith("spotter: caf\\u00e9 \\u2192 \\ud83d\\ude00.yaml: cannot be read")


def run(words: list[str], stdout: Any = subprocess.PIPE, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edge.cli", *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
        cwd=Path(__file__).parents[1],
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["provision", "check"],
        ["learn", "--out", "x.baseline"],
        ["score", "--baseline", "x.baseline"],
        ["provision", "node", "north", "--site-dir"],
        ["config", "check"],
    ],
)
def test_a_folder_that_may_not_be_read_is_one_sentence(
    words: list[str], ordinary_user: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = ordinary_user / "closed"
    closed.mkdir(mode=0)
    assert main([*words, str(closed / "x")]) == 2
    error = capsys.readouterr().err
    assert "Permission denied" in error or "cannot be read" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("port", ["70000", "-1", "http", "1.5"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["booth", f"--port={port}"])
    assert end.value.code == 2
    assert f"argument --port: expected a port from 0 to 65535, found '{port}'" in capsys.readouterr().err


def test_no_option_has_abbreviations(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["health", "--jso"], ["provision", "check", ".", "--liv"], ["--versio"], ["trends", "--sinc", "7d"]):
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code == 2
    assert "unknown: --jso;" in capsys.readouterr().err


def test_a_fault_of_ours_shows_no_password(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("edge.node.batch.run_learn", lambda *_, **__: int("rtsp://admin:Passw0rd@10.0.0.9/main"))
    assert main(["learn", "x", "--out", "y"]) == 1
    error = capsys.readouterr().err
    assert "ValueError: invalid literal for int() with base 10: 'rtsp://10.0.0.9/..." in error
    assert "Passw0rd" not in error


@pytest.mark.parametrize("url", ["postgresql://u:secretpw@127.0.0.1:1/x", "postgresql://u:secret pw@h:secretpw/x"])
def test_a_store_that_cannot_be_used_shows_no_password(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "booth.yaml").write_text(f"site: soho\nstore: '{url}'\npage_port: 0\n")
    assert main(["booth", "--config", str(tmp_path / "booth.yaml")]) == 2
    error = capsys.readouterr().err
    assert "store" in error
    assert "pw" not in error


def test_models_list_says_what_a_node_with_these_settings_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "node.yaml"
    settings.write_text("detection: {model: spotter-417x737, accelerator: cpu}\n")
    assert main(["models", "list", "--config", str(settings)]) == 0
    said = capsys.readouterr().out
    assert f"this node: spotter-417x737 on the CPU: its settings say `accelerator: cpu` (settings: {settings})" in said
    assert main(["models", "list"]) == 0
    assert "settings: the defaults" in capsys.readouterr().out
    settings.write_text("detection: {model: spotter-1x1}\n")
    assert main(["models", "list", "--config", str(settings)]) == 2
    assert "spotter-417x737" in capsys.readouterr().err, "the error says what there is"


def test_a_mistyped_command_gets_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    for words, nearest in ((["heath"], "health"), (["provision", "nodes"], "node"), (["update", "pusch", "x"], "push")):
        with pytest.raises(SystemExit) as done:
            main(words)
        assert done.value.code == 2
        assert f"did you mean {nearest}?" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["qqqq"])
    assert "choose from" in capsys.readouterr().err


def test_without_a_command_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    text = capsys.readouterr().out
    assert {command.split()[0] for command in COMMANDS} <= set(re.findall(r"^    ([\w-]+)\s", text, re.MULTILINE))


def test_bash_completes_commands(tmp_path: Path) -> None:
    pytest.importorskip("shtab")
    done = subprocess.run(
        [sys.executable, "-m", "edge.cli", "completion", "bash"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    script = tmp_path / "spotter"
    script.write_text(done.stdout)
    ask = f"source {script}; COMP_WORDS=(spotter prov); COMP_CWORD=1; _shtab_spotter; echo ${{COMPREPLY[@]}}"
    assert subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True).stdout == "provision\n"
