"""The fuzz targets by name. Importing this module imports the code that is fuzzed."""

from tools.fuzzing.files import make_bundle, make_card, make_config, make_node, make_signature
from tools.fuzzing.messages import make_baseline, make_frozen, make_outbox, make_wire
from tools.fuzzing.target import Maker

TARGETS: dict[str, Maker] = {
    "wire": make_wire,
    "config": make_config,
    "baseline": make_baseline,
    "frozen": make_frozen,
    "outbox": make_outbox,
    "node": make_node,
    "bundle": make_bundle,
    "signature": make_signature,
    "card": make_card,
}
