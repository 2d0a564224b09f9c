"""Generates edge/asyncapi.json from edge/wire.py, for other programs; run `python tools/asyncapi.py`."""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from edge import __version__, wire
from edge.baseline_codec import Counted

PATH = Path(__file__).parents[1] / "edge" / "asyncapi.json"


class Delivery(NamedTuple):
    """How one kind of message is sent."""

    sender: str
    qos: int = 1
    is_retained: bool = False
    expiry_s: int | None = None


NODE = {
    "status": Delivery("node", is_retained=True),
    "health": Delivery("node", qos=0, is_retained=True),
    "score": Delivery("node", expiry_s=wire.SCORE_EXPIRY_S),
    "sealed": Delivery("node", expiry_s=wire.SCORE_EXPIRY_S),
    "link": Delivery("booth", expiry_s=wire.LINK_ROTATION_S),
    "gap": Delivery("node"),
    "ack": Delivery("booth", is_retained=True),
    "stored": Delivery("worker", is_retained=True),
    "trend": Delivery("node"),
    "baseline": Delivery("node", is_retained=True),
    "update": Delivery("node", is_retained=True),
}
BOOTH = {
    "status": Delivery("booth", is_retained=True),
    "alert": Delivery("booth", expiry_s=60),
    "feedback": Delivery("booth"),
    "baseline": Delivery("booth", is_retained=True),
    "notice": Delivery("booth", is_retained=True),
    "release": Delivery("update", is_retained=True),
}
BINARY = {"contentType": "application/octet-stream", "payload": {"type": "string", "format": "binary"}}


def document() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document (asyncapi.com/docs/reference/specification/v3.0.0), with MQTT binding 0.2.0."""
    _, schemas = msgspec.json.schema_components(
        [kind for kind in dict.fromkeys(_kinds()) if kind is not Counted], ref_template="#/components/schemas/{name}"
    )
    channels, operations = {}, {}
    for where, leaves, ways in (("node", wire.NODE_LEAVES, NODE), ("booth", wire.BOOTH_LEAVES, BOOTH)):
        for leaf, kind in leaves.items():
            name, way = f"{where}-{leaf}", ways[leaf]
            channels[name] = _channel(where, leaf, kind.__name__)
            operations[f"{way.sender}-sends-{name}"] = _operation(name, kind.__name__, way)
    channels["laptop-feedback"] = _channel("booth", "feedback", "Feedback")
    channels["laptop-feedback"]["address"] = wire.feedback_topic("{site}", "{laptop}")
    channels["laptop-feedback"]["parameters"]["laptop"] = {"description": "as `who`, and the name in its certificate"}
    operations["laptop-sends-feedback"] = _operation("laptop-feedback", "Feedback", Delivery("laptop"))
    messages = {
        kind.__name__: {
            "summary": " ".join((kind.__doc__ or "").replace("`", "").split()),
            **(BINARY if kind is Counted else _json(kind.__name__)),
        }
        for kind in _kinds()
    }
    found: dict[str, Any] = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Exception Spotter",
            "version": __version__,
            "description": f"MQTT v5. Times are UTC, whole seconds. A payload has at most {wire.MAX_BYTES} bytes, "
            f"a baseline {wire.MAX_BASELINE_BYTES}.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }
    plain: dict[str, Any] = _plain(found)
    return plain


def _kinds() -> list[type[wire.Message]]:
    return [*wire.NODE_LEAVES.values(), *wire.BOOTH_LEAVES.values()]


def _json(kind: str) -> dict[str, Any]:
    return {"contentType": "application/json", "payload": {"$ref": f"#/components/schemas/{kind}"}}


def text() -> str:
    return json.dumps(document(), indent=1) + "\n"


def _channel(where: str, leaf: str, kind: str) -> dict[str, Any]:
    is_node = where == "node"
    names = ("site", "node") if is_node else ("site",)
    return {
        "address": wire.node_topic("{site}", "{node}", leaf) if is_node else wire.booth_topic("{site}", leaf),
        "parameters": {name: {"description": "3 to 32 of a-z, 0-9 and hyphen"} for name in names},
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"}},
    }


def _operation(channel: str, kind: str, way: Delivery) -> dict[str, Any]:
    binding: dict[str, Any] = {"qos": way.qos, "retain": way.is_retained, "bindingVersion": "0.2.0"}
    if way.expiry_s is not None:
        binding["messageExpiryInterval"] = way.expiry_s
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind}"}],
        "bindings": {"mqtt": binding},
    }


def _plain(value: Any) -> Any:
    """Rewrite patterns for JSON Schema (ECMA 262), in which only the dollar marks the end of text."""
    if isinstance(value, dict):
        return {
            key: one.replace(r"\Z", "$") if key == "pattern" and isinstance(one, str) else _plain(one)
            for key, one in value.items()
        }
    return [_plain(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
    print(f"wrote {PATH}", file=sys.stderr)
