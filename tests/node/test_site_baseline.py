"""A node accepts what its site signed for it, keeps it over restarts, and accepts nothing else."""

import logging
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.config import NodeConfig, ScoreSection
from edge.errors import ConfigError
from edge.node.site_baseline import KEPT, SiteBaseline
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.seams import Received
from edge.wire import problem
from tests.messages import NOW
from tests.outfits import RECIPE
from tests.sites import Site, learnt

TOPIC = "spotter/v1/booth/booth/baseline"


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return learnt(170)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def config(tmp_path: Path, site: Site) -> NodeConfig:
    return NodeConfig(state=str(tmp_path), score=ScoreSection(site_key=str(site.public)))


def tell(site_baseline: SiteBaseline, payload: bytes) -> None:
    site_baseline.receive(Received(TOPIC, payload, is_retained=True))


def test_what_the_site_signed_is_taken_and_kept(config: NodeConfig, site: Site, baseline: Baseline) -> None:
    site_baseline = SiteBaseline(config, RECIPE)
    assert site_baseline.instruction is None
    tell(site_baseline, site.payload(baseline))
    for one in (site_baseline, SiteBaseline(config, RECIPE)):
        assert one.instruction is not None
        assert one.instruction.baseline is not None
        assert one.instruction.id == baseline_file.baseline_id(baseline)
        assert baseline_file.baseline_id(one.instruction.baseline) == one.instruction.id
        assert (one.refused, one.problem) == (0, None)


def test_said_again_it_is_no_new_order(config: NodeConfig, site: Site, baseline: Baseline) -> None:
    site_baseline = SiteBaseline(config, RECIPE)
    tell(site_baseline, site.payload(baseline))
    instruction = site_baseline.instruction
    tell(site_baseline, site.payload(baseline))
    tell(site_baseline, site.payload(baseline, at=NOW + 60))
    assert site_baseline.instruction is instruction


def test_collecting_again_outlives_a_restart_too(config: NodeConfig, site: Site, baseline: Baseline) -> None:
    site_baseline = SiteBaseline(config, RECIPE)
    tell(site_baseline, site.payload(baseline))
    tell(site_baseline, site.payload(None, at=NOW + 60))
    tell(site_baseline, site.payload(baseline))
    assert site_baseline.problem == problem("baseline-older", 1)
    for one in (site_baseline, SiteBaseline(config, RECIPE)):
        assert one.instruction is not None
        assert (one.instruction.baseline, one.instruction.id) == (None, "")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda good, other: good[: len(good) // 2], "damaged"),
        (lambda good, other: b"{}", "damaged"),
        (lambda good, other: other.payload(learnt(60), site="booth"), "unsigned"),
        (lambda good, other: good.replace(b'"sightings":170', b'"sightings":171'), "unsigned"),
    ],
)
def test_what_was_spoilt_on_the_way_is_refused_and_the_running_one_stays(
    config: NodeConfig, site: Site, baseline: Baseline, tmp_path: Path, spoil: object, code: str
) -> None:
    assert callable(spoil)
    site_baseline = SiteBaseline(config, RECIPE)
    tell(site_baseline, site.payload(baseline))
    instruction, kept = site_baseline.instruction, (tmp_path / KEPT).read_bytes()
    tell(site_baseline, spoil(site.payload(baseline), Site(tmp_path, "other")))
    assert site_baseline.instruction is instruction
    assert (tmp_path / KEPT).read_bytes() == kept
    assert site_baseline.refused == 1
    assert site_baseline.problem == problem(f"baseline-{code}", 1)
    tell(site_baseline, site.payload(baseline))
    assert site_baseline.problem is None, "mended"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"site": "soho"}, "unsigned"),
        ({"recipe": "0123456789ab"}, "recipe"),
        ({"id": "0123456789ab"}, "mismatch"),
        ({"baseline": b"torn"}, "damaged"),
        (
            {"baseline": baseline_file.to_bytes(Baseline(msgspec.structs.replace(RECIPE, textures=2)))},
            "mismatch",
        ),
    ],
)
def test_what_the_site_signed_but_this_node_cannot_use_is_refused(
    config: NodeConfig, site: Site, baseline: Baseline, changes: dict[str, Any], code: str
) -> None:
    site_baseline = SiteBaseline(config, RECIPE)
    tell(site_baseline, site.payload(baseline, **changes))
    assert site_baseline.instruction is None
    assert site_baseline.problem == problem(f"baseline-{code}", 1)


@given(payload=st.binary(min_size=1))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused(config: NodeConfig, payload: bytes) -> None:
    site_baseline = SiteBaseline(config, RECIPE)
    tell(site_baseline, payload)
    assert (site_baseline.instruction, site_baseline.refused) == (None, 1)
    assert site_baseline.problem == problem("baseline-damaged", 1)


def test_a_broker_that_forgot_changes_nothing(config: NodeConfig, site: Site, baseline: Baseline) -> None:
    site_baseline = SiteBaseline(config, RECIPE)
    tell(site_baseline, site.payload(baseline))
    instruction = site_baseline.instruction
    tell(site_baseline, b"")
    assert (site_baseline.instruction is instruction, site_baseline.problem) == (True, None)


def test_what_was_kept_is_checked_again(config: NodeConfig, site: Site, baseline: Baseline, tmp_path: Path) -> None:
    tell(SiteBaseline(config, RECIPE), site.payload(baseline))
    kept = (tmp_path / KEPT).read_bytes()
    (tmp_path / KEPT).write_bytes(kept.replace(b'"nodes":["camera-1"]', b'"nodes":["camera-2"]'))
    site_baseline = SiteBaseline(config, RECIPE)
    assert site_baseline.instruction is None
    assert site_baseline.problem == problem("baseline-unsigned", 1)
    (tmp_path / KEPT).write_bytes(kept)
    updated = SiteBaseline(config, msgspec.structs.replace(RECIPE, model="ba9876543210"))
    assert updated.instruction is None
    assert updated.problem == problem("baseline-recipe", 1)


def test_without_the_sites_key_nothing_is_taken_and_that_is_said(
    config: NodeConfig, site: Site, baseline: Baseline, tmp_path: Path
) -> None:
    site_baseline = SiteBaseline(msgspec.structs.replace(config, score=ScoreSection()), RECIPE)
    tell(site_baseline, site.payload(baseline))
    assert site_baseline.instruction is None
    assert site_baseline.problem == problem("baseline-no-key", 1)
    assert not (tmp_path / KEPT).exists()


def test_a_file_named_by_hand_stands_above_the_booth(
    config: NodeConfig, site: Site, baseline: Baseline, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    tell(SiteBaseline(config, RECIPE), site.payload(baseline))
    section = ScoreSection(site_key=str(site.public), baseline="soho.baseline")
    site_baseline = SiteBaseline(msgspec.structs.replace(config, score=section), RECIPE)
    tell(site_baseline, site.payload(baseline, at=NOW + 1))
    assert (site_baseline.instruction, site_baseline.problem) == (None, None)
    assert "score.baseline names a file" in caplog.text


def test_a_key_that_is_none_ends_the_node_at_its_start(config: NodeConfig, tmp_path: Path) -> None:
    section = ScoreSection(site_key=str(tmp_path / "none.pub"))
    with pytest.raises(ConfigError, match=r"none\.pub: expected the site's public key"):
        SiteBaseline(msgspec.structs.replace(config, score=section), RECIPE)
