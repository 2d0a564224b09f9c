"""What a photo or clip is that cannot be read, and how to convert it; told by its content and not by its name."""

from importlib.util import find_spec
from pathlib import Path

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".webp", ".tif", ".tiff"})
"""Photos that OpenCV reads, by name."""
OTHERS = frozenset({".heic", ".heif", ".hif", ".avif", ".jxl", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf"})
"""Photos that it does not read, or not everywhere; they are tried and then named."""
HEAD_BYTES = 32
_PHOTOS = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"BM", b"II*\0", b"MM\0*")
_HEIF = ("heic", "heix", "hevc", "heim", "heis", "mif1", "msf1")
"""Brands of HEIF files (ISO/IEC 23008-12)."""
_HEIC_ADVICE = (
    "run pip install 'exception-spotter[heic]', or convert it to JPEG: heif-convert photo.heic photo.jpg (package "
    "libheif-examples), or choose JPEG on the phone"
)
_CODECS = {"av01": "AV1", "hev1": "HEVC", "hvc1": "HEVC", "vp09": "VP9", "vp90": "VP9", "apch": "ProRes"}


def is_photo(path: Path) -> bool:
    """Return whether a file is a photo, of a kind that can be read or of another; raises OSError."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    is_named = path.suffix.lower() in SUFFIXES | OTHERS
    return is_named or head.startswith(_PHOTOS) or _brand(head) in (*_HEIF, "avif") or head[8:12] == b"WEBP"


def is_heif(data: bytes) -> bool:
    """Return whether a photo's contents are HEIC."""
    return _brand(data) in _HEIF


def why_no_photo(data: bytes) -> str:
    """Return why OpenCV makes no picture of a photo's contents, and what to do.

    >>> why_no_photo(b"")
    'is empty: copy it again'
    """
    brand = _brand(data)
    if not data:
        return "is empty: copy it again"
    if brand in _HEIF and find_spec("pi_heif") is None:
        return f"is an HEIC photo, which cannot be read: {_HEIC_ADVICE}"
    if brand in _HEIF:
        return "is a damaged HEIC photo, or of a kind that cannot be read: copy it again, or convert it to JPEG"
    if brand == "avif":
        return "is an AVIF photo, which cannot be read here: convert it to JPEG"
    return "is damaged, cut off, larger than can be read, or no photo: copy it again, or convert it to JPEG"


def why_no_frame(codec: int) -> str:
    """Return why no frame of a clip can be read, and what to do; `codec` is OpenCV's FOURCC.

    >>> why_no_frame(int.from_bytes(b"av01", "little")).partition(";")[0]
    'is of the codec av01 (AV1), of which no frame can be read here'
    """
    name = codec.to_bytes(4, "little", signed=codec < 0).decode("ascii", "replace").rstrip("\0 ")
    shown = name if name.isprintable() and name.isascii() and name else "unknown"
    known = f" ({_CODECS[shown.lower()]})" if shown.lower() in _CODECS else ""
    return (
        f"is of the codec {shown}{known}, of which no frame can be read here; convert it to H.264: "
        "ffmpeg -i clip -c:v libx264 -crf 18 clip.mp4"
    )


def _brand(head: bytes) -> str:
    """Return the major brand of a file of the ISO base media format; empty for others."""
    return head[8:12].decode("ascii", "replace") if head[4:8] == b"ftyp" else ""
