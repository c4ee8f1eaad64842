"""`emailketing rule …`: rules from the command line."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.channels.catalogue import channels
from emailketing.cli import rule_list, rule_pack, rule_set, rule_simulate, rule_test
from emailketing.cli import rule_options as options
from emailketing.cli.rule_parts import (
    choose_phone_sender,
    choose_way,
    find,
    parse_condition,
    parse_recipient,
    parse_window,
    point_out_twin,
    read_values,
    rule_of,
    sender_of,
)
from emailketing.cli.show import clock, refuse, who
from emailketing.content.models import Template
from emailketing.sources.models import Source
from emailketing.triggers.notifications.firing.fire import drop_held, release_held, retry_failed
from emailketing.triggers.notifications.firing.flood import ReasonMissing
from emailketing.triggers.notifications.firing.texts import (
    NoWayForTexts,
    leave_missing,
    missing_texts,
    write_missing,
)
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.save import (
    RuleInvalid,
    delete_rule,
    save_rule,
    switch,
)

app = typer.Typer(no_args_is_help=True)
for part in (rule_list, rule_pack, rule_simulate, rule_set, rule_test):
    part.register(app)

WRITE = str(gettext_lazy("Write them now"))
LEAVE = str(gettext_lazy("Leave them: the mails have left"))


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
    way: options.Way = None,
    sender: options.Sender = "",
    sms: options.Sms = "",
    whatsapp: options.Whatsapp = "",
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
    rule.template, rule.sender = find(Template, template), sender_of(sender)
    for channel in channels():
        if slug := said.get(channel):
            rule.choose(channel, template=find(Template, slug))
    choose_phone_sender(rule, sender_of(phone_sender))
    for text in way or []:
        choose_way(rule, text)
    rule.recipients = [parse_recipient(text) for text in to]
    rule.fallback = parse_recipient(fallback) if fallback else {}
    rule.condition, rule.window = parse_condition(condition), parse_window(window)
    rule.remind_days = remind or []
    read_values(rule)
    try:
        save_rule(rule, by=who(), now=clock())
    except RuleInvalid as wrong:
        refuse("\n".join(wrong.all))
    _say_saved(rule)


def _say_saved(rule: Rule) -> None:
    saved = _("Rule %(number)s saved.")
    if not rule.is_active:
        saved = _(
            "Rule %(number)s saved, and switched off. Try it with “rule test %(number)s”, then"
            " switch it on with “rule on %(number)s”."
        )
    typer.echo(saved % {"number": rule.pk})
    point_out_twin(rule)


def _switch(number: int, *, on: bool) -> None:
    rule = rule_of(number)
    try:
        switch(rule, on=on, by=who(), now=clock())
    except RuleInvalid as error:
        refuse(error)
    typer.echo(_("The rule is on.") if on else _("The rule is off."))
    if on:
        point_out_twin(rule)


@app.command()
def on(number: int) -> None:
    """Switch a rule on."""
    _switch(number, on=True)


@app.command()
def off(number: int) -> None:
    """Switch a rule off."""
    _switch(number, on=False)


@app.command()
def release(number: int) -> None:
    """Write what the flood guard of this rule holds."""
    rule = rule_of(number)
    count = release_held(rule, by=who(), now=clock())
    typer.echo(_("Let through: %(count)s. The worker writes them now.") % {"count": count})


@app.command()
def drop(number: int, reason: Annotated[str, typer.Option()]) -> None:
    """Give up what the flood guard of this rule holds."""
    rule = rule_of(number)
    try:
        count = drop_held(rule, reason=reason, by=who(), now=clock())
    except ReasonMissing as error:
        refuse(error)
    typer.echo(_("Given up: %(count)s") % {"count": count})


@app.command()
def retry(number: int) -> None:
    """Decide again where nothing could be written: no address, no sender, a broken template."""
    rule = rule_of(number)
    count = retry_failed(rule, by=who(), now=clock())
    typer.echo(_("Decided again: %(count)s. The worker writes them now.") % {"count": count})


@app.command()
def delete(
    number: int,
    yes: Annotated[bool, typer.Option("--yes", help=str(gettext_lazy("Do not ask")))] = False,
) -> None:
    """Delete a rule; messages already sent stay. “off” stops it only for a while."""
    rule = rule_of(number)
    if not yes and not typer.confirm(_("Delete the rule “%(name)s”?") % {"name": rule.name}):
        refuse(_("Nothing changed."))
    delete_rule(rule, by=who(), now=clock())
    typer.echo(_("The rule was deleted."))


@app.command()
def texts(
    number: int,
    write: Annotated[bool, typer.Option("--write", help=WRITE)] = False,
    leave: Annotated[bool, typer.Option("--leave", help=LEAVE)] = False,
) -> None:
    """Show the texts that had no sender while the mail left; write them now, or leave them."""
    rule = rule_of(number)
    if write and leave:
        refuse(_("Choose one of the two: --write or --leave."))
    if write:
        try:
            count = write_missing(rule, by=who(), now=clock())
        except NoWayForTexts as error:
            refuse(error)
        typer.echo(_("Let through: %(count)s. The worker writes them now.") % {"count": count})
    elif leave:
        count = leave_missing(rule, by=who(), now=clock())
        typer.echo(_("Given up: %(count)s") % {"count": count})
    else:
        typer.echo(_not_written(missing_texts(rule).count()))


def _not_written(count: int) -> str:
    sentence = ngettext(
        "The text about %(count)s document was not written: there was no sender.",
        "The texts about %(count)s documents were not written: there was no sender.",
        count,
    )
    return sentence % {"count": count}
