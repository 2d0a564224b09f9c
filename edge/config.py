"""The one config schema: every setting, its unit and its default; loaded from one YAML file per program.

Each stage is handed only its own section. Unknown keys fail and name the file and the key.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import yaml
from msgspec import Meta, Struct

from edge.errors import ConfigError
from edge.wire import Name

Positive = Annotated[float, Meta(gt=0, le=1e6)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Tls(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Mutual TLS to the broker."""

    ca: str
    """Path of the site's CA certificate, PEM."""
    certificate: str
    """Path of this program's certificate, PEM; its CN is the node's name."""
    key: str
    """Path of the private key, PEM."""


class BrokerSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the MQTT broker is."""

    host: str = "127.0.0.1"
    """Host name or address."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    """TCP port; 8883 is usual with TLS."""
    keepalive_s: Annotated[int, Meta(ge=2, le=3600)] = 15
    """Seconds between pings; a frozen node is declared offline after 1.5 to 2.5 times this."""
    tls: Tls | None = None
    """Absent: plain TCP, for one machine only."""


class FrameSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where frames come from."""

    source: str = "picamera2"
    """picamera2, v4l2:/dev/video0, rtsp://..., replay:PATH or street:SEED."""
    pace: Literal["real", "fast"] = "real"
    """How replays and the simulated street run: in their own time, or as fast as possible."""


class DetectionSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The pose network and its decoding."""

    model: str = "spotter-353x481"
    """A name in models/manifest.yaml."""
    accelerator: Literal["auto", "cpu", "edgetpu"] = "auto"
    """auto: the Edge TPU where one is plugged in and the model has a twin for it, else the CPU. edgetpu: a missing Edge
    TPU is a fault that `spotter health` reports, and the CPU does its work."""
    threads: Annotated[int, Meta(ge=1, le=16)] = 1
    """CPU threads of one invoke."""
    keypoint_threshold: Share = 0.3
    """A keypoint this sure is believed."""
    person_threshold: Share = 0.25
    """Mean confidence over 17 keypoints from which a pose is a person at all."""
    nms_radius_px: Positive = 20.0
    """Two keypoints of one kind closer than this, in network pixels, are one."""
    max_people: Annotated[int, Meta(ge=1, le=200)] = 40
    """People decoded in one frame at most."""


class TrackSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who is the same person from frame to frame."""

    birth_confidence: Share = 0.4
    """A new track starts from a detection this sure; weaker ones only continue tracks."""
    confirm_s: Positive = 0.4
    """Seen over this many seconds, and confirm_frames times, a track is a person."""
    confirm_frames: Annotated[int, Meta(ge=1)] = 4
    """Detections a track needs before it is a person."""
    max_gap_s: Positive = 1.5
    """A track unseen for this long has ended."""
    min_motion: Positive = 0.15
    """Body heights the torso must travel, or the share it must grow or shrink by, for a track to be alive."""


class AppearanceSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which views of a person are good enough to describe."""

    min_height_px: Positive = 90.0
    """Shoulder to ankle, in pixels of the frame."""
    min_quality: Share = 0.2
    """Views below this are not described."""
    best_views: Annotated[int, Meta(ge=1, le=50)] = 6
    """A sighting averages this many of its best views."""
    early_views: Annotated[int, Meta(ge=0)] = 3
    """Somebody still in view is scored early, once, at this many good views; 0: never."""


Context = Literal["any", "day-part", "rain", "cold", "hot"]


class ScoreSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The baseline and when it speaks."""

    baseline: str = ""
    """Path of a baseline to score against, whatever the booth freezes; empty: collect until the booth freezes one."""
    site_key: str = ""
    """Path of the site's public key, PEM; empty: baselines that the booth freezes are not taken."""
    min_sightings: Annotated[int, Meta(ge=1)] = 100
    """Calibration sightings below which every score is `warming_up`."""
    early_one_in: Annotated[float, Meta(ge=1)] = 50.0
    """Who is less rare by the early views waits for the final score."""
    context: Context = "any"
    """Compare within these sightings where there are enough: what the weather is, or `day-part`, by the clock."""


class OutboxSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What waits on disk for the booth's acknowledgement: scores only."""

    path: str = "outbox.sqlite"
    """File; scores only, never a picture."""
    max_rows: Annotated[int, Meta(ge=10)] = 50_000
    """The oldest are dropped, counted and announced beyond this."""


class NodeConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """node.yaml: one camera node."""

    site: Name = "booth"
    """The place."""
    node: Name = "camera-1"
    """This node; equals its certificate's CN."""
    facing: Annotated[int, Meta(ge=0, lt=360)] | None = None
    """Where the camera looks, degrees clockwise from north."""
    link_key: str = ""
    """Path of the site's link key; empty: sightings of several cameras are not joined."""
    state: str = "state"
    """Folder for outbox and collected counts."""
    health_s: Positive = 10.0
    """Seconds between heartbeats."""
    broker: BrokerSection = BrokerSection()
    """Where scores go."""
    frame: FrameSection = FrameSection()
    """Where frames come from."""
    detection: DetectionSection = DetectionSection()
    """The pose network."""
    track: TrackSection = TrackSection()
    """One person, one track."""
    appearance: AppearanceSection = AppearanceSection()
    """Which views count."""
    score: ScoreSection = ScoreSection()
    """The baseline."""
    outbox: OutboxSection = OutboxSection()
    """Scores waiting for the booth."""


class AlertSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When the booth tells people."""

    one_in: Annotated[float, Meta(gt=1)] = 100.0
    """Alert on nobody less rare than this."""
    per_hour: Annotated[float, Meta(gt=0, le=3600)] | None = None
    """People the staff can greet in an hour: the rarest of them are alerted; null: everybody that rare."""
    stock: Annotated[int, Meta(ge=0)] | None = None
    """Shoes to give away in all; every greeting takes one; null: nobody counts them."""
    max_open: Annotated[int, Meta(ge=1)] | None = None
    """Alerts that may be open at the same time. Counts only with `per_hour`."""
    expires_s: Annotated[int, Meta(ge=5, le=600)] = 60
    """An alert is worth nothing after this; a score that arrives later is stored, never alerted."""


class JoinSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which sightings are one person's."""

    window_s: Annotated[float, Meta(gt=0, le=60)] = 15.0
    """Seconds between two sightings of one person at most: from one camera to the next but one, or round a corner."""
    slack_s: Annotated[float, Meta(ge=0, le=60)] = 3.0
    """Seconds by which a walker may leave the next camera's picture before the one behind: overlap, and clocks."""


class PrivacySection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What may be said about a person."""

    hint: Literal["none", "coarse"] = "none"
    """coarse: an alert carries one short phrase made from its reasons, to find the person in the crowd."""


class PageSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may see the booth's page."""

    password_file: str = ""
    """Path of what `spotter booth-password` wrote; needed unless page_host is a loopback address."""
    tls_cert: str = ""
    """Path of the page's certificate with its chain, PEM; empty: plain HTTP."""
    tls_key: str = ""
    """Path of the certificate's private key, PEM."""
    hosts: list[str] = []
    """Names the page is reached by, besides the machine's own and its addresses."""
    metrics_token_file: str = ""
    """Path of a word that opens /metrics as a bearer token; empty: a log-in is needed."""


class HomeAssistantSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether Home Assistant finds the nodes' health."""

    announce: bool = False
    """Once this is false again, what was announced is taken back."""
    discovery_prefix: Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]+(/[a-zA-Z0-9_-]+)*\Z")] = "homeassistant"
    """As in the MQTT settings of Home Assistant."""


class BoothConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """booth.yaml: the aggregator."""

    site: Name = "booth"
    """The place."""
    store: str = "sqlite:///booth.sqlite"
    """SQLAlchemy URL of the store."""
    baseline_key: str = ""
    """Path of the site's private key, PEM, that `spotter baseline freeze` signs with."""
    centre: bool = False
    """A centre stores this site's scores too: a node deletes a score once both have it (firmware-config/centre/)."""
    retention_h: Positive = 24.0
    """Scores and alerts are deleted after this many hours."""
    page_host: str = "127.0.0.1"
    """Address the page listens on; anything but loopback needs page.password_file."""
    page_port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    """Port of the page; 0: any free one."""
    page: PageSection = PageSection()
    """Who may see the page."""
    nodes: dict[Name, Annotated[int, Meta(ge=0, lt=360)] | None] = {}
    """Facing of each node in degrees clockwise from north, for the alerts."""
    broker: BrokerSection = BrokerSection()
    """Where scores come from."""
    alert: AlertSection = AlertSection()
    """When to tell people."""
    join: JoinSection = JoinSection()
    """Which sightings are one person's."""
    privacy: PrivacySection = PrivacySection()
    """What may be said about a person."""
    home_assistant: HomeAssistantSection = HomeAssistantSection()
    """Node health for Home Assistant."""


class WorkerConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """worker.yaml: one of several that store the scores of many sites."""

    store: str = "postgresql:///spotter"
    """SQLAlchemy URL of the store that all workers share."""
    retention_h: Positive = 24.0
    """Scores are deleted after this many hours."""
    group: Name
    """Name of the shared subscription: each message goes to one worker of the group. It has no default: by this key a
    file is known to be a worker's."""
    broker: BrokerSection = BrokerSection()
    """The central broker."""


class LaptopConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """laptop.yaml: who watches from a laptop of the booth."""

    site: Name = "booth"
    """The place."""
    broker: BrokerSection = BrokerSection()
    """Where alerts come from; relative paths of its certificates start at this file."""


C = TypeVar("C", bound=Struct)

NO_YAML = (yaml.YAMLError, ValueError, AttributeError, RecursionError)
"""What PyYAML raises: the last three for a 13th month, `0x_`, `!!timestamp x`, and far too many brackets."""


def load(path: str | Path, schema: type[C]) -> C:
    """The checked settings of one file; raises ConfigError naming the file and the key."""
    try:
        data = Path(path).read_bytes()
    except OSError as err:
        raise ConfigError(f"{path}: cannot be read ({err}); give the path of a YAML file") from err
    return parse(data, schema, path)


def parse(data: bytes, schema: type[C], name: str | Path) -> C:
    """The same of what a file called `name` holds."""
    try:
        found = yaml.safe_load(data.decode("utf-8"))
    except UnicodeDecodeError as err:
        raise ConfigError(f"{name}: cannot be read ({err}); give the path of a YAML file") from err
    except NO_YAML as err:
        raise ConfigError(f"{name}: is not YAML ({' '.join(str(err).split())})") from err
    try:
        return msgspec.convert({} if found is None else found, schema)
    except msgspec.ValidationError as err:
        raise ConfigError(f"{name}: {_at_key(str(err))}") from err


def dump(settings: Mapping[str, Any], about: str = "") -> bytes:
    """A file as `load` reads it, under a comment."""
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    return (f"# {about}\n{text}" if about else text).encode()


def broker_at(text: str | None, section: BrokerSection) -> BrokerSection:
    """`HOST:PORT` over the configured broker; raises ConfigError for anything else."""
    if text is None:
        return section
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigError(f"--broker {text!r}: expected HOST:PORT such as 127.0.0.1:1883")
    return msgspec.structs.replace(section, host=host.strip("[]"), port=int(port))


def load_laptop(path: Path) -> LaptopConfig:
    """laptop.yaml with the paths of its certificates as seen from here."""
    config = load(path, LaptopConfig)
    tls = config.broker.tls
    if tls is None:
        return config
    paths = {key: str(path.parent / getattr(tls, key)) for key in Tls.__struct_fields__}
    return msgspec.structs.replace(config, broker=msgspec.structs.replace(config.broker, tls=Tls(**paths)))


def _at_key(complaint: str) -> str:
    """Msgspec's `... - at `$.broker.port`` in words a technician reads.

    >>> _at_key("Expected `int`, got `str` - at `$.broker.port`")
    'broker.port: Expected `int`, got `str`'
    >>> _at_key("Object contains unknown field `colour`")
    'top level: Object contains unknown field `colour`'
    """
    text, _, place = complaint.partition(" - at ")
    key = place.strip("`").removeprefix("$").lstrip(".")
    return f"{key or 'top level'}: {text}"
