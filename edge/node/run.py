"""`spotter node`: connects the stages with camera, outbox and broker. Every processed frame feeds the watchdog.

Four threads: capture (reads the camera), model (runs the model), the main thread (tracks, description, score, outbox),
and the uplink (broker, heartbeat). The main thread writes scores to the outbox on disk and the uplink reads them there,
so that none is lost if broker or booth are away or the node is killed.
"""

import logging
import queue
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from edge.clock import SystemClock
from edge.command import stop_on_signals
from edge.config import NodeConfig
from edge.errors import ConfigError
from edge.frame.source import kind_of, open_camera
from edge.message.link import LinkKeys
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.node import boot_count, certificate
from edge.node.aim import AimTally
from edge.node.board import SystemBoard
from edge.node.capture import Capture
from edge.node.health import Counters, Heartbeat, Pulse, Start, heartbeat, status_line
from edge.node.load_model import open_with_last_good
from edge.node.memory import give_back, keep_small
from edge.node.model_thread import ModelThread
from edge.node.offers import Offers
from edge.node.scoring import Scoring
from edge.node.selftest import Failure, self_test
from edge.node.site_baseline import SiteBaseline
from edge.node.system_notices import system_notices
from edge.node.tamper import TamperDetector
from edge.node.threads import Cooling, fitting
from edge.node.uplink import Talk, Uplink
from edge.node.watchdog import notify
from edge.pipeline import Glance, Pipeline, Step
from edge.problems import Problem
from edge.records import Frame, Sighting
from edge.sealing import read_sealer
from edge.seams import Board, Broker, Camera, Clock, Interpreter, Received

log = logging.getLogger(__name__)

DAY_S = 86_400.0
JOIN_S = 20.0
"""Seconds to wait for the uplink thread to end; longer than `uplink.DRAIN_S`."""
FIRST_FRAME_S = 5.0
"""Seconds the first heartbeat waits for a frame, which is the last check of the self-test."""
SIMULATED = ("replay:", "street:")
"""Sources whose picture may stand still without a fault."""
LOCAL = ("127.0.0.1", "::1", "localhost")
"""Broker hosts on this machine: node and booth then share one clock."""
LOST_OUTBOX = Problem("outbox-damaged")
NO_FRAME = Failure("camera", "The camera gave no frame at the start.")


class Node:
    """One camera node. `run` works until the source ends or `stop` is set."""

    def __init__(
        self,
        config: NodeConfig,
        *,
        camera: Camera,
        interpreter: Interpreter,
        outbox: Outbox,
        broker: Broker,
        clock: Clock,
        stop: threading.Event,
        board: Board | None = None,
        start: Start = Start(),
        use_threads: Callable[[int], None] | None = None,
    ) -> None:
        """Raises ModelError for a model that finds no poses, BaselineError for a baseline of another recipe.

        `use_threads` sets the number of the model's threads; without it the temperature changes nothing.
        """
        self._config, self._camera, self._interpreter = config, camera, interpreter
        self._outbox, self._broker, self._clock, self._stop = outbox, broker, clock, stop
        self._pipeline = Pipeline(interpreter, config)
        self._pulse = Pulse(clock.monotonic())
        self._tamper = TamperDetector(is_live=not config.frame.source.startswith(SIMULATED))
        has_time_server = config.broker.host not in LOCAL
        self._board = board or SystemBoard(Path(config.state), clock, has_time_server=has_time_server)
        self._cooling, self._use_threads = Cooling(fitting()), use_threads
        self._boots = boot_count.count(Path(config.state))
        self._certificate_end = certificate.end_of(config.broker.tls)
        self._failure: Exception | None = None
        """The error that ended a thread; `run` raises it."""
        self._aim = AimTally(self._pipeline.input_size)
        self._capture = Capture(camera, config.frame.pace, stop)
        self._model = ModelThread(self._capture, self._pipeline, stop)
        self._site_baseline = SiteBaseline(config, self._pipeline.recipe)
        self._link_keys = LinkKeys(config.site, config.node)
        self._offers = Offers(config)
        talk = Talk(
            interpreter.model_id,
            self._heartbeat,
            lambda: self._scoring.snapshot,
            (self._site_baseline.topic, self._link_keys.topic, self._offers.topic),
            self._hear,
            lambda: self._offers.progress,
        )
        self._uplink = Uplink(config, broker, outbox, clock, talk)
        self._scoring = Scoring(
            config, self._pipeline.recipe, self._site_baseline, self._link_keys, outbox, self._uplink, clock
        )
        self._start = start._replace(repairs=(*start.repairs, *self._scoring.repairs))

    def run(self) -> int:
        """Run the node; returns 0 after the source's end or a stop. Raises SourceError if the camera stays lost."""
        threads = [
            threading.Thread(target=self._guard, args=(work, end), daemon=True)
            for work, end in (
                (self._capture.work, self._capture.end),
                (self._uplink.work, self._capture.end),
                (self._model.work, self._model.end),
            )
        ]
        self._uplink.connect()
        for thread in threads:
            thread.start()
        notify("READY=1")
        try:
            self._loop()
        finally:
            self._stop.set()
            self._uplink.stop()
            threads[1].join(JOIN_S)
            self._uplink.leave()
        if self._failure is not None:
            raise self._failure
        return 0

    def _hear(self, message: Received) -> None:
        """Hand a message of the booth on, in the broker's thread; each ignores the other's topics."""
        self._site_baseline.receive(message)
        self._link_keys.receive(message)
        self._offers.receive(message)

    def _guard(self, work: Callable[[], None], end: Callable[[], None]) -> None:
        """Run a thread's work; an error in it ends the node, which would otherwise look alive without that thread.

        `end` tells the threads behind it that no frame follows.
        """
        try:
            work()
        except Exception as err:  # noqa: BLE001 - raised again by `run`
            self._failure = self._failure or err
            end()

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._scoring.apply_site_baseline()
            if not self._advance():
                break
        self._record(self._pipeline.finish())
        if self._failure is None:
            self._uplink.drain()

    def _advance(self) -> bool:
        """Work on the next frame, if it is here; returns False at the end. No name here holds it afterwards."""
        try:
            seen = self._model.next()
        except queue.Empty:
            return True
        if seen is None:
            return False
        step = self._step(*seen)
        self._scoring.record_early(step.early)
        self._record(step.sightings)
        return True

    def _step(self, frame: Frame, glance: Glance) -> Step:
        step = self._pipeline.step(frame, glance)
        now = self._clock.monotonic()
        self._aim.look(frame, step)
        self._tamper.look(frame, [person.box for person in step.detections], now)
        self._pulse.beat(now, invoke_s=self._pipeline.stage_s["invoke"], people=len(step.detections))
        notify("WATCHDOG=1")
        return step

    def _record(self, sightings: list[Sighting]) -> None:
        self._scoring.record(sightings)
        self._pulse.sightings += len(sightings)

    def _is_camera_tested(self, now: float) -> bool:
        """Return True once a frame came, or FIRST_FRAME_S passed without one, which counts as a failed check."""
        if self._pulse.frames or NO_FRAME in self._start.failed:
            return True
        if now - self._pulse.started_at < FIRST_FRAME_S:
            return False
        self._start = self._start._replace(failed=(*self._start.failed, NO_FRAME))
        return True

    def _heartbeat(self, now: float) -> Heartbeat | None:
        """Return the heartbeat; None until the camera is tested. Called by the uplink's thread."""
        if not self._is_camera_tested(now):
            return None
        at, reading = self._clock.now(), self._board.read()
        self._pulse.record_board(now, at, reading)
        if self._use_threads is not None and self._cooling.feel(reading.cpu_c):
            self._use_threads(self._cooling.threads)
        beat = heartbeat(
            self._config.node, at, now, self._pulse, self._counters(at), reading, self._tamper.view, self._start
        )
        notify(f"STATUS={status_line(beat, is_connected=self._broker.is_connected)}")
        return beat

    def _counters(self, at: float) -> Counters:
        scoring, active = self._scoring, self._scoring.active
        return Counters(
            frames_dropped=self._capture.dropped,
            reconnects=self._camera.reconnects,
            held_back=dict(self._pipeline.held_back),
            second_looks=self._pipeline.second_looks.taken,
            second_looks_skipped=self._pipeline.second_looks.skipped,
            accelerator="edgetpu" if self._interpreter.accelerator == "edgetpu" else "cpu",
            fallbacks=self._interpreter.fallbacks,
            outbox_depth=self._outbox.depth,
            outbox_max=self._config.outbox.max_rows,
            outbox_lost=self._outbox.dropped + scoring.unstored_lost,
            refused_publishes=self._broker.refusals,
            model=self._interpreter.model_id,
            baseline=active.id,
            mode=active.mode,
            refusal=self._site_baseline.problem,
            shift=active.drift.shift,
            is_calibrated=active.is_calibrated,
            recalibrating=active.recalibrating,
            is_unlike=active.is_unlike,
            failures=self._interpreter.failures,
            unstored=scoring.unstored,
            refused_acks=self._outbox.refused_acks,
            boots=self._boots,
            certificate_days=None if self._certificate_end is None else (self._certificate_end - at) / DAY_S,
            kind=kind_of(self._config.frame.source),
            optics=self._camera.optics,
            aim=self._aim.report,
        )


def run_node(config: NodeConfig, *, is_temporary: bool, repair: Problem | None = None) -> int:
    """Run `spotter node`; returns 0 after the source's end or SIGTERM, raises EdgeError otherwise.

    With `is_temporary` (no --config) outbox and counts are in a temporary folder. `repair` tells the heartbeat that the
    settings came from the last good copy.
    """
    if not is_temporary:
        return _run_in(Path(config.state), config, repair)
    with tempfile.TemporaryDirectory(prefix="spotter-") as folder:
        log.info("no --config: the outbox is temporary; scores that no booth acknowledges are lost at the end")
        return _run_in(Path(folder), config)


def _run_in(state: Path, config: NodeConfig, repair: Problem | None = None) -> int:
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise ConfigError(f"state {state}: cannot be created ({err}); choose a folder this user may write") from err
    keep_small()
    config = msgspec.structs.replace(config, state=str(state))
    clock, stop = SystemClock(), threading.Event()
    interpreter, model_repair = open_with_last_good(config.detection, state)
    failed = self_test(config, interpreter, clock)
    for failure in failed:
        log.error("self-test of the %s failed: %s", failure.part, failure.sentence)
    broker = MqttBroker(config.broker, config.node)
    with (
        closing(_open_outbox(config, state)) as outbox,
        closing(_open_camera(config, interpreter, clock)) as camera,
    ):
        node = Node(
            config,
            camera=camera,
            interpreter=interpreter,
            outbox=outbox,
            broker=broker,
            clock=clock,
            stop=stop,
            use_threads=None if config.detection.threads else interpreter.use_threads,
            start=Start(
                tuple(failed), tuple(filter(None, (repair, model_repair, _lost_outbox(outbox), *system_notices())))
            ),
        )
        stop_on_signals(stop)
        give_back()
        return node.run()


def _open_outbox(config: NodeConfig, state: Path) -> Outbox:
    sealer, section = read_sealer(config.outbox.booth_key), config.outbox
    if sealer is None and config.broker.tls is not None:
        log.warning("outbox.booth_key is not set, so a stolen card can be read: provision this node again")
    return Outbox(state / section.path, node=config.node, max_rows=section.max_rows, sealer=sealer)


def _lost_outbox(outbox: Outbox) -> Problem | None:
    return LOST_OUTBOX if outbox.set_aside else None


def _open_camera(config: NodeConfig, interpreter: Interpreter, clock: Clock) -> Camera:
    height, width = interpreter.input.shape[1:3]
    frame = config.frame
    return open_camera(frame.source, clock=clock, input_size=(height, width), pace=frame.pace, settings=frame)
