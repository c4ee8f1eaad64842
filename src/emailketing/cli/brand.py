"""`emailketing brand …`: how our messages look."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import clock, refuse, table, who
from emailketing.common.os_errors import why
from emailketing.content.brand import BrandInvalid, save_brand, set_logo
from emailketing.content.logo import LogoRefused
from emailketing.content.models import Brand
from emailketing.content.store import StoreFull

app = typer.Typer(no_args_is_help=True)
FIELDS = (
    "name", "tax_id", "address", "phone", "email", "website", "primary_colour", "accent_colour",
    "signature", "legal_line",
)  # fmt: skip
Logo = Annotated[Path | None, typer.Option(help=str(gettext_lazy("PNG or JPEG file")))]
Colour = Annotated[str | None, typer.Option(help="#0f4c81")]


def _brand(name: str) -> Brand:
    wanted = Brand.objects.filter(name=name) if name else Brand.objects.filter(is_default=True)
    brand = wanted.first()
    if brand is None:
        refuse(_("There is no such brand. Begin with “emailketing setup”."))
    return brand


@app.command()
def show(name: str = "") -> None:
    """Show the default brand, or the one of this name."""
    brand = _brand(name)
    labels = {field.name: field.verbose_name for field in Brand._meta.fields}
    rows = [(labels[field], getattr(brand, field)) for field in FIELDS]
    size = _("%(size)s bytes") % {"size": len(brand.logo or b"")}
    table(("", ""), [*rows, (_("logo"), f"{brand.logo_type} {size}".strip())])


@app.command("set")
def change(
    of: Annotated[str, typer.Option(help=str(gettext_lazy("Which brand")))] = "",
    name: str | None = None,
    tax_id: str | None = None,
    address: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    website: str | None = None,
    primary_colour: Colour = None,
    accent_colour: Colour = None,
    signature: str | None = None,
    legal_line: str | None = None,
    logo: Logo = None,
) -> None:
    """Change the brand; its templates wear it from the next message on."""
    given = locals()
    brand = _brand(of)
    for field in FIELDS:
        if given[field] is not None:
            setattr(brand, field, given[field].replace("\\n", "\n"))
    try:
        set_logo(brand, logo.read_bytes() if logo else b"")
        notices = save_brand(brand, by=who(), now=clock())
    except OSError as error:
        refuse(_("%(file)s cannot be read: %(why)s.") % {"file": logo, "why": why(error)})
    except BrandInvalid as error:
        refuse("\n".join(f"{field}: {sentence}" for field, sentence in error.problems.items()))
    except (LogoRefused, StoreFull) as error:
        refuse(error)
    for notice in notices:
        typer.echo(f"! {notice}")
    typer.echo(_("Saved: %(name)s") % {"name": brand.name})
