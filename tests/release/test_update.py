"""A signed release is kept if the node is healthy with it; in every other case the one before runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli import main
from edge.errors import ProvisionError
from edge.node.system_notices import system_notices
from edge.release.install import Release, run_program
from edge.release.update import run_update
from edge.wire import Problem
from tests.conftest import REPOSITORY
from tests.release.nodes import Node, Site, Status, well

IN_TIME_S = 180.0
"""Seconds within which an unhealthy release must be gone."""

pytestmark = pytest.mark.usefixtures("no_disk_waits")


def test_a_healthy_release_stays(node: Node, old: Release, new: Release) -> None:
    before = node.clock.monotonic()
    outcome = node.update.apply(new.folder)
    assert outcome == (True, f"release {new.id} runs; {old.id} stays installed")
    assert node.runs() == f"spotter {new.id}\n"
    assert 120 <= node.clock.monotonic() - before <= IN_TIME_S
    assert not (node.home / "back").is_symlink()
    assert not node.service.is_guarded
    assert node.service.started_at is not None
    assert node.problem == ""


def test_releases_but_the_last_two_are_deleted(node: Node, signing_site: Site, old: Release, new: Release) -> None:
    node.update.apply(new.folder)
    newest = signing_site.release("0.2.1")
    node.update.apply(newest.folder)
    assert {path.name for path in (node.home / "releases").iterdir()} == {new.id, newest.id}


def test_the_running_release_is_left_alone(node: Node, old: Release) -> None:
    before, starts = node.tree(), node.service.starts
    assert node.update.apply(old.folder) == (True, f"release {old.id} is running already")
    assert (node.tree(), node.service.starts) == (before, starts)


def freezes(after_s: float) -> str:
    return well(min(after_s, 60))


def fails(after_s: float) -> str:
    return well(after_s) if after_s < 110 else well(after_s).replace("ok,", "failing,")


UNHEALTHY: dict[str, tuple[Status, str]] = {
    "dies at once": (lambda _: None, "it stopped by itself"),
    "dies later": (lambda after_s: well(after_s) if after_s < 115 else None, "it stopped by itself"),
    "says nothing": (lambda _: "", "it processed no frame in"),
    "has no camera": (lambda _: "failing, 0 frames, broker connected", "it processed no frame in"),
    "freezes": (freezes, "it processed no frame for"),
    "fails": (fails, "its own heartbeat says failing"),
    "loses the booth": (lambda after_s: well(after_s).replace("connected", "away"), "it did not reach the broker"),
}


@pytest.mark.parametrize(("status", "reason"), UNHEALTHY.values(), ids=UNHEALTHY)
def test_an_unhealthy_release_is_gone_within_three_minutes(
    node: Node, old: Release, new: Release, status: Status, reason: str
) -> None:
    node.statuses[new.id] = status
    before, began = node.tree(), node.clock.monotonic()
    outcome = node.update.apply(new.folder)
    assert not outcome.is_kept
    assert outcome.sentence.startswith(f"The update to {new.id} failed: {reason}")
    assert node.clock.monotonic() - began <= IN_TIME_S
    assert node.runs() == f"spotter {old.id}\n"
    assert node.service.started_at is not None
    assert not node.service.is_guarded
    assert system_notices(node.root / "run/spotter") == [Problem("update-failed")]
    assert node.problem.strip() == outcome.sentence
    after = node.tree()
    del after["run/spotter/update.txt"]
    assert after == before


def test_a_degraded_node_and_a_booth_that_is_away_are_no_reason(node: Node, old: Release, new: Release) -> None:
    def weak(after_s: float) -> str:
        return well(after_s).replace("ok,", "degraded,").replace("connected", "away")

    node.statuses |= {old.id: weak, new.id: weak}
    assert node.update.apply(new.folder).is_kept


def test_a_later_update_that_succeeds_takes_the_sentence_back(node: Node, new: Release) -> None:
    node.statuses[new.id] = lambda _: None
    node.update.apply(new.folder)
    assert node.problem
    del node.statuses[new.id]
    assert node.update.apply(new.folder).is_kept
    assert node.problem == ""


def test_a_forced_recipe_starts_from_nothing_and_puts_the_counts_aside(
    node: Node, old: Release, other: Release
) -> None:
    counted = (node.state / "collected.baseline").read_bytes()
    assert node.update.apply(other.folder, is_forced=True).is_kept
    assert (node.state / "collected.baseline").read_bytes() == b"counted by " + other.id.encode()
    assert (node.home / "aside" / old.id / "collected.baseline").read_bytes() == counted


def test_a_forced_recipe_that_fails_gives_the_counts_back(node: Node, other: Release) -> None:
    node.statuses[other.id] = lambda _: ""
    before = node.tree()
    assert not node.update.apply(other.folder, is_forced=True).is_kept
    assert node.tree().items() >= before.items()
    assert not (node.home / "aside").exists()


def test_counts_of_another_size_stay_with_the_same_weights(node: Node, old: Release, new: Release) -> None:
    """A release names the recipe of the default model; this node's counts come from another size of it."""
    (node.state / "frozen.json").write_text(json.dumps({"v": 1, "mode": "spot", "recipe": "1" * 12}))
    assert new.recipe == old.recipe != "1" * 12
    assert node.update.apply(new.folder).is_kept


def test_two_at_a_time_are_one_too_many(node: Node, new: Release) -> None:
    def second(after_s: float) -> str:
        with pytest.raises(ProvisionError, match="another update is running"):
            node.update.recover()
        return well(after_s)

    node.statuses[new.id] = second
    assert node.update.apply(new.folder).is_kept


def test_an_interrupted_update_goes_back(node: Node, old: Release, new: Release) -> None:
    def interrupt(after_s: float) -> str:
        if after_s > 60:
            raise KeyboardInterrupt
        return well(after_s)

    node.statuses[new.id] = interrupt
    with pytest.raises(KeyboardInterrupt):
        node.update.apply(new.folder)
    assert node.runs() == f"spotter {old.id}\n"
    assert "was interrupted (KeyboardInterrupt)" in node.problem
    assert node.service.started_at is not None


def kills(template: Path, work: Path, *release: Path) -> list[Node]:
    """Return the node as each kill left it, and last as it is without a kill; see kills.py."""
    words = [sys.executable, "-m", "tests.release.kills", *map(str, (template, work, *release))]
    subprocess.run(words, cwd=REPOSITORY, check=True)
    return [Node(path) for path in sorted(work.iterdir(), key=lambda path: int(path.name))]


def counts(node: Node) -> bytes:
    return (node.state / "collected.baseline").read_bytes()


@pytest.fixture(scope="module")
def killed_updates(
    tmp_path_factory: pytest.TempPathFactory, signing_site: Site, old: Release, other: Release
) -> list[Path]:
    """Folders of nodes whose forced update was killed at each change in turn, and of one that was not."""
    folder = tmp_path_factory.mktemp("killed")
    Node(folder / "node").provision(old, signing_site.folder / "release.pub")
    return [left.root.parent for left in kills(folder / "node", folder / "work", other.folder)]


def test_killed_before_every_change_in_turn(
    tmp_path: Path, node: Node, old: Release, other: Release, killed_updates: list[Path]
) -> None:
    """After the kill either the power comes back, or the update is started again."""
    copies = shutil.copytree(killed_updates[0].parent, tmp_path / "work", symlinks=True)
    *killed, whole = (Node(copies / path.name) for path in killed_updates)
    assert len(killed) >= 30
    fates = []
    for at, left in enumerate(killed):
        is_on_trial = (left.home / "back").is_symlink()
        was_kept = left.current == other.id and not is_on_trial
        fates.append(is_on_trial + 2 * was_kept)
        orders = left.log.read_text().split()
        if "stop" in orders and not was_kept:
            assert orders[orders.index("stop") - 1] == "guard", "nobody would start it again"
            assert "unguard" not in orders
        again = tmp_path / "again"
        shutil.copytree(left.root.parent, again, symlinks=True)

        said = left.update.recover()  # the next boot, or the guard
        assert left.problem.strip() == said
        assert bool(said) == is_on_trial
        assert left.runs() == f"spotter {other.id if was_kept else old.id}\n"
        assert not (left.home / "back").is_symlink()
        assert was_kept or counts(left) == counts(node)

        for later in (left, Node(again)):
            assert later.update.apply(other.folder, is_forced=True).is_kept
            shutil.rmtree(later.root / "run", ignore_errors=True)
            assert later.tree().keys() == whole.tree().keys(), f"killed before change {at}"
        shutil.rmtree(again)
    assert fates == sorted(fates), "first as before, then on trial, then kept"
    assert set(fates) == {0, 1, 2}


def test_settling_is_killed_before_every_change_in_turn(
    tmp_path: Path, node: Node, old: Release, other: Release, killed_updates: list[Path]
) -> None:
    tried = [Node(path) for path in killed_updates]
    on_trial = [left for left in tried if (left.home / "back").is_symlink() and left.current == other.id]
    killed = kills(on_trial[-1].root.parent, tmp_path / "settling")
    assert len(killed) > 10
    for left in killed:
        left.update.recover()
        assert left.runs() == f"spotter {old.id}\n"
        assert counts(left) == counts(node)
        assert not (left.home / "back").is_symlink()
        assert not (left.home / "aside").exists()
        assert left.problem == f"The update to {other.id} failed: the update was interrupted. {old.id} runs again.\n"


def test_a_unit_that_does_not_stop_is_left_to_the_guard(node: Node, old: Release, new: Release) -> None:
    """The link leads back at once, whatever systemctl says."""

    def freeze(after_s: float) -> str:
        node.service.hangs = True
        return freezes(after_s)

    node.statuses[new.id] = freeze
    with pytest.raises(ProvisionError, match="timed out"):
        node.update.apply(new.folder)
    assert node.runs() == f"spotter {old.id}\n"
    assert node.service.is_guarded
    node.service.hangs = False
    assert "it processed no frame for" in node.update.recover()
    assert node.service.started_at is not None
    assert not node.service.is_guarded


def test_nothing_to_settle_is_said(node: Node) -> None:
    before = node.tree()
    assert node.update.recover() == ""
    assert node.tree() == before


def test_a_node_without_releases_is_told_so(tmp_path: Path, new: Release) -> None:
    with pytest.raises(ProvisionError, match="no release is installed here"):
        Node(tmp_path).update.apply(new.folder)


@pytest.mark.parametrize("is_well", [True, False])
def test_the_command_says_what_runs(
    node: Node, new: Release, *, is_well: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    node.statuses[new.id] = well if is_well else freezes
    code, said = run_update(new.folder, is_forced=False, update=node.update), capsys.readouterr()
    if is_well:
        assert (code, said.out.partition(";")[0]) == (0, f"release {new.id} runs")
    else:
        assert (code, said.out) == (1, "")
        assert f"The update to {new.id} failed: it processed no frame" in said.err
    assert run_update(None, is_forced=False, update=node.update) == 0
    assert capsys.readouterr().out == "no update was interrupted\n"


def test_the_command_is_roots_alone(
    new: Release, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["update", str(new.folder)]) == 2
    assert "sudo spotter update" in capsys.readouterr().err


def test_a_disk_that_is_full_for_a_link_is_no_traceback(
    node: Node, old: Release, new: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, _target: str) -> None:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "symlink_to", full)
    with pytest.raises(ProvisionError, match="No space left on device"):
        run_update(new.folder, is_forced=False, update=node.update)
    assert node.runs() == f"spotter {old.id}\n"


@pytest.mark.slow
def test_real_wheels_in_real_environments(tmp_path: Path, signing_site: Site, old: Release, new: Release) -> None:
    node = Node(tmp_path / "node")
    node.run = run_program
    node.provision(old, signing_site.folder / "release.pub")
    node.service.start()
    assert node.runs() == "spotter 0.1.0\n"
    assert node.update.apply(new.folder).is_kept
    assert node.runs() == "spotter 0.2.0\n"
