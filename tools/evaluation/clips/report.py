"""Prints the figures of clips as tables: one column per clip, and one for all together."""

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.evaluation.clips.counts import Counts, of_group, precision, share
from tools.evaluation.clips.finding import BANDS, EVERYBODY
from tools.evaluation.clips.match import ASKEW, IGNORED, ON_NOBODY, ON_PERSON, SECOND
from tools.evaluation.clips.words import ADJACENT, COLOURED, PATTERNED, RIGHT, WRONG

VIEWS = ("front", "side", "back")
TOGETHER = "together"
Rows = dict[str, Callable[[Counts], str]]


def percent(part: int, whole: int) -> str:
    """Return a share as text.

    >>> percent(1, 4), percent(0, 0)
    ('25% of 4', '-')
    """
    return f"{100 * part / whole:.0f}% of {whole}" if whole else "-"


def _recall(group: str) -> Callable[[Counts], str]:
    return lambda counts: percent(counts["found", group], counts["present", group])


def _slashed(group: str, names: tuple[str, ...]) -> Callable[[Counts], str]:
    return lambda counts: " / ".join(str(counts[group, name]) for name in names)


def _of_them(group: str, name: str) -> Callable[[Counts], str]:
    return lambda counts: f"{counts[group, name]} of {counts[group, 'all']}"


def _halved(group: str) -> Callable[[Counts], str]:
    """Return the share of right words, with adjacent ones as half right; garments without a word do not count."""

    def text(counts: Counts) -> str:
        right, adjacent, wrong = (counts[group, name] for name in (RIGHT, ADJACENT, WRONG))
        return f"{(right + adjacent / 2) / said:.2f} of {said}" if (said := right + adjacent + wrong) else "-"

    return text


def _each(group: str) -> Callable[[Counts], str]:
    return lambda counts: ", ".join(f"{n} {name}" for name, n in sorted(of_group(counts, group).items())) or "0"


def _precision(counts: Counts) -> str:
    value = precision(counts)
    return "-" if value is None else f"{100 * value:.1f}%"


FINDING: Rows = {
    **{f"recall, {band} px": _recall(band) for band in BANDS},
    "recall, everybody": _recall(EVERYBODY),
    **{f"recall, {view}": _recall(view) for view in VIEWS},
    **{f"recall, {view}, 90 px and more": _recall(f"{view} tall") for view in VIEWS},
    "precision outside ignored regions": _precision,
    "detections: on people / in ignored regions": _slashed("detections", (ON_PERSON, IGNORED)),
    f"false ones: {SECOND} / {ASKEW} / {ON_NOBODY}": _slashed("detections", (SECOND, ASKEW, ON_NOBODY)),
}
SIGHTINGS: Rows = {
    "sightings: of people / ignored / nobody": _slashed("sightings", ("person", "ignored", "nobody")),
    "stitched: over two at once / went over / either": _slashed(
        "stitched", ("over two at once", "went over", "either")
    ),
    "impossible skeletons": lambda counts: (
        f"{counts['plausibility', 'impossible']} of {counts['plausibility', 'sightings']}"
    ),
    "held back": _each("held back"),
    "second looks: taken / skipped / frames": _slashed("second looks", ("taken", "skipped", "frames")),
}
PEOPLE: Rows = {
    "people over 1 s and 90 px": lambda counts: str(sum(of_group(counts, "fates").values())),
    "one sighting / split / merged / missed": _slashed("fates", ("one", "split", "merged", "missed")),
    "standing still: no sighting / sighting": _slashed("still", ("no sighting", "sighting")),
}
WORDS: Rows = {
    **{
        f"{region} colour: right / adjacent / wrong / unseen": _slashed(
            f"{region} colour", ("right", "adjacent", "wrong", "unseen")
        )
        for region in COLOURED
    },
    **{f"{region} colour, adjacent counted half": _halved(f"{region} colour") for region in COLOURED},
    "white garments, called white": lambda counts: f"{counts['white', 'said']} of {counts['white', 'all']}",
    **{
        f"{region} pattern: right / wrong / unseen": _slashed(f"{region} pattern", ("right", "wrong", "unseen"))
        for region in PATTERNED
    },
    **{f"{region}, patterned, found": _of_them(f"{region} patterned", "found") for region in PATTERNED},
    **{f"{region}, patterned, kind right": _of_them(f"{region} patterned", "right") for region in PATTERNED},
    **{f"{region}, plain, called patterned": _of_them(f"{region} plain", "called patterned") for region in PATTERNED},
}
KNOWN: Rows = {"people, boxes": lambda counts: f"{counts['truth', 'people']}, {counts['truth', 'boxes']}"}


def show(found: Mapping[str, Any]) -> None:
    """Print what command.clips found."""
    console = Console()
    console = console if console.is_terminal else Console(width=160)
    rates = {clip: f"{fps:.3g}" for clip, fps in found["fps"].items()}
    clips = {name: from_json(groups) for name, groups in found["clips"].items()}
    if len(clips) > 1:
        clips[TOGETHER] = from_json(found[TOGETHER])
    table = _table(f"tools/evaluate clips, {found['model']}", list(clips))
    table.add_row("frames per second", *(rates.get(name, "") for name in clips))
    _fill(table, {**KNOWN, **FINDING}, clips)
    for figure in ("MOTA", "IDF1", "switches", "fragmentations"):
        table.add_row(figure, *(_figure(figure, found["tracking"]["ours"].get(name, {}).get(figure)) for name in clips))
    _fill(table, {**SIGHTINGS, **PEOPLE, **WORDS}, clips)
    console.print(table)
    _show_beside(console, found)
    for name, why in {**found["left out"], **found["not measured"]}.items():
        console.print(f"{name}: {why}", soft_wrap=True)


def _show_beside(console: Console, found: Mapping[str, Any]) -> None:
    """Print clips without truth, other trackers and other detectors."""
    if found["without truth"]:
        clips = {name: from_json(groups) for name, groups in found["without truth"].items()}
        table = _table("clips without truth", list(clips))
        table.add_row("frames per second", *(f"{found['fps'][name]:.3g}" for name in clips))
        wanted = ("impossible skeletons", "held back", "second looks: taken / skipped / frames")
        _fill(table, {name: SIGHTINGS[name] for name in wanted}, clips)
        console.print(table)
    if len(found["tracking"]) > 1:
        table = _table("trackers on the same detections: MOTA / IDF1 / switches", list(found["tracking"]))
        for clip in found["tracking"]["ours"]:
            each = [one[clip] for one in found["tracking"].values()]
            table.add_row(
                clip, *(" / ".join(_figure(key, one[key]) for key in ("MOTA", "IDF1", "switches")) for one in each)
            )
        _fill(table, PEOPLE, {name: from_json(groups) for name, groups in found["people by tracker"].items()})
        console.print(table)
    if found["detectors"]:
        columns = {found["model"]: found[TOGETHER], **found["detectors"]}
        table = _table("detectors on the same frames, all clips together", list(columns))
        _fill(table, FINDING, {name: from_json(groups) for name, groups in columns.items()})
        console.print(table)


def to_json(counts: Counts) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (group, name), number in counts.items():
        nested.setdefault(group, {})[name] = number
    return nested


def from_json(groups: Mapping[str, Mapping[str, int]]) -> Counts:
    return Counts({(group, name): number for group, names in groups.items() for name, number in names.items()})


def shares(counts: Counts) -> dict[str, float | None]:
    """Return recall of everyone and precision, for programs that read the JSON."""
    return {
        "recall": share(counts, ("found", EVERYBODY), ("present", EVERYBODY)),
        "precision": precision(counts),
    }


def _table(title: str, columns: list[str]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("figure", min_width=32)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _fill(table: Table, rows: Rows, columns: Mapping[str, Counts]) -> None:
    for name, text in rows.items():
        table.add_row(name, *(text(counts) for counts in columns.values()))


def _figure(name: str, value: float | None) -> str:
    """Format shares with three decimals, counts as whole numbers."""
    if value is None:
        return "-"
    return f"{value:.3f}" if name in ("MOTA", "IDF1") else f"{value:.0f}"
