"""`emailketing search`: the console's search everywhere, at the command line."""

from dataclasses import asdict
from json import dumps
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import table
from emailketing.search.find import notes
from emailketing.search.models import Kind
from emailketing.web.console.search.everywhere import everywhere

Words = Annotated[
    list[str], typer.Argument(help=str(gettext_lazy("Name, number, address or words")))
]

AsJson = Annotated[bool, typer.Option("--json", help=str(gettext_lazy("For programs")))]


def register(app: typer.Typer) -> None:
    app.command("search")(search)


def search(words: Words, json: AsJson = False) -> None:
    query = " ".join(words)
    for sentence in notes(query, *Kind):
        typer.echo(sentence, err=True)
    groups = everywhere(query, lambda _permission: True)  # who is here may do everything
    if json:
        found = [{"kind": str(g.title), **asdict(hit)} for g in groups for hit in g.hits]
        typer.echo(dumps(found, ensure_ascii=False, indent=1))
        return
    if not groups:
        typer.echo(_("Nothing has these words."))
        return
    rows = [(str(group.title), h.title, h.about, h.url) for group in groups for h in group.hits]
    table((_("Kind"), _("Found"), _("About"), _("Page")), rows)
