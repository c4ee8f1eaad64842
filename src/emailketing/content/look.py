"""How the company looks, as plain data for templates and documents."""

import base64
from dataclasses import asdict, dataclass
from typing import Any

from emailketing.common.reading import once
from emailketing.content.colours import COLOUR
from emailketing.content.logo import mime_type_of, size_of
from emailketing.content.models import Brand, Template

PRIMARY, ACCENT = "#0f4c81", "#f2a900"


@dataclass(frozen=True, slots=True)
class BrandLook:
    """A brand as plain values; `logo` is the picture itself (PNG or JPEG), maybe empty."""

    name: str = ""
    primary_colour: str = PRIMARY
    accent_colour: str = ACCENT
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
    """Return the look; a damaged logo or colour is left out, it never stops a mail."""
    if brand is None:
        return BrandLook()
    values = {name: getattr(brand, name) for name in BrandLook.__slots__ if name != "logo"}
    for name, field in (("primary_colour", PRIMARY), ("accent_colour", ACCENT)):
        if not COLOUR.match(values[name]):
            values[name] = field
    logo = bytes(brand.logo or b"")
    values["logo_type"] = mime_type_of(logo)
    return BrandLook(**values, logo=logo if size_of(logo) else b"")


def look_for(template: Template) -> BrandLook:
    """The look of a template: its own brand's, else the default one's."""
    return look_of(template.brand or default_brand())


def default_brand() -> Brand | None:
    """The default one, else the first."""
    return once("default brand", lambda: Brand.objects.order_by("-is_default", "name").first())


def data_uri(look: BrandLook) -> str:
    """Return the logo as a data: address, for previews only (mail programs block it)."""
    if not look.logo:
        return ""
    return f"data:{mime_type_of(look.logo)};base64,{base64.b64encode(look.logo).decode()}"
