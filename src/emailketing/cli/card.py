"""`emailketing card …`: pictures with a person's name, in the brand's look."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import refuse, save, table
from emailketing.content.card.card import DESIGNS, Card
from emailketing.content.card.mailed import draw
from emailketing.content.card.picture import CardFailed
from emailketing.content.look import default_brand, look_of
from emailketing.content.models import LANGUAGES, Brand

app = typer.Typer(no_args_is_help=True)
Language = Annotated[str, typer.Option(help="es, en, pt")]


@app.command("list")
def list_designs() -> None:
    """List the designs, and what each says where a template gives no words."""
    rows = [(design, str(name), str(words)) for design, (name, words) in DESIGNS.items()]
    table((_("Design"), _("Name"), _("Words")), rows)


@app.command()
def preview(
    design: str,
    out: Annotated[Path, typer.Option(help=str(gettext_lazy("Save the picture here (PNG)")))],
    name: Annotated[str, typer.Option(help=str(gettext_lazy("Whose day it is")))] = "",
    words: Annotated[
        str, typer.Option(help=str(gettext_lazy("What it says; else what its design usually says")))
    ] = "",
    brand: Annotated[str, typer.Option(help=str(gettext_lazy("Which brand")))] = "",
    language: Language = "es",
) -> None:
    """Draw a card as a mail would carry it, sending nothing."""
    if design not in DESIGNS:
        known = {"name": design, "names": ", ".join(DESIGNS)}
        refuse(_("There is no design “%(name)s”. There are: %(names)s.") % known)
    if language not in dict(LANGUAGES):
        refuse(_("There is no language “%(name)s”.") % {"name": language})
    with translation.override(language):
        usual = str(DESIGNS[design][1])
    try:
        picture = draw(Card.of(design, words or usual, name), look_of(_brand(brand)))
    except CardFailed as error:
        refuse(error)
    save(out, picture.content)
    told = {"file": out, "size": round(len(picture.content) / 1000), "alt": picture.alt}
    typer.echo(_("%(file)s: %(size)s KB, “%(alt)s”") % told)
    if picture.lost:
        typer.echo(str(picture.lost))


def _brand(name: str) -> Brand | None:
    if not name:
        return default_brand()
    brand = Brand.objects.filter(name=name).first()
    if brand is None:
        refuse(_("There is no brand “%(name)s”.") % {"name": name})
    return brand
