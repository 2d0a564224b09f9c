"""YAML is read as people mean it, or refused with its line; nothing of a value is ever in an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import yaml_file
from edge.errors import ConfigError
from edge.yaml_file import PROMISE

SECRET = "hunter2secret"


def complaint(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        yaml_file.read(text.encode(), "the file")
    return str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        *("045", "090", "-010", "0o17", "0b11", "1_000", "12:30", "190:20:30", "1:30.5", "1e5", "0x_", "9" * 400),
        *("yes", "No", "on", "OFF", "2001-12-14", "2001-12-14t21:59:43.1-05:00", "2001-13-45"),
        *("*alias", "&anchor word", "!tag word", "!!int 5", "="),
    ],
)
def test_a_doubtful_value_is_refused_with_its_place(value: str) -> None:
    assert complaint(f"node: north\nfacing: {value}\n").startswith("the file: line 2, column 9: expected ")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("45", 45), ("-3", -3), ("0", 0), ("0x1F", 31), (".5", 0.5), ("1.50", 1.5), ("1.0e+3", 1000.0), ("~", None)),
        *(("true", True), ("False", False), ("'045'", "045"), ('"yes"', "yes"), ("'2001-12-14'", "2001-12-14")),
        *(("00:11:22:33", "00:11:22:33"), ("192.168.50.1", "192.168.50.1"), ("[1, two]", [1, "two"]), ("4e1b", "4e1b")),
    ],
)
def test_what_means_the_same_to_everybody_is_read(text: str, value: object) -> None:
    assert yaml_file.read(f"a: {text}\n".encode(), "the file") == {"a": value}


@pytest.mark.parametrize(
    ("text", "line", "first"),
    [
        ("broker:\n  host: a\nnode: b\nbroker:\n  host: c\n", 4, 1),
        ("broker:\n  host: a\n  port: 1\n  host: c\n", 4, 2),
        ("nodes: {north: 1, north: 2}\n", 1, 1),
        ("'a': 1\na: 2\n", 2, 1),
    ],
)
def test_a_key_that_stands_there_twice_is_refused(text: str, line: int, first: int) -> None:
    said = complaint(text)
    assert said.startswith(f"the file: line {line}, column ")
    assert f"stands on line {first} too" in said


@pytest.mark.parametrize(
    "value",
    [
        *(f"[rtsp://admin:{SECRET}@10.0.0.9/main", f"*{SECRET}", f"&{SECRET} x", f"!{SECRET} x", f"%{SECRET}"),
        *(f"'{SECRET}", f"{SECRET}: {SECRET}", f'"\\q{SECRET}"', f"|{SECRET}", f"@{SECRET}", f"0{'7' * 9}"),
        *(f"{{{SECRET}", f"{SECRET}\n  {SECRET}\n {SECRET}: 1", f"{SECRET}\x01", f"{{{SECRET}: 1, b: !!x 2}}"),
    ],
)
def test_no_error_quotes_a_value(value: str) -> None:
    said = complaint(f"site: soho\nsource: {value}\n")
    assert "line " in said
    assert SECRET not in said
    assert "777" not in said


def test_a_deep_file_is_refused() -> None:
    assert "expected at most 30 levels" in complaint("a: " + "[" * 3000)
    assert "expected at most 30 levels" in complaint("a: " + "{b: " * 3000)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert "holds no settings" in complaint(text)


def test_settings_after_the_end_mark_are_told() -> None:
    assert "settings after the end mark" in complaint("a: 1\n...\nb: 2\n")


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\x85\u2028\u2029\ufeff")
    )
    | st.from_regex(r"[-+]?0?[0-9_:.oxbeE]{1,8}|yes|no|on|off|~|null|<<|=|\.\.\.|---", fullmatch=True)
)
files = st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), scalars | st.lists(scalars), min_size=1)


@given(files)
def test_what_is_written_reads_the_same_and_no_part_of_it_is_read(settings: dict[str, object]) -> None:
    data = yaml_file.write(settings, "Node ä of soho.")
    assert yaml_file.read(data, "the file") == settings
    assert yaml_file.read(data.replace(b"\n", b"\r\n"), "the file") == settings or b"\\" in data
    for end in range(len(data)):
        with pytest.raises(ConfigError):
            yaml_file.read(data[:end], "the file")


def test_a_file_written_by_people_needs_no_end_mark() -> None:
    assert yaml_file.read(b"a: 1", "the file") == {"a": 1}
    assert yaml_file.is_ended(b"a: 1\n...\n\n")
    assert PROMISE in yaml_file.write({"a": 1}, "About.").decode().splitlines()[0]
