"""Protocols for what differs between real and test runs; each has a real adapter and a fake (fakes.py or tests/)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.records import Frame

Pace = Literal["real", "fast"]
"""Speed of a replayed or simulated source: in real time, or as fast as frames are read."""


class Optics(NamedTuple):
    """What a camera's picture shows; None for what is not known."""

    angle_deg: float | None = None
    """Horizontal field of view of the picture, in degrees."""
    width_share: float | None = None
    """Share (0..1) of the sensor's width that the picture shows."""
    is_as_asked: bool = True
    """Whether the camera gives the size and colours that were asked for."""


class Camera(Protocol):
    """A source of frames. Its constructor opens it, so it must be closed."""

    @property
    def name(self) -> str:
        """A readable name: `street:7?camera=1`, `clip.mp4`, `v4l2:/dev/video0`."""

    @property
    def frames_dropped(self) -> int:
        """Number of corrupt or missed frames so far."""

    @property
    def reconnects(self) -> int:
        """Number of times the source was lost and found again."""

    @property
    def optics(self) -> Optics:
        """What the newest frame shows; nothing is known of recordings and simulations."""

    def read(self) -> Frame | None:
        """Return the next frame, or None at the end of the source.

        Raises SourceError when the source is lost for good (after its own bounded retries).
        """

    def close(self) -> None: ...


class TensorSpec(NamedTuple):
    """One input or output of the model; real value = (stored value - zero_point) * scale."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    scale: float
    zero_point: int


class Interpreter(Protocol):
    """A loaded model that can be run."""

    @property
    def model_id(self) -> str:
        """First 12 hex digits of the SHA-256 of the CPU model file, also while its Edge TPU version runs."""

    @property
    def accelerator(self) -> str:
        """What actually runs the model: `cpu` or `edgetpu`."""

    @property
    def fallbacks(self) -> int:
        """Number of times the Edge TPU was requested but the CPU was used."""

    @property
    def failures(self) -> int:
        """Number of times the model failed on the CPU and was loaded again."""

    @property
    def input(self) -> TensorSpec: ...

    @property
    def outputs(self) -> Sequence[TensorSpec]: ...

    def invoke(self, tensor: NDArray[np.uint8]) -> Sequence[NDArray[np.float32]]:
        """Run the model on a tensor shaped as `input`; returns real-valued arrays shaped and ordered as `outputs`.

        They may be `Outputs` (outputs.py), which are dequantized only where they are read. Two threads may call this;
        the second waits.
        """


class Received(NamedTuple):
    """One message received from the broker."""

    topic: str
    payload: bytes
    is_retained: bool


class Publish(NamedTuple):
    """One message to publish; after `expiry_s` seconds the broker discards it."""

    topic: str
    payload: bytes
    qos: int
    is_retained: bool
    expiry_s: int | None = None


class Broker(Protocol):
    """A connection to the MQTT broker that reconnects and resubscribes automatically."""

    @property
    def is_connected(self) -> bool: ...

    @property
    def connections(self) -> int:
        """Number of connections so far; after a new one the broker may have lost everything sent before."""

    @property
    def refusals(self) -> int:
        """Number of publishes, subscriptions and connections that the broker answered with a failure code."""

    @property
    def trouble(self) -> str:
        """Why the broker refused the last connection, and what to do; empty if it took it, or is merely away."""

    def connect(
        self,
        *,
        will: Publish | None,
        births: Callable[[], Sequence[Publish]],
        subscriptions: Sequence[str],
        on_message: Callable[[Received], None],
    ) -> None:
        """Start connecting in the background; does not raise if the broker is away.

        On every connect, after resubscribing, `births` is called and its messages are published.
        """

    def publish(self, message: Publish, *, timeout_s: float | None = None) -> bool:
        """Return True if the broker took the message and it reached a subscriber, or is retained for later ones.

        With QoS 1 this waits up to `timeout_s` seconds for the broker's answer; with `timeout_s=0` it does not wait,
        and True means only that the message was sent. Raises WireError (too_large) for a message no broker would take.
        """

    def close(self) -> None:
        """Disconnect cleanly, so that the will is not sent; nothing can be published after this."""


class BoardReading(NamedTuple):
    """State of the board at one moment; None where it has no such sensor."""

    cpu_c: float | None
    memory_mb: float
    """Memory used by this program."""
    memory_free_mb: float
    """Memory available to any program."""
    disk_free_mb: float
    """Free space on the disk of the state folder."""
    is_throttled: bool | None = None
    """Whether the firmware has slowed it down, because of heat or low power."""
    is_undervolted: bool | None = None
    is_clock_set: bool | None = None
    """Whether a time server keeps its clock right."""


class Board(Protocol):
    """The computer the node runs on."""

    def read(self) -> BoardReading: ...


class Clock(Protocol):
    """The time; tests use a clock they can set."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps; its zero is arbitrary."""

    def sleep(self, seconds: float) -> None: ...


class ServiceReading(NamedTuple):
    """State of the node's systemd unit at one moment."""

    is_running: bool
    """Whether it has started or is starting."""
    run: str
    """Id of this run, new with every start; empty before the first."""
    status: str
    """Last status line the program reported in this run."""
    start_s: float = 60.0
    """Seconds after which systemd gives up its start (TimeoutStartSec)."""
    watchdog_s: float = 30.0
    """Seconds without a processed frame after which systemd restarts it (WatchdogSec)."""


class Service(Protocol):
    """The systemd unit of the node, and the timer that reverts an unfinished update. Methods raise ProvisionError."""

    def read(self) -> ServiceReading: ...

    def stop(self) -> None:
        """Stop the node and wait until it has stopped; does nothing if it is not running."""

    def kill(self) -> None:
        """Kill the node now (SIGKILL)."""

    def start(self) -> None:
        """Start the node; returns without waiting for it."""

    def guard(self) -> None:
        """Arm the rollback timer: if this process dies, systemd reverts the update within minutes."""

    def unguard(self) -> None:
        """Disarm the rollback timer."""
