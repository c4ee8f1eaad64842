"""`emailketing rule pack`: the ready-made rules of a source."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.rule_parts import find
from emailketing.cli.show import clock, refuse, table, who
from emailketing.content.store import StoreFull
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.pack import left_out, make_pack
from emailketing.triggers.notifications.rules.save import RuleInvalid, switch


def register(app: typer.Typer) -> None:
    app.command()(pack)


def pack(
    source: str,
    on: Annotated[
        list[str] | None, typer.Option(help=str(gettext_lazy("Switch this one on (name or No.)")))
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help=str(gettext_lazy("Switch all of them on")))
    ] = False,
) -> None:
    """Make the ready-made rules of a source, switched off; --on or --all switches them on."""
    found = find(Source, source)
    try:
        rules = make_pack(found, by=who(), now=clock())
    except (ConnectorError, StoreFull, RuleInvalid) as error:
        refuse(error)
    if not rules:
        refuse(_("The connector of this source proposes no rules."))
    wanted = rules if every else [_named(rules, name) for name in on or []]
    refused = [sentence for rule in wanted if (sentence := _switch_on(rule))]
    table(
        (_("No."), _("Name"), _("Process"), _("Active")),
        [(r.pk, r.name, r.ready_made or r.process, "✓" if r.is_active else "") for r in rules],
    )
    for sentence in [*left_out(found), *refused]:
        typer.echo(f"! {sentence}", err=True)
    if refused:
        raise typer.Exit(1)


def _named(rules: list[Rule], name: str) -> Rule:
    names = [{r.ready_made, str(r.pk), r.name.casefold()} for r in rules]
    found = next(
        (r for r, known in zip(rules, names, strict=True) if name.casefold() in known), None
    )
    if found is None:
        refuse(_("There is no ready-made rule “%(name)s”.") % {"name": name})
    return found


def _switch_on(rule: Rule) -> str:
    """Return why it cannot be switched on, or nothing."""
    if rule.is_active:
        return ""
    try:
        switch(rule, on=True, by=who(), now=clock())
    except RuleInvalid as error:
        return f"{rule.name}: {error}"
    return ""
