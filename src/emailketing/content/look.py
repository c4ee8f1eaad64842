"""How the company looks, as plain data for templates and documents."""

import base64
import io
from dataclasses import asdict, dataclass
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from emailketing.content.models import Brand


@dataclass(frozen=True, slots=True)
class BrandLook:
    """A brand as plain values; `logo` is the picture itself (PNG or JPEG), maybe empty."""

    name: str = ""
    primary_colour: str = "#0f4c81"
    accent_colour: str = "#f2a900"
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    tax_id: str = ""
    signature: str = ""
    legal_line: str = ""
    logo: bytes = b""
    logo_type: str = ""

    def plain(self) -> dict[str, Any]:
        """Return everything but the picture, for templates and for the revision's record."""
        values = asdict(self)
        values["has_logo"] = bool(values.pop("logo"))
        return values


def look_of(brand: Brand | None) -> BrandLook:
    if brand is None:
        return BrandLook()
    values = {name: getattr(brand, name) for name in BrandLook.__slots__ if name != "logo"}
    return BrandLook(**values, logo=bytes(brand.logo or b""))


def data_uri(look: BrandLook) -> str:
    """Return the logo as a data: address, for previews only (mail programs block it)."""
    if not look.logo:
        return ""
    return f"data:{look.logo_type or 'image/png'};base64,{base64.b64encode(look.logo).decode()}"


def starter_logo(name: str, primary: str = "#0f4c81", accent: str = "#f2a900") -> bytes:
    """Draw a neat first logo (PNG, 480 × 120): a mark with the initials and the name beside it."""
    picture = Image.new("RGBA", (480, 120), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 8, 104, 112), 24, fill=primary)
    pen.polygon([(104, 60), (104, 112), (60, 112)], fill=accent)
    initials = "".join(word[0] for word in name.split()[:2]).upper() or "E"
    pen.text((50, 58), initials, fill="white", anchor="mm", font=ImageFont.load_default(46))
    pen.text((122, 60), name[:26], fill=primary, anchor="lm", font=ImageFont.load_default(30))
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
