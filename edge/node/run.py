"""`spotter node`: the stages wired to camera, outbox and broker; frames that went through feed the watchdog.

Three threads: capture (the camera's pace), this one (network, describe, score, outbox), and network (broker, booth,
heartbeat). Scores cross from one to the next through the outbox on disk, so that a broker or booth that is away, or a
kill, loses none.
"""

import logging
import queue
import secrets
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import FrameType

import msgspec
import numpy as np

from edge import __version__, wire
from edge.clock import SystemClock
from edge.config import NodeConfig
from edge.errors import BaselineError, ConfigError, StoreError
from edge.frame.source import open_camera
from edge.message.compose import compose, compose_trend
from edge.message.link import link
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from edge.node import boots, card, certificate
from edge.node.board import SystemBoard
from edge.node.health import Counters, Pulse, Start, heartbeat
from edge.node.network import open_with_spare
from edge.node.scene import Scene
from edge.node.selftest import Failure, self_test
from edge.node.spare import with_spare
from edge.node.watchdog import notify
from edge.pipeline import Pipeline, Step
from edge.records import Frame, Score, ScoreState, Sighting
from edge.score import file
from edge.score.baseline import Baseline
from edge.score.channel import main_words
from edge.score.drift import Shift
from edge.score.trend import Window, Worn
from edge.seams import Board, Broker, Camera, Clock, Interpreter, Publish
from edge.vocabulary import day_part

log = logging.getLogger(__name__)

QUEUE_FRAMES = 2
"""Frames between camera and network; a live camera's older ones are dropped, not queued."""
SAVE_S = 60.0
"""Collected counts are saved this often, for this node alone to go on with."""
SNAPSHOT = "snapshot.baseline"
"""The counts that may leave this node."""
BATCH = 50
"""Sightings between two snapshots: the difference of two that are one person apart would be that person."""
DRAIN_S = 15.0
"""How long a node whose source ended, or that is told to stop, waits for its last scores to be taken."""
SETTLE_S = 3.0
"""The same once all of them are on their way, for a booth that does not answer."""
TRENDS = 96
"""Closed windows that wait for the broker: a day of them; the oldest go first."""
ANSWER_S = 1.0
"""How long to wait for the broker to take one."""
IDLE_S = 0.5
FIRST_FRAME_S = 5.0
"""How long the first heartbeat waits for the camera, whose frames are the last of the self-test."""
UNSTORED = 1000
"""Scores kept in memory while the disk takes none; the oldest go first."""
SIMULATED = ("replay:", "street:")
LOCAL = ("127.0.0.1", "::1", "localhost")
"""A booth on the same machine has the same clock."""
NO_FRAME = Failure("camera", "The camera gave no frame at the start: check it and its cable.")


class Node:
    """One camera node. `run` until the source ends or `stop` is set."""

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
        start: Start = Start(),  # noqa: B008 - an immutable value
    ) -> None:
        """Raises ModelError or BaselineError if network and baseline do not fit together."""
        self._config, self._camera, self._interpreter = config, camera, interpreter
        self._outbox, self._broker, self._clock, self._stop = outbox, broker, clock, stop
        self._pipeline = Pipeline(interpreter, config)
        self._pulse = Pulse(clock.monotonic())
        self._scene = Scene(is_live=not config.frame.source.startswith(SIMULATED))
        has_time_server = config.broker.host not in LOCAL
        self._board = board or SystemBoard(Path(config.state), clock, has_time_server=has_time_server)
        self._start = start
        self._boots = boots.count(Path(config.state))
        self._unstored: deque[wire.Score] = deque(maxlen=UNSTORED)
        """Scores that the disk did not take, oldest first."""
        self._unstored_lost = 0
        self._failure: Exception | None = None
        """What ended a thread: it ends the node."""
        self._boot = secrets.token_hex(4)
        self._link_key = _read_key(config.link_key)
        self._collecting = Path(config.state) / "collected.baseline"
        self._mode = "spot" if config.score.baseline else "collect"
        self._learning = self._open_learning()
        self._baseline, self._baseline_id = self._open_baseline()
        self._snapshot_at = self._last_snapshot()
        self._drift = self._baseline.drift(np.random.default_rng())
        self._saved_at = clock.monotonic()
        self._worn = Worn()
        self._early: dict[int, int] = {}
        """Of people in view who were scored early: track to the score's `seq`."""
        self._trends: deque[wire.Trend] = deque(maxlen=TRENDS)
        """Closed windows that the broker did not take yet, oldest first."""
        self._frames: queue.Queue[Frame | None] = queue.Queue(QUEUE_FRAMES)
        self._frames_skipped = 0
        self._network_is_over = threading.Event()
        self._sender = Sender(outbox, broker, site=config.site, node=config.node)

    def run(self) -> int:
        """0 when the source ended or the node was told to stop. Raises SourceError when the camera is lost."""
        works = (self._capture, self._network)
        threads = [threading.Thread(target=self._guard, args=(work,), daemon=True) for work in works]
        self._connect()
        for thread in threads:
            thread.start()
        notify("READY=1")
        try:
            self._loop()
        finally:
            self._stop.set()
            self._network_is_over.set()
            threads[1].join(DRAIN_S + 5)
            self._broker.publish(self._status("offline"), timeout_s=2.0)
            self._broker.close()
        if self._failure is not None:
            raise self._failure
        return 0

    def _guard(self, work: Callable[[], None]) -> None:
        """A thread that fails must not leave a node behind that only looks alive: its error ends the node."""
        try:
            work()
        except Exception as err:  # noqa: BLE001 - raised again by `run`
            self._failure = self._failure or err
            self._frames.put(None)

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                frame = self._frames.get(timeout=IDLE_S)
            except queue.Empty:
                continue
            if frame is None:
                break
            step = self._step(frame)
            self._take_early(step.early)
            self._take(step.sightings)
        self._take(self._pipeline.finish())
        self._save(is_due=True)
        if self._failure is None:
            self._drain()

    def _step(self, frame: Frame) -> Step:
        step = self._pipeline.step(frame)
        now = self._clock.monotonic()
        self._scene.look(frame, [person.box for person in step.detections], now)
        self._pulse.beat(now, invoke_s=self._pipeline.stage_s["invoke"], people=len(step.detections))
        notify("WATCHDOG=1")
        return step

    def _take_early(self, sightings: list[Sighting]) -> None:
        """Tell of the clearly rare while they are still in view; only the final score counts anywhere."""
        for sighting in sightings:
            score = self._baseline.score(sighting.appearance, self._context(sighting.departure.last_seen_at))
            if score.state is ScoreState.SCORED and score.one_in >= self._config.score.early_one_in:
                seq = self._send(score, sighting, early=True)
                if seq is not None:
                    self._early[sighting.departure.track_id] = seq

    def _take(self, sightings: list[Sighting]) -> None:
        """Score before counting: a person must not be compared with themselves."""
        for sighting in sightings:
            context = self._context(sighting.departure.last_seen_at)
            score = self._baseline.score(sighting.appearance, context)
            if self._mode == "spot" and score.state is ScoreState.SCORED:
                self._baseline.watch(sighting.appearance, self._drift)
            self._learning.learn(sighting.appearance, context)
            self._note(self._worn.add(sighting.appearance, sighting.departure.last_seen_at))
            self._send(score, sighting, follows=self._early.pop(sighting.departure.track_id, None))
            self._pulse.sightings += 1
        self._note(self._worn.close(self._clock.now()))
        self._save(is_due=self._clock.monotonic() - self._saved_at >= SAVE_S)

    def _send(self, score: Score, sighting: Sighting, *, early: bool = False, follows: int | None = None) -> int | None:
        """Through the privacy gate to the outbox; returns the score's `seq`, None where the disk took none."""
        message = compose(
            score,
            sighting,
            node=self._config.node,
            baseline_id=self._baseline_id,
            link=link(self._link_key, sighting.departure.last_seen_at, main_words(sighting.appearance)),
            early=early,
            follows=follows,
        )
        self._unstored_lost += len(self._unstored) == UNSTORED
        self._unstored.append(message)
        return self._store()

    def _store(self) -> int | None:
        """All that waits, to disk; returns the `seq` of the newest. A full disk is expected: it is tried again."""
        seq = None
        try:
            while self._unstored:
                seq = self._outbox.put(self._unstored[0])
                self._unstored.popleft()
        except StoreError as err:
            log.error("%s; %d scores are in memory alone", err, len(self._unstored))  # noqa: TRY400 - it goes on
            return None
        self._sender.wake()
        return seq

    def _note(self, window: Window | None) -> None:
        """What was worn in a closed window waits to be sent."""
        trend = window and compose_trend(self._config.node, *window)
        if trend is not None:
            self._trends.append(trend)

    def _save(self, *, is_due: bool) -> None:
        try:
            if self._learning.sightings >= self._snapshot_at + BATCH:
                file.save(self._learning, self._collecting.with_name(SNAPSHOT))
                self._snapshot_at = self._learning.sightings
            if is_due:
                self._saved_at = self._clock.monotonic()
                file.save(self._learning, self._collecting)
        except BaselineError as err:
            log.error("%s; counts go on in memory and are saved later", err)  # noqa: TRY400 - it goes on

    def _open_baseline(self) -> tuple[Baseline, str]:
        """The frozen one to spot against, and its id; else the collected one so far."""
        section, recipe = self._config.score, self._pipeline.recipe
        if self._mode == "collect":
            return self._learning, ""
        baseline, repair = with_spare(
            Path(section.baseline),
            Path(self._config.state),
            lambda path: file.load(path, min_sightings=section.min_sightings, recipe=recipe),
        )
        self._note_repair(repair)
        return baseline, file.baseline_id(baseline)

    def _note_repair(self, repair: str) -> None:
        if repair:
            self._start = self._start._replace(repairs=(*self._start.repairs, repair))

    def _open_learning(self) -> Baseline:
        """What was collected so far, to go on with; empty if nothing was.

        While spotting it goes on in the background, ready to take the place of the frozen one.
        """
        section, recipe = self._config.score, self._pipeline.recipe
        fresh = Baseline(recipe, min_sightings=section.min_sightings)
        if not self._collecting.exists():
            return fresh
        try:
            found = file.load(self._collecting, min_sightings=section.min_sightings)
        except BaselineError as err:
            return self._last_counts(fresh, err)
        try:
            return found.merge(fresh)
        except BaselineError as err:
            if self._mode == "collect":
                raise
            aside = self._collecting.replace(self._collecting.with_suffix(".baseline.old"))
            log.warning("%s; put aside as %s, the background baseline begins anew", err, aside)
        return fresh

    def _last_counts(self, fresh: Baseline, err: BaselineError) -> Baseline:
        """In place of damaged ones: the newest snapshot's, at most a batch older; else none."""
        aside = self._collecting.replace(self._collecting.with_suffix(".baseline.damaged"))
        log.error("%s; put aside as %s", err, aside)
        try:
            last = file.load(
                self._collecting.with_name(SNAPSHOT),
                min_sightings=self._config.score.min_sightings,
                recipe=fresh.recipe,
            )
        except BaselineError:
            last = fresh
        self._note_repair(
            f"The collected counts were damaged: they go on from {last.sightings} people; change the card if this "
            "comes again."
        )
        return last

    def _last_snapshot(self) -> int:
        """Sightings in the newest snapshot of these counts; 0 if there is none, or one of other counts."""
        try:
            last = file.load(self._collecting.with_name(SNAPSHOT), recipe=self._pipeline.recipe)
        except BaselineError:
            return 0
        return last.sightings if last.sightings <= self._learning.sightings else 0

    def _context(self, at: float) -> str:
        """What a sighting at that time (UTC seconds) is compared within."""
        chosen = self._config.score.context
        return day_part(time.localtime(at).tm_hour) if chosen == "day-part" else chosen

    def _capture(self) -> None:
        """The capture thread: the camera's frames, then None at its end."""
        while not self._stop.is_set() and (frame := self._camera.read()) is not None:
            self._offer(frame)
        self._frames.put(None)

    def _offer(self, frame: Frame) -> None:
        """Fast sources wait for the network; a live one never does: its oldest waiting frame is dropped."""
        if self._config.frame.pace == "fast":
            self._put(frame)
            return
        while True:
            try:
                self._frames.put_nowait(frame)
            except queue.Full:
                self._frames_skipped += self._discard_oldest()
            else:
                return

    def _put(self, frame: Frame) -> None:
        while not self._stop.is_set():
            try:
                self._frames.put(frame, timeout=IDLE_S)
            except queue.Full:
                continue
            return

    def _discard_oldest(self) -> int:
        try:
            self._frames.get_nowait()
        except queue.Empty:
            return 0
        return 1

    def _connect(self) -> None:
        self._broker.connect(
            will=self._status("offline"),
            births=lambda: [self._status("online")],
            subscriptions=self._sender.subscriptions,
            on_message=self._sender.receive,
        )

    def _network(self) -> None:
        """The network thread: what waits goes out, and a heartbeat every `health_s`."""
        next_health = 0.0
        while not self._network_is_over.is_set():
            now = self._clock.monotonic()
            if now >= next_health and self._is_camera_tested(now):
                self._broker.publish(self._health(now), timeout_s=0)
                self._send_trends()
                next_health = now + self._config.health_s
            self._sender.wait(min(self._deliver(now), max(next_health - now, 0.1)))

    def _is_camera_tested(self, now: float) -> bool:
        """Whether it gave a frame; after FIRST_FRAME_S without one it is said to have failed."""
        if self._pulse.frames or NO_FRAME in self._start.failed:
            return True
        if now - self._pulse.started_at < FIRST_FRAME_S:
            return False
        self._start = self._start._replace(failed=(*self._start.failed, NO_FRAME))
        return True

    def _deliver(self, now: float) -> float:
        """One step of the sender; a disk that is full or held is expected."""
        try:
            return self._sender.step(now)
        except StoreError as err:
            log.error("%s; trying again", err)  # noqa: TRY400 - it goes on
            return IDLE_S

    def _send_trends(self) -> None:
        """All that wait, until one that the broker does not take or nobody hears: with the next heartbeat again."""
        topic = wire.node_topic(self._config.site, self._config.node, "trend")
        while self._trends and self._broker.is_connected:
            message = Publish(topic, wire.encode(topic, self._trends[0]), qos=1, is_retained=False)
            if not self._broker.publish(message, timeout_s=ANSWER_S):
                return
            self._trends.popleft()

    def _drain(self) -> None:
        """Give the last scores time to be acknowledged; what is not stays on disk for the next run.

        Where no booth listens it is enough that the broker took them.
        """
        now = self._clock.monotonic()
        until, all_sent_until = now + DRAIN_S, now + DRAIN_S
        while self._outbox.depth and self._clock.monotonic() < min(until, all_sent_until):
            is_all_sent = self._sender.in_flight == self._outbox.depth
            all_sent_until = min(all_sent_until, self._clock.monotonic() + SETTLE_S) if is_all_sent else until
            self._clock.sleep(0.1)

    def _status(self, state: str) -> Publish:
        topic = wire.node_topic(self._config.site, self._config.node, "status")
        status = wire.Status(
            state="online" if state == "online" else "offline",
            boot=self._boot,
            software=__version__,
            model=self._interpreter.model_id,
        )
        return Publish(topic, wire.encode(topic, status), qos=1, is_retained=True)

    def _health(self, now: float) -> Publish:
        topic = wire.node_topic(self._config.site, self._config.node, "health")
        at, reading = self._clock.now(), self._board.read()
        self._pulse.feel(now, at, reading)
        beat = heartbeat(
            self._config.node, at, now, self._pulse, self._counters(at), reading, self._scene.view, self._start
        )
        return Publish(topic, wire.encode(topic, beat), qos=0, is_retained=True)

    def _counters(self, at: float) -> Counters:
        return Counters(
            frames_dropped=self._camera.frames_dropped + self._frames_skipped,
            reconnects=self._camera.reconnects,
            held_back=self._pipeline.held_back.total(),
            accelerator="edgetpu" if self._interpreter.accelerator == "edgetpu" else "cpu",
            fallbacks=self._interpreter.fallbacks,
            outbox_depth=self._outbox.depth,
            outbox_max=self._config.outbox.max_rows,
            outbox_lost=self._outbox.dropped + self._unstored_lost,
            refused_publishes=self._broker.refusals,
            model=self._interpreter.model_id,
            baseline=self._baseline_id,
            mode="spot" if self._mode == "spot" else "collect",
            shift=_sentence(self._drift.shift),
            is_calibrated=self._baseline.calibrated_on >= self._config.score.min_sightings,
            failures=self._interpreter.failures,
            unstored=len(self._unstored),
            refused_acks=self._outbox.refused_acks,
            boots=self._boots,
            certificate_days=certificate.days_left(self._config.broker.tls, at),
        )


def _sentence(shift: Shift | None) -> str:
    return "" if shift is None else f"{shift.what} is more {'un' if shift.is_more_unusual else ''}usual than then"


def _read_key(path: str) -> bytes:
    """The site's link key; empty without one. Raises ConfigError if the named file cannot be read."""
    try:
        return Path(path).read_bytes().strip() if path else b""
    except OSError as err:
        raise ConfigError(f"link_key {path}: cannot be read ({err}); provision this node again") from err


def run_node(config: NodeConfig, *, is_temporary: bool, repair: str = "") -> int:
    """`spotter node`: 0 when the source ended or SIGTERM came; EdgeError otherwise.

    `is_temporary`: run without a configuration: outbox and counts are gone afterwards. `repair`: what to say of it.
    """
    if not is_temporary:
        return _run_in(Path(config.state), config, repair)
    with tempfile.TemporaryDirectory(prefix="spotter-") as folder:
        log.info("no --config: the outbox is temporary, scores that no booth acknowledges are gone at the end")
        return _run_in(Path(folder), config)


def _run_in(state: Path, config: NodeConfig, repair: str = "") -> int:
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise ConfigError(f"state {state}: cannot be made ({err}); choose a folder this user may write") from err
    config = msgspec.structs.replace(config, state=str(state))
    clock, stop = SystemClock(), threading.Event()
    interpreter, spare_model = open_with_spare(config.detection, state)
    failed = self_test(config, interpreter, clock)
    for failure in failed:
        log.error("self-test of the %s failed: %s", failure.part, failure.sentence)
    broker = MqttBroker(config.broker, config.node)
    with (
        closing(Outbox(state / config.outbox.path, node=config.node, max_rows=config.outbox.max_rows)) as outbox,
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
            start=Start(
                tuple(failed), tuple(filter(None, (repair, spare_model, _lost_outbox(outbox), card.complaint())))
            ),
        )
        _stop_on_signals(stop.set)
        return node.run()


def _lost_outbox(outbox: Outbox) -> str:
    lost = "The scores that waited on disk were damaged and are lost: change the card if this comes again."
    return lost if outbox.set_aside else ""


def _open_camera(config: NodeConfig, interpreter: Interpreter, clock: Clock) -> Camera:
    height, width = interpreter.input.shape[1:3]
    return open_camera(config.frame.source, clock=clock, network_size=(height, width), pace=config.frame.pace)


def _stop_on_signals(stop: Callable[[], None]) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
