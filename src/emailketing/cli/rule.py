"""`emailketing rule …`: rules from the command line."""

import json
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.cli.rule_pack import pack
from emailketing.cli.rule_simulate import simulate
from emailketing.cli.show import COMMAND_LINE, clock, operator, refuse, table
from emailketing.contacts.models import Role
from emailketing.content.models import Template
from emailketing.sources.models import Source
from emailketing.sources.sample import past_documents
from emailketing.triggers.notifications.fire import drop_held, release_held, retry_failed
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.save import RuleInvalid, save_rule, switch
from emailketing.triggers.notifications.try_out import try_rule

app = typer.Typer(help=str(gettext_lazy("Rules: who hears of what")), no_args_is_help=True)
app.command()(pack)
app.command()(simulate)
Kind = TypeVar("Kind", Source, Template)


def _rule(number: int) -> Rule:
    rule = Rule.objects.filter(pk=number).select_related("source", "template").first()
    if rule is None:
        refuse(_("There is no rule %(number)s.") % {"number": number})
    return rule


@app.command("list")
def list_rules() -> None:
    """List all rules."""
    table(
        (_("No."), _("Name"), _("Source"), _("Process"), _("Template"), _("Active")),
        [
            (r.pk, r.name, r.source.name, r.process, r.template.name, "✓" if r.is_active else "")
            for r in Rule.objects.select_related("source", "template")
        ],
    )


@app.command()
def add(
    name: str,
    source: Annotated[str, typer.Option()],
    process: Annotated[str, typer.Option()],
    template: Annotated[str, typer.Option()],
    to: Annotated[
        list[str],
        typer.Option(help=str(gettext_lazy("party:orders, role:Name or an e-mail address"))),
    ],
    fallback: str = "",
    condition: Annotated[
        str, typer.Option("--if", help=str(gettext_lazy("“field operator value”, or JSON")))
    ] = "",
    repeat: str = "once",
    delay: int = 0,
    flood_limit: Annotated[
        int, typer.Option(help=str(gettext_lazy("Hold when more than this many an hour")), min=1)
    ] = 300,
    active: bool = False,
) -> None:
    """Make a rule."""
    rule = Rule(
        name=name,
        source=_find(Source, source),
        process=process,
        template=_find(Template, template),
        recipients=[parse_recipient(text) for text in to],
        fallback=parse_recipient(fallback) if fallback else {},
        condition=parse_condition(condition),
        repeat=repeat,
        delay_minutes=delay,
        flood_limit=flood_limit,
        is_active=active,
    )
    try:
        save_rule(rule, by=operator(), now=clock())
    except RuleInvalid as error:
        refuse(error)
    note("created", by=operator(), now=clock(), about=rule, came_from=COMMAND_LINE)
    typer.echo(_("Rule %(number)s saved.") % {"number": rule.pk})


def _find(model: type[Kind], slug: str) -> Kind:
    found = model.objects.filter(slug=slug).first()
    if found is None:
        refuse(
            _("There is no %(kind)s “%(slug)s”.") % {"kind": model._meta.verbose_name, "slug": slug}
        )
    return found


def parse_recipient(text: str) -> dict[str, Any]:
    """Read `party:orders`, `role:Management` or an address."""
    kind, _colon, value = text.partition(":")
    if kind == "party":
        return {"kind": "party", "usage": value}
    if kind == "role":
        role = Role.objects.filter(name__iexact=value).first()
        if role is None:
            refuse(_("There is no role “%(role)s”.") % {"role": value})
        return {"kind": "role", "role": role.pk}
    return {"kind": "address", "value": text}


def parse_condition(text: str) -> dict[str, Any]:
    """Read `totals.total gte 100000`, or the whole tree as JSON."""
    if not text:
        return {}
    if text.lstrip().startswith("{"):
        try:
            tree: dict[str, Any] = json.loads(text)
        except ValueError as error:
            refuse(_("The condition is not valid JSON: %(why)s") % {"why": error})
        return tree
    field, operator_name, value = [*text.split(maxsplit=2), "", ""][:3]
    return {"all": [{"field": field, "op": operator_name, "value": value}]}


def _switch(number: int, *, on: bool) -> None:
    rule = _rule(number)
    try:
        switch(rule, on=on, now=clock())
    except RuleInvalid as error:
        refuse(error)
    note("switched", by=operator(), now=clock(), about=rule, changes={"is_active": [not on, on]})
    typer.echo(_("The rule is on.") if on else _("The rule is off."))


@app.command()
def on(number: int) -> None:
    """Switch a rule on."""
    _switch(number, on=True)


@app.command()
def off(number: int) -> None:
    """Switch a rule off."""
    _switch(number, on=False)


@app.command()
def test(
    number: int,
    pdf: Annotated[Path | None, typer.Option(help=str(gettext_lazy("Save the PDF here")))] = None,
) -> None:
    """Show what a rule would do with the last document, sending nothing."""
    rule = _rule(number)
    documents = past_documents(rule.source, rule.process, limit=1)
    if not documents:
        refuse(_("The source has no document of this kind yet."))
    trial = try_rule(rule, documents[0])
    typer.echo(f"{documents[0].get('label')}: {trial.verdict.why}")
    for reader in trial.recipients:
        typer.echo(f"→ {reader.name} <{reader.address}>  {reader.why}")
    for problem in trial.problems:
        typer.echo(f"! {problem}")
    for mail in trial.mails.values():
        typer.echo(f"\n{mail.subject}\n\n{mail.text}")
    if pdf and trial.files:
        pdf.write_bytes(trial.files[0].content)


@app.command()
def release(number: int) -> None:
    """Write what the flood guard of this rule holds."""
    typer.echo(str(release_held(_rule(number), now=clock())))


@app.command()
def drop(number: int, reason: Annotated[str, typer.Option()]) -> None:
    """Give up what the flood guard of this rule holds."""
    typer.echo(str(drop_held(_rule(number), reason=reason, now=clock())))


@app.command()
def retry(number: int) -> None:
    """Decide again where nothing could be written: no address, no sender, a broken template."""
    typer.echo(str(retry_failed(_rule(number), now=clock())))
