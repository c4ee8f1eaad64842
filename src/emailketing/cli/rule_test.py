"""`emailketing rule test`: what a rule would do with a past document; “send me this”."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.catalogue import channel_of, phones
from emailketing.channels.declared import EMAIL
from emailketing.cli.rule_parts import rule_of
from emailketing.cli.show import clock, refuse, save, who
from emailketing.common.document import Document
from emailketing.company.models import Company
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.reading.sample import past_documents
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.trying.send_trial import TrialFailed, send_trial
from emailketing.triggers.notifications.trying.try_out import Trial, try_rule

SEARCHED = 200


def register(app: typer.Typer) -> None:
    app.command()(test)


def test(
    number: int,
    document: Annotated[
        str, typer.Option(help=str(gettext_lazy("Its number or key; the last one without it")))
    ] = "",
    pdf: Annotated[Path | None, typer.Option(help=str(gettext_lazy("Save the PDF here")))] = None,
    to: Annotated[
        str, typer.Option(help=str(gettext_lazy("Send it to this e-mail address or phone")))
    ] = "",
) -> None:
    """Show what a rule would do with a past document, sending nothing without --to."""
    rule = rule_of(number)
    chosen = _chosen(rule, document)
    trial = try_rule(rule, chosen)
    typer.echo(f"{chosen.get('label')}: {trial.verdict.why}")
    _show(trial)
    if pdf and trial.files:
        save(pdf, trial.files[0].content)
    if to:
        _send(rule, chosen, trial, to)


def _chosen(rule: Rule, wanted: str) -> Document:
    try:
        documents = past_documents(rule.source, rule.process, limit=SEARCHED if wanted else 1)
    except (CaptureError, ConnectorError) as error:
        refuse(error)
    if not documents:
        refuse(_("The source has no document of this kind yet."))
    fits = (d for d in documents if wanted in ("", str(d.get("key")), str(d.get("number"))))
    found = next(fits, None)
    if found is None:
        refuse(_("The document is not there any more. Choose another."))
    return found


def _show(trial: Trial) -> None:
    for reader in trial.recipients:
        typer.echo(f"→ {reader.name} <{reader.address}>  {reader.why}")
    for problem in trial.problems:
        typer.echo(f"! {problem}")
    for mail in trial.mails.values():
        typer.echo(f"\n{mail.subject}\n\n{mail.text}")
    for channel, texts in trial.phones.items():
        for text in texts.values():
            typer.echo(f"\n{channel_of(channel).label}: {text.text}")


def _send(rule: Rule, document: Document, trial: Trial, to: str) -> None:
    """To a phone over the rule's first channel for phones, else by mail."""
    channel = EMAIL if "@" in to else next(iter(trial.phones), phones()[0])
    language = Company.get().language
    reader = Recipient(address=to, channel=channel, language=language, why=_("asked for a test"))
    try:
        send_trial(rule, document, to=reader, by=who(), now=clock())
    except TrialFailed as error:
        refuse(error)
    typer.echo(_("A test message to %(address)s is on its way.") % {"address": to})
