"""`emailketing rule …`: rules from the command line."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.channels.models import Channel
from emailketing.cli import rule_options as options
from emailketing.cli.rule_pack import pack
from emailketing.cli.rule_parts import (
    find,
    parse_condition,
    parse_recipient,
    parse_window,
    rule_of,
    sender_of,
)
from emailketing.cli.rule_set import change
from emailketing.cli.rule_simulate import simulate
from emailketing.cli.show import COMMAND_LINE, clock, operator, refuse, table
from emailketing.content.models import Template
from emailketing.sources.models import Source
from emailketing.sources.sample import past_documents
from emailketing.triggers.notifications.fire import drop_held, release_held, retry_failed
from emailketing.triggers.notifications.keys import NEEDED
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.save import RuleInvalid, problem_of, save_rule, switch
from emailketing.triggers.notifications.try_out import try_rule

app = typer.Typer(help=str(gettext_lazy("Rules: who hears of what")), no_args_is_help=True)
app.command()(pack)
app.command()(simulate)
app.command("set")(change)


@app.command("list")
def list_rules() -> None:
    """List all rules."""
    table(
        (_("No."), _("Name"), _("Source"), _("Process"), _("How"), _("Active"), _("Problem")),
        [
            (
                r.pk,
                r.name,
                r.source.name,
                r.process,
                r.get_delivery_display(),
                "✓" if r.is_active else "",
                problem_of(r, now=clock()),
            )
            for r in Rule.objects.select_related(*NEEDED)
        ],
    )


@app.command()
def add(
    name: str,
    source: options.Source,
    process: options.Process,
    template: options.Template,
    to: options.To,
    fallback: options.Fallback = "",
    condition: options.Condition = "",
    delivery: options.Delivery = "email",
    sms: options.Sms = "",
    whatsapp: options.Whatsapp = "",
    sender: options.Sender = "",
    phone_sender: options.PhoneSender = "",
    mail_class: options.MailClass = "document",
    pdf: options.Pdf = True,
    repeat: options.Repeat = "once",
    delay: options.Delay = 0,
    window: options.Window = "",
    urgent: options.Urgent = False,
    digest: options.Digest = "",
    digest_hour: options.DigestHour = 7,
    daily_cap: options.DailyCap = None,
    remind: options.Remind = None,
    remind_from: options.RemindFrom = "",
    not_to_actor: options.NotToActor = False,
    flood_limit: options.FloodLimit = 300,
    active: bool = False,
) -> None:
    """Make a rule."""
    said = dict(locals())
    rule = Rule(**{field: said[word] for word, field in options.AS_SAID.items()})
    rule.source = find(Source, source)
    rule.template = find(Template, template)
    rule.sms_template = find(Template, sms) if sms else None
    rule.whatsapp_template = find(Template, whatsapp) if whatsapp else None
    rule.sender, rule.phone_sender = sender_of(sender), sender_of(phone_sender)
    rule.recipients = [parse_recipient(text) for text in to]
    rule.fallback = parse_recipient(fallback) if fallback else {}
    rule.condition, rule.window = parse_condition(condition), parse_window(window)
    rule.remind_days = remind or []
    try:
        save_rule(rule, by=operator(), now=clock())
    except RuleInvalid as error:
        refuse(error)
    note("created", by=operator(), now=clock(), about=rule, came_from=COMMAND_LINE)
    typer.echo(_("Rule %(number)s saved.") % {"number": rule.pk})


def _switch(number: int, *, on: bool) -> None:
    rule = rule_of(number)
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
    rule = rule_of(number)
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
    for channel, texts in trial.phones.items():
        for text in texts.values():
            typer.echo(f"\n{Channel(channel).label}: {text.text}")
    if pdf and trial.files:
        pdf.write_bytes(trial.files[0].content)


@app.command()
def release(number: int) -> None:
    """Write what the flood guard of this rule holds."""
    typer.echo(str(release_held(rule_of(number), now=clock())))


@app.command()
def drop(number: int, reason: Annotated[str, typer.Option()]) -> None:
    """Give up what the flood guard of this rule holds."""
    typer.echo(str(drop_held(rule_of(number), reason=reason, now=clock())))


@app.command()
def retry(number: int) -> None:
    """Decide again where nothing could be written: no address, no sender, a broken template."""
    typer.echo(str(retry_failed(rule_of(number), now=clock())))
