"""Every setting survives a round trip, and every mistake is reported with file, key and what was expected."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import (
    AlertSection,
    BoothConfig,
    BrokerSection,
    JoinSection,
    NodeConfig,
    PageSection,
    PrivacySection,
    Tls,
    WorkerConfig,
    dump,
    load,
    parse,
)
from edge.errors import ConfigError

FIXTURES = Path(__file__).parent / "config"
EXPECTED = {
    "unknown-key": r"broker: Object contains unknown field `prot`",
    "wrong-type": r"broker\.port: Expected `int`, got `str`",
    "port-out-of-range": r"broker\.port: Expected `int` <= 65535",
    "site-is-a-wildcard": r"site: Expected `str` matching regex",
    "node-with-capitals": r"node: Expected `str` matching regex",
    "threshold-over-one": r"detection\.person_threshold: Expected `float` <= 1\.0",
    "tls-without-key": r"broker\.tls: Object missing required field `key`",
    "not-yaml": r"is not YAML .*line 2",
    "not-a-mapping": r"top level: Expected `object`, got `array`",
    "not-text": r"cannot be read",
    "booth-unknown-hint": r"privacy\.hint: Invalid enum value 'detailed'",
    "booth-alerts-on-everybody": r"alert\.one_in: Expected `float` >= 10\.0",
    "booth-facing-out-of-range": r"nodes.*: Expected `int` <= 359",
    "booth-page-password-itself": r"page: Object contains unknown field `password`",
    "worker-alerts": r"top level: Object contains unknown field `alert`",
    "booth-never-forgets": r"retention_h: Expected `float` > 0\.0",
}


def test_every_fixture_is_expected() -> None:
    assert {path.stem.removeprefix("invalid-") for path in FIXTURES.glob("*.yaml")} == set(EXPECTED)


@pytest.mark.parametrize("why", EXPECTED)
def test_invalid(why: str) -> None:
    path = FIXTURES / f"invalid-{why}.yaml"
    schema: type[Any] = {"booth": BoothConfig, "worker": WorkerConfig}.get(why.split("-", maxsplit=1)[0], NodeConfig)
    with pytest.raises(ConfigError, match=EXPECTED[why]) as caught:
        load(path, schema)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="give the path of a YAML file"):
        load(tmp_path / "nowhere.yaml", NodeConfig)


@pytest.mark.parametrize("schema", [NodeConfig, BoothConfig])
@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n...\n"])
def test_an_empty_file_is_refused(schema: type[Any], text: str) -> None:
    with pytest.raises(ConfigError, match="holds no settings: it is empty, or was cut off"):
        parse(text.encode(), schema, "empty.yaml")


names = st.from_regex(r"[a-z0-9-]{3,32}", fullmatch=True)
paths = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\x85\u2028\u2029\ufeff")
)
brokers = st.builds(
    BrokerSection,
    host=paths,
    port=st.integers(1, 65535),
    keepalive_s=st.integers(2, 3600),
    tls=st.none() | st.builds(Tls, ca=paths, certificate=paths, key=paths),
)
configs = (
    st.builds(NodeConfig, site=names, node=names, facing=st.none() | st.integers(0, 359), broker=brokers)
    | st.builds(
        BoothConfig,
        site=names,
        store=paths,
        centre=st.booleans(),
        retention_h=st.floats(0.01, 1e4),
        page=st.builds(PageSection, password_file=paths, tls_cert=paths, hosts=st.lists(names, max_size=3)),
        nodes=st.dictionaries(names, st.none() | st.integers(0, 359), max_size=3),
        broker=brokers,
        alert=st.builds(AlertSection, one_in=st.floats(10, 1e6), expires_s=st.integers(5, 600)),
        join=st.builds(JoinSection, window_s=st.floats(0.1, 60), slack_s=st.floats(0, 60)),
        privacy=st.builds(PrivacySection, hint=st.sampled_from(["none", "coarse"])),
    )
    | st.builds(WorkerConfig, store=paths, group=names, retention_h=st.floats(0.01, 1e4), broker=brokers)
)


@given(configs)
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, config: NodeConfig | BoothConfig | WorkerConfig) -> None:
    path = tmp_path_factory.getbasetemp() / "config.yaml"
    path.write_bytes(dump(msgspec.to_builtins(config), "About."))
    kind: Any = type(config)
    assert load(path, kind) == config


@pytest.mark.parametrize(
    "text", ["site: 2001-13-45", "site: 0x_", f"page_port: {'9' * 5000}", "site: !!timestamp x", "site: " + "[" * 3000]
)
def test_what_breaks_the_yaml_parser_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^booth.yaml: line 1, column \d+: expected"):
        parse(text.encode(), BoothConfig, "booth.yaml")


@pytest.mark.parametrize(
    "store",
    [
        *("sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite+pysqlite://", "sqlite:///file::memory:?uri=true"),
        "sqlite:///file:x?mode=memory&uri=true",
    ],
)
@pytest.mark.parametrize("kind", [BoothConfig, WorkerConfig])
def test_a_store_in_memory_is_refused(store: str, kind: type[Any]) -> None:
    with pytest.raises(ConfigError, match=r"expected a file .*found SQLite in memory"):
        parse(f"group: centre\nstore: '{store}'\n".encode()[(kind is BoothConfig) * 14 :], kind, "the file")


@pytest.mark.parametrize("store", ["sqlite:///booth.sqlite", "sqlite:////var/lib/memory/x.sqlite", "postgresql:///x"])
def test_other_stores_are_not(store: str) -> None:
    assert parse(f"store: {store}\n".encode(), BoothConfig, "booth.yaml").store == store


def test_for_ever_is_no_duration() -> None:
    with pytest.raises(ConfigError, match="retention_h"):
        parse(b"retention_h: .inf", BoothConfig, "booth.yaml")
