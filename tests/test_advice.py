"""Every command that is printed as advice, or shown as an example, is complete: the parser takes it as it is."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.cli import parser
from edge.updates.command import with_verb

ROOT = Path(__file__).parents[1]
COMMAND = re.compile(
    r"(?:^|`|: |&& |\b(?:run|with|from|sudo|see|or|again) )spotter ([a-z][a-z-]*\b(?:'[^']*'|[^;,()`\"'\n])*)"
)
"""A command after what introduces one; `does spotter booth run?` is no command."""
SAMPLES = {"DEGREES": "0", "N": "1", "...": ""}
"""Values for placeholders that must be numbers; other words in capitals are taken as they are."""


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every string of a file but docstrings, with its line; what an f-string fills in becomes `X`."""
    tree = ast.parse(path.read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | inner:
            yield node.lineno, node.value


def advised() -> list[tuple[str, str]]:
    return [
        (f"{path.relative_to(ROOT)}:{line}", found[1])
        for path in sorted((ROOT / "edge").rglob("*.py"))
        for line, text in strings(path)
        for found in COMMAND.finditer(re.sub(r"\{\w*\}", "X", text))
    ]


def words(command: str) -> list[str]:
    named = [SAMPLES.get(word, word) for word in shlex.split(command.partition(" > ")[0].strip().rstrip(".?! "))]
    return [word for word in named if word]


@pytest.mark.parametrize(
    ("where", "command"), advised(), ids=[f"{where} {command[:40]}" for where, command in advised()]
)
def test_advice_is_complete(where: str, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        parser().parse_args(with_verb(words(command)))
    except SystemExit as err:
        assert err.code == 0, f"{where}: spotter {command}: {capsys.readouterr().err.splitlines()[-1]}"  # noqa: PT017


def test_there_is_much_advice() -> None:
    found = [command for _, command in advised()]
    assert len(found) > 60
    assert any(command.startswith("provision image X --site-dir X --device /dev/sdX") for command in found)
