"""`emailketing source list | connectors | dialects | gaps`: what there is, without reading it."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from emailketing.cli.show import local, table
from emailketing.cli.source_parts import source_named
from emailketing.sources.connectors import available
from emailketing.sources.dialects.registry import dialects, titles
from emailketing.sources.gaps import outcome
from emailketing.sources.models import Gap, Source


def register(app: typer.Typer) -> None:
    app.command("list")(list_sources)
    app.command()(connectors)
    app.command("dialects")(list_dialects)
    app.command()(gaps)


def list_sources() -> None:
    """List all sources with their state."""
    table(
        (_("Identifier"), _("Name"), _("Connector"), _("Database"), _("State"), _("Problem")),
        [
            (s.slug, s.name, s.connector, s.database, s.get_status_display(), s.in_words)
            for s in Source.objects.all()
        ],
    )


def connectors() -> None:
    """List the connectors there are; your own are folders beside the database of eMailketing."""
    table(
        (_("Connector"), _("Title"), _("Databases"), _("Folder")),
        [
            (c.name, c.title.get("es", ""), ", ".join(c.dialects), str(c.folder))
            for c in available()
        ],
    )


def list_dialects() -> None:
    """List the kinds of database there are, and what says where one is."""
    table(
        (_("Name"), _("Title"), _("Entries")),
        [
            (name, title, ", ".join(f"--{entry.name}" for entry in dialects()[name].entries()))
            for name, title in titles()
        ],
    )


def gaps(slug: Annotated[str, typer.Argument()] = "") -> None:
    """List every time in which not all changes were noted, and what is known of it."""
    found = source_named(slug).gaps.all() if slug else Gap.objects.select_related("source")
    heads = (_("From"), _("to"), _("Table"), _("What happened"), _("What is known"))
    table(
        (_("Source"), *heads),
        [
            (
                gap.source.slug,
                local(gap.begin),
                local(gap.end) if gap.end else "…",
                gap.table or _("every table"),
                gap.get_kind_display(),
                " ".join(filter(None, (outcome(gap), gap.detail))),
            )
            for gap in found
        ],
    )
