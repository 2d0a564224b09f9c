"""Draw the page's icon as PNG in any size: a row of dots of which one is another, as in static/icon.svg."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

SIZES = (180, 192, 512)
"""Sides in pixels: of iPhones, and those that the manifest of an installable page needs."""
BACK, DOT, ODD = "#1c3d5a", "#8fb3d1", "#ffb547"
DOTS = ((9, 9), (16, 9), (9, 16), (16, 16), (9, 23))
UNITS = 32
"""Side of the drawing in its own units."""
FINER = 4
"""Times as large as it is drawn first, so that edges are smooth."""


@cache
def icon(size: int) -> bytes:
    """Return the icon as PNG, `size` pixels wide and high; full to the edge, as phones cut it to their own shape."""
    unit = size * FINER / UNITS
    picture = Image.new("RGB", (size * FINER, size * FINER), BACK)
    pen = ImageDraw.Draw(picture)
    for x, y, radius, colour in [*((x, y, 3, DOT) for x, y in DOTS), (23, 22, 5, ODD)]:
        pen.ellipse([unit * (x - radius), unit * (y - radius), unit * (x + radius), unit * (y + radius)], fill=colour)
    file = BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()
