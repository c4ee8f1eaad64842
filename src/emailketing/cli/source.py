"""`emailketing source …`: the business systems we are attached to."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli import source_list, source_tables
from emailketing.cli.show import (
    ask_password,
    clock,
    refuse,
    save,
    table,
    who,
)
from emailketing.cli.source_parts import Slug, source_named
from emailketing.sources.attaching.accept import accept
from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.check import check_source
from emailketing.sources.attaching.install import install as install_source
from emailketing.sources.attaching.install import plan as plan_source
from emailketing.sources.attaching.install import remove as remove_source
from emailketing.sources.attaching.install import repair as repair_source
from emailketing.sources.attaching.install import warning_before_removal
from emailketing.sources.attaching.pause import pause as pause_source
from emailketing.sources.attaching.pause import pause_for_upgrade
from emailketing.sources.attaching.pause import resume as resume_source
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.dialects.registry import IN_A_COMMAND, dialects
from emailketing.sources.in_use import news_of
from emailketing.sources.models import Source
from emailketing.sources.reading.reread import reread_all
from emailketing.sources.reading.sample import one_document
from emailketing.sources.upkeep.facts import facts
from emailketing.sources.upkeep.health import look_after
from emailketing.triggers.notifications.rules.hurt import in_words

app = typer.Typer(no_args_is_help=True)
for part in (source_list, source_tables):
    part.register(app)

Yes = Annotated[bool, typer.Option("--yes", help=str(gettext_lazy("Do not ask")))]
TakeOver = Annotated[
    bool, typer.Option("--take-over", help=str(gettext_lazy("From another installation")))
]
PASSWORD = "EMAILKETING_SOURCE_PASSWORD"  # noqa: S105 - the name of the variable


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Whatever is wrong outside ends the command with one sentence."""
    try:
        yield
    except (CaptureError, ConnectorError) as error:
        refuse(error)


@app.command()
def add(
    slug: Slug,
    connector: Annotated[
        str, typer.Option(help=str(gettext_lazy("Name, or full path of its folder")))
    ],
    database: Annotated[
        str,
        typer.Option(help=str(gettext_lazy("Name of the database, or path of its file"))),
    ],
    dialect: Annotated[str, typer.Option(help=", ".join(dialects()))] = IN_A_COMMAND,
    name: str = "",
    host: str = "",
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    username: str = "",
    password: Annotated[str, typer.Option(envvar=PASSWORD, hidden=True)] = "",
) -> None:
    """Add a source; the password is asked for, never shown again (S22)."""
    source = Source(
        slug=slug,
        name=name or slug,
        connector=connector,
        dialect=dialect,
        database=database,
        host=host,
        port=port,
        username=username,
    )
    kind = source.kind_of_database
    has_password = kind is not None and any(entry.name == "password" for entry in kind.entries())
    is_asked = has_password and username and not password
    if is_asked and PASSWORD not in os.environ:  # set, though empty: there is none
        password = ask_password(PASSWORD, may_be_empty=True)
    with _one_sentence():
        add_source(source, password=password, by=who(), now=clock())
    typer.echo(_("Source saved: %(name)s") % {"name": source.name})


@app.command()
def check(slug: Slug) -> None:
    """Connect, and run every query of the connector for no rows."""
    with _one_sentence():
        report = check_source(source_named(slug), now=clock())
    table(
        ("", "", ""), [("✓" if line.ok else "✗", line.label, line.value) for line in report.lines]
    )
    for problem in report.problems:
        typer.echo(f"! {problem.sentence}")
    if report.losses:
        typer.echo(_("The connector's folder was changed. The former one works on; this one:"))
        for sentence in in_words(source_named(slug), report.losses):
            typer.echo(f"! {sentence}")
        typer.echo(_("To work with it all the same: source accept %(slug)s") % {"slug": slug})
    if not report.ok:
        raise typer.Exit(1)


@app.command("accept")
def accept_connector(slug: Slug, yes: Yes = False) -> None:
    """Work with the connector's changed folder, though it takes something away."""
    source = source_named(slug)
    for sentence in in_words(source, news_of(source)):
        typer.echo(f"! {sentence}", err=True)
    if not yes and not typer.confirm(_("Work with the changed connector?")):
        refuse(_("Nothing changed."))
    _act(slug, accept)


@app.command()
def plan(
    slug: Slug,
    to: Annotated[Path | None, typer.Option(help=str(gettext_lazy("Write it into a file")))] = None,
) -> None:
    """Show the SQL that installing would run, for a look or for a DBA; nothing is changed."""
    with _one_sentence():
        planned = plan_source(source_named(slug))
    for warning in planned.warnings:
        typer.echo(f"! {warning}", err=True)
    if to is None:
        typer.echo(planned.script)
        return
    save(to, planned.script.encode())
    typer.echo(_("Written: %(file)s") % {"file": to})


@app.command()
def grants(slug: Slug, installer: str = "", reader: str = "") -> None:
    """Show the least rights the database accounts need."""
    with _one_sentence():
        planned = plan_source(source_named(slug), installer=installer, puller=reader)
    for statement in planned.grants:
        is_comment = statement.splitlines()[-1].startswith("--")
        typer.echo(statement if is_comment else f"{statement};")


@app.command()
def install(slug: Slug, yes: Yes = False, take_over: TakeOver = False) -> None:
    """Install capture in the business database."""
    source = source_named(slug)
    with _one_sentence():
        planned = plan_source(source)
        for warning in planned.warnings:
            typer.echo(f"! {warning}", err=True)
        if planned.neighbour and not take_over:
            refuse(planned.neighbour)
        question = _("%(count)s statements will be run in the business database. Go on?")
        if not yes and not typer.confirm(question % {"count": len(planned.statements)}):
            refuse(_("Nothing changed. “source plan” shows the statements."))
        install_source(source, by=who(), now=clock(), take_over=take_over)
    typer.echo(_("Installed: %(name)s") % {"name": source.name})
    for process, why in source.paused_in_words.items():
        typer.echo(f"! {process}: {why}")


def _act(slug: str, verb: Callable[..., None]) -> None:
    source = source_named(slug)
    with _one_sentence():
        verb(source, by=who(), now=clock())
    typer.echo(f"{source.name}: {source.get_status_display()}  {source.in_words}")


@app.command()
def repair(slug: Slug) -> None:
    """Make triggers and tables as they should be, after an upgrade of the business system."""
    _act(slug, repair_source)


@app.command()
def reread(slug: Slug) -> None:
    """Read every party again: names, addresses, dates, traits. An upgrade does it by itself."""
    source = source_named(slug)
    with _one_sentence():
        count = reread_all(source, now=clock())
    typer.echo(_("Read again: %(count)s people and companies.") % {"count": count})


@app.command()
def pause(
    slug: Slug,
    for_upgrade: Annotated[
        bool,
        typer.Option(
            "--for-upgrade",
            help=str(gettext_lazy("Take our triggers away until “resume”, then compare")),
        ),
    ] = False,
) -> None:
    """Stop reading; changes wait in the business database, unless it is for an upgrade."""
    _act(slug, pause_for_upgrade if for_upgrade else pause_source)


@app.command()
def resume(slug: Slug) -> None:
    """Go on reading; after an upgrade, compare and tell what was changed meanwhile."""
    _act(slug, resume_source)


@app.command()
def remove(slug: Slug, yes: Yes = False) -> None:
    """Take capture out of the business database without a trace; rules and history stay."""
    source = source_named(slug)
    warning = warning_before_removal(source)
    if warning:
        typer.echo(f"! {warning}", err=True)
    if not yes and not typer.confirm(_("Remove capture from %(name)s?") % {"name": source.name}):
        refuse(_("Nothing changed."))
    _act(slug, remove_source)


@app.command()
def status(slug: Slug) -> None:
    """Look at the source now and say how it is."""
    source = source_named(slug)
    if source.installed_at is not None and source.status != Source.Status.PAUSED:
        with _one_sentence():
            look_after(source, clock())
    table(("", "", ""), [("✓" if ok else "✗", label, value) for label, value, ok in facts(source)])


@app.command("test-document")
def test_document(slug: Slug, document: str, key: str) -> None:
    """Show one document as the connector reads it now."""
    with _one_sentence():
        found = one_document(source_named(slug), document, key)
    if found is None:
        refuse(
            _("There is no %(document)s with the key %(key)s.")
            % {
                "document": document,
                "key": key,
            }
        )
    typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
