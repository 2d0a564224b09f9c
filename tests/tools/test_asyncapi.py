"""The file for other programs agrees with wire.py."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from edge import wire
from tests.messages import make_health, make_score, make_status
from tests.test_wire import ACK, ALERT, FEEDBACK, FROZEN, GAP, TREND
from tools import asyncapi

DOCUMENT = asyncapi.document()
MESSAGES = (make_score(), make_health(), make_status(), GAP, ACK, ALERT, FEEDBACK, TREND, FROZEN)


def schema(kind: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{kind}", "components": DOCUMENT["components"]}


def test_the_committed_file_is_the_generated_one() -> None:
    assert asyncapi.PATH.read_text(encoding="utf-8") == asyncapi.text(), "run python tools/asyncapi.py"


def test_every_topic_is_a_channel() -> None:
    addresses = {channel["address"] for channel in DOCUMENT["channels"].values()}
    wanted = {wire.node_topic("{site}", "{node}", leaf) for leaf in wire.NODE_LEAVES}
    wanted |= {wire.booth_topic("{site}", leaf) for leaf in wire.BOOTH_LEAVES}
    assert addresses == wanted | {wire.feedback_topic("{site}", "{laptop}")}


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_what_is_sent_is_what_the_schema_says(message: wire.Message) -> None:
    fields = json.loads(wire.pack(message))
    jsonschema.validate(fields, schema(type(message).__name__))
    for field in ("v", "at", "id", "epoch", "window", "state"):
        if field in fields:
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(fields | {field: ["no"]}, schema(type(message).__name__))


def test_patterns_and_closed_schemas_hold_for_others_too() -> None:
    fields = json.loads(wire.pack(make_score()))
    for wrong in ({"node": "Camera 1"}, {"face": 1}, {"at": "2025-06-15T15:06:40.5Z"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(fields | wrong, schema("Score"))
    assert not re.search(r"\\\\Z", asyncapi.text())


def test_its_own_tool_accepts_it(tmp_path: Path) -> None:
    cli = shutil.which("asyncapi")
    if cli is None:
        pytest.skip("no asyncapi on PATH: npm install -g @asyncapi/cli")
    found = subprocess.run([cli, "validate", asyncapi.PATH], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
