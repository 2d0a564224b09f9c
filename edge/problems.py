"""Every problem that a node or the booth can report: a code with up to two whole numbers, and its sentence.

Only code and numbers travel. The sentence is made where it is shown, so a node cannot put its own text on a page or a
terminal, and a translation needs another table here and nothing else.
"""

import re
from typing import Annotated

from msgspec import Meta, Struct

WORN = ("outfit", "colour", "pattern", "garment", "combination")
"""What clothes can have changed in."""
CAMERAS = {
    "": "check the camera and its ribbon cable",
    "-usb": "check the camera's USB plug, and that no other program uses it",
    "-net": "check the camera's power and network, then its address, user and password in node.yaml",
    "-file": "check that the recording can still be read",
}
"""What to check, by the end of a code that says how the camera is connected; none for a Raspberry Pi camera."""
SLOW = {
    "": "cool the board, stop other programs, and check the camera's ribbon cable",
    "-usb": "cool the board, stop other programs, and give the camera a USB port of its own",
    "-net": "lower the camera's resolution or frame rate, and check how well the network reaches it",
    "-file": "cool the board and stop other programs",
}
FROZEN = {
    "": "switch the node off, push the ribbon cable in at both ends, and switch it on",
    "-usb": "pull the camera's USB plug and put it back",
    "-net": "restart the camera, by its power or its own page",
}
START = {
    "model": "The model failed its test at the start: run `spotter models verify`; change a damaged card.",
    "accelerator": "The Edge TPU was not found at the start and the CPU runs the model: plug the Coral in, then "
    "restart the node.",
    "camera": f"The camera gave no frame at the start: {CAMERAS['']}.",
    "disk": "The disk could not be written at the start: free some space, or change the card.",
    "clock": "The clock was too early at the start: check that the booth is on and serves time.",
    "certificate": "The certificate failed its test at the start (the log says why): provision this node again.",
}
"""Sentences about the parts that a node tests at its start."""
_KEPT = "cannot be used; its last good copy is in use: correct the file (the log says how), then restart the node."
NODE = {
    **{f"no-frame{kind}": f"No frame for {{0}} s: {check}." for kind, check in CAMERAS.items()},
    "lens-covered": "The lens is covered: take off the cap, tape or bag, and wipe it.",
    **{f"image-frozen{kind}": f"The image is frozen: {act}." for kind, act in FROZEN.items()},
    "camera-moved": "The camera was moved: aim it as before; if it was moved on purpose, restart the node.",
    "dark": "It is too dark to tell clothes apart: add light.",
    "slow": "Only {0} frames in ten seconds: people are missed; cool the board or stop other programs.",
    **{f"frames-dropped{kind}": f"{{0}} of the last {{1}} frames were dropped: {act}." for kind, act in SLOW.items()},
    **{
        f"camera-lost{kind}": f"The camera was lost and opened again {{0}} times in the last minutes: {check}."
        for kind, check in CAMERAS.items()
    },
    "camera-crops": "The camera shows only {0} % of its lens's width: update the camera's software "
    "(`sudo apt full-upgrade`), as its sensor modes are not known.",
    "camera-otherwise": "The camera gives another size or other colours than asked, so its scores may differ: update "
    "the camera's software (`sudo apt full-upgrade`); the log says how.",
    "nobody": "Nobody was seen for {0} min: check where the camera points.",
    "nobody-long": "Nobody was seen for {0} min (the longest pause so far was {1} min): check where the camera points.",
    **{f"start-{part}": sentence for part, sentence in START.items()},
    **{
        f"start-camera{kind}": f"The camera gave no frame at the start: {check}."
        for kind, check in CAMERAS.items()
        if kind
    },
    "copy-settings": f"node.yaml {_KEPT}",
    "copy-model": f"The model's file {_KEPT}",
    "copy-baseline": f"The baseline's file {_KEPT}",
    "counts-damaged": "The collected counts were damaged: counting continues from {0} people; change the card if this "
    "happens again.",
    "outbox-damaged": "The scores that waited on disk were damaged and lost: change the card if this happens again.",
    "card-failed": "Setting up from the card failed: read first-boot.txt on the card's boot partition.",
    "update-failed": "The update failed, and the old release runs again: read why in /run/spotter/update.txt on the "
    "node.",
    "edge-tpu-failed": "The Edge TPU failed and the CPU runs the model: plug the Coral in again, then restart the "
    "node.",
    "model-failed": "The model failed {0} times in the last hour and was loaded again: restart the node; if this "
    "happens again, check its memory.",
    "undervolted": "The board gets too little power: use its own supply and a short thick cable.",
    "hot": "The board is {0} C hot and will slow down: give it shade and air.",
    "throttled": "The board slows itself down because of heat or weak power: give it shade and air, check its supply.",
    "disk-full": "Only {0} MB of disk are free: delete files, or use a larger card.",
    "memory-full": "Only {0} MB of memory are free: stop other programs, or restart the node.",
    "clock-unset": "No time server sets the clock: check that the booth is on and serves time.",
    "clock-jumped": "The clock was set by {0:+} s: if this happens again, check the time server of the booth.",
    "certificate-ends": "The certificate ends in {0} days: provision this node again.",
    "certificate-ended": "The certificate ended {0} days ago: provision this node again.",
    "unstored": "Up to {0} scores are only in memory because the disk cannot be written: free some space, or change "
    "the card.",
    "outbox-filling": "Up to {0} scores wait for the booth: check the booth and the network.",
    "outbox-lost": "Up to {0} scores were lost in the last hour because the outbox was full: keep the booth on and "
    "connected.",
    "outbox-older": "The booth has received scores that this node no longer knows: its disk lost the newest ones; "
    "change the card if this happens again.",
    "refused-by-broker": "The broker refused {0} messages or connections in the last minutes: check this node's "
    "certificate and access rules.",
    "too-few-counted": "The baseline holds too few people, so every score is `warming up`: collect more, then freeze "
    "again.",
    "recalibrating": "Recalibrating, as the baseline does not fit this camera: the first {0} people get no scores.",
    "scored-by-few": "Recalibrating, as the baseline does not fit this camera: scores come from {0} people of this "
    "camera alone, and get finer with more.",
    "sees-otherwise": "This camera sees people otherwise than the baseline's cameras did (light, lens, sizes or "
    "clothes): if that stays, collect here and freeze a baseline of its own.",
    **{
        f"baseline-{code}": f"The booth's baseline was refused ({{0}} so far): {why}."
        for code, why in {
            "no-key": "score.site_key is not set: put the site's public key on this node",
            "damaged": "it is damaged: freeze it again",
            "unsigned": "this site's key did not sign it: freeze with that key, or provision this node again",
            "older": "it is older than the one in use: check the booth's clock, then freeze again",
            "recipe": "its recipe is not this node's: install one release on all nodes, collect and freeze again",
            "mismatch": "its id or recipe does not fit its content: freeze it again",
            "unsaved": "it cannot be saved on this node's disk: free some space, or change the card",
        }.items()
    },
    **{
        f"{part}-{way}-unusual": f"Clothes have changed since the baseline was made (the {part} is {way} unusual than "
        "before): collect and freeze a new one."
        for part in WORN
        for way in ("more", "less")
    },
    "old-messages": "It sends messages of an older version, in which it reports {0} problems that cannot be shown: "
    "update its software.",
}
"""Sentences about what a node reports itself, by code."""
NOTICED = {
    "clock-ahead": "its clock is {0:age} ahead of the booth's, so its alerts are late or missing; check that it "
    "reaches the booth's time server",
    "clock-behind": "its clock is {0:age} behind the booth's, so its alerts are late or missing; check that it reaches "
    "the booth's time server",
    "old": "sent {0} sightings from long ago again: is somebody replaying recorded messages? None counts twice; if you "
    "cannot explain it, switch this node off and give it a new certificate",
    "reused": "gave {0} new sightings numbers that were already used, so they are lost: its card is an older copy; "
    "delete outbox.sqlite on it and restart it",
    "again": "sent {0} sightings more than once: check its network connection and power. None counts twice",
    "impossible": "sent {0} sightings whose figures contradict each other or its baseline, so they cause no alerts; "
    "reinstall its software and model",
    "flood": "sends more messages than a camera can have, so some are dropped: if it goes on, switch this node off and "
    "give it a new certificate",
    "held": "claims more rare people than others can believe, so it causes no alerts: look at what it sees; if they "
    "are really unusual, allow its alerts on the page, or with `spotter booth-allow NODE --config FILE`",
    "baseline": "scores against another baseline than its heartbeat names: restart it; if this stays, freeze again",
    "twins": "two machines use this name: switch one off, or provision it under another name",
    "refused": "had {0} messages refused; the top of the booth's page says why and what to do",
}
"""Sentences about what the booth notices of a node, by code."""
SENTENCES = NODE | NOTICED

CODE = re.compile(rf"^({'|'.join(SENTENCES)})\Z")
MOST = 10**6
"""Largest number in a report, also below zero; larger ones are reported as this."""
MOST_NUMBERS = 2


class Problem(Struct, frozen=True, forbid_unknown_fields=True):
    """One problem for field staff: a code and its numbers. No text of the sender is ever shown."""

    code: Annotated[str, Meta(pattern=CODE.pattern)]
    n: Annotated[list[Annotated[int, Meta(ge=-MOST, le=MOST)]], Meta(max_length=MOST_NUMBERS)] = []
    """The numbers in the sentence."""

    def __post_init__(self) -> None:
        if self.code in SENTENCES and len(self.n) != numbers_of(self.code):
            msg = f"expected {numbers_of(self.code)} numbers with the code {self.code}"
            raise ValueError(msg)

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""
        return SENTENCES[self.code].format(*map(_Number, self.n))


def problem(code: str, *numbers: float) -> Problem:
    """Return a problem with its numbers rounded and bounded.

    >>> problem("hot", 84.2).sentence
    'The board is 84 C hot and will slow down: give it shade and air.'
    """
    return Problem(code, [bounded(number) for number in numbers])


def numbers_of(code: str) -> int:
    """Return how many numbers the sentence of a code has.

    >>> numbers_of("frames-dropped"), numbers_of("dark")
    (2, 0)
    """
    return sum(f"{{{position}" in SENTENCES[code] for position in range(MOST_NUMBERS))


def age(seconds: float) -> str:
    """Duration as people say it.

    >>> [age(seconds) for seconds in (45, 300, 8000, 864000)]
    ['45 s', '5 min', '2 h', '10 days']
    """
    for most, unit_s, unit in ((120, 1, "s"), (7200, 60, "min"), (48 * 3600, 3600, "h")):
        if seconds < most:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds / 86400:.0f} days"


class _Number(int):
    """A number in a sentence; `{0:age}` shows seconds as people say them."""

    def __format__(self, spec: str) -> str:
        return age(self) if spec == "age" else super().__format__(spec)


def bounded(number: float) -> int:
    """Return a whole number within the limits.

    >>> bounded(1.6), bounded(-1e12)
    (2, -1000000)
    """
    return round(min(max(number, -MOST), MOST))
