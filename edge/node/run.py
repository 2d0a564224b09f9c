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
from edge.errors import BaselineError, ConfigError, SourceError
from edge.frame.source import open_camera
from edge.message.compose import compose, compose_trend
from edge.message.link import link
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from edge.node.health import Counters, Pulse, heartbeat, read_machine, status_line
from edge.node.network import open_interpreter
from edge.node.notices import read_notices
from edge.node.watchdog import notify
from edge.pipeline import Pipeline
from edge.records import Frame, ScoreState, Sighting
from edge.score import file
from edge.score.baseline import Baseline
from edge.score.channel import main_words
from edge.score.drift import Shift
from edge.score.trend import Window, Worn
from edge.seams import Broker, Camera, Clock, Interpreter, Publish
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
    ) -> None:
        """Raises ModelError or BaselineError if network and baseline do not fit together."""
        self._config, self._camera, self._interpreter = config, camera, interpreter
        self._outbox, self._broker, self._clock, self._stop = outbox, broker, clock, stop
        self._pipeline = Pipeline(interpreter, config)
        self._pulse = Pulse(clock.monotonic())
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
        self._trends: deque[wire.Trend] = deque(maxlen=TRENDS)
        """Closed windows that the broker did not take yet, oldest first."""
        self._frames: queue.Queue[Frame | SourceError | None] = queue.Queue(QUEUE_FRAMES)
        self._frames_skipped = 0
        self._network_is_over = threading.Event()
        self._sender = Sender(outbox, broker, site=config.site, node=config.node)

    def run(self) -> int:
        """0 when the source ended or the node was told to stop. Raises SourceError when the camera is lost."""
        threads = [threading.Thread(target=work, daemon=True) for work in (self._capture, self._network)]
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
        return 0

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                frame = self._frames.get(timeout=IDLE_S)
            except queue.Empty:
                continue
            if isinstance(frame, SourceError):
                raise frame
            if frame is None:
                break
            self._take(self._step(frame))
        self._take(self._pipeline.finish())
        self._save(is_due=True)
        self._drain()

    def _step(self, frame: Frame) -> list[Sighting]:
        step = self._pipeline.step(frame)
        self._pulse.beat(
            self._clock.monotonic(),
            invoke_s=self._pipeline.stage_s["invoke"],
            people=len(step.detections),
            brightness=float(np.mean(frame.pixels[::16, ::16])),
        )
        notify("WATCHDOG=1")
        return step.sightings

    def _take(self, sightings: list[Sighting]) -> None:
        """Score before counting: a person must not be compared with themselves."""
        for sighting in sightings:
            context = self._context(sighting.departure.last_seen_at)
            score = self._baseline.score(sighting.appearance, context)
            if self._mode == "spot" and score.state is ScoreState.SCORED:
                self._baseline.watch(sighting.appearance, self._drift)
            self._learning.learn(sighting.appearance, context)
            self._note(self._worn.add(sighting.appearance, sighting.departure.last_seen_at))
            linked = link(self._link_key, sighting.departure.last_seen_at, main_words(sighting.appearance))
            message = compose(score, sighting, node=self._config.node, baseline_id=self._baseline_id, link=linked)
            self._outbox.put(message)
            self._sender.wake()
            self._pulse.sightings += 1
        self._note(self._worn.close(self._clock.now()))
        self._save(is_due=self._clock.monotonic() - self._saved_at >= SAVE_S)

    def _note(self, window: Window | None) -> None:
        """What was worn in a closed window waits to be sent."""
        trend = window and compose_trend(self._config.node, *window)
        if trend is not None:
            self._trends.append(trend)

    def _save(self, *, is_due: bool) -> None:
        if self._learning.sightings >= self._snapshot_at + BATCH:
            file.save(self._learning, self._collecting.with_name(SNAPSHOT))
            self._snapshot_at = self._learning.sightings
        if is_due:
            file.save(self._learning, self._collecting)
            self._saved_at = self._clock.monotonic()

    def _open_baseline(self) -> tuple[Baseline, str]:
        """The frozen one to spot against, and its id; else the collected one so far."""
        section, recipe = self._config.score, self._pipeline.recipe
        if self._mode == "collect":
            return self._learning, ""
        baseline = file.load(Path(section.baseline), min_sightings=section.min_sightings, recipe=recipe)
        return baseline, file.baseline_id(baseline)

    def _open_learning(self) -> Baseline:
        """What was collected so far, to go on with; empty if nothing was.

        While spotting it goes on in the background, ready to take the place of the frozen one.
        """
        section, recipe = self._config.score, self._pipeline.recipe
        try:
            if self._collecting.exists():
                return file.load(self._collecting, min_sightings=section.min_sightings, recipe=recipe)
        except BaselineError as err:
            if self._mode == "collect":
                raise
            aside = self._collecting.replace(self._collecting.with_suffix(".baseline.old"))
            log.warning("%s; put aside as %s, the background baseline begins anew", err, aside)
        return Baseline(recipe, min_sightings=section.min_sightings)

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
        """The capture thread: the camera's frames, then None at its end or the error it was lost with."""
        last: Frame | SourceError | None = None
        try:
            while not self._stop.is_set() and (frame := self._camera.read()) is not None:
                self._offer(frame)
        except SourceError as err:
            last = err
        self._frames.put(last)

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
            if now >= next_health:
                self._broker.publish(self._health(now), timeout_s=0)
                self._send_trends()
                next_health = now + self._config.health_s
            self._sender.wait(min(self._sender.step(now), next_health - now))

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
        beat = heartbeat(
            self._config.node,
            self._clock.now(),
            now,
            self._pulse,
            self._counters(),
            read_machine(Path(self._config.state)),
        )
        notify(f"STATUS={status_line(beat, is_connected=self._broker.is_connected)}")
        return Publish(topic, wire.encode(topic, beat), qos=0, is_retained=True)

    def _counters(self) -> Counters:
        return Counters(
            frames_dropped=self._camera.frames_dropped + self._frames_skipped,
            reconnects=self._camera.reconnects,
            held_back=self._pipeline.held_back.total(),
            accelerator="edgetpu" if self._interpreter.accelerator == "edgetpu" else "cpu",
            fallbacks=self._interpreter.fallbacks,
            outbox_depth=self._outbox.depth,
            outbox_max=self._config.outbox.max_rows,
            outbox_lost=self._outbox.dropped,
            refused_publishes=self._broker.refusals,
            model=self._interpreter.model_id,
            baseline=self._baseline_id,
            mode="spot" if self._mode == "spot" else "collect",
            shift=_sentence(self._drift.shift),
            notices=read_notices(),
            is_calibrated=self._baseline.calibrated_on >= self._config.score.min_sightings,
        )


def _sentence(shift: Shift | None) -> str:
    return "" if shift is None else f"{shift.what} is more {'un' if shift.is_more_unusual else ''}usual than then"


def _read_key(path: str) -> bytes:
    """The site's link key; empty without one. Raises ConfigError if the named file cannot be read."""
    try:
        return Path(path).read_bytes().strip() if path else b""
    except OSError as err:
        raise ConfigError(f"link_key {path}: cannot be read ({err}); provision this node again") from err


def run_node(config: NodeConfig, *, is_temporary: bool) -> int:
    """`spotter node`: 0 when the source ended or SIGTERM came; EdgeError otherwise.

    `is_temporary`: run without a configuration: outbox and counts are gone afterwards.
    """
    if not is_temporary:
        return _run_in(Path(config.state), config)
    with tempfile.TemporaryDirectory(prefix="spotter-") as folder:
        log.info("no --config: the outbox is temporary, scores that no booth acknowledges are gone at the end")
        return _run_in(Path(folder), config)


def _run_in(state: Path, config: NodeConfig) -> int:
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise ConfigError(f"state {state}: cannot be made ({err}); choose a folder this user may write") from err
    config = msgspec.structs.replace(config, state=str(state))
    clock, stop = SystemClock(), threading.Event()
    interpreter = open_interpreter(config.detection)
    broker = MqttBroker(config.broker, config.node)
    with (
        closing(Outbox(state / config.outbox.path, node=config.node, max_rows=config.outbox.max_rows)) as outbox,
        closing(_open_camera(config, interpreter, clock)) as camera,
    ):
        node = Node(
            config, camera=camera, interpreter=interpreter, outbox=outbox, broker=broker, clock=clock, stop=stop
        )
        _stop_on_signals(stop.set)
        return node.run()


def _open_camera(config: NodeConfig, interpreter: Interpreter, clock: Clock) -> Camera:
    height, width = interpreter.input.shape[1:3]
    return open_camera(config.frame.source, clock=clock, network_size=(height, width), pace=config.frame.pace)


def _stop_on_signals(stop: Callable[[], None]) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
