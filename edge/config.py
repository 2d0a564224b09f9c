"""All settings, with unit and default; each program loads them from one YAML file.

Each stage gets only its own section. An unknown key is an error that names the file and the key.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from edge import yaml_file
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
    """How to reach the MQTT broker."""

    host: str = "127.0.0.1"
    """Host name or address."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    """TCP port; 8883 is usual with TLS."""
    keepalive_s: Annotated[int, Meta(ge=2, le=3600)] = 15
    """Seconds between pings; a hung node is declared offline after 1.5 to 2.5 times this."""
    tls: Tls | None = None
    """TLS settings; absent: plain TCP, only for programs on one machine."""


class FrameSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Source of the frames."""

    source: str = "picamera2"
    """Camera: picamera2, v4l2:/dev/video0, rtsp://..., replay:PATH (clip or photos) or street:SEED (simulated)."""
    pace: Literal["real", "fast"] = "real"
    """Speed of replays and the simulated street: real time, or as fast as possible."""
    rotate: Literal[0, 90, 180, 270] = 0
    """Degrees clockwise that a live camera's picture is turned: 180 if it hangs upside down, 90 or 270 on its side."""
    focus_m: Annotated[float, Meta(ge=0.02, le=1000)] | None = None
    """Distance in metres at which a Pi camera's lens is focused; null: continuous autofocus, where the lens has it."""
    shutter_s: Annotated[float, Meta(ge=0.0001, le=0.1)] = 0.005
    """Longest shutter time of a Pi camera in seconds, while more gain can still help; only in the dark it is longer."""
    lens_deg: Annotated[float, Meta(ge=5, le=179)] | None = None
    """Horizontal field of view of the lens over the sensor's whole width, in degrees; null: that of the Pi cameras with
    a fixed lens, else unknown."""


class DetectionSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The model that finds people, and its decoding."""

    model: str = "spotter-305x545"
    """Name of the model in models/manifest.yaml."""
    accelerator: Literal["auto", "cpu", "edgetpu"] = "auto"
    """auto: the Edge TPU if one is plugged in and the model has a twin for it, else the CPU. edgetpu: always the Edge
    TPU; if it is missing, the CPU is used and `spotter health` reports a fault."""
    threads: Annotated[int, Meta(ge=0, le=16)] = 1
    """CPU threads for one run of the model; 0: one for each core but one, and fewer while the board is hot."""
    keypoint_threshold: Share = 0.3
    """Confidence from which a keypoint is used."""
    person_threshold: Share = 0.25
    """Mean confidence over the 17 keypoints from which a pose counts as a person."""
    nms_radius_px: Positive = 20.0
    """Two keypoints of one kind closer than this, in pixels of the model's input, are the same."""
    min_body_px: Positive = 45.0
    """Smallest body height of a person in pixels of the model's input. Smaller ones are too small to be described, and
    lamps and posts far away look like them."""
    max_people: Annotated[int, Meta(ge=1, le=200)] = 40
    """Most people to decode in one frame."""


class TrackSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Following a person from frame to frame."""

    birth_confidence: Share = 0.45
    """Confidence from which a detection starts a new track; weaker ones only continue tracks."""
    confirm_s: Positive = 0.3
    """Seconds that a track must last, with confirm_frames detections, to count as a person."""
    confirm_frames: Annotated[int, Meta(ge=1)] = 3
    """Detections that a track needs to count as a person."""
    max_gap_s: Positive = 1.5
    """Seconds without a detection after which a track ends; until then, its continuation can be linked with it."""
    min_motion: Positive = 0.15
    """Body heights that the torso must move, or share that it must grow or shrink, for a track to be a live person."""


class AppearanceSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Choice of the views of a person that are good enough to describe."""

    min_seen_px: Positive = 40.0
    """Smallest height of a person from shoulder to ankle, in pixels of the model's input: what it can see."""
    min_height_px: Positive = 25.0
    """Smallest height of a person from shoulder to ankle, in pixels of the frame: what can be described. Files from
    before the second look may say 90, which goes on to count as it did."""
    min_quality: Share = 0.15
    """Smallest quality of a view to be described."""
    best_views: Annotated[int, Meta(ge=1, le=50)] = 6
    """Number of best views that a sighting averages."""
    second_looks_per_s: Annotated[float, Meta(ge=0, le=100)] = 4.0
    """Most second looks at small people a second, each one more run of the model, and never more than one for every two
    frames; 0: none, which makes another recipe."""
    early_views: Annotated[int, Meta(ge=0)] = 3
    """Number of good views after which a person still in view gets one early score; 0: never."""


Context = Literal["any", "day-part", "rain", "cold", "hot"]


class ScoreSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The baseline, and when it gives scores."""

    baseline: str = ""
    """Path of a baseline to always score against; empty: collect until the booth freezes one."""
    site_key: str = ""
    """Path of the site's public key, PEM; empty: baselines that the booth freezes are refused."""
    min_sightings: Annotated[int, Meta(ge=1)] = 100
    """Calibration sightings needed for scores; with fewer, every score is `warming_up`."""
    early_one_in: Annotated[float, Meta(ge=10)] = 50.0
    """An early score is sent only if it is at least this rare (1 in N); else only the final score is."""
    context: Context = "any"
    """Compare only with sightings of this context if there are enough: the weather, or `day-part`, by the clock."""


class OutboxSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Scores on disk that wait for the booth's acknowledgement."""

    path: str = "outbox.sqlite"
    """Path of the file, in the state folder; it holds scores only, never a picture."""
    booth_key: str = ""
    """Path of the booth's public key, PEM, to which scores on disk are sealed; empty: plain, on one machine only."""
    max_rows: Annotated[int, Meta(ge=10)] = 50_000
    """Most scores to keep; beyond this the oldest are dropped, counted and announced to the booth."""


class NodeConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """node.yaml: one camera node."""

    site: Name = "booth"
    """Name of the site."""
    node: Name = "camera-1"
    """Name of this node; equals its certificate's CN."""
    facing: Annotated[int, Meta(ge=0, lt=360)] | None = None
    """Direction the camera looks, in degrees clockwise from north."""
    link_key: str = ""
    """Ignored, for cards of older releases: the booth hands out the link key, for ten minutes at a time."""
    state: str = "state"
    """Folder for the outbox and collected counts."""
    health_s: Positive = 10.0
    """Seconds between heartbeats."""
    broker: BrokerSection = BrokerSection()
    """Broker to send scores to."""
    frame: FrameSection = FrameSection()
    """Source of the frames."""
    detection: DetectionSection = DetectionSection()
    """The model that finds people."""
    track: TrackSection = TrackSection()
    """Following a person from frame to frame."""
    appearance: AppearanceSection = AppearanceSection()
    """Choice of the views to describe."""
    score: ScoreSection = ScoreSection()
    """The baseline, and when it gives scores."""
    outbox: OutboxSection = OutboxSection()
    """Scores that wait for the booth."""


class AlertSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When the booth alerts its staff."""

    one_in: Annotated[float, Meta(ge=10)] = 100.0
    """Rarity from which to alert: 1 in this many sightings; the nodes say too little about more usual people. Rarities
    come as 1 in 1, 2, 5, 10, 20, 50 and so on, so between two of these the larger counts."""
    per_hour: Annotated[float, Meta(gt=0, le=3600)] | None = None
    """People the staff can greet in an hour; alerts are limited to the rarest ones. null: no limit."""
    stock: Annotated[int, Meta(ge=0)] | None = None
    """Items to give away in all; every greeting uses one. null: not counted."""
    max_open: Annotated[int, Meta(ge=1)] | None = None
    """Most alerts open at the same time; applies only with `per_hour`. null: no limit."""
    crowd: Annotated[int, Meta(ge=1)] | None = 30
    """Rare people one camera may claim at once, beyond what its figures promise, before its alerts wait for staff.
    null: any number."""
    expires_s: Annotated[int, Meta(ge=5, le=600)] = 60
    """Seconds after which an alert expires; a score that arrives later is stored, but causes no alert."""


class JoinSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Joining the sightings of one person by several cameras."""

    window_s: Annotated[float, Meta(gt=0, le=60)] = 15.0
    """Most seconds between two sightings of one person: enough to pass one camera unseen, or to turn a corner."""
    slack_s: Annotated[float, Meta(ge=0, le=60)] = 3.0
    """Seconds by which a person may leave the second camera's view before the first's: overlapping views, clocks."""


class PrivacySection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an alert may say about a person."""

    hint: Literal["none", "coarse"] = "coarse"
    """coarse: an alert names two to four garments with their colours, to find the person in the crowd. none: only its
    reasons, without the kind of garment."""


Short = Annotated[str, Meta(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
"""A few words on one line."""
Line = Annotated[str, Meta(max_length=400, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Language = Literal["en", "es", "sv", "fr", "de", "it"]
"""Languages of the page."""


class PlaceSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What staff call a camera, and what stands in each third of its picture."""

    name: Short = ""
    """Name of the camera, such as Mercer Street door; empty: its node's name."""
    left: Short = ""
    """Landmark in the left third of its picture, such as by the lamp."""
    centre: Short = ""
    """Landmark in the middle."""
    right: Short = ""
    """Landmark in the right third."""


class SpeechSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What staff say to people, by language; what is left out is said in the page's own words."""

    offer: dict[Language, Short] = {}
    """What the booth offers, such as a pair of shoes."""
    say: dict[Language, Line] = {}
    """The first sentence."""
    filming: dict[Language, Line] = {}
    """The answer to "are you filming me?"."""
    who: Line = ""
    """Who runs the cameras, as on the notice."""
    contact: Line = ""
    """Where people can ask or object, as on the notice."""


class NotifySection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is sent to phones, in words only: by an ntfy server, or by Web Push to browsers that asked for it."""

    cameras: bool = True
    """Whether to tell that a camera fails."""
    alerts: bool = False
    """Whether to tell of alerts: the words and the place, which expire with the alert."""
    ntfy: Annotated[str, Meta(pattern=r"^(https?://[^\s/]+/[A-Za-z0-9_-]{1,64})?\Z")] = ""
    """URL of a topic on an ntfy server, such as https://ntfy.example/soho; empty: none. Over the internet, choose a
    name that nobody guesses, or a token."""
    ntfy_token_file: str = ""
    """Path of a file with the access token of that server; empty: none."""
    push_key: str = ""
    """Path of the private key that Web Push is signed with, PEM, made by `spotter booth-push-key`; empty: no Web Push.
    Browsers that asked for it are kept beside it, in push.json."""
    push_contact: Annotated[str, Meta(pattern=r"^(mailto:|https://)[^\s]+\Z")] = "mailto:booth@localhost.localdomain"
    """Whom a push service writes to if something is wrong, mailto: or https:."""
    push_services: tuple[str, ...] = (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "web.push.apple.com",
        "notify.windows.com",
    )
    """Host names of the push services that browsers may name, with all names below them."""


class PageSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Access to the booth's page."""

    password_file: str = ""
    """Path of the file that `spotter booth-password` wrote; needed unless page_host is a loopback address."""
    tls_cert: str = ""
    """Path of the page's certificate with its chain, PEM; used off loopback, where the page needs it."""
    tls_key: str = ""
    """Path of the certificate's private key, PEM."""
    insecure: bool = False
    """Whether the page may ask for its password without TLS, so that others on the network can read it."""
    origin: Annotated[str, Meta(pattern=r"^(https?://[a-z0-9.\[\]:-]+)?\Z")] = ""
    """Origin under which a reverse proxy shows the page, such as https://spotter.example; the page then asks for its
    password on loopback too."""
    hosts: list[str] = []
    """More host names of the page, besides the machine's own name and addresses."""
    metrics_token_file: str = ""
    """Path of a file with the bearer token for /metrics; empty: /metrics needs a log-in."""
    language: Language = "en"
    """Language of the page for a browser that asks for none of ours; each laptop can choose another one."""


class HomeAssistantSection(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Showing the nodes' health in Home Assistant."""

    announce: bool = False
    """Announce the nodes to Home Assistant; set to false again, the announcements are removed."""
    discovery_prefix: Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]+(/[a-zA-Z0-9_-]+)*\Z")] = "homeassistant"
    """Discovery prefix, as in the MQTT settings of Home Assistant."""


IN_MEMORY = re.compile(r"sqlite[^:]*:(/{0,3}(\?|\Z)|.*(:memory:|mode=memory))")
"""URLs of SQLite stores without a file."""


def _check_store(url: str) -> None:
    """Raise ValueError for SQLite without a file: scores would be acknowledged, and lost with the program's end."""
    if IN_MEMORY.match(url):
        msg = "store: expected a file such as sqlite:///booth.sqlite, found SQLite in memory, where every score is lost"
        raise ValueError(msg)


class BoothConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """booth.yaml: the program that stores a site's scores and alerts its staff."""

    site: Name = "booth"
    """Name of the site."""
    store: str = "sqlite:///booth.sqlite"
    """SQLAlchemy URL of the store."""
    baseline_key: str = ""
    """Path of the site's private key, PEM, that `spotter baseline freeze` signs with."""
    outbox_key: str = ""
    """Path of the private key, PEM, that opens what nodes have sealed on their cards; empty: only plain scores."""
    centre: bool = False
    """Whether a centre stores this site's scores too; nodes then delete a score once both have it
    (firmware-config/centre/)."""
    retention_h: Positive = 24.0
    """Hours after which scores and alerts are deleted."""
    page_host: str = "127.0.0.1"
    """Address the page listens on; anything but loopback needs page.password_file and page.tls_cert."""
    page_port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    """Port of the page; 0: any free one."""
    page: PageSection = PageSection()
    """Access to the page."""
    nodes: dict[Name, Annotated[int, Meta(ge=0, lt=360)] | None] = {}
    """Direction each node's camera looks, in degrees clockwise from north, for the alerts; null: unknown."""
    faces: Annotated[int, Meta(ge=0, lt=360)] | None = None
    """Direction that staff look as they step out of the booth, in degrees clockwise from north; null: unknown."""
    places: dict[Name, PlaceSection] = {}
    """What staff call each camera and what it sees, by node."""
    speech: SpeechSection = SpeechSection()
    """What staff say to people."""
    notify: NotifySection = NotifySection()
    """What is sent to phones."""
    broker: BrokerSection = BrokerSection()
    """Broker to receive scores from."""
    alert: AlertSection = AlertSection()
    """When to alert the staff."""
    join: JoinSection = JoinSection()
    """Joining the sightings of one person by several cameras."""
    privacy: PrivacySection = PrivacySection()
    """What an alert may say about a person."""
    home_assistant: HomeAssistantSection = HomeAssistantSection()
    """Showing the nodes' health in Home Assistant."""

    def __post_init__(self) -> None:
        _check_store(self.store)


class WorkerConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """worker.yaml: one of several programs that store the scores of many sites."""

    store: str = "postgresql:///spotter"
    """SQLAlchemy URL of the store, which all workers share."""
    retention_h: Positive = 24.0
    """Hours after which scores are deleted."""
    group: Name
    """Name of the shared subscription: each message goes to one worker of the group. It has no default, as this key
    marks a worker's file."""
    broker: BrokerSection = BrokerSection()
    """The central broker."""

    def __post_init__(self) -> None:
        _check_store(self.store)


class LaptopConfig(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """laptop.yaml: alerts and health on a laptop of the booth."""

    site: Name = "booth"
    """Name of the site."""
    broker: BrokerSection = BrokerSection()
    """Broker to receive alerts from; relative paths of its certificates start at this file's folder."""
    programs: dict[Name, Tls] = {}
    """Certificates of programs that have their own, by command, so that several can run at once: the broker takes the
    name in a certificate for the client id, and a second connection under one id ends the first."""


C = TypeVar("C", bound=Struct)

NEEDED = ("site", "node", "broker")
"""Keys of node.yaml that a service needs: their defaults are for trying things out."""


def load(path: str | Path, schema: type[C]) -> C:
    """Return the checked settings of one file; raises ConfigError naming the file and the key."""
    return parse(yaml_file.contents(path), schema, path)


def load_as_service(path: Path, copy: Path | None = None) -> NodeConfig:
    """Load node.yaml for a node that runs unattended: nothing that may be missing from a shortened file has a default.

    A file without its end mark is taken only if it equals `copy`, the last good one, which may be of a release that
    wrote no end mark. Raises ConfigError.
    """
    data = yaml_file.contents(path)
    settings = parse(data, NodeConfig, path, NEEDED)
    if not (copy and copy.is_file() and yaml_file.contents(copy) == data):
        check_ended(data, path)
    return settings


def check_ended(data: bytes, name: str | Path) -> None:
    """Raise ConfigError unless the contents of the file `name` end with the end mark."""
    if not yaml_file.is_ended(data):
        raise ConfigError(
            f"{name}: does not end with the line `...`, so it may have been cut off, and a node refuses it; if it is "
            "complete, add that line"
        )


def parse(data: bytes, schema: type[C], name: str | Path, required: Sequence[str] = ()) -> C:
    """Return the checked settings in `data`, the contents of the file `name`; raises ConfigError as `load`.

    `required` are keys that the file must have though the schema has defaults for them.
    """
    found = yaml_file.read(data, name)
    try:
        settings = msgspec.convert(found, schema)
    except msgspec.ValidationError as err:
        raise ConfigError(f"{name}: {_at_key(str(err))}") from err
    if missing := [key for key in required if key not in found]:
        raise ConfigError(f"{name}: {', '.join(missing)} missing: expected for a service; make the file again")
    return settings


dump = yaml_file.write


def broker_at(text: str | None, section: BrokerSection) -> BrokerSection:
    """Return the section with host and port from `HOST:PORT`, if given; raises ConfigError for other text."""
    if text is None:
        return section
    host, _, port = text.rpartition(":")
    if "@" in text or "/" in text:
        raise ConfigError("--broker: expected HOST:PORT such as 127.0.0.1:1883, without scheme, user or password")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigError(f"--broker {text!r}: expected HOST:PORT such as 127.0.0.1:1883")
    return msgspec.structs.replace(section, host=host.strip("[]"), port=int(port))


def load_laptop(path: Path, program: str = "") -> LaptopConfig:
    """Load laptop.yaml, with the certificate of one of its programs, and paths resolved against its folder."""
    config = load(path, LaptopConfig)
    tls = config.programs.get(program, config.broker.tls)
    if tls is None:
        return config
    paths = {key: str(path.parent / getattr(tls, key)) for key in Tls.__struct_fields__}
    return msgspec.structs.replace(config, broker=msgspec.structs.replace(config.broker, tls=Tls(**paths)))


def _at_key(complaint: str) -> str:
    """Rewrite msgspec's `... - at `$.broker.port`` for the technician: the key comes first.

    >>> _at_key("Expected `int`, got `str` - at `$.broker.port`")
    'broker.port: Expected `int`, got `str`'
    >>> _at_key("Object contains unknown field `colour`")
    'top level: Object contains unknown field `colour`'
    """
    text, _, place = complaint.partition(" - at ")
    key = place.strip("`").removeprefix("$").lstrip(".")
    return f"{key or 'top level'}: {text}"
