"""`emailketing help`: the pages of the console's help, at the command line."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import refuse, table
from emailketing.common.language import active_language
from emailketing.manual.pages import FIRST_LANGUAGE, NoSuchTopic, page, pages

Topic = Annotated[str, typer.Argument(help=str(gettext_lazy("Name of the page; none: list all")))]


def register(app: typer.Typer) -> None:
    app.command("help")(read)


def read(topic: Topic = "") -> None:
    language = active_language()
    if not topic:
        table((_("page"), _("what it explains")), [(p.topic, p.title) for p in pages(language)])
        return
    try:
        found = page(topic, language)
    except NoSuchTopic:
        refuse(_("There is no page “%(topic)s”: “emailketing help” lists them.") % {"topic": topic})
    if found.language != language and found.language == FIRST_LANGUAGE:
        typer.echo(_("This page is written in Spanish only, so far."), err=True)
    typer.echo(f"{found.title}\n\n{found.text}")
