"""The logo: check what was uploaded, keep it small and clean, draw one where there is none."""

import base64
import io
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

BOLD = Path(__file__).with_name("fonts") / "Inter-SemiBold.otf"
MOST_BYTES = 5_000_000  # of the file as uploaded
MOST_PIXELS = 40_000_000  # so that a small file cannot become a huge picture
BOX = (600, 240)  # shown at half of this at most: sharp on phones too
ALMOST_WHITE = 200  # of 255: no dot is darker
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}


class LogoRefused(Exception):
    """A file cannot be the logo; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A clean picture and its kind, as the brand keeps it."""

    content: bytes
    mime_type: str


def clean_logo(upload: bytes) -> Logo:
    """Check an uploaded logo and write it anew: only pixels survive, at most 600 × 240.

    Raises:
        LogoRefused: not PNG or JPEG, damaged or too large; one sentence.
    """
    if len(upload) > MOST_BYTES:
        raise LogoRefused(_("The logo is larger than 5 MB: save it smaller and try again."))
    picture = _open(upload)
    if picture is None:
        raise LogoRefused(_("This file is no picture we can read: use a PNG or JPEG file."))
    kind = "JPEG" if picture.format == "JPEG" else "PNG"
    clean = _on_white(picture)
    clean.thumbnail(BOX, Image.Resampling.LANCZOS)
    file = io.BytesIO()
    clean.save(file, kind, optimize=True, **({"quality": 90} if kind == "JPEG" else {}))
    return Logo(file.getvalue(), TYPES[kind])


def _on_white(picture: Image.Image) -> Image.Image:
    """Lay the picture on white: dark letters on nothing vanish where a mail is shown dark."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    shown = picture.convert("RGBA")
    white = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(white, shown).convert("RGB")


def logo_problem(logo: bytes) -> str:
    """Say in one sentence why mails go out without the logo; "" when all is well."""
    if not logo:
        return _("There is no logo: mails show the company's name instead.")
    picture = _open(logo)
    if picture is None:
        return _("The logo is damaged: mails show the company's name. Upload it again.")
    if sum(_on_white(picture).convert("L").histogram()[:ALMOST_WHITE]) == 0:
        return _("The logo is almost white and cannot be seen on white paper: use another one.")
    return ""


@lru_cache(maxsize=16)
def size_of(logo: bytes) -> tuple[int, int] | None:
    """Return width and height, or None when the picture cannot be shown."""
    picture = _open(logo)
    return picture.size if picture else None


def mime_type_of(logo: bytes) -> str:
    return TYPES["JPEG" if logo.startswith(b"\xff\xd8") else "PNG"]


def shown_size(logo: bytes, *, width: int = 200, height: int = 64) -> tuple[int, int] | None:
    """Return the size that fits into a box, never enlarged beyond twice."""
    size = size_of(logo)
    if size is None:
        return None
    factor = min(width / size[0], height / size[1], 2)
    return max(round(size[0] * factor), 1), max(round(size[1] * factor), 1)


def _open(content: bytes) -> Image.Image | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None
    return picture


@lru_cache(maxsize=16)
def as_svg(logo: bytes) -> str:
    """Wrap the picture for a document layout; "" when there is none that can be shown."""
    size = size_of(logo) if logo else None
    if size is None:
        return ""
    width, height = size
    data = base64.b64encode(logo).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}"'
        f' xlink:href="data:{mime_type_of(logo)};base64,{data}"/></svg>'
    )


def starter_logo(name: str, primary: str = "#0f4c81", accent: str = "#f2a900") -> bytes:
    """Draw a neat first logo (PNG): a mark with the initials and the name beside it."""
    shown = name.strip()[:26] or "eMailketing"
    words = ImageFont.truetype(BOLD, 56)
    width = 152 + round(words.getlength(shown)) + 8
    picture = Image.new("RGBA", (width, 120), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, 119, 119), 26, fill=primary)
    pen.rounded_rectangle((24, 92, 95, 99), 3, fill=accent)
    mark = ImageFont.truetype(BOLD, 52)
    pen.text((60, 52), initials(shown), fill="white", anchor="mm", font=mark)
    pen.text((148, 60), shown, fill=primary, anchor="lm", font=words)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def initials(name: str) -> str:
    """Return two letters for the mark: “Estación Itá S.A.” → “EI”."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "E"
