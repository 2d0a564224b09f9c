"""YAML files as people read them: bytes to plain values, and back. Only this file imports yaml.

YAML 1.1 takes `045` for 37, `12:30` for 750 and `no` for false, and the last of two equal keys wins. All of these are
refused with their line. So are aliases, anchors and tags, which no file of ours needs: they are text without quotes.
No value is quoted in an error, as it may be a password.

A file that `write` made says in a comment that it ends with `...`, YAML's end mark, so that a shortened one is
noticed at whatever byte it ends.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml import MappingNode, ScalarNode
from yaml.error import Mark
from yaml.nodes import Node

from edge.errors import ConfigError

PROMISE = "A whole file ends with the line `...`."
"""What the comment at the top of a written file says."""
END = "...\n"
_PROMISED = re.compile(rb"^#.*" + re.escape(PROMISE.encode()), re.MULTILINE)
_ENDED = re.compile(rb"(?:^|\n)\.\.\.[ \t]*\r?\n\s*\Z")
DEEPEST = 30
"""Most levels of nesting."""
_TAG = "tag:yaml.org,2002:"
_PLAIN = {
    f"{_TAG}bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    f"{_TAG}null": re.compile(r"~|null|Null|NULL|"),
    f"{_TAG}int": re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})|0x[0-9a-fA-F]{1,15}"),
    f"{_TAG}float": re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.nan"),
}
"""What is read as these without quotes; it means the same in YAML 1.1, in YAML 1.2 and to people."""
_DOUBTFUL = f"{_TAG}doubtful"
_NUMBERS = re.compile(r"(?:[-+]?0[0-9_]+|0o[0-7_]+|[-+]?[0-9]+[eE][-+]?[0-9]+)\Z")
"""Numbers that YAML 1.1 takes for text, though YAML 1.2 and people do not."""
_WHY = {
    f"{_TAG}bool": "expected true or false, or quotes around a word such as yes, no, on or off",
    f"{_TAG}timestamp": "expected quotes around a date",
}
_NUMBER = (
    "expected a plain number such as 45, or quotes around text: YAML takes a leading 0 for base 8, colons for base 60"
)
_QUOTES = "expected quotes around text that begins with & or * or !, or is << or ="


class _Reader(yaml.SafeLoader):
    """PyYAML's safe loader, strict; raises _Refused."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """Compose one node, without what is refused."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        is_alias = isinstance(event, yaml.AliasEvent)
        if is_alias or getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            _refuse(event.start_mark, _QUOTES)
        self.depth += 1
        if self.depth > DEEPEST:
            _refuse(event.start_mark, f"expected at most {DEEPEST} levels, found more brackets")
        node = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(node, ScalarNode) and node.style is None:
            _check_plain(node)
        if isinstance(node, MappingNode):
            _check_keys(node)
        return node


class _Writer(yaml.SafeDumper):
    """PyYAML's safe dumper; quotes what _Reader would refuse without quotes, too."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


for _kind in (_Reader, _Writer):
    _kind.add_implicit_resolver(_DOUBTFUL, _NUMBERS, list("-+0123456789"))


class _Refused(yaml.MarkedYAMLError):
    """Valid YAML that does not mean what it seems to."""


def contents(path: str | Path) -> bytes:
    """Return what the file holds; raises ConfigError."""
    try:
        return Path(path).read_bytes()
    except OSError as err:
        raise ConfigError(f"{path}: cannot be read ({err.strerror}); give the path of a YAML file") from err


def read(data: bytes, name: object) -> Any:
    """Return the values in `data`, the contents of the file `name`.

    Raises ConfigError, with the line, for what is no YAML, doubtful, cut off or empty.
    """
    if _PROMISED.search(data) and not is_ended(data):
        raise ConfigError(
            f"{name}: was cut off: it says that it ends with the line `...`, and it does not; make it again or copy it "
            "again; after changes by hand, see to it that this is its last line"
        )
    try:
        found = yaml.load(data.decode("utf-8"), _Reader)  # noqa: S506 - a safe loader
    except UnicodeDecodeError as err:
        raise ConfigError(f"{name}: cannot be read ({err}); give the path of a YAML file") from err
    except _Refused as err:
        raise ConfigError(f"{name}: {_place(err.problem_mark)}: {err.problem}") from None
    except yaml.MarkedYAMLError as err:
        raise ConfigError(f"{name}: is not YAML ({_place(err.problem_mark)}: {_said(err)})") from None
    except yaml.reader.ReaderError as err:
        line = data.decode("utf-8")[: err.position].count("\n") + 1
        raise ConfigError(f"{name}: is not YAML (line {line}: a character that no text has)") from None
    if found is None:
        raise ConfigError(f"{name}: holds no settings: it is empty, or was cut off; make it again or copy it again")
    return found


def write(settings: Mapping[str, Any], about: str = "") -> bytes:
    """Return the settings as YAML that `read` reads; with the comment `about`, as a file that has an end mark."""
    text = yaml.dump(settings, Dumper=_Writer, sort_keys=False, allow_unicode=True)
    return (f"# {about} {PROMISE}\n{text}{END}" if about else text).encode()


def is_ended(data: bytes) -> bool:
    r"""Return whether a file's contents end with the end mark.

    >>> is_ended(b"site: soho\n...\n"), is_ended(b"site: soho")
    (True, False)
    """
    return _ENDED.search(data) is not None


def with_lines(data: bytes, lines: str) -> bytes:
    r"""Return the file's contents with more lines at its end, above the end mark.

    >>> with_lines(b"a: 1\n...\n", "b: 2\n")
    b'a: 1\nb: 2\n...\n'
    """
    if not is_ended(data):
        return data + lines.encode()
    return data[: data.rindex(b"...")] + lines.encode() + END.encode()


def _check_plain(node: ScalarNode) -> None:
    """Raise _Refused for a value without quotes that others might read as another value."""
    if node.tag == f"{_TAG}str":
        return
    plain = _PLAIN.get(node.tag)
    if plain is None or not plain.fullmatch(node.value):
        is_number = node.tag in (_DOUBTFUL, f"{_TAG}int", f"{_TAG}float")
        _refuse(node.start_mark, _NUMBER if is_number else _WHY.get(node.tag, _QUOTES))


def _check_keys(node: MappingNode) -> None:
    """Raise _Refused for a key that stands there twice, or is no single word or number."""
    seen: dict[str, Mark] = {}
    for key, _ in node.value:
        if not isinstance(key, ScalarNode):
            _refuse(key.start_mark, "expected a word as the key, found brackets")
        if key.value in seen:
            _refuse(key.start_mark, f"the key {key.value} stands on line {seen[key.value].line + 1} too: keep one")
        seen[key.value] = key.start_mark


def _refuse(mark: Mark, problem: str) -> NoReturn:
    raise _Refused(problem=problem, problem_mark=mark)


def _place(mark: Mark | None) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else "at its end"


def _said(err: yaml.MarkedYAMLError) -> str:
    """Return PyYAML's complaint; of what it quotes only single characters and names of tokens."""
    problem = " ".join((err.problem or "it ends too soon").split())
    if "<document start>" in problem or "another document" in problem:
        return "settings after the end mark `...`: move them above it"
    return re.sub(r"'([^']*)'", lambda found: found[0] if found[1][:1] in "<\\" else _short(found[0]), problem)


def _short(quoted: str) -> str:
    return quoted if len(quoted) == len("'x'") else "a word"
