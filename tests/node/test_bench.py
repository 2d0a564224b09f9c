"""`spotter bench` on the simulated street, as a table and as JSON."""

import json

import pytest

from edge.model.manifest import manifest
from edge.node.bench import run_bench


def test_it_says_what_each_size_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_bench("street:7", 2, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    sizes = {one["model"]: one for one in found["sizes"]}
    shipped = {name for name, entry in manifest().models.items() if entry.is_shipped}
    assert shipped <= set(sizes)
    assert sizes["spotter-353x481"]["person_px"] == {"1280x720": [186, 240], "1920x1080": [279, 359]}
    assert run_bench("street:7", 1, as_json=False) == 0
    table = capsys.readouterr().out
    assert all(name in table for name in ("whole frame", "417x737", "186 / 240"))
