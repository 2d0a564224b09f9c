"""A signed release to one that runs and was healthy for two minutes, or to the release before.

/opt/spotter/current -> releases/NEW     what the unit runs
/opt/spotter/back    -> releases/OLD     there exactly while NEW is on trial: whoever finds it goes back
/opt/spotter/aside/OLD/                  baselines that OLD can use and NEW, which was forced, cannot

The link is put there before anything else changes and its removal is what makes NEW stay. So a program that is killed
or a power cut leaves either no trial, or one that `spotter update --settle` ends (systemd/spotter-update.service): at
the next boot before the node starts, else when the guard's minutes are over, else with the next `spotter update`.
"""

import contextlib
import fcntl
import logging
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from edge import atomic_file
from edge.clock import SystemClock
from edge.config import NodeConfig, load
from edge.errors import ProvisionError
from edge.places import ETC, HOME, SAID, STATE
from edge.release.install import MANIFEST, Release, Run, install, read_release, run_program, switch, wheels_for
from edge.release.orphaned_baselines import forget, orphans, put_aside, put_back, recipe_of
from edge.release.signature import read_signed
from edge.release.systemd import SystemdService
from edge.release.trial import Trial
from edge.seams import Clock, Service

log = logging.getLogger(__name__)

PROBLEM = SAID / "update.txt"
"""What went wrong, in a sentence."""
BACK = "back"
POLL_S = 2.0
GROWTH = 1.5
"""Installed size over the wheels' contents: Python is compiled (measured: 1.12 over all of them)."""
SPARE_MB = 200.0
"""So much stays free: below, the node's health complains."""


class TrialResult(NamedTuple):
    """How a trial ended."""

    is_kept: bool
    sentence: str


class Update:
    """Owner of /opt/spotter under `root`: `apply` a release, or `recover` what was left unfinished."""

    def __init__(self, root: Path, service: Service, clock: Clock, run: Run = run_program) -> None:
        self._root, self._service, self._clock, self._run = root, service, clock, run
        self._home, self._state = root / HOME, root / STATE

    def apply(self, folder: Path, *, is_forced: bool = False) -> TrialResult:
        """Try the release in that folder. Raises EdgeError, with the old one still running, for one that is refused."""
        with self._alone():
            self._recover()
            old = self._current()
            release = read_signed(folder, self._root / ETC / "release.pub")
            if release.id == old:
                return TrialResult(is_kept=True, sentence=f"release {old} runs already")
            config = load(self._root / ETC / "node.yaml", NodeConfig)
            orphaned = [] if self._is_same_recipe(old, release) else self._orphans(release, config, is_forced=is_forced)
            self._install(release)
            return self._try(old, release.id, orphaned, config.health_s)

    def recover(self) -> str:
        """Back to the old release if a trial was left unfinished: says so in a sentence; empty if there was none."""
        with self._alone():
            return self._recover()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            handle = os.open(self._home / "releases", os.O_RDONLY)
        except OSError as err:
            raise ProvisionError(
                f"{err.filename}: no release is installed here; start this node from its card"
            ) from err
        try:
            self._lock(handle)
            yield
        finally:
            os.close(handle)

    def _lock(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            raise ProvisionError("another update is at work; try again when it is done, in four minutes") from err

    def _current(self) -> str:
        """The release that the unit runs."""
        return (self._home / "current").readlink().name

    def _aside(self, release: str) -> Path:
        return self._home / "aside" / release

    def _is_same_recipe(self, old: str, release: Release) -> bool:
        """Then the baselines of this node's model stay usable too, whichever size of the default's weights that is.

        A release's `recipe` is the default model's; the other sizes are made from its file (tools/training/sizes.py).
        """
        try:
            return read_release(self._home / "releases" / old).recipe == release.recipe
        except ProvisionError:
            return False

    def _orphans(self, release: Release, config: NodeConfig, *, is_forced: bool) -> list[Path]:
        """Baselines the release cannot go on with; raises ProvisionError unless that was asked for."""
        named = Path(config.score.baseline) if config.score.baseline else None
        found = orphans(self._state, release.recipe)
        if named and (recipe := recipe_of(named)) not in ("", release.recipe):
            raise ProvisionError(
                f"release {release.id}: cannot use {named} (recipe {recipe}, the release's is {release.recipe}), which "
                "score.baseline in node.yaml names; learn it anew with the release's model first, or take it out there"
            )
        if found and not is_forced:
            raise ProvisionError(
                f"release {release.id}: has another recipe ({release.recipe}) than {', '.join(map(str, found))}; all "
                "that this node has counted would be of no more use; --force starts from nothing"
            )
        return found

    def _install(self, release: Release) -> None:
        """Beside the old one; raises ProvisionError, and leaves nothing, if it is not for this node."""
        place = self._home / "releases" / release.id
        try:
            self._make_room(release)
            install(release, self._root, self._run)
            log.info("release %s is installed", release.id)
            spotter, settings = place / "venv/bin/spotter", self._root / ETC / "node.yaml"
            self._run([str(spotter), "config", "check", str(settings)])
        except (ProvisionError, OSError) as err:
            self._discard(place)
            raise ProvisionError(f"release {release.id} is refused and {self._current()} runs on: {err}") from err

    def _make_room(self, release: Release) -> None:
        """What interrupted updates left half goes; raises ProvisionError if that is not enough."""
        for place in (self._home / "releases").iterdir():
            if place.name != self._current() and not (place / MANIFEST).exists():
                self._discard(place)
        size = sum(info.file_size for wheel in wheels_for(release) for info in zipfile.ZipFile(wheel).infolist())
        free_mb, needed_mb = shutil.disk_usage(self._home).free / 1e6, GROWTH * size / 1e6 + SPARE_MB
        if free_mb < needed_mb:
            raise ProvisionError(f"{self._home}: {needed_mb:.0f} MB are needed, {free_mb:.0f} MB are free; make room")

    def _try(self, old: str, new: str, orphaned: list[Path], beat_s: float) -> TrialResult:
        before = self._service.read()
        forget(self._aside(old))
        self._service.guard()
        atomic_file.point(self._home / BACK, f"releases/{old}")
        try:
            (self._root / PROBLEM).unlink(missing_ok=True)
            self._service.stop()
            put_aside(orphaned, self._aside(old))
            switch(self._root, new)
            trial = Trial(self._clock.monotonic(), before, beat_s)
            self._service.start()
            log.info("release %s is on trial; in three minutes it is kept or taken back", new)
            reason = self._watch(trial)
        except BaseException as err:
            self._go_back(f"it was interrupted ({str(err) or type(err).__name__})")
            raise
        if reason:
            return TrialResult(is_kept=False, sentence=self._go_back(reason))
        self._keep(old, new)
        return TrialResult(is_kept=True, sentence=f"release {new} runs; {old} stays beside it")

    def _watch(self, trial: Trial) -> str:
        """Why the release must go; empty: it may stay."""
        while (reason := trial.see(self._clock.monotonic(), self._service.read())) is None:
            self._clock.sleep(POLL_S)
        return reason

    def _recover(self) -> str:
        is_left = (self._home / BACK).is_symlink()
        return self._go_back("it was interrupted") if is_left else ""

    def _go_back(self, reason: str) -> str:
        """To the release before; may be interrupted anywhere and done again. Says what happened."""
        old, new = (self._home / BACK).readlink().name, self._current()
        sentence = f"The update to {new} failed, {reason}: {old} runs again."
        if new == old:  # not switched yet, or switched back already and said so
            sentence = self._reported() or f"An update was interrupted: {old} runs."
        self._report(sentence)
        switch(self._root, old)
        self._service.kill()  # it may hang, and write baselines until then; its outbox stands that
        put_back(self._aside(old), self._state)
        self._service.start()
        self._end_trial()
        if new != old:
            self._discard(self._home / "releases" / new)
        return sentence

    def _keep(self, old: str, new: str) -> None:
        self._end_trial()
        for place in (self._home / "releases").iterdir():
            if place.name not in (old, new):
                self._discard(place)
                forget(self._aside(place.name))

    def _end_trial(self) -> None:
        (self._home / BACK).unlink()
        atomic_file.sync_folder(self._home)
        self._service.unguard()

    def _discard(self, place: Path) -> None:
        """Its manifest first: what is only half deleted must not count as whole."""
        (place / MANIFEST).unlink(missing_ok=True)
        if place.is_dir():
            atomic_file.sync_folder(place)
        shutil.rmtree(place, ignore_errors=True)

    def _reported(self) -> str:
        path = self._root / PROBLEM
        return path.read_text(encoding="utf-8").strip() if path.exists() else ""

    def _report(self, sentence: str) -> None:
        path = self._root / PROBLEM
        with contextlib.suppress(OSError):  # the old release must start all the same
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(sentence + "\n", encoding="utf-8")


def run_update(folder: Path | None, *, is_forced: bool, update: Update | None = None) -> int:
    """`spotter update`: 0 if the release in `folder` runs, 1 if it had to go; without one, `--settle`."""
    if os.geteuid() != 0:
        raise ProvisionError("only root may change what runs: sudo spotter update ...")
    update = update or Update(Path("/"), SystemdService(), SystemClock())
    try:
        if folder is None:
            print(update.recover() or "no update was left unfinished")
            return 0
        with Console(stderr=True).status(f"{folder}: checked, installed, then watched for two minutes"):
            outcome = update.apply(folder.resolve(), is_forced=is_forced)
    except OSError as err:
        raise ProvisionError(f"{err.filename}: {err.strerror}; make room on the card, or write it again") from err
    print(outcome.sentence, file=sys.stdout if outcome.is_kept else sys.stderr)
    return 0 if outcome.is_kept else 1
