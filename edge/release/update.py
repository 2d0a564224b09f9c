"""Update a node: install a signed release, watch it for two minutes, keep it if it is healthy, else go back.

/opt/spotter/current -> releases/NEW     the release that the unit runs
/opt/spotter/back    -> releases/OLD     exists only during NEW's trial: if it is left over, the node goes back to OLD
/opt/spotter/aside/OLD/                  baselines that OLD can use and NEW, which was forced, cannot

`back` is made before anything else changes, and removing it keeps NEW. After a power cut or a kill there is either no
trial, or one that `spotter update --settle` ends (systemd/spotter-update.service): at the next boot before the node
starts, else when the rollback timer (guard) ends, else with the next `spotter update`.
"""

import contextlib
import fcntl
import functools
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
from edge.release.install import (
    INCOMING,
    MANIFEST,
    Release,
    Run,
    copied,
    install,
    is_older,
    read_release,
    run_program,
    switch,
    wheels_for,
)
from edge.release.orphaned_baselines import forget, orphans, put_aside, put_back, recipe_of
from edge.release.signature import check_signature
from edge.release.systemd import SystemdService
from edge.release.trial import Trial
from edge.seams import Clock, Service

log = logging.getLogger(__name__)

PROBLEM = SAID / "update.txt"
"""File with the failure as a sentence, which the node's health shows."""
BACK = "back"
"""Link to the old release during a trial."""
POLL_S = 2.0
"""Seconds between two readings of the trial."""
GROWTH = 1.5
"""Space to allow for an installed release, relative to its wheels' contents (measured: 1.12, with compiled Python)."""
SPARE_MB = 200.0
"""Megabytes to leave free; with less, the node's health reports a full disk."""


class TrialResult(NamedTuple):
    """The result of a trial."""

    is_kept: bool
    sentence: str


class Update:
    """Manages /opt/spotter under `root`: `apply` a release, or `recover` from an interrupted update."""

    def __init__(self, root: Path, service: Service, clock: Clock, run: Run = run_program) -> None:
        self._root, self._service, self._clock, self._run = root, service, clock, run
        self._home, self._state = root / HOME, root / STATE

    def apply(self, folder: Path, *, is_forced: bool = False, is_older_allowed: bool = False) -> TrialResult:
        """Try the release in that folder. Raises EdgeError if it is refused; the old one then keeps running.

        The folder may be on a stick: it is copied first, and only the copy is checked and installed.
        """
        with self._alone():
            self._recover()
            old = self._current()
            check = functools.partial(check_signature, key=self._root / ETC / "release.pub")
            with copied(folder, self._root, check) as release:
                if release.id == old:
                    return TrialResult(is_kept=True, sentence=f"release {old} is running already")
                if not is_older_allowed:
                    self._refuse_older(old, release)
                config = load(self._root / ETC / "node.yaml", NodeConfig)
                is_same = self._is_same_recipe(old, release)
                orphaned = [] if is_same else self._orphans(release, config, is_forced=is_forced)
                self._install(release)
            return self._try(old, release.id, orphaned, config.health_s)

    def recover(self) -> str:
        """Go back to the old release if a trial was interrupted; returns a sentence, empty if there was none."""
        with self._alone():
            return self._recover()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            handle = os.open(self._home / "releases", os.O_RDONLY)
        except OSError as err:
            raise ProvisionError(
                f"{err.filename}: no release is installed here; start this node from a provisioned card"
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
            raise ProvisionError("another update is running; try again in four minutes") from err

    def _current(self) -> str:
        """Return the id of the release that the unit runs."""
        return (self._home / "current").readlink().name

    def _aside(self, release: str) -> Path:
        return self._home / "aside" / release

    def _is_same_recipe(self, old: str, release: Release) -> bool:
        """Return whether both releases have the same recipe, so that this node's baselines stay usable.

        A release's `recipe` is that of the default model. The other sizes are made from its file
        (tools/training/sizes.py), so they change together.
        """
        try:
            return read_release(self._home / "releases" / old).recipe == release.recipe
        except ProvisionError:
            return False

    def _refuse_older(self, old: str, release: Release) -> None:
        """Raise ProvisionError if the release is older than the one that runs: it may have faults mended since."""
        try:
            running = read_release(self._home / "releases" / old)
        except ProvisionError:
            return  # of another format, or damaged: nothing to compare with
        if is_older(release, running):
            raise ProvisionError(
                f"release {release.id} is older than {old}, which runs, and may have faults that were mended since; "
                "--allow-older takes it in spite of that"
            )

    def _orphans(self, release: Release, config: NodeConfig, *, is_forced: bool) -> list[Path]:
        """Return the baselines that the release cannot use; raises ProvisionError if any, unless `is_forced`."""
        named = Path(config.score.baseline) if config.score.baseline else None
        found = orphans(self._state, release.recipe)
        if named and (recipe := recipe_of(named)) not in ("", release.recipe):
            raise ProvisionError(
                f"release {release.id} cannot use {named}, named by score.baseline in node.yaml: expected recipe "
                f"{release.recipe}, found {recipe}; learn it again with the release's model, or remove that line"
            )
        if found and not is_forced:
            raise ProvisionError(
                f"release {release.id} has another recipe ({release.recipe}) than {', '.join(map(str, found))}, so it "
                "cannot use what this node has counted; --force updates and starts counting again"
            )
        return found

    def _install(self, release: Release) -> None:
        """Install the release beside the old one; raises ProvisionError, and leaves nothing, if it does not fit."""
        place = self._home / "releases" / release.id
        try:
            self._make_room(release)
            install(release, self._root, self._run)
            log.info("release %s is installed", release.id)
            spotter, settings = place / "venv/bin/spotter", self._root / ETC / "node.yaml"
            self._run([str(spotter), "config", "check", str(settings)])
        except (ProvisionError, OSError) as err:
            self._discard(place)
            raise ProvisionError(f"release {release.id} is refused, {self._current()} keeps running: {err}") from err

    def _make_room(self, release: Release) -> None:
        """Delete what interrupted updates left; raises ProvisionError if there is still too little space."""
        for place in (self._home / "releases").iterdir():
            if place.name != self._current() and not (place / MANIFEST).exists():
                self._discard(place)
        size = sum(info.file_size for wheel in wheels_for(release) for info in zipfile.ZipFile(wheel).infolist())
        free_mb, needed_mb = shutil.disk_usage(self._home).free / 1e6, GROWTH * size / 1e6 + SPARE_MB
        if free_mb < needed_mb:
            raise ProvisionError(
                f"{self._home}: needs {needed_mb:.0f} MB, {free_mb:.0f} MB are free; delete files on the card"
            )

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
            log.info("release %s is on trial; within three minutes it is kept or removed", new)
            reason = self._watch(trial)
        except BaseException as err:
            self._go_back(f"the update was interrupted ({str(err) or type(err).__name__})")
            raise
        if reason:
            return TrialResult(is_kept=False, sentence=self._go_back(reason))
        self._keep(old, new)
        return TrialResult(is_kept=True, sentence=f"release {new} runs; {old} stays installed")

    def _watch(self, trial: Trial) -> str:
        """Watch the trial to its end; returns why the release must go, empty if it may stay."""
        while (reason := trial.see(self._clock.monotonic(), self._service.read())) is None:
            self._clock.sleep(POLL_S)
        return reason

    def _recover(self) -> str:
        shutil.rmtree(self._root / INCOMING, ignore_errors=True)
        is_left = (self._home / BACK).is_symlink()
        return self._go_back("the update was interrupted") if is_left else ""

    def _go_back(self, reason: str) -> str:
        """Go back to the old release and return what happened; may be interrupted anywhere and repeated."""
        old, new = (self._home / BACK).readlink().name, self._current()
        sentence = f"The update to {new} failed: {reason}. {old} runs again."
        if new == old:  # not switched yet, or already switched back and reported
            sentence = self._reported() or f"An update was interrupted: {old} runs."
        self._report(sentence)
        switch(self._root, old)
        self._service.kill()  # it may hang, or write baselines; its outbox survives a kill
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
        """Delete an installed release, its manifest first, so that a half deleted one does not count as complete."""
        (place / MANIFEST).unlink(missing_ok=True)
        if place.is_dir():
            atomic_file.sync_folder(place)
        shutil.rmtree(place, ignore_errors=True)

    def _reported(self) -> str:
        path = self._root / PROBLEM
        return path.read_text(encoding="utf-8").strip() if path.exists() else ""

    def _report(self, sentence: str) -> None:
        path = self._root / PROBLEM
        with contextlib.suppress(OSError):  # the old release must start in any case
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(sentence + "\n", encoding="utf-8")


def node_update() -> Update:
    """Return the updates of the node that this runs on."""
    return Update(Path("/"), SystemdService(), SystemClock())


def run_update(
    folder: Path | None, *, is_forced: bool, is_older_allowed: bool = False, update: Update | None = None
) -> int:
    """Run `spotter update`: 0 if the release in `folder` runs, 1 if it had to go; without `folder`, `--settle`."""
    update = update or node_update()
    try:
        if folder is None:
            print(update.recover() or "no update was interrupted")
            return 0
        with Console(stderr=True).status(f"{folder}: checking, installing, then watching it for two minutes"):
            outcome = update.apply(folder.resolve(), is_forced=is_forced, is_older_allowed=is_older_allowed)
    except OSError as err:
        raise ProvisionError(f"{err.filename}: {err.strerror}; make room on the card, or write it again") from err
    print(outcome.sentence, file=sys.stdout if outcome.is_kept else sys.stderr)
    return 0 if outcome.is_kept else 1
