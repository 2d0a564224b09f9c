"""Imports point one way, heavy packages have one home, and no pixel can pass the privacy gate."""

import ast
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STAGES = {"frame", "detection", "track", "appearance", "score", "message"}
NOUNS = {
    "edge",
    "errors",
    "masking",
    "yaml_file",
    "interval",
    "vocabulary",
    "recipe",
    "baseline_codec",
    "baseline_shapes",
    "limits",
    "places",
    "wire",
    "wire_update",
    "problems",
    "aim",
    "config",
    "seams",
    "atomic_file",
}

# What each part may import of edge, besides itself. `records`, `palette` and `outputs` are the nouns of the
# node's side.
ALLOWED = {
    "masking": set(),
    "errors": {"masking"},
    "yaml_file": {"errors"},
    "atomic_file": set(),
    "vocabulary": set(),
    "interval": set(),
    "recipe": {"vocabulary"},
    "baseline_codec": {"errors", "recipe"},
    "baseline_shapes": {"baseline_codec", "errors", "limits", "recipe", "vocabulary"},
    "limits": set(),
    "places": set(),
    "wire": {
        "aim",
        "errors",
        "limits",
        "vocabulary",
        "baseline_codec",
        "baseline_shapes",
        "wire_v1",
        "wire_update",
        "problems",
    },
    "wire_update": set(),
    "problems": set(),
    "aim": {"limits"},
    "wire_v1": {"limits"},
    "signing": {"errors"},
    "sealing": {"errors", "signing"},
    "config": {"errors", "wire", "yaml_file"},
    "command": {"errors", "config", "masking", "wire", "yaml_file"},
    "seams": {"records"},  # under TYPE_CHECKING only; see test_the_booth_loads_no_pixels
    "records": set(),
    "palette": {"records", "vocabulary"},
    "phrase": {"vocabulary"},
    "outputs": {"records", "seams"},
    "clock": {"errors"},
    "store": NOUNS,
    "model": {"errors", "atomic_file", "command", "yaml_file"},
    "model/interpreter.py": {"records", "seams", "outputs"},
    "model/choice.py": {"config"},  # what the settings ask for
    "model/command.py": {"config", "places"},
    "frame": NOUNS | {"records", "street"},
    "street": NOUNS | {"records"},
    "detection": NOUNS | {"records", "outputs"},
    "track": NOUNS | {"records"},
    "appearance": NOUNS | {"records", "palette"},
    "score": NOUNS | {"records", "palette", "model.manifest"},
    "message": NOUNS | {"records", "clock", "sealing"},
    "second_looks": NOUNS | {"records", "detection", "appearance"},
    "pipeline": NOUNS | {"records", "palette", "second_looks", *STAGES} - {"message"},
    "node": NOUNS
    | STAGES
    | {"records", "palette", "clock", "model", "pipeline", "sealing", "signing", "street", "command"},
    "node/command.py": {"phrase"},  # what `spotter score` prints, where the booth's packages are
    "booth": NOUNS | {"store", "clock", "message.mqtt", "command", "phrase", "sealing"},
    "booth/bench.py": {"message.outbox", "message.sender"},  # it acts as a node too
    "baseline": NOUNS | {"records", "palette", "command", "store", "clock", "score", "signing"},
    "baseline/command.py": {"node.adopt"},  # it watches a camera as a node does
    "site": NOUNS | {"sealing", "signing"},
    "release": NOUNS | {"clock", "command", "score", "site", "signing"},
    "release/build.py": {"model.manifest", "node.load_model", "pipeline"},  # it says what the release runs
    "updates": NOUNS | {"command", "message.mqtt", "release", "site"},
    "updates/command.py": {"card.write", "provision.passphrase"},  # it signs a release as `image` does
    "card": NOUNS | {"release", "site"},
    "provision": NOUNS
    | {
        "clock",
        "command",
        "message.mqtt",
        "booth.node_marks",
        "booth.page.password",
        "booth.roster",
        "card",
        "release",
        "site",
    },
    "appliance": NOUNS | {"command", "site", "store", "booth.page.password"},
    "fakes": NOUNS,
    "api": NOUNS | {"records", "node", "phrase", "pipeline", "score"},
    "cli": NOUNS | {"appliance", "command", "baseline", "node", "booth", "provision", "updates", "model"},
}

ONE_HOME = {
    "picamera2": {"frame/picamera.py"},
    "libcamera": {"frame/picamera.py"},
    "ai_edge_litert": {"model/interpreter.py"},
    "tflite_runtime": {"model/interpreter.py"},
    "paho": {"message/mqtt.py"},
    "yaml": {"yaml_file.py"},
    "sqlalchemy": {"store/"},
    "alembic": {"store/migrations/"},
    "sqlite3": {"message/outbox.py", "store/"},
    "uvicorn": {"booth/page/server.py", "booth/page/connection.py"},
    "starlette": {"booth/page/"},
    "jinja2": {"booth/page/routes.py"},
    "itsdangerous": {"booth/page/session.py"},
    "prometheus_client": {"booth/page/metrics.py"},
    "cryptography": {
        "appliance/sealed_file.py",
        "sealing.py",
        "signing.py",
        "node/certificate.py",
        "site/",
        "release/signature.py",
        "booth/push.py",
    },
    "fluent": {"phrase/table.py"},
    "fpdf": {"site/notice.py", "booth/trends_sheet.py"},
    "segno": {"site/notice.py"},
    "PIL": {"booth/page/icons.py"},
    "pywebpush": {"booth/push.py"},
    "py_vapid": {"booth/push.py"},
    "requests": {"booth/push.py"},
    "psutil": {"node/board.py", "node/board_report.py", "node/bench.py", "provision/probe.py"},
}

WITHOUT_PIXELS = (
    "wire.py",
    "wire_v1.py",
    "wire_update.py",
    "problems.py",
    "aim.py",
    "baseline_codec.py",
    "baseline_shapes.py",
    "recipe.py",
    "message/outbox.py",
    "message/mqtt.py",
    "message/sender.py",
    "message/link.py",
    "limits.py",
    "config.py",
    "masking.py",
    "yaml_file.py",
    "sealing.py",
    "signing.py",
    "atomic_file.py",
    "booth/",
    "phrase/",
    "store/",
    "site/",
    "card/",
    "release/",
    "updates/",
    "provision/",
    "appliance/",
    "model/registry.py",
    "model/manifest.py",
    "model/download.py",
    "model/remove_operator.py",
)
PIXELS = {"numpy", "cv2", "edge.records", "edge.palette"}
GATE = "message/compose.py"
"""The one file that sees both what was seen and what is sent about it."""


def sources() -> dict[str, Path]:
    """Return the files of edge/ by path inside it."""
    return {path.relative_to(ROOT / "edge").as_posix(): path for path in sorted((ROOT / "edge").rglob("*.py"))}


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield (dotted module, True if it stands under TYPE_CHECKING) for every import in a file, inside functions too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        is_typing = id(node) in typing_only
        if isinstance(node, ast.Import):
            yield from ((alias.name, is_typing) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or "", is_typing
            yield from ((f"{node.module}.{alias.name}", is_typing) for alias in node.names)


def part_of(inside: str) -> str:
    return inside.split("/", maxsplit=1)[0].removesuffix(".py")


def broken_rules(inside: str, path: Path) -> Iterator[str]:
    part = part_of(inside)
    if inside == "__init__.py":
        return
    allowed = ALLOWED[part] | {part} | ALLOWED.get(inside, set())
    for module, is_typing in imports(path):
        if module.startswith("edge.") and not any(
            module == f"edge.{name}" or module.startswith(f"edge.{name}.") for name in allowed
        ):
            if module.removeprefix("edge.") in {name.split(".")[0] for name in allowed if "." in name}:
                continue  # `from edge.message import mqtt` names the package on the way
            if "." not in module.removeprefix("edge.") and module == "edge.__version__":
                continue
            yield f"{inside} imports {module}; {part} may import {sorted(allowed)}"
        top = module.split(".")[0]
        if top in ONE_HOME and not inside.startswith(tuple(ONE_HOME[top])):
            yield f"{inside} imports {module}, whose home is {ONE_HOME[top]}"
        if not is_typing and inside.startswith(WITHOUT_PIXELS) and (top in PIXELS or module in PIXELS):
            yield f"{inside} imports {module}: pixels must not reach it"
    if {"edge.records", "edge.wire"} <= {name for name, _ in imports(path)} and inside != GATE:
        yield f"{inside} sees records and the wire: only {GATE} may"


@pytest.mark.parametrize("inside", sources())
def test_imports_point_one_way(inside: str) -> None:
    assert list(broken_rules(inside, sources()[inside])) == []


def test_every_part_is_known() -> None:
    found = {part_of(inside) for inside in sources()} - {"__init__"}
    assert len(found) > 15
    assert found <= set(ALLOWED), "a new part needs a line in ALLOWED"


@pytest.mark.parametrize(
    ("inside", "line"),
    [
        ("track/tracker.py", "from edge.appearance import colour"),
        ("detection/keypoints.py", "import edge.score.baseline"),
        ("booth/run.py", "import numpy as np"),
        ("booth/run.py", "from edge.records import Score"),
        ("booth/run.py", "from edge.message.outbox import Outbox"),
        ("booth/run.py", "import edge.node.run"),
        ("node/run.py", "from edge.booth.run import run_booth"),
        ("message/outbox.py", "import numpy"),
        ("message/outbox.py", "from edge import records"),
        ("score/baseline.py", "import yaml"),
        ("frame/video.py", "def f():\n    import ai_edge_litert"),
        ("pipeline.py", "from edge.message.compose import compose"),
        ("card/write.py", "import numpy"),
        ("release/install.py", "import edge.card.first_boot"),
        ("site/site.py", "from edge.provision import check"),
        ("model/registry.py", "from edge.records import Frame"),
        ("baseline/inspect.py", "from edge.node.run import Node"),
        ("street/street.py", "from edge.frame.live import Live"),
        ("node/scoring.py", "from edge import wire"),
        ("score/baseline.py", "from edge.wire import Score"),
        ("node/health.py", "def f():\n    from edge import records"),
    ],
)
def test_a_rule_broken_on_purpose_is_found(inside: str, line: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.py"
    copy.write_text(sources()[inside].read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    assert list(broken_rules(inside, copy))


def imported_modules(path: Path, known: Collection[str]) -> set[str]:
    """Return the modules of edge that a file imports at run time, inside functions too."""
    found = {name for name, is_typing in imports(path) if not is_typing}
    return {name for name in found if name in known}


def circle(graph: Mapping[str, Collection[str]]) -> list[str]:
    """Return modules that import each other in a ring; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as err:
        return list(err.args[1])
    return []


def module_graph() -> dict[str, set[str]]:
    names = {"edge." + inside.removesuffix(".py").replace("/", "."): path for inside, path in sources().items()}
    names = {name.removesuffix(".__init__"): path for name, path in names.items()}
    return {name: imported_modules(path, names.keys()) - {name} for name, path in names.items()}


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = module_graph()
    assert sum(map(len, graph.values())) > 300
    assert circle(graph) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("edge.score.counts", "from edge.score.baseline import Baseline"),
        ("edge.site.authority", "def f():\n    from edge.site.site import Site"),
        ("edge.vocabulary", "from edge import wire"),
    ],
)
def test_a_circle_made_on_purpose_is_found(module: str, line: str, tmp_path: Path) -> None:
    graph = module_graph()
    copy = tmp_path / "copy.py"
    copy.write_text(line, encoding="utf-8")
    graph[module] |= imported_modules(copy, graph.keys())
    assert module in circle(graph)


def test_the_booth_loads_no_pixels() -> None:
    """A fresh Python runs the booth's imports, and numpy, cv2 and records never load."""
    program = (
        "import sys, edge.cli, edge.booth.run, edge.booth.watch, edge.booth.health\n"
        "print([name for name in ('numpy', 'cv2', 'edge.records', 'edge.pipeline') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_every_init_but_the_top_is_empty() -> None:
    texts = {inside: path.read_text() for inside, path in sources().items() if inside.endswith("/__init__.py")}
    assert len(texts) > 5
    assert {inside for inside, text in texts.items() if text.strip()} == set()
